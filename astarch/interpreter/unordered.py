"""Sets: which items are one, and in what order. CPython's order of texts differs from run to run: it is stated, and tried the other way round.

The order only matters where something is recorded meanwhile, such as calls of a model: only there it becomes a condition.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ir.dim import Dim, same
from ..ir.unknown import Lost, Reason, Unknown
from .machine import Decision, Machine


def is_unordered(items: set[Any] | frozenset[Any]) -> bool:
    """Whether the order of a set is not the same in every run of the program."""
    return len(items) > 1 and all(type(item) is str for item in items)


def unordered(m: Machine, items: set[Any] | frozenset[Any]) -> Iterator[Any]:
    """The texts of a set in alphabetical order or, as the replay wants it, in the opposite one."""
    frame, count, recorded = m.frame, len(items), m.recorded()
    key = (frame.module.name, *frame.at, "order") if frame is not None else ()
    opposite, where = m.decisions.get(key, False), m.where()
    try:
        for item in sorted(items, reverse=opposite):
            if len(items) != count:
                raise m.error("RuntimeError", "Set changed size during iteration")
            yield item
    finally:
        if m.recorded() != recorded:
            m.decided.append(Decision(key, "a set is iterated over in another order", where, opposite))


def told_apart(items: list[Any]) -> list[Any]:
    """What a set is made of: which items are one and the same is known.

    Raises:
        Lost: It is not.
    """
    sizes: list[Any] = []
    for item in items:
        if type(item) is Unknown:
            raise Lost(item)
        if type(item) is Dim:
            sizes.append(item)
    for place, size in enumerate(sizes):
        for other in (*sizes[:place], *(item for item in items if type(item) is int)):
            if same(size, other) is None:
                raise Lost(Unknown(Reason.UNDECIDED, f"{size} == {other}"))
    return items
