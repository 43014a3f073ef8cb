"""Minimum, maximum and absolute value of sizes."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from .dim_atoms import Greatest, Least, degree, key_text
from .dim_bounds import composed, is_nonnegative
from .dim_core import Dim, Undecided, reads_negative
from .dim_division import quotient
from .dim_polynomial import content, sole_atom

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .dim_core import Size

#: Among more operands than this, only numbers are compared: each is compared with each.
MANY_OPERANDS = 16


def minimum(*sizes: Size) -> Size:
    """The least of the sizes."""
    return _extreme(Least, sizes)


def maximum(*sizes: Size) -> Size:
    """The greatest of the sizes."""
    return _extreme(Greatest, sizes)


def absolute(size: Size) -> Size:
    """The size without its sign."""
    return abs(size) if isinstance(size, int) else maximum(size, -size)


def _extreme(kind: type[Least | Greatest], sizes: Sequence[Size]) -> Size:
    operands = _flattened(kind, sizes)
    if not operands:
        raise ValueError(f"{kind.sign}() of no sizes")
    kept = _without_beaten(kind, operands)
    if len(kept) == 1:
        return kept[0]
    number = gcd(*(content(size) if isinstance(size, Dim) else size for size in kept))
    if number > 1:
        return number * _extreme(kind, [quotient(size, number) for size in kept])
    if all(map(reads_negative, kept)):
        return -_extreme(Greatest if kind is Least else Least, [-size for size in kept])
    return composed(kind(*sorted(kept, key=_reading_order)))


def _flattened(kind: type[Least | Greatest], sizes: Sequence[Size]) -> list[Size]:
    """The operands, with those of operands of the same kind in their place; each once, numbers as a single one."""
    symbolic: dict[Size, None] = {}
    numbers: list[int] = []
    waiting = list(sizes)[::-1]
    while waiting:
        size = waiting.pop()
        if isinstance(size, int):
            numbers.append(int(size))
            continue
        if not isinstance(size, Dim):
            raise Undecided(f"{kind.sign}({', '.join(map(str, sizes))})", tuple(sizes), kind.sign)
        atom = sole_atom(size)
        if isinstance(atom, kind):
            waiting.extend(reversed(atom.operands))
        else:
            symbolic[size] = None
    if numbers:
        symbolic[min(numbers) if kind is Least else max(numbers)] = None
    return list(symbolic)


def _without_beaten(kind: type[Least | Greatest], sizes: list[Size]) -> list[Size]:
    """The sizes of which no other is known to be at least as extreme."""
    if len(sizes) > MANY_OPERANDS:
        return sizes
    kept: list[Size] = []
    for size in sizes:
        if any(_beats(kind, other, size) for other in kept):
            continue
        kept = [other for other in kept if not _beats(kind, size, other)]
        kept.append(size)
    return kept


def _beats(kind: type[Least | Greatest], size: Size, other: Size) -> bool:
    return is_nonnegative(other - size if kind is Least else size - other)


def _reading_order(size: Size) -> tuple[bool, int, str]:
    """Formulas first, numbers last."""
    return isinstance(size, int), -degree(size), key_text(size)
