"""Which sizes satisfy what a model demands of its input: all of them, found by trying."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from ..ir.dim import Dim, Fact, evaluate, symbols

#: Larger sides are not tried.
LARGEST = 2048
#: Of sides that are not equal, no larger ones, and no more answers.
LARGEST_OBLONG = 256
MOST_ANSWERS = 64

_SIGNS = {"==": eq, "!=": ne, "<": lt, "<=": le, ">": gt, ">=": ge}


def answers(facts: Sequence[Fact], names: Sequence[str]) -> tuple[dict[str, int], ...]:
    """All sizes that satisfy the facts, the roundest first: equal sides if there are such, else any.

    >>> h, w = Dim.symbol("H"), Dim.symbol("W")
    >>> answers([Fact(16 * (h - 2) * (w - 2), "==", 10816)], ["H", "W"])
    ({'H': 28, 'W': 28},)

    Args:
        facts: Equations and bounds, in these symbols only.
        names: The symbols.
    """
    used = [name for name in names if any(name in _symbols(fact) for fact in facts)]
    if not used:
        return ()
    equal = [found for found in _equal_sides(used) if _hold(facts, found)]
    found = equal or list(_oblong(facts, used))
    return tuple(sorted(found[:MOST_ANSWERS], key=_roundness))


def _symbols(fact: Fact) -> set[str]:
    return {*symbols(fact.left), *symbols(fact.right)}


def _equal_sides(names: Sequence[str]) -> Iterator[dict[str, int]]:
    return (dict.fromkeys(names, side) for side in range(1, LARGEST + 1))


def _oblong(facts: Sequence[Fact], names: Sequence[str]) -> Iterator[dict[str, int]]:
    """Two sides that differ: for the first, what the second must be."""
    if len(names) != 2:
        return
    for first in range(1, LARGEST_OBLONG + 1):
        for second in range(1, LARGEST_OBLONG + 1):
            sides = {names[0]: first, names[1]: second}
            if _hold(facts, sides):
                yield sides


def _hold(facts: Sequence[Fact], values: Mapping[str, int]) -> bool:
    try:
        return all(_SIGNS[fact.sign](_value(fact.left, values), _value(fact.right, values)) for fact in facts)
    except (ZeroDivisionError, KeyError):
        return False


def _value(size: Any, values: Mapping[str, int]) -> Any:
    return evaluate(size, values) if isinstance(size, Dim) else size


def _roundness(values: Mapping[str, int]) -> tuple[int, int]:
    """Sizes that halve often come first, then small ones."""
    side = max(values.values())
    return -(side & -side), side
