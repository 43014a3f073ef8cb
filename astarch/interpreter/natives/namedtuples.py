"""Named tuples: classes of the program that derive from ``tuple``."""

from __future__ import annotations

import keyword
from typing import Any

from ..builtins.hosts import CLASS_OF_HOST, payload_of
from ..classes import make_class
from ..machine import Machine
from ..values import Builtin, Class, ClassMethod, Property, StaticMethod
from .describing import extended


def make_named_tuple(m: Machine, name: str, fields: list[str], defaults: dict[str, Any], module: Any = None, rename: bool = False,
                     extra: dict[str, Any] | None = None) -> Class:  # fmt: skip
    """The class that ``namedtuple(name, fields)`` makes."""
    fields = _checked(fields, rename)
    namespace: dict[str, Any] = {
        "__module__": module or (m.frame.module.name if m.frame is not None else "builtins"),
        "_fields": tuple(fields), "_field_defaults": dict(defaults), "__match_args__": tuple(fields), "__slots__": (),
        "__new__": StaticMethod(Builtin(f"{name}.__new__", _maker(name, fields, defaults), True)),
        "_make": ClassMethod(Builtin("_make", _make, True)), "_asdict": Builtin("_asdict", _as_dict),
        "_replace": Builtin("_replace", _replace, True), "__repr__": Builtin("__repr__", _representation, True),
        "__getnewargs__": Builtin("__getnewargs__", lambda self: tuple(self.payload)),
    }  # fmt: skip
    for position, field in enumerate(fields):
        namespace[field] = Property(Builtin(field, lambda self, position=position: payload_of(self)[position]))
    namespace.update(extra or {})
    return make_class(m, None, name, (CLASS_OF_HOST[tuple],), namespace, {})


def _checked(fields: list[str], rename: bool) -> list[str]:
    seen: set[str] = set()
    found: list[str] = []
    for position, field in enumerate(fields):
        bad = not field.isidentifier() or keyword.iskeyword(field) or field.startswith("_") or field in seen
        if bad and not rename:
            raise ValueError(f"Type names and field names must be valid identifiers: {field!r}")
        found.append(f"_{position}" if bad else field)
        seen.add(field)
    return found


def _maker(name: str, fields: list[str], defaults: dict[str, Any]) -> Any:
    def new(m: Machine, cls: Class, *args: Any, **kwargs: Any) -> Any:
        if len(args) > len(fields):
            raise TypeError(f"{name}.__new__() takes {len(fields) + 1} positional arguments but {len(args) + 1} were given")
        values = dict(zip(fields, args, strict=False))
        for key, value in kwargs.items():
            if key in values or key not in fields:
                problem = "multiple values for argument" if key in values else "an unexpected keyword argument"
                raise TypeError(f"{name}.__new__() got {problem} '{key}'")
            values[key] = value
        missing = [field for field in fields if field not in values and field not in defaults]
        if missing:
            listed = " and ".join(f"'{field}'" for field in missing)
            plural = "s" if len(missing) > 1 else ""
            raise TypeError(f"{name}.__new__() missing {len(missing)} required positional argument{plural}: {listed}")
        return extended(m, cls, tuple(values[field] if field in values else defaults[field] for field in fields))

    return new


def _make(m: Machine, cls: Class, iterable: Any) -> Any:
    items = tuple(m.iterate(iterable))
    expected = len(cls.find("_fields"))
    if len(items) != expected:
        raise TypeError(f"Expected {expected} arguments, got {len(items)}")
    return extended(m, cls, items)


def _as_dict(self: Any) -> dict[str, Any]:
    return dict(zip(self.py_class.find("_fields"), self.payload, strict=True))


def _replace(m: Machine, self: Any, **changes: Any) -> Any:
    fields = self.py_class.find("_fields")
    unexpected = [name for name in changes if name not in fields]
    if unexpected:
        raise ValueError(f"Got unexpected field names: {unexpected!r}")
    return extended(m, self.py_class, tuple(changes.get(name, value) for name, value in zip(fields, self.payload, strict=True)))


def _representation(m: Machine, self: Any) -> str:
    fields = self.py_class.find("_fields")
    return f"{self.py_class.name}({', '.join(f'{name}={m.repr_of(value)}' for name, value in zip(fields, self.payload, strict=True))})"


def named_tuple_from_body(m: Machine, meta: Class, name: str, bases: tuple[Class, ...], namespace: dict[str, Any], **keywords: Any) -> Any:
    """The class of ``class Point(NamedTuple): ...``: fields from its annotations."""
    fields = list(namespace.get("__annotations__", {}))
    defaults = {field: namespace[field] for field in fields if field in namespace}
    extra = {key: value for key, value in namespace.items() if key not in fields}
    return make_named_tuple(m, name, fields, defaults, namespace.get("__module__"), False, extra)
