"""Data classes: the fields of a class body, and the methods made from them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ...ir.unknown import Unknown
from ..attributes import put_plainly
from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import CLASS_OF_HOST
from ..machine import Machine
from ..values import MISSING, Builtin, Class, GenericAlias, Instance, Property
from .copying import deep_copied
from .describing import failure
from .typing_forms import Form, evaluated

KEYWORDS_ONLY = Form("KW_ONLY")
INIT_ONLY = Form("InitVar")
FROZEN_ERROR = Class("FrozenInstanceError", (EXCEPTIONS["AttributeError"],), {}, "dataclasses")


class Absent:
    """``dataclasses.MISSING``."""

    described = True

    def __repr__(self) -> str:
        return "MISSING"


ABSENT = Absent()


class Field:
    """One field."""

    described = True

    def __init__(self, default: Any = ABSENT, default_factory: Any = ABSENT, init: Any = True, repr: Any = True, hash: Any = None,
                 compare: Any = True, metadata: Any = None, kw_only: Any = ABSENT) -> None:  # fmt: skip
        if default is not ABSENT and default_factory is not ABSENT:
            raise ValueError("cannot specify both default and default_factory")
        self.name = ""
        self.default, self.default_factory = default, default_factory
        self.init, self.repr, self.hash, self.compare = init, repr, hash, compare
        self.metadata = metadata if metadata is not None else {}
        self.kw_only = kw_only
        self.type: Any = None
        self._kind = "field"

    @property
    def required(self) -> bool:
        """Whether the constructor has to be given it."""
        return self.default is ABSENT and self.default_factory is ABSENT


def all_fields(cls: Class) -> dict[str, Field]:
    """The fields of a data class, pseudo-fields included; none for other classes."""
    found = cls.find("__dataclass_fields__")
    return {} if found is MISSING else found


def fields_of(value: Any) -> tuple[Field, ...]:
    """``dataclasses.fields``."""
    cls = value if isinstance(value, Class) else getattr(value, "py_class", None)
    if cls is None or cls.find("__dataclass_fields__") is MISSING:
        raise TypeError("must be called with a dataclass type or instance")
    return tuple(field for field in all_fields(cls).values() if field._kind == "field")


def _kind_of(annotation: Any) -> str:
    value = evaluated(annotation)
    if isinstance(value, str):
        head = value.partition("[")[0].rpartition(".")[2].strip()
        return {"ClassVar": "class", "InitVar": "init", "KW_ONLY": "_"}.get(head, "field")
    origin = value.origin if isinstance(value, GenericAlias) else value
    if origin is KEYWORDS_ONLY:
        return "_"
    if origin is INIT_ONLY:
        return "init"
    return "class" if getattr(origin, "typing_name", None) == "ClassVar" else "field"


def _own_fields(m: Machine, cls: Class, keywords_only: bool) -> list[Field]:
    found: list[Field] = []
    for name, annotation in cls.namespace.get("__annotations__", {}).items():
        kind = _kind_of(annotation)
        if kind == "class":
            continue
        if kind == "_":
            keywords_only = True
            continue
        default = cls.namespace.get(name, ABSENT)
        field = default if isinstance(default, Field) else Field(default)
        field.name, field._kind = name, kind
        field.type = evaluated(annotation)
        if field.kw_only is ABSENT:
            field.kw_only = keywords_only
        if isinstance(field.default, (list, dict, set)):
            kind_name = m.class_of(field.default)
            raise ValueError(f"mutable default {kind_name!r} for field {name} is not allowed: use default_factory")  # noqa: TRY004
        found.append(field)
        if isinstance(default, Field):
            if field.default is ABSENT:
                del cls.namespace[name]
            else:
                cls.namespace[name] = field.default
    return found


class Options:
    """What a dataclass was asked for: ``cls.__dataclass_params__``."""

    described = True

    def __init__(self, init: bool, repr: bool, eq: bool, order: bool, unsafe_hash: bool, frozen: bool) -> None:
        self.init, self.repr, self.eq, self.order, self.unsafe_hash, self.frozen = init, repr, eq, order, unsafe_hash, frozen


def make_record(m: Machine, cls: Class, *, init: Any = True, repr: Any = True, eq: Any = True, order: Any = False, unsafe_hash: Any = False,
                frozen: Any = False, match_args: Any = True, kw_only: Any = False, slots: Any = False,
                weakref_slot: Any = False) -> Class:  # fmt: skip
    """``dataclass(cls, ...)``."""
    fields: dict[str, Field] = {}
    for base in reversed(cls.mro[1:]):
        fields.update(base.namespace.get("__dataclass_fields__", {}))
    fields.update((field.name, field) for field in _own_fields(m, cls, bool(kw_only)))
    namespace = cls.namespace
    namespace["__dataclass_fields__"] = fields
    namespace["__dataclass_params__"] = Options(bool(init), bool(repr), bool(eq), bool(order), bool(unsafe_hash), bool(frozen))
    if init:
        namespace.setdefault("__init__", _constructor(cls, fields))
    if repr:
        namespace.setdefault("__repr__", Builtin("__repr__", _representation, True))
    _add_comparisons(cls, fields, bool(eq), bool(order))
    if frozen:
        _freeze(cls, fields)
    _add_hash(cls, fields, bool(unsafe_hash), bool(eq), bool(frozen))
    if match_args:
        namespace.setdefault("__match_args__", tuple(f.name for f in fields.values() if f.init and not f.kw_only and f._kind == "field"))
    cls.forget()
    return cls


def _constructor(cls: Class, fields: dict[str, Field]) -> Builtin:
    taken = [field for field in fields.values() if field.init]
    positional = [field for field in taken if not field.kw_only]
    after_default = False
    for field in positional:
        if not field.required:
            after_default = True
        elif after_default:
            raise TypeError(f"non-default argument {field.name!r} follows default argument")
    names = {field.name: field for field in taken}
    init_only = [field.name for field in fields.values() if field._kind == "init"]
    title = f"{cls.qualname}.__init__()"
    plain = {field.name: field.default for field in fields.values() if field._kind == "field" and field.default_factory is ABSENT}
    direct: dict[Class, bool] = {}  # of classes, whether their instances just take what they are given
    is_optional = len(plain) == len(fields) and ABSENT not in plain.values()

    def start(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
        if is_optional and not args and kwargs.keys() <= names.keys() and _is_direct(self.py_class, plain, direct):
            self.__dict__.update(plain)
            self.__dict__.update(kwargs)
            return
        values = _bound(title, positional, names, args, kwargs)
        if len(plain) == len(fields) and _is_direct(self.py_class, plain, direct):
            self.__dict__.update({name: found for name, default in plain.items() if (found := values.get(name, default)) is not ABSENT})
            return
        for field in fields.values():
            if field.name not in values:
                values[field.name] = _default_of(m, field)
            if field._kind == "field" and values[field.name] is not ABSENT:
                _assign(m, self, field.name, values[field.name])
        hook = self.py_class.find("__post_init__")
        if hook is not MISSING:
            m.call(hook, (self, *(values[name] for name in init_only)), {})

    made = Builtin(f"{cls.name}.__init__", start, True)
    made.attributes = {"__record_fields__": [*positional, *(field for field in taken if field.kw_only)]}
    return made


def _is_direct(cls: Class, names: Iterable[str], known: dict[Class, bool]) -> bool:
    """Whether assigning the fields of an instance puts them in its dictionary and does nothing else."""
    found = known.get(cls)
    if found is None:
        setter = cls.find("__setattr__")
        found = known[cls] = (
            (setter is MISSING or (type(setter) is Builtin and setter.name == "frozen.__setattr__"))
            and cls.slots is None
            and cls.find("__post_init__") is MISSING
            and not any(isinstance(cls.find(name), (Property, Instance)) for name in names)
        )
    return found


def _default_of(m: Machine, field: Field) -> Any:
    return m.call(field.default_factory, (), {}) if field.default_factory is not ABSENT else field.default


def _assign(m: Machine, self: Any, name: str, value: Any) -> None:
    setter = self.py_class.find("__setattr__")
    if type(setter) is Builtin and setter.name == "frozen.__setattr__":
        put_plainly(m, self, name, value)
    else:
        m.put(self, name, value)


def _bound(title: str, positional: list[Field], names: dict[str, Field], args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments by field; those not given are left out when they have a default."""
    if len(args) > len(positional):
        least = 1 + sum(field.required for field in positional)
        span = f"{len(positional) + 1}" if least > len(positional) else f"from {least} to {len(positional) + 1}"
        plural = "s" if positional else ""
        raise TypeError(f"{title} takes {span} positional argument{plural} but {len(args) + 1} were given")
    values = {field.name: value for field, value in zip(positional, args, strict=False)}
    for name, value in kwargs.items():
        if name not in names:
            raise TypeError(f"{title} got an unexpected keyword argument '{name}'")
        if name in values:
            raise TypeError(f"{title} got multiple values for argument '{name}'")
        values[name] = value
    missing = [field for name, field in names.items() if field.required and name not in values]
    missing = [field for field in missing if not field.kw_only] or missing
    if missing:
        kind = "keyword-only" if missing[0].kw_only else "positional"
        listed = [f"'{field.name}'" for field in missing]
        text = listed[0] if len(listed) == 1 else ", ".join(listed[:-1]) + ("," if len(listed) > 2 else "") + f" and {listed[-1]}"
        raise TypeError(f"{title} missing {len(missing)} required {kind} argument{'s' if len(missing) > 1 else ''}: {text}")
    return values


def _representation(m: Machine, self: Any) -> str:
    shown = (f"{field.name}={m.repr_of(m.get(self, field.name))}" for field in fields_of(self) if field.repr)
    return f"{self.py_class.qualname}({', '.join(shown)})"


def _key(m: Machine, value: Any, names: list[str]) -> tuple[Any, ...]:
    return tuple(m.get(value, name) for name in names)


def _add_comparisons(cls: Class, fields: dict[str, Field], eq: bool, order: bool) -> None:
    names = [field.name for field in fields.values() if field.compare and field._kind == "field"]
    if order and not eq:
        raise ValueError("eq must be true if order is true")

    def equal(m: Machine, self: Any, other: Any) -> Any:
        if m.class_of(other) is not m.class_of(self):
            return NotImplemented
        return m.equal(_key(m, self, names), _key(m, other, names))

    def comparison(op: str) -> Any:
        def compare(m: Machine, self: Any, other: Any) -> Any:
            if m.class_of(other) is not m.class_of(self):
                return NotImplemented
            return m.compare(op, _key(m, self, names), _key(m, other, names))

        return compare

    if eq:
        cls.namespace.setdefault("__eq__", Builtin("__eq__", equal, True))
    for name, op in (("__lt__", "<"), ("__le__", "<="), ("__gt__", ">"), ("__ge__", ">=")):
        if order:
            if name in cls.namespace:
                raise TypeError(f"Cannot overwrite attribute {name} in class {cls.name}. Consider using functools.total_ordering")
            cls.namespace[name] = Builtin(name, comparison(op), True)


def _add_hash(cls: Class, fields: dict[str, Field], unsafe: bool, eq: bool, frozen: bool) -> None:
    names = [field.name for field in fields.values() if (field.compare if field.hash is None else field.hash) and field._kind == "field"]
    explicit = "__hash__" in cls.namespace and cls.namespace["__hash__"] is not None
    if unsafe or (eq and frozen and not explicit):
        cls.namespace["__hash__"] = Builtin("__hash__", lambda m, self: hash(_key(m, self, names)), True)
    elif eq and not explicit:
        cls.namespace["__hash__"] = None


def _freeze(cls: Class, fields: dict[str, Field]) -> None:
    def refuse(m: Machine, self: Any, name: str, *value: Any) -> None:
        if self.py_class is cls or name in fields:
            raise failure(m, FROZEN_ERROR, f"cannot {'assign to' if value else 'delete'} field {name!r}")
        if value:
            put_plainly(m, self, name, value[0])
        else:
            self.__dict__.pop(name)

    for name in ("__setattr__", "__delattr__"):
        if name in cls.namespace:
            raise TypeError(f"Cannot overwrite attribute {name} in class {cls.name}")
        cls.namespace[name] = Builtin(f"frozen.{name}", refuse, True)


def is_record(value: Any) -> Any:
    """``dataclasses.is_dataclass``."""
    if isinstance(value, Unknown):
        return value
    cls = value if isinstance(value, Class) else getattr(value, "py_class", None)
    return isinstance(cls, Class) and cls.find("__dataclass_fields__") is not MISSING


def as_dict(m: Machine, obj: Any, *, dict_factory: Any = None) -> Any:
    """``dataclasses.asdict``."""
    if not is_record(obj) or isinstance(obj, Class):
        raise TypeError("asdict() should be called on dataclass instances")
    return _plain(m, obj, lambda pairs: dict(pairs) if dict_factory is None else m.call(dict_factory, (pairs,), {}))


def as_tuple(m: Machine, obj: Any, *, tuple_factory: Any = None) -> Any:
    """``dataclasses.astuple``."""
    if not is_record(obj) or isinstance(obj, Class):
        raise TypeError("astuple() should be called on dataclass instances")

    def make(pairs: list[Any]) -> Any:
        values = [value for _, value in pairs]
        return tuple(values) if tuple_factory is None else m.call(tuple_factory, (values,), {})

    return _plain(m, obj, make)


def _plain(m: Machine, value: Any, make: Any) -> Any:
    if isinstance(value, Instance) and is_record(value):
        return make([(field.name, _plain(m, m.get(value, field.name), make)) for field in fields_of(value)])
    if isinstance(value, Instance) and isinstance(value.payload, tuple) and value.py_class.find("_make") is not MISSING:
        return m.call(m.get(value.py_class, "_make"), ([_plain(m, item, make) for item in value.payload],), {})
    kind = type(value)
    if kind is list or kind is tuple:
        return kind(_plain(m, item, make) for item in value)
    if isinstance(value, dict):
        return {_plain(m, key, make): _plain(m, item, make) for key, item in value.items()}
    return deep_copied(m, value)


def replaced(m: Machine, obj: Any, /, **changes: Any) -> Any:
    """``dataclasses.replace``."""
    for field in all_fields(obj.py_class).values():
        if not field.init:
            if field.name in changes:
                raise ValueError(f"field {field.name} is declared with init=False, it cannot be specified with replace()")
        elif field.name not in changes:
            if field._kind == "init" and field.default is ABSENT:
                raise ValueError(f"InitVar {field.name!r} must be specified with replace()")
            if field._kind == "field":
                changes[field.name] = m.get(obj, field.name)
    return m.call(obj.py_class, (), changes)


def make_class_of_fields(m: Machine, cls_name: str, fields: Any, *, bases: Any = (), namespace: Any = None, **options: Any) -> Class:
    """``dataclasses.make_dataclass``."""
    body: dict[str, Any] = dict(namespace or {})
    annotations: dict[str, Any] = {}
    for item in m.iterate(fields):
        parts = [item] if isinstance(item, str) else list(m.iterate(item))
        annotations[parts[0]] = parts[1] if len(parts) > 1 else CLASS_OF_HOST[object]
        if len(parts) > 2:
            body[parts[0]] = parts[2]
    body["__annotations__"] = annotations
    module = m.frame.module.name if m.frame is not None else "types"
    options.pop("module", None)
    cls = m.build_class(cls_name, list(bases), {"__module__": module, **body}, {}, m.where())
    return make_record(m, cls, **options)
