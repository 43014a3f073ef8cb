"""Tables of numbers: ``[pos / np.power(10000, 2 * (j // 2) / dim) for j in range(dim)]`` operation by operation instead of round by round.

That is several times as fast, and models make tables of a million such numbers. It is done only where it makes no difference: with
arithmetic of plain numbers, and functions that say what they make of plain numbers (``numbers``), one or many. Anything else, and whatever
fails, goes the usual way from the start.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from itertools import repeat
from typing import Any

from ...source import syntax as s
from ..machine import Frame
from ..values import Instance
from .dispatch import expression
from .scopes import Scope

#: From so many rounds on it pays.
FEWEST = 32
#: Numbers within this need no guard against enormous results.
_LARGE = 1 << 62

#: Gives a value for each of the items, or one number that is the same for all.
Column = Callable[[Frame, range], Any]


class Unfit(Exception):
    """Not a table of plain numbers."""


def column(node: Any, name: str, scope: Scope) -> Column | None:
    """Compile the element of a comprehension over a range; None when it is no such thing.

    Args:
        node: The element.
        name: The variable of the comprehension.
        scope: The comprehension's own.
    """
    found = _column(node, name, scope)
    if found is None or not isinstance(node, (s.Binary, s.Call)):
        return None

    def table(frame: Frame, items: range) -> list[Any] | None:
        frame.machine.require_items(len(items))
        try:
            values = found(frame, items)
        except (Unfit, ArithmeticError, ValueError, TypeError):
            return None
        if type(values) is not list:
            return None
        frame.machine.steps(len(items))
        return values

    return table


def _column(node: Any, name: str, scope: Scope) -> Column | None:
    if isinstance(node, s.Name) and scope.mangled(node.id) == name:
        return lambda frame, items: items
    if isinstance(node, s.Constant) or (isinstance(node, (s.Name, s.Attribute)) and _depth(node, name, scope) in (0, 1)):
        return _same_for_all(node, scope)
    compiler = _COMPILERS.get(type(node))
    return compiler(node, name, scope) if compiler is not None else None


def _depth(node: Any, name: str, scope: Scope) -> int | None:
    """How many dots a dotted name has; None for what is none, or depends on the variable of the comprehension."""
    dots = 0
    while isinstance(node, s.Attribute):
        node, dots = node.value, dots + 1
    return dots if isinstance(node, s.Name) and scope.mangled(node.id) != name else None


def _same_for_all(node: Any, scope: Scope) -> Column:
    value = expression(node, scope)
    owner = expression(node.value, scope) if isinstance(node, s.Attribute) else None

    def number(frame: Frame, items: range) -> Any:
        if owner is not None and isinstance(holder := owner(frame), Instance) and node.name not in holder.__dict__:
            raise Unfit  # a property may give another value, and do something, each time
        found = value(frame)
        if (type(found) is int or isinstance(found, float)) and -_LARGE < found < _LARGE:
            return found
        raise Unfit

    return number


def _power(base: Any, exponent: Any) -> Any:
    if type(base) is int and type(exponent) is int:
        raise Unfit
    return base**exponent


_OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod, "**": _power,
}  # fmt: skip


def _binary(node: s.Binary, name: str, scope: Scope) -> Column | None:
    left, right, operation = _column(node.left, name, scope), _column(node.right, name, scope), _OPERATIONS.get(node.op)
    if left is None or right is None or operation is None:
        return None
    return lambda frame, items: _each(operation, left(frame, items), right(frame, items))


def _negative(node: s.Unary, name: str, scope: Scope) -> Column | None:
    operand = _column(node.operand, name, scope) if node.op == "-" else None
    return None if operand is None else lambda frame, items: _each(operator.neg, operand(frame, items))


def _call(node: s.Call, name: str, scope: Scope) -> Column | None:
    if any(argument.keyword or argument.star for argument in node.arguments) or _depth(node.function, name, scope) is None:
        return None
    callee = expression(node.function, scope)
    arguments = [_column(argument.value, name, scope) for argument in node.arguments]
    if not arguments or None in arguments:
        return None

    def called(frame: Frame, items: range) -> Any:
        numbers = getattr(callee(frame), "numbers", None)
        if numbers is None:
            raise Unfit
        found = numbers(*(argument(frame, items) for argument in arguments if argument is not None))
        if found is None:
            raise Unfit
        return found

    return called


def _each(function: Callable[..., Any], *values: Any) -> Any:
    """The operation on numbers, or on corresponding values; floats of a class of their own are counted with as floats, and stay what they are."""
    many = [type(value) is list or type(value) is range for value in values]
    if not any(many):
        return function(*values)
    kinds = [type(value[0]) if several else type(value) for value, several in zip(values, many)]
    own = next((kind for kind in kinds if kind is not float and issubclass(kind, float)), None)
    if own is not None:
        values = tuple((list(map(float, value)) if several else float(value)) if kind is own else value
                       for value, several, kind in zip(values, many, kinds))  # fmt: skip
    found = list(map(function, *(value if several else repeat(value) for value, several in zip(values, many))))
    return found if own is None else list(map(own, found))


_COMPILERS: dict[type, Any] = {s.Binary: _binary, s.Unary: _negative, s.Call: _call}
