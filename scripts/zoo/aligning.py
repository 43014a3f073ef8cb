"""Lays two lists of names side by side: what both have, what one lacks, and where their order parts."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two lists of names side by side.

    Args:
        ours: Our list.
        theirs: The list that counts.
        pairs: Indices into ours and theirs of what is the same entry, in their order.
        missing: Index and name of what only they have.
        extra: Index (in ours) and name of what only we have.
        first_out_of_order: Indices into ours and theirs where the order of what both have first differs.
    """

    ours: Sequence[str]
    theirs: Sequence[str]
    pairs: list[tuple[int, int]]
    missing: list[tuple[int, str]]
    extra: list[tuple[int, str]]
    first_out_of_order: tuple[int, int] | None

    @property
    def extra_names(self) -> set[str]:
        """The names that only we have."""
        return {name for _, name in self.extra}

    def around(self, index: int, reach: int = 3) -> str:
        """Their entries around an index of theirs."""
        return _around(self.theirs, index, reach)

    def around_ours(self, index: int, reach: int = 3) -> str:
        """Our entries around an index of ours."""
        return _around(self.ours, index, reach)


def _around(names: Sequence[str], index: int, reach: int) -> str:
    start = max(index - reach, 0)
    return " ".join(f"[{name}]" if start + i == index else name for i, name in enumerate(names[start : index + reach + 1]))


def align(ours: Sequence[str], theirs: Sequence[str]) -> Alignment:
    """Lay two lists of names side by side; names may occur several times (a module that is called again).

    >>> side = align(["a", "c", "x"], ["a", "b", "c"])
    >>> side.pairs, side.missing, side.extra, side.first_out_of_order
    ([(0, 0), (1, 2)], [(1, 'b')], [(2, 'x')], None)
    >>> align(["b", "a"], ["a", "b"]).first_out_of_order
    (0, 0)
    """
    if list(ours) == list(theirs):
        return Alignment(ours, theirs, [(i, i) for i in range(len(theirs))], [], [], None)
    if pairs := _as_subsequence(ours, theirs):
        taken = {other for _, other in pairs}
        return Alignment(ours, theirs, pairs, [(i, name) for i, name in enumerate(theirs) if i not in taken], [], None)
    return _by_occurrence(ours, theirs)


def _as_subsequence(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]] | None:
    """The pairs when ours is theirs with entries left out, else None."""
    pairs, other = [], 0
    for mine, name in enumerate(ours):
        while other < len(theirs) and theirs[other] != name:
            other += 1
        if other == len(theirs):
            return None
        pairs.append((mine, other))
        other += 1
    return pairs


def _by_occurrence(ours: Sequence[str], theirs: Sequence[str]) -> Alignment:
    """Pair the first occurrence of a name with the first, the second with the second, and so on."""
    places: defaultdict[str, deque[int]] = defaultdict(deque)
    for mine, name in enumerate(ours):
        places[name].append(mine)
    pairs, missing = [], []
    for other, name in enumerate(theirs):
        if places[name]:
            pairs.append((places[name].popleft(), other))
        else:
            missing.append((other, name))
    extra = sorted((mine, name) for name, left in places.items() for mine in left)
    return Alignment(ours, theirs, pairs, missing, extra, _first_out_of_order(ours, theirs, pairs))


def _first_out_of_order(ours: Sequence[str], theirs: Sequence[str], pairs: list[tuple[int, int]]) -> tuple[int, int] | None:
    for mine, (taken, other) in zip(sorted(taken for taken, _ in pairs), pairs, strict=True):
        if mine != taken:
            return mine, other
    return None
