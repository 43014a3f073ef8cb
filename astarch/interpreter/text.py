"""``str`` and ``repr`` of the program's values."""

from __future__ import annotations

from typing import Any

from .builtins.hosts import payload_of
from .machine import Machine
from .values import MISSING, BoundMethod, Class, Function, Instance


def text_of(m: Machine, value: Any) -> str:
    """``str(value)``."""
    if isinstance(value, Instance):
        for name in ("__str__", "__repr__"):
            method = value.py_class.find(name)
            if method is not MISSING:
                found = m.call(method, (value,), {})
                return found if isinstance(found, str) else str(found)
        return str(value.payload) if value.payload is not None else _plain(value)
    return repr_of(m, value) if isinstance(value, (Class, Function, BoundMethod, list, tuple, dict, set)) else str(value)


def repr_of(m: Machine, value: Any) -> str:
    """``repr(value)``; containers within the budget."""
    if isinstance(value, Instance):
        method = value.py_class.find("__repr__")
        if method is not MISSING:
            found = m.call(method, (value,), {})
            return found if isinstance(found, str) else str(found)
        return repr(value.payload) if value.payload is not None else _plain(value)
    if isinstance(value, (list, tuple, dict, set, frozenset)):
        return _container(m, value, 0)
    return repr(value)


def _plain(value: Instance) -> str:
    return f"<{value.py_class.module}.{value.py_class.qualname} object>"


def _container(m: Machine, value: Any, depth: int) -> str:
    """A container, its items spelled by their own ``__repr__``; cut off where it holds itself."""
    if depth > 50:
        return "..."
    m.step()

    def item(part: Any) -> str:
        return _container(m, part, depth + 1) if isinstance(part, (list, tuple, dict, set, frozenset)) else repr_of(m, part)

    if isinstance(value, dict):
        text = "{" + ", ".join(f"{item(k)}: {item(v)}" for k, v in value.items()) + "}"
    elif isinstance(value, (set, frozenset)):
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
            return m.call(method, (value, spec), {})
        return format(payload_of(value), spec) if value.payload is not None and spec else format(text_of(m, value), spec)
    if not spec:
        return text_of(m, value)
    return format(value, spec)


def hash_of(m: Machine, value: Instance) -> int:
    """``hash(instance)``."""
    method = value.py_class.find("__hash__")
    if method is MISSING:
        return object.__hash__(value)
    if method is None:
        raise TypeError(f"unhashable type: '{value.py_class.name}'")
    return m.call(method, (value,), {})
