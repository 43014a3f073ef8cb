"""Sequences of a length that is a symbol: `Repeat` is what one round of a loop made, `Repeated` a sequence with such parts.

Whoever does not know a `Repeated` finds that it cannot be iterated over (`Lost`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..ir.dim import Dim
from ..ir.unknown import Lost, MoreItems, Reason, Unknown


class Repeat:
    """What one round made, for all rounds.

    Attributes:
        count: How many rounds.
        index: The symbol that tells them apart, from 0.
        items: The values of one round.
        place: The loop.
        varying: The names of other symbols that stand for another number in each round.
    """

    __slots__ = ("count", "index", "items", "place", "varying")
    described = True

    def __init__(self, count: Dim, index: Dim, items: tuple[Any, ...], place: Any, varying: frozenset[str] = frozenset()) -> None:
        self.count, self.index, self.items, self.place, self.varying = count, index, items, place, varying

    def like(self, items: tuple[Any, ...], varying: frozenset[str] = frozenset()) -> Repeat:
        """Other values of the same rounds."""
        return Repeat(self.count, self.index, items, self.place, self.varying | varying)


class Endless:
    """Numbers that never end (``itertools.count``): whoever goes over them says when it is enough."""

    __slots__ = ("items",)
    described = True

    def __init__(self, items: Iterator[Any]) -> None:
        self.items = items

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self.items)

    def until_open(self, decided: list[Any]) -> Iterator[Any]:
        """The items, as long as not every one so far could have been the last: then data says when it ends."""
        before = len(decided)
        for rounds, item in enumerate(self.items):
            if rounds > MOST_OPEN_ITEMS and len(decided) - before >= rounds:
                raise MoreItems(Unknown(Reason.DATA_DEPENDENT, "when the loop ends"))
            yield item


#: So many items of what never ends are looked at that each could have been the last.
MOST_OPEN_ITEMS = 32


class Repeated:
    """A sequence, parts of which repeat."""

    __slots__ = ("parts",)
    described = True

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts

    def symbolic_length(self) -> Any:
        """How many items it has."""
        return sum(part.count * len(part.items) if type(part) is Repeat else 1 for part in self.parts)

    def lost(self) -> Unknown:
        """What it is to those who need each item by itself."""
        return Unknown(Reason.UNDECIDED, f"a sequence of {self.symbolic_length()}")

    def map(self, change: Callable[[Any], Any]) -> Repeated:
        """The same sequence of changed items."""
        return Repeated([part.like(tuple(map(change, part.items))) if type(part) is Repeat else change(part) for part in self.parts])

    def __iter__(self) -> Iterator[Any]:
        raise Lost(self.lost())

    def __bool__(self) -> bool:
        return True

    def __add__(self, other: Any) -> Any:
        found = parts_of(other)
        return NotImplemented if found is None else Repeated([*self.parts, *found])

    def __radd__(self, other: Any) -> Any:
        found = parts_of(other)
        return NotImplemented if found is None else Repeated([*found, *self.parts])

    def __getitem__(self, index: Any) -> Any:
        raise Lost(self.lost())

    def append(self, item: Any) -> None:
        self.parts.append(item)

    def extend(self, items: Any) -> None:
        found = parts_of(items)
        if found is None:
            raise Lost(self.lost())
        self.parts.extend(found)


def parts_of(value: Any) -> list[Any] | None:
    """The parts of a sequence, or None for what is none."""
    if type(value) is Repeated:
        return value.parts
    return list(value) if isinstance(value, (list, tuple)) else None


def numbered(items: Repeated, start: Any) -> Repeated:
    """``enumerate``: each item with its number."""
    found: list[Any] = []
    for part in items.parts:
        if type(part) is Repeat:
            width = len(part.items)
            found.append(part.like(tuple((start + part.index * width + place, item) for place, item in enumerate(part.items))))
            start = start + part.count * width
        else:
            found.append((start, part))
            start = start + 1
    return Repeated(found)


def zipped(sources: list[Any]) -> Repeated:
    """``zip`` of sequences whose parts repeat in step.

    Raises:
        Lost: They do not.
    """
    first = next(source for source in sources if type(source) is Repeated)
    if not all(type(source) is Repeated and _in_step(source.parts, first.parts) for source in sources):
        raise Lost(first.lost())
    found: list[Any] = []
    for parts in zip(*[source.parts for source in sources]):
        repeat = parts[0]
        if type(repeat) is not Repeat:
            found.append(parts)
            continue
        varying = frozenset().union(*[part.varying for part in parts])
        found.append(repeat.like(tuple(zip(*[part.items for part in parts])), varying))
    return Repeated(found)


def _in_step(parts: list[Any], others: list[Any]) -> bool:
    return len(parts) == len(others) and all(
        (type(one) is Repeat is type(other) and (one.count, one.index, len(one.items)) == (other.count, other.index, len(other.items)))
        or (Repeat not in (type(one), type(other)))
        for one, other in zip(parts, others)
    )
