"""Loops over a count that is a symbol, as the report states them: what stands for how many, and whether that is sound."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..interpreter.machine import Machine
from ..interpreter.repetition import Unrepeatable
from ..ir.architecture import Architecture
from ..ir.dim import Dim, symbols
from ..ir.graph import Record, TensorType

_PLACE = re.compile(r"\{([^{}]*)\}")


class Rounds:
    """The loops of one run."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    def times(self, name: str) -> int | Dim:
        """How many modules a name stands for: ``h.{i}`` for as many as the loop over ``i`` has rounds."""
        found: int | Dim = 1
        for index in self._indices(name):
            found = found * self._machine.counts[index]
        return found

    def check_own(self, name: str, module: Any) -> None:
        """A module that stands for all rounds was made anew in each.

        Raises:
            Unrepeatable: It was there before.
        """
        for index in self._indices(name):
            made, places = self._machine.made.get(index, ({}, set()))
            if id(module) not in made:
                raise Unrepeatable(places, "the same module in every round")

    def check(self, architecture: Architecture) -> Architecture:
        """No size that is claimed depends on the round.

        Raises:
            Unrepeatable: One does.
        """
        if self._machine.counts:
            for name in dict.fromkeys(name for size in sizes(architecture) for name in symbols(size)):
                if name in self._machine.counts:
                    places = self._machine.made.get(name, ({}, set()))[1]
                    raise Unrepeatable(places or {("", name)}, "a size depends on the round")
        return architecture

    def _indices(self, name: str) -> list[str]:
        if "{" not in name or not self._machine.counts:
            return []
        words = {word for place in _PLACE.findall(name) for word in re.findall(r"[^\W\d]\w*", place)}
        return [index for index in self._machine.counts if index in words]


def sizes(architecture: Architecture) -> Iterator[Any]:
    """Every size that an Architecture claims."""
    for tensor in (*architecture.parameters.values(), *architecture.buffers.values()):
        yield from tensor.shape or ()
        yield tensor.times
    for call in architecture.calls:
        yield call.macs
        yield from _within((*call.inputs, *call.outputs, call.keywords))
    for node in architecture.graph:
        yield node.macs
    yield from _within((architecture.inputs, architecture.outputs))


def _within(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if isinstance(value, Dim):
            yield value
        elif isinstance(value, TensorType):
            yield from value.shape
        elif isinstance(value, Record):
            yield from _within(value.fields.values())
        elif isinstance(value, Mapping):
            yield from _within(value.values())
        elif isinstance(value, (tuple, list)):
            yield from _within(value)
