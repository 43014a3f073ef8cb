"""``str`` and ``repr`` of the program's values."""

from __future__ import annotations

from typing import Any

from ..ir.dim import Dim
from ..ir.unknown import Reason, Unknown
from .builtins.hosts import payload_of
from .machine import Machine
from .unfolding import filled_in
from .values import MISSING, BoundMethod, Class, Function, Instance, Lost, known_text

#: Containers inside one another that are still spelled.
_DEEPEST = 200


def text_of(m: Machine, value: Any) -> str:
    """``str(value)``."""
    if isinstance(value, Instance):
        for name in ("__str__", "__repr__"):
            method = value.py_class.find(name)
            if method is not MISSING:
                return _said(m, m.call(method, (value,), {}), name)
        return str(value.payload) if value.payload is not None else _plain(value)
    if isinstance(value, Class):
        return _of_class(m, value, "__str__", "__repr__")
    if isinstance(value, Dim):
        return filled_in(m, value)
    return repr_of(m, value) if isinstance(value, (Function, BoundMethod, list, tuple, dict, set, frozenset)) else str(value)


def _said(m: Machine, text: Any, method: str) -> Any:
    """What a program's own method gave: text, or not known."""
    text = payload_of(text)
    if not isinstance(text, (str, Unknown)):
        raise m.error("TypeError", f"{method} returned non-string (type {m.class_of(text).name})")
    return text


def _of_class(m: Machine, value: Class, *names: str) -> Any:
    """A class, as its metaclass spells it."""
    for name in names:
        method = value.metaclass.find(name) if value.metaclass is not None else MISSING
        if method is not MISSING:
            return _said(m, m.call(method, (value,), {}), name)
    return value.plain_text()


def repr_of(m: Machine, value: Any) -> str:
    """``repr(value)``; containers within the budget."""
    if isinstance(value, Instance):
        method = value.py_class.find("__repr__")
        if method is not MISSING:
            return _said(m, m.call(method, (value,), {}), "__repr__")
        return repr(value.payload) if value.payload is not None else _plain(value)
    if isinstance(value, Class):
        return _of_class(m, value, "__repr__")
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return _container(m, value, ())
    return repr(value)


def _plain(value: Instance) -> str:
    return f"<{value.py_class.module}.{value.py_class.qualname} object>"


def _container(m: Machine, value: Any, around: tuple[int, ...]) -> str:
    """A container, its items spelled by their own ``__repr__``; cut off where it holds itself."""
    if id(value) in around or len(around) > _DEEPEST:
        return {list: "[...]", dict: "{...}", tuple: "(...)"}.get(type(value), "...")
    m.step()
    inside_of = (*around, id(value))

    def item(part: Any) -> str:
        if isinstance(part, (list, tuple, dict, set, frozenset)):
            return _container(m, part, inside_of)
        return known_text(repr_of(m, part))

    if type(value) is dict:
        text = "{" + ", ".join(f"{item(k)}: {item(v)}" for k, v in value.items()) + "}"
    elif type(value) is set or type(value) is frozenset:
        inside = ", ".join(map(item, value))
        text = (f"{{{inside}}}" if value else "set()") if isinstance(value, set) else f"frozenset({{{inside}}})" if value else "frozenset()"
    elif type(value) is tuple:
        text = f"({', '.join(map(item, value))}{',' if len(value) == 1 else ''})"
    elif type(value) is list:
        text = f"[{', '.join(map(item, value))}]"
    else:
        return repr(value)
    m.require_text(len(text))
    return text


def formatted(m: Machine, value: Any, spec: str) -> Any:
    """``format(value, spec)``, with widths kept within the budget."""
    digits = "".join(c if c.isdigit() else " " for c in spec).split()
    m.require_text(max((int(run[:15]) for run in digits), default=0))
    if isinstance(value, Instance):
        method = value.py_class.find("__format__")
        if method is not MISSING:
            return _said(m, m.call(method, (value, spec), {}), "__format__")
        if value.payload is not None and spec:
            return format(value.payload, spec)
        text = text_of(m, value)
        return format(text, spec) if isinstance(text, str) else text
    if not spec or isinstance(value, Class):
        return format(text_of(m, value), spec)
    return m.unknown(Reason.UNDECIDED, f"{value:}") if isinstance(value, Dim) else format(value, spec)


def hash_of(m: Machine, value: Instance) -> int:
    """``hash(instance)``."""
    method = value.py_class.find("__hash__")
    if method is MISSING:
        return object.__hash__(value)
    if method is None:
        raise TypeError(f"unhashable type: '{value.py_class.name}'")
    found = payload_of(m.call(method, (value,), {}))
    if type(found) is Unknown:
        raise Lost(found)
    return found
