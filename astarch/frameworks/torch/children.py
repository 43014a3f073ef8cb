"""The numbered children of a container, some of which may stand for all rounds of a loop."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from ...interpreter.repeated import Repeat, Repeated
from ...interpreter.repetition import Unrepeatable, carries_on, over, place_of, rounds
from ...interpreter.values import CURRENT
from ...ir.unknown import Lost, Reason


class Name(str):
    """The name of a child whose number is a formula: ``{i}``; with `repeat`, of one that stands for all rounds of a loop."""

    __slots__ = ("repeat",)
    repeat: Repeat | None


def children(self: Any) -> Iterator[Any] | Repeated:
    """The children in order, as something to iterate over."""
    modules = named(self)
    if not any(type(name) is Name for name in modules):
        return iter(list(modules.values()))
    parts: list[Any] = []
    last: Any = None
    for name, module in modules.items():
        repeat = getattr(name, "repeat", None)
        if repeat is None:
            parts.append(module)
        elif repeat is last:
            parts[-1] = repeat.like((*parts[-1].items, module))
        else:
            parts.append(repeat.like((module,)))
        last = repeat
    return Repeated(parts)


def named(self: Any) -> dict[str, Any]:
    """The children by name, to be run through in order.

    Raises:
        Lost: One was registered by the program itself for all rounds of a loop: where the others belong is not known.
    """
    modules = self.__dict__["_modules"]
    if CURRENT.get().counts and any(type(name) is not Name and "{" in name for name in modules):
        raise Lost(CURRENT.get().unknown(Reason.UNDECIDED, "modules registered in every round of a loop"))
    return modules


def count(self: Any) -> Any:
    """How many children there are."""
    modules = named(self)
    repeats = [name.repeat for name in modules if type(name) is Name and name.repeat is not None]
    return len(modules) - len(repeats) + sum(repeat.count for repeat in repeats) if repeats else len(modules)


def parts(items: Any) -> Iterable[Any]:
    """What to add, item by item, of an iterable."""
    return items.parts if type(items) is Repeated else items


def add(self: Any, items: Iterable[Any]) -> None:
    """Append children, and those that repeat, under their numbers."""
    loops = CURRENT.get().loops
    for part in items:
        start = count(self)
        if type(part) is Repeat:
            for place, module in enumerate(part.items):
                _register(self, start + part.index * len(part.items) + place, module, part)
        elif loops and self in loops[-1].heap:
            repeat = loops[-1].repeat
            if (len(loops) > 1 and self in loops[-2].heap) or any(
                getattr(name, "repeat", None) is repeat for name in self.__dict__["_modules"]
            ):
                raise Unrepeatable((loops[-1].place, repeat.place), "several children are added in every round")
            _register(self, start + repeat.index, part, repeat)
        else:
            _register(self, start, part, None)


def _register(self: Any, number: Any, module: Any, repeat: Repeat | None) -> None:
    """Add a child under its number, which may be a formula: ``{i + 1}``."""
    if isinstance(number, int) and repeat is None:
        self.add_module(str(number), module)
        return
    name = Name(f"{{{re.sub(r'[^ *+/()-]+[.]', '', str(number))}}}")  # a dot would end the name
    name.repeat = repeat
    self.add_module(name, module)


def apart(self: Any) -> dict[str, Any]:
    """The children, to be told apart by their numbers.

    Raises:
        Lost: Some stand for as many as a loop has rounds.
    """
    modules = self.__dict__["_modules"]
    if any(type(name) is Name for name in modules):
        raise Lost(CURRENT.get().unknown(Reason.UNDECIDED, f"one of {count(self)} modules"))
    return modules


def copies(module: Any, number: Any) -> Any:
    """Deep copies of a module, to be iterated over, as many as a symbol says."""
    machine = CURRENT.get()
    copy = machine.get(machine.import_module("copy"), "deepcopy")
    found = over(machine, 0, number, 1, f"{number} copies")
    if type(found) is not Repeated:
        return found
    return Repeated([part.like(tuple(rounds(machine, part, lambda index: machine.call(copy, (module,), {})))) for part in found.parts])


def run_in_turn(self: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
    """Call the children one after another, with the same further arguments; those that repeat must give what they take."""
    machine, modules = CURRENT.get(), children(self)
    if type(modules) is not Repeated:
        for module in modules:
            value = machine.call(module, (value, *args), kwargs)
        return value
    state = [value]

    def run(module: Any) -> None:
        state[0] = machine.call(module, (state[0], *args), kwargs)

    for part in modules.parts:
        if type(part) is not Repeat:
            run(part)
            continue
        before = state[0]
        rounds(machine, part, run)
        if not carries_on(before, state[0]):
            raise Unrepeatable((place_of(machine), part.place), "a round gives something else than it takes")
    return state[0]
