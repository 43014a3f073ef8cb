"""Operators as the program's own classes define them: which method is asked, and what is said when none will do."""

from __future__ import annotations

from typing import Any

from ..ir.unknown import Lost
from .builtins.hosts import payload_of
from .machine import Machine
from .values import MISSING, Class, GenericAlias, Instance, Raised

NAMES = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul", "<<": "lshift",
    ">>": "rshift", "&": "and", "|": "or", "^": "xor",
}  # fmt: skip


def special(m: Machine, value: Any, name: str) -> Any:
    """A special method of a value's class, unbound."""
    if isinstance(value, Instance):
        return value.py_class.find(name)
    if isinstance(value, Class) and value.metaclass is not None:
        return value.metaclass.find(name)
    return MISSING


def by_method(m: Machine, op: str, left: Any, right: Any, inplace: bool) -> Any:
    """What the operands' own classes make of the operator; `MISSING` when they leave it to the host."""
    name = NAMES[op]
    if op == "|" and (alias := union(m, left, right)) is not None:
        return alias
    tries: list[tuple[str, Any, Any]] = [(f"__i{name}__", left, right)] if inplace else []
    if _goes_first(left, right, f"__r{name}__"):
        tries += [(f"__r{name}__", right, left), (f"__{name}__", left, right)]
    else:
        tries += [(f"__{name}__", left, right), (f"__r{name}__", right, left)]
    for method, receiver, other in tries:
        found = special(m, receiver, method)
        if found is not MISSING:
            result = m.call(found, (receiver, other), {})
            if result is not NotImplemented:
                return result
    return MISSING


def _goes_first(left: Any, right: Any, name: str) -> bool:
    """Whether the right operand's class derives from the left's and has a reflected method of its own."""
    if not isinstance(left, Instance) or not isinstance(right, Instance) or left.py_class is right.py_class:
        return False
    return right.py_class.derives(left.py_class) and right.py_class.find(name) is not left.py_class.find(name)


def union(m: Machine, left: Any, right: Any) -> GenericAlias | None:
    """``int | None``: the union of two type expressions, when that is what they are."""
    if not isinstance(left, (Class, GenericAlias)) and not isinstance(right, (Class, GenericAlias)):
        return None
    if isinstance(left, Class) and isinstance(left.metaclass, Class) and left.metaclass.find("__or__") is not MISSING:
        return None
    return GenericAlias(m.builtins["__union__"], (left, right)) if _is_type(left) and _is_type(right) else None


def _is_type(value: Any) -> bool:
    return value is None or isinstance(value, (Class, GenericAlias, type, str)) or hasattr(value, "typing_name")


def unsupported(m: Machine, op: str, left: Any, right: Any, inplace: bool) -> Raised | Lost:
    """The error of an operator that neither operand knows."""
    spelled = {"**": "** or pow()"}.get(op, op) if not inplace else {"**": "**"}.get(op, op) + "="
    names = f"'{m.class_of(left).name}' and '{m.class_of(right).name}'"
    return m.lacks("TypeError", f"unsupported operand type(s) for {spelled}: {names}", left, right)


def index_of(m: Machine, value: Any) -> Any:
    """A value where the host wants an integer: what ``__index__`` gives, for instances that have one."""
    if isinstance(value, Instance):
        if value.payload is not None:
            return value.payload
        method = value.py_class.find("__index__")
        return value if method is MISSING else m.call(method, (value,), {})
    if isinstance(value, slice) and any(isinstance(part, Instance) for part in (value.start, value.stop, value.step)):
        return slice(*[index_of(m, part) for part in (value.start, value.stop, value.step)])
    return value


def equal_instances(m: Machine, left: Any, right: Any) -> Any:
    """``left == right`` where either is an object of the program."""
    for receiver, other in ((left, right), (right, left)):
        if isinstance(receiver, Instance):
            method = receiver.py_class.find("__eq__")
            if method is not MISSING:
                result = m.call(method, (receiver, other), {})
                if result is not NotImplemented:
                    return result
    a, b = payload_of(left), payload_of(right)
    if a is not left or b is not right:
        return a is b or (not isinstance(a, Instance) and not isinstance(b, Instance) and a == b)
    return left is right
