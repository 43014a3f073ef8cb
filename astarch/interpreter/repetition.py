"""Loops over a count that is a symbol: the body runs once, for all rounds, and what it makes stands for as many.

A round is told from the others by its index, a symbol as well. The body must do the same in every round: a condition that
depends on the index, a value carried from one round to the next, a change that is not a list growing: each ends the run
with `Unrepeatable`, and the reading starts anew with that loop left unread.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from ..ir.dim import ACTIVE, Assumptions, Dim, Fact, lower, symbols
from ..ir.tensor import Tensor
from ..ir.unknown import Reason, Unknown
from .heap import Heap
from .machine import Machine
from .repeated import Repeat, Repeated
from .values import Lost

_NAMES = "ijkl"


class Unrepeatable(BaseException):
    """A loop whose rounds differ: the reading starts anew without running it."""

    def __init__(self, places: Iterable[Any], why: str) -> None:
        super().__init__(why)
        self.places = frozenset(places)


class Loop:
    """One loop in progress."""

    __slots__ = ("facts", "heap", "mark", "place", "repeat", "required")

    def __init__(self, m: Machine, repeat: Repeat) -> None:
        self.repeat, self.place, self.heap, self.mark = repeat, place_of(m), Heap(m), m.mark()
        self.facts, self.required = ACTIVE.get(), len(m.requirements)


def place_of(m: Machine) -> Any:
    """The loop being run, as decisions and loops are told apart."""
    frame = m.frame
    return (frame.module.name, *frame.at) if frame is not None else ()


def over(m: Machine, start: Any, stop: Any, step: Any, text: str) -> Any:
    """``range(start, stop, step)`` of symbols."""
    count = stop - start
    place = place_of(m)
    fitting = type(step) is int and step == 1 and isinstance(count, (int, Dim)) and is_readable(m, place)
    least = lower(count) if fitting else None
    if not fitting or set(symbols(count)) & m.counts.keys():
        return m.unknown(Reason.UNDECIDED, text)
    if isinstance(count, int):
        return Repeated([start + index for index in range(count)])
    if least is None or least < 0:
        m.require(Fact(count, ">=", 0))
    index = new_index(m, count, place)
    return Repeated([Repeat(count, index, (start + index,), place)])


def is_readable(m: Machine, place: Any) -> bool:
    """Whether a loop may be tried; None among those that may not stands for all."""
    return place not in m.unrepeatable and None not in m.unrepeatable


def new_index(m: Machine, count: Dim, place: Any) -> Dim:
    """The symbol of the rounds of a loop: the same for loops of one depth and one count."""
    name = base = _NAMES[min(len(m.loops), len(_NAMES) - 1)]
    number = 1
    while name in m.named or m.counts.get(name, count) != count or any(name in symbols(loop.repeat.index) for loop in m.loops):
        number += 1
        name = f"{base}{number}"
    m.counts[name] = count
    m.made.setdefault(name, ({}, set()))[1].add(place)
    return Dim.symbol(name, minimum=0)


def rounds(m: Machine, part: Repeat, run: Callable[[Any], Any], fresh: frozenset[str] = frozenset()) -> list[Any]:
    """Run a loop's body for every item of a round, once for all rounds.

    Args:
        m: The machine.
        part: What is iterated over.
        run: The body, given an item.
        fresh: Names that every round binds before it reads them.
    """
    if not is_readable(m, place_of(m)):
        raise Lost(m.unknown(Reason.UNDECIDED, f"{part.count} rounds"))
    loop = Loop(m, part)
    m.loops.append(loop)
    ACTIVE.set((loop.facts or Assumptions()).extended(Fact(part.index, "<=", part.count - 1)))
    try:
        found = [run(item) for item in part.items]
    finally:
        m.loops.pop()
        required = list(m.requirements)[loop.required :]
        ACTIVE.set((loop.facts or Assumptions()).extended(*required) if required else loop.facts)
    settle(m, loop, fresh, found)
    m.multiply(loop.mark, part.count)
    return found


def settle(m: Machine, loop: Loop, fresh: frozenset[str], found: list[Any]) -> None:
    """See that the rounds did not depend on each other, and make the lists that grew repeat."""
    grown: dict[int, tuple[list[Any], Repeated]] = {}
    frame = m.frame
    for holder, before in loop.heap.changes():
        if type(holder) is list:
            new = holder[len(before) :]
            if not new or any(one is not other for one, other in zip(holder, before)) or any(type(item) is Repeat for item in new):
                raise Unrepeatable((loop.place,), "a list is changed in every round")
            parts = [*before, loop.repeat.like(tuple(new))]
            if loop.heap.holds_parts(holder):
                holder[:] = parts
            else:
                grown[id(holder)] = holder, Repeated(parts)
        elif type(holder) is dict:
            _settle_names(loop, holder, before, fresh if frame is not None and holder is frame.names else frozenset())
        else:
            raise Unrepeatable((loop.place,), "a set is changed in every round")
    now = Heap(m, found)
    if grown:
        now.replace(grown, lambda: Unrepeatable((loop.place,), "a growing list is part of a tuple"))
    made, places = m.made.setdefault(str(loop.repeat.index), ({}, set()))
    made.update(now.beyond(loop.heap))
    places.update((loop.place, loop.repeat.place))


def _settle_names(loop: Loop, names: dict[Any, Any], before: dict[Any, Any], fresh: frozenset[str]) -> None:
    """The variables, attributes or items that one round left behind."""
    for key in before:
        if key not in names:
            raise Unrepeatable((loop.place,), f"{key} is removed in every round")
    for key, value in names.items():
        if key not in before and not loop.heap.is_open(names) and "{" in str(key):
            raise Unrepeatable((loop.place,), "a dict gets a key in every round")
        if not isinstance(key, str):
            if key not in before or before[key] is not value:
                raise Unrepeatable((loop.place,), "a dict is changed in every round")
        elif key in before and key not in fresh and not carries_on(before[key], value):
            raise Unrepeatable((loop.place,), f"{key} is another in every round")


def carries_on(old: Any, new: Any) -> bool:
    """Whether a value at the end of a round is as good as the one at its start."""
    if old is new:
        return True
    if isinstance(old, Tensor) and isinstance(new, Tensor):
        if list(old.shape) != list(new.shape) or old.dtype != new.dtype:
            return False
        new.data = None
        return True
    if type(old) is Unknown and type(new) is Unknown:
        return True
    if isinstance(old, (tuple, list)) and type(old) is type(new) and len(old) == len(new):
        return all(map(carries_on, old, new))
    return type(old) is type(new) and isinstance(old, (bool, int, float, str, Dim)) and old == new


def differing(m: Machine, *questions: Any) -> None:
    """A question without an answer that mentions a loop's index, in its text or its sizes: the rounds differ.

    Raises:
        Unrepeatable: It does.
    """
    words = {word for question in questions for word in (re.findall(r"\w+", question) if isinstance(question, str) else symbols(question))}
    for loop in m.loops:
        if str(loop.repeat.index) in words or loop.repeat.varying & words:
            raise Unrepeatable((loop.place,), "a condition depends on the round")


def times(m: Machine, left: Any, right: Any) -> Any:
    """``[item] * count``: the very same items in every round."""
    items, count = (left, right) if isinstance(right, Dim) else (right, left)
    place = place_of(m)
    if not isinstance(items, (list, tuple)) or not is_readable(m, place) or set(symbols(count)) & m.counts.keys():
        return m.unknown(Reason.UNDECIDED, f"a sequence repeated {count} times")
    if (lower(count) or 0) < 0:
        m.require(Fact(count, ">=", 0))
    return Repeated([Repeat(count, new_index(m, count, place), tuple(items), place)])


def item_of(m: Machine, value: Repeated, index: int) -> Any:
    """One item of a sequence whose length is a symbol: known where all are the same None, truth value or text.

    Raises:
        Lost: They are something else.
    """
    items = [item for part in value.parts for item in getattr(part, "items", (part,))]
    if not items or not (items[0] is None or isinstance(items[0], (bool, str))) or any(item != items[0] for item in items):
        return value[index]
    m.require(Fact(value.symbolic_length(), ">=", index + 1 if index >= 0 else -index))
    return items[0]
