"""Expressions: constants, operators, access."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ...ir.unknown import Reason, Unknown
from ...source import syntax as s
from ..attributes import is_own
from ..machine import Frame
from ..operators import BINARY, binary, compare, subscript, truth, unary
from ..values import Instance
from .dispatch import Run, compiles, expression, optional
from .names import target
from .scopes import Scope
from .spelling import spell


@compiles(s.Constant)
def _constant(node: s.Constant, scope: Scope) -> Run:
    value = node.value
    return lambda frame: value


@compiles(s.Literal)
def _literal(node: s.Literal, scope: Scope) -> Run:
    if node.kind == "unsupported":
        return lambda frame: frame.machine.unknown(Reason.UNSUPPORTED, node.text)
    value: Any = ...
    if node.kind == "bytes":
        value = node.text.encode("latin-1")
    elif node.kind == "int":
        value = int(node.text)
    elif node.kind == "complex":
        value = complex(node.text)
    elif node.kind == "escaped":
        value = node.text.encode().decode("unicode-escape")
    return lambda frame: value


@compiles(s.FString)
def _fstring(node: s.FString, scope: Scope) -> Run:
    parts = tuple(expression(part, scope) for part in node.parts)

    def run(frame: Frame) -> Any:
        pieces: list[str] = []
        for part in parts:
            piece = part(frame)
            if type(piece) is Unknown:
                return piece
            pieces.append(piece)
        frame.machine.require_text(sum(map(len, pieces)))
        return "".join(pieces)

    return run


@compiles(s.Formatted)
def _formatted(node: s.Formatted, scope: Scope) -> Run:
    value, spec = expression(node.value, scope), optional(node.spec, scope)
    conversion, at = node.conversion, node.at

    def run(frame: Frame) -> Any:
        found = value(frame)
        if type(found) is Unknown:
            return found
        form = spec(frame) if spec is not None else ""
        if type(form) is Unknown:
            return form
        frame.at = at
        return formatted(frame.machine, found, form, conversion)

    return run


def formatted(m: Any, value: Any, spec: str, conversion: str = "") -> Any:
    """``format(value, spec)`` after a conversion, within the budget."""
    try:
        if conversion:
            value = m.text_of(value) if conversion == "s" else m.repr_of(value)
            if type(value) is Unknown:
                return value
            if conversion == "a":
                value = "".join(c if c.isascii() else ascii(c)[1:-1] for c in value)
        return value if type(value) is str and not spec else m.formatted(value, spec)
    except (TypeError, ValueError, OverflowError) as error:
        raise m.error_from(error) from None


# --- operators ------------------------------------------------------------------------------------------------------

_PLAIN = frozenset({int, float})
#: Numbers within this need no guard against enormous or overflowing results.
_LARGE = 1 << 62
_FAST = {op: BINARY[op] for op in ("+", "-", "*", "/", "//", "%")}


@compiles(s.Binary)
def _binary(node: s.Binary, scope: Scope) -> Run:
    left, right, op, at = expression(node.left, scope), expression(node.right, scope), node.op, node.at
    fast = _FAST.get(op)
    if fast is None:

        def run(frame: Frame) -> Any:
            a, b = left(frame), right(frame)
            frame.at = at
            return binary(frame.machine, op, a, b)

        return run

    def run_fast(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if type(a) in _PLAIN and type(b) in _PLAIN and b and -_LARGE < a < _LARGE and -_LARGE < b < _LARGE:
            return fast(a, b)
        frame.at = at
        return binary(frame.machine, op, a, b)

    return run_fast


@compiles(s.Unary)
def _unary(node: s.Unary, scope: Scope) -> Run:
    operand, op, at = expression(node.operand, scope), node.op, node.at
    if op == "not":

        def negate(frame: Frame) -> Any:
            value = operand(frame)
            if value is True or value is False:
                return not value
            if type(value) is Unknown:
                return Unknown(value.reason, f"not ({value.detail})", value.span)
            frame.at = at
            return not _truth(frame, value, node.operand)

        return negate

    def run(frame: Frame) -> Any:
        value = operand(frame)
        if type(value) in _PLAIN and op == "-":
            return -value
        frame.at = at
        return unary(frame.machine, op, value)

    return run


@compiles(s.Boolean)
def _boolean(node: s.Boolean, scope: Scope) -> Run:
    left, right, at = expression(node.left, scope), expression(node.right, scope), node.at
    stops_on = node.op == "or"

    def run(frame: Frame) -> Any:
        value = left(frame)
        if value is True or value is False:
            return value if value is stops_on else right(frame)
        if type(value) is Unknown:
            return _half_known(frame, value, right, stops_on)
        frame.at = at
        asked = len(frame.machine.decided)
        if _truth(frame, value, node.left) is not stops_on:
            return right(frame)
        return value if len(frame.machine.decided) == asked else stops_on  # decided once, not again by whoever asks for its truth

    return run


def _half_known(frame: Frame, value: Unknown, right: Run, stops_on: bool) -> Any:
    """``unknown and False`` is false whatever the unknown is; otherwise the whole is not known."""
    other = right(frame)
    if type(other) is bool and other is stops_on:
        return other
    return value


_IDENTITY = {"is": lambda a, b: a is b, "is not": lambda a, b: a is not b}


@compiles(s.Compare)
def _compare(node: s.Compare, scope: Scope) -> Run:
    if len(node.ops) == 1:
        return _one_comparison(node, scope)
    operands = [expression(item, scope) for item in (node.left, *node.comparators)]
    ops, at = node.ops, node.at

    def run(frame: Frame) -> Any:
        left = operands[0](frame)
        answer: Any = True
        for op, operand in zip(ops, operands[1:]):
            right = operand(frame)
            frame.at = at
            step = _compared(frame, op, left, right)
            if type(step) is Unknown:
                answer = step
            elif not truth(frame.machine, step):
                return step
            elif answer is True:
                answer = step
            left = right
        return answer

    return run


def _one_comparison(node: s.Compare, scope: Scope) -> Run:
    left, right, op, at = expression(node.left, scope), expression(node.comparators[0], scope), node.ops[0], node.at
    if op in ("is", "is not"):
        if type(node.comparators[0]) is s.Constant and node.comparators[0].value is None:
            return _is_none(left, op)
        return lambda frame: _identical(op, left(frame), right(frame))
    if op in ("in", "not in") and type(node.comparators[0]) is s.Name:
        right = keyed(node.comparators[0], right, scope)
        return lambda frame: _membership(frame, op, left(frame), right, at)
    fast = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}.get(op)

    def run(frame: Frame) -> Any:
        a, b = left(frame), right(frame)
        if fast is not None and (type(a) is type(b) is int or type(a) is type(b) is str):
            return fast(a, b)
        frame.at = at
        return compare(frame.machine, op, a, b)

    return run


def _is_none(value: Run, op: str) -> Run:
    none = op == "is"

    def run(frame: Frame) -> Any:
        found = value(frame)
        if found is None:
            return none
        return _identical(op, found, None) if type(found) is Unknown else not none

    return run


_KEYED = frozenset({dict, set, frozenset})
_KEYS = frozenset({int, str, bool, type(None)})


def plain_key(key: Any) -> bool:
    """Whether a key is one that the host compares as the program would: plain values, and tuples of them."""
    kind = type(key)
    return kind in _KEYS or (kind is tuple and _KEYS.issuperset(map(type, key)))


def _membership(frame: Frame, op: str, item: Any, container: Callable[[Frame, Any], Any], at: Any) -> Any:
    found = container(frame, item)
    if type(found) in _KEYED and plain_key(item):
        return (item in found) is (op == "in")
    frame.at = at
    return compare(frame.machine, op, item, found)


def keyed(node: s.Name, plain: Run, scope: Scope) -> Callable[[Frame, Any], Any]:
    """Read a name of which one item is asked for: of a registry nothing else needs to be known (`registrations`)."""
    name = scope.mangled(node.id)
    if scope.find(name) is not None:
        return lambda frame, key: plain(frame)

    def read(frame: Frame, key: Any) -> Any:
        if type(key) is not str or name in frame.module.namespace:
            return plain(frame)
        frame.machine.wanted = key
        try:
            return plain(frame)
        finally:
            frame.machine.wanted = None

    return read


def _compared(frame: Frame, op: str, left: Any, right: Any) -> Any:
    return _identical(op, left, right) if op in _IDENTITY else compare(frame.machine, op, left, right)


def _identical(op: str, left: Any, right: Any) -> Any:
    if type(left) is Unknown or type(right) is Unknown:
        if left is right:
            return op == "is"
        lost = left if type(left) is Unknown else right
        return lost if op == "is" else Unknown(lost.reason, lost.detail, lost.span, True)  # what is not known is seldom None
    same = left is right or (isinstance(left, type) and left is right)
    if not same and type(left) is type(right) and getattr(type(left), "interned", False):
        same = bool(left == right)
    return same if op == "is" else not same


def condition(node: Any, scope: Scope, likely: bool = False) -> Run:
    """Compile a condition: the closure gives True or False, undecided ones as the machine decides.

    Args:
        likely: The answer taken first when it cannot be decided.
    """
    test, at = expression(node, scope), node.at

    def run(frame: Frame) -> bool:
        value = test(frame)
        if value is True or value is False:
            return value
        if value is None:
            return False
        frame.at = at
        if type(value) is Unknown:
            return frame.machine.decide(spell(node), likely or value.likely)
        return _truth(frame, value, node)

    return run


def _truth(frame: Frame, value: Any, node: Any) -> bool:
    """``bool(value)``; a condition that the machine had to decide is said in the source's terms."""
    m = frame.machine
    count = len(m.decided)
    answer = truth(m, value)
    if len(m.decided) > count:
        while isinstance(node, s.Boolean):  # the left of it has been asked already
            node = node.right
        m.decided[-1].condition = spell(node)
    return answer


@compiles(s.Conditional)
def _conditional(node: s.Conditional, scope: Scope) -> Run:
    test, body, orelse = condition(node.test, scope), expression(node.body, scope), expression(node.orelse, scope)
    return lambda frame: body(frame) if test(frame) else orelse(frame)


@compiles(s.Walrus)
def _walrus(node: s.Walrus, scope: Scope) -> Run:
    value = expression(node.value, scope)
    store = target(node.target, scope)

    def run(frame: Frame) -> Any:
        found = value(frame)
        store(frame, found)
        return found

    return run


# --- access ---------------------------------------------------------------------------------------------------------


@compiles(s.Attribute)
def _attribute(node: s.Attribute, scope: Scope) -> Run:
    value, name, at = expression(node.value, scope), scope.mangled(node.name), node.at

    def run(frame: Frame) -> Any:
        owner = value(frame)
        frame.at = at
        if isinstance(owner, Instance) and name in (attributes := owner.__dict__) and is_own(owner.py_class, name):
            return attributes[name]
        return frame.machine.get(owner, name)

    return run


@compiles(s.Subscript)
def _subscript(node: s.Subscript, scope: Scope) -> Run:
    value, index, at = expression(node.value, scope), expression(node.index, scope), node.at
    if type(node.value) is s.Name and scope.find(scope.mangled(node.value.id)) is None:
        return _global_subscript(keyed(node.value, value, scope), index, at)

    def run(frame: Frame) -> Any:
        container, key = value(frame), index(frame)
        kind = type(container)
        if kind is list or kind is tuple:
            if type(key) is int and -len(container) <= key < len(container):
                return container[key]
        elif kind is dict and plain_key(key) and key in container:
            return container[key]
        frame.at = at
        return subscript(frame.machine, container, key)

    return run


def _global_subscript(value: Callable[[Frame, Any], Any], index: Run, at: Any) -> Run:
    def run(frame: Frame) -> Any:
        key = index(frame)
        container = value(frame, key)
        frame.at = at
        return subscript(frame.machine, container, key)

    return run


@compiles(s.Slice)
def _slice(node: s.Slice, scope: Scope) -> Run:
    parts = tuple(optional(part, scope) for part in (node.lower, node.upper, node.step))
    return lambda frame: slice(*[part(frame) if part is not None else None for part in parts])


@compiles(s.Starred)
def _starred(node: s.Starred, scope: Scope) -> Run:
    return lambda frame: frame.machine.unknown(Reason.UNSUPPORTED, "a starred expression here")


@compiles(s.Yield, s.Await)
def _yield(node: Any, scope: Scope) -> Run:
    what = "await" if isinstance(node, s.Await) else "yield inside an expression"
    return lambda frame: frame.machine.unknown(Reason.UNSUPPORTED, what)
