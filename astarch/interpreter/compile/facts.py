"""What a condition says of sizes once its answer is taken for granted: ``if dim % heads: raise`` means ``dim % heads == 0``.

Only conditions that could not be decided come here. Their operands are evaluated once more: they are numbers that depend on
symbols, so nothing is done twice.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ir.dim import Dim, Fact, Ratio, holds
from ...ir.unknown import Reason
from ...source import syntax as s
from ..machine import Frame, Machine
from .dispatch import expression
from .scopes import Scope
from .spelling import spell

_SIGNS = frozenset({"==", "!=", "<", "<=", ">", ">="})

#: The facts of a condition that has this answer; none when they cannot be told.
Facts = Callable[[Frame, bool], list[Fact]]


def facts_of(node: Any, scope: Scope) -> Facts:
    """Compile what a condition says of sizes."""
    if type(node) is s.Unary and node.op == "not":
        inner = facts_of(node.operand, scope)
        return lambda frame, answer: inner(frame, not answer)
    if type(node) is s.Boolean:
        parts, sure = (facts_of(node.left, scope), facts_of(node.right, scope)), node.op == "and"
        return lambda frame, answer: [fact for part in parts for fact in part(frame, answer)] if answer == sure else []
    if type(node) is s.Compare and set(node.ops) <= _SIGNS:
        return _comparison(node, scope)
    if type(node) in (s.Binary, s.Name, s.Attribute):
        value = expression(node, scope)
        return lambda frame, answer: _fact(value(frame), "!=", 0, answer)
    return lambda frame, answer: []


def _comparison(node: s.Compare, scope: Scope) -> Facts:
    sides = [expression(side, scope) for side in (node.left, *node.comparators)]

    def facts(frame: Frame, answer: bool) -> list[Fact]:
        if not answer and len(node.ops) > 1:
            return []
        values = [side(frame) for side in sides]
        return [fact for left, sign, right in zip(values, node.ops, values[1:]) for fact in _fact(left, sign, right, answer)]

    return facts


def _fact(left: Any, sign: str, right: Any, answer: bool) -> list[Fact]:
    symbolic = isinstance(left, (Dim, Ratio)) or isinstance(right, (Dim, Ratio))
    if not symbolic or not all(isinstance(side, (int, Dim, Ratio)) for side in (left, right)):
        return []
    fact = Fact(left, sign, right) if answer else Fact(left, sign, right).negation
    return [] if holds(*fact) else [fact]


def take_for_granted(m: Machine, frame: Frame, node: Any, facts: Facts, answer: bool, noted: int) -> None:
    """A condition that was not decided has this answer from here on.

    Args:
        m: The machine.
        frame: Where it stands.
        node: The condition.
        facts: What it says of sizes.
        answer: What is assumed.
        noted: How many things were not known before it was evaluated: those since are settled by this.
    """
    m.granted += 1
    found = facts(frame, answer)
    if not found:
        m.assume(spell(node) if answer else f"not ({spell(node)})")
        return
    m.unknowns[noted:] = [lost for lost in m.unknowns[noted:] if lost.reason is not Reason.UNDECIDED]
    for fact in found:
        m.require(fact)
