"""Which sizes satisfy what a model demands of its input: all of them, found by trying."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from ..ir.dim import Dim, Fact, evaluate, symbols

#: Larger sides are not tried.
LARGEST = 2048
#: Of sides that are not equal, or beside another axis, no larger ones, and no more answers.
LARGEST_OBLONG = 256
LARGEST_DEPTH = 64
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
    found = list(islice((tried for tried in _tried(used) if _hold(facts, tried)), MOST_ANSWERS + 1)) or list(
        islice(_oblong(facts, used), MOST_ANSWERS + 1)
    )
    return tuple(sorted(found, key=_roundness)) if len(found) <= MOST_ANSWERS else ()  # more than that is no answer


def _tried(names: Sequence[str]) -> Iterator[dict[str, int]]:
    """Sizes worth trying: equal height and width, beside another axis, or whatever there is, all equal."""
    sides = [name for name in names if name in ("H", "W")] or names
    others = [name for name in names if name not in sides]
    for depth in range(1, LARGEST_DEPTH + 1 if others else 2):
        for side in range(1, LARGEST_OBLONG + 1 if others else LARGEST + 1):
            yield {**dict.fromkeys(others, depth), **dict.fromkeys(sides, side)}


def _symbols(fact: Fact) -> set[str]:
    return {*symbols(fact.left), *symbols(fact.right)}


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


#: Sides of pictures as they are commonly used.
_USUAL = (224, 32, 28, 64)


def _roundness(values: Mapping[str, int]) -> tuple[int, ...]:
    """The usual sizes come first, then those that halve often, then small ones."""
    side = max(values.values())
    return _USUAL.index(side) if side in _USUAL else len(_USUAL), -sum(size & -size for size in values.values()), side
