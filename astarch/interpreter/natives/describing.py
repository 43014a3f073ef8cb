"""Describing host types and functions to the program: tables of names, forwarded to the host's own code.

A name that is in no table does not exist for the program.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ir.unknown import Reason, Unknown
from ..builtins.constructors import gather
from ..builtins.hosts import CLASS_OF_HOST, OBJECT, payload_of
from ..machine import Machine
from ..values import Builtin, Class, Instance, Lost, Property, Raised, StaticMethod

Maker = Callable[..., Any]


def native(name: str, host: type, module: str, *, attributes: str = "", methods: str = "", operations: str = "", stores: str = "",
           make: Maker | None = None, blank: Maker | None = None, bases: tuple[Class, ...] = (OBJECT,),
           extra: dict[str, Any] | None = None) -> Class:  # fmt: skip
    """The program's class for a host type.

    - ``attributes`` can be read;
    - ``methods`` can be called: an unknown argument makes the result unknown, except for those in ``stores``;
    - ``operations`` are special methods without their underscores, for classes of the program that derive from it;
    - ``make(m, *args, **kwargs)`` is what calling the class gives;
    - ``blank()`` is an empty one, for mutable values: a derived class fills it through ``__init__``.
    """
    namespace: dict[str, Any] = {}
    for attribute in attributes.split():
        namespace[attribute] = Property(Builtin(attribute, _reader(attribute)))
    for method in (*methods.split(), *stores.split()):
        namespace[method] = Builtin(f"{name}.{method}", _forward(method), False, method in stores.split())
    for operation in operations.split():
        namespace[f"__{operation}__"] = Builtin(f"{name}.__{operation}__", _operation(host, f"__{operation}__"))
    namespace.update(extra or {})
    cls = Class(name, bases, namespace, module, host=host)
    if make is not None:
        _construction(cls, make, blank)
    CLASS_OF_HOST[host] = cls
    return cls


def _reader(name: str) -> Maker:
    return lambda self: getattr(payload_of(self), name)


def _forward(name: str) -> Maker:
    return lambda self, *args, **kwargs: getattr(payload_of(self), name)(*args, **kwargs)


def _operation(host: type, name: str) -> Maker:
    function = getattr(host, name)
    if name in ("__setitem__", "__getitem__", "__delitem__", "__contains__"):
        return lambda self, *args: function(payload_of(self), *args)
    return lambda self, *args: function(payload_of(self), *[payload_of(arg) for arg in args])


def _construction(cls: Class, make: Maker, blank: Maker | None) -> None:
    def new(m: Machine, kind: Class, *args: Any, **kwargs: Any) -> Any:
        if kind is cls:
            return make(m, *args, **kwargs)
        return extended(m, kind, blank() if blank is not None else make(m, *args, **kwargs))

    def start(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
        if isinstance(self, Instance):
            self.payload = make(m, *args, **kwargs)

    cls.namespace["__new__"] = StaticMethod(Builtin(f"{cls.name}.__new__", new, True))
    if blank is not None:
        cls.namespace["__init__"] = Builtin(f"{cls.name}.__init__", start, True)


def extended(m: Machine, kind: Class, payload: Any) -> Instance:
    """An instance of a class that derives from a host type, around a value of that type."""
    made = kind.layout.__new__(kind.layout)
    made.py_class, made.span, made.payload = kind, m.where(), payload
    return made


def strict(module: str, **table: Maker) -> dict[str, Any]:
    """Functions of known arguments only: an unknown one makes the result unknown."""
    return {name: Builtin(f"{module}.{name}", function, False, False) for name, function in table.items()}


def lenient(module: str, **table: Maker) -> dict[str, Any]:
    """Functions that can be given unknown arguments."""
    return {name: Builtin(f"{module}.{name}", function, False, True) for name, function in table.items()}


def machined(module: str, **table: Maker) -> dict[str, Any]:
    """Functions that get the machine first, and can be given unknown arguments."""
    return {name: Builtin(f"{module}.{name}", function, True, True) for name, function in table.items()}


def guarded(module: str, **table: Maker) -> dict[str, Any]:
    """Functions that get the machine first; an unknown argument makes the result unknown."""
    return {name: Builtin(f"{module}.{name}", function, True, False) for name, function in table.items()}


def outside(module: str, names: str) -> dict[str, Any]:
    """Functions whose answers come from outside the program."""

    def asker(name: str) -> Maker:
        return lambda m, *args, **kwargs: m.unknown(Reason.OUTSIDE, f"{module}.{name}()")

    return {name: Builtin(f"{module}.{name}", asker(name), True) for name in names.split()}


def silent(module: str, names: str) -> dict[str, Any]:
    """Functions that have no effect on what is analysed, and give None."""
    return {name: Builtin(f"{module}.{name}", lambda *args, **kwargs: None) for name in names.split()}


def known(m: Machine, items: Any) -> list[Any]:
    """All items of an iterable, the host values of those that wrap one.

    Raises:
        Lost: One of them is not known.
    """
    found = gather(m, items)
    for item in found:
        if type(item) is Unknown:
            raise Lost(item)
    return [payload_of(item) for item in found]


def failure(m: Machine, cls: Class, *args: Any) -> Raised:
    """An exception of the program, ready to be raised."""
    return Raised(m.call(cls, args, {}), m.where(), m.stack())


def holds_unknown(value: Any, depth: int = 0) -> Any:
    """The first `Unknown` inside nested containers, or None."""
    if type(value) is Unknown:
        return value
    if depth < 20 and isinstance(value, (list, tuple, set, frozenset, dict)):
        for item in (*value, *value.values()) if isinstance(value, dict) else value:
            found = holds_unknown(item, depth + 1)
            if found is not None:
                return found
    return None


def catches(m: Machine, kind: Any, classes: Any) -> bool:
    """Whether an exception class is one of those, or derives from one."""
    if isinstance(classes, (tuple, list)):
        return any(catches(m, kind, item) for item in classes)
    return isinstance(kind, Class) and isinstance(classes, Class) and kind.derives(classes)
