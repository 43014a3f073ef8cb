"""Finding by what is computed with them which tensors of a source an artifact's are, where neither names nor layers say it.

A tensor that is not known is taken for one of the source's, in each layout that fits, as long as the step that uses it then
computes something that the source computes too. Weights are free: where the whole comes out the same, it is the same function of
weights that correspond to one another, one to one. Where it does not, the next choice is tried.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any

from ...ir.graph import Node
from .index_notation import Unproven, Value
from .leaves import UNKNOWN, Leaf, Leaves, UnknownLeaf
from .lowering import Lowering, Terms, flat
from .vocabulary import Vocabulary

#: What stands between the parts of names, and behind those that are counted.
_PART = re.compile(r"(?:_\d+)?[/.;:](?:_\d+)?|_\d+$")
#: How many ways of choosing are tried, and how many axes a tensor may have that is turned about in every way.
WAYS, AXES = 8, 5


@dataclass(slots=True)
class Search:
    """What is tried.

    Attributes:
        heads: How many heads the source has.
        constant: What the source computes of its own tensors alone.
        skipped: How many fitting choices are left out, by the tensor.
        others: How many choices fit beside the one that was taken, by the tensor.
    """

    heads: int
    constant: list[Value]
    skipped: dict[str, int] = field(default_factory=dict[str, int])
    others: dict[str, int] = field(default_factory=dict[str, int])

    def next(self) -> Search | None:
        """With another choice for the last tensor that has one."""
        order = list(self.others)
        while order and not self.others[order[-1]]:
            order.pop()
        if not order:
            return None
        skipped = {name: self.skipped.get(name, 0) for name in order}
        skipped[order[-1]] += 1
        return Search(self.heads, self.constant, skipped)


def searched(words: Vocabulary, leaves: Leaves, ours: Terms, run: Callable[[Leaves, Search], Terms]) -> tuple[Terms, Leaves]:
    """What an artifact computes, with the first choice of tensors that makes it what the source computes; else with the first of all."""
    search: Search | None = Search(words.count(), _constants(words, ours))
    found: tuple[Terms, Leaves] | None = None
    for _ in range(WAYS):
        if search is None:
            break
        own = leaves.anew()
        terms = run(own, search)
        if terms.results and terms.results == ours.results:
            return terms, own
        found = found or (terms, own)
        if any(not reason.startswith(UNKNOWN) for reason in terms.open.values()):
            break  # no choice of tensors makes up for what is not known here
        search = search.next()
    assert found is not None
    return found


class Guessing(Lowering):
    """A lowering whose tensors may have to be found.

    Args:
        words: The notation, in which the source is written already.
        leaves: Which tensors are known.
        search: What is tried.
    """

    def __init__(self, words: Vocabulary, leaves: Leaves, search: Search) -> None:
        super().__init__(words)
        self.leaves, self.search = leaves, search

    def attempt(self, node: Node) -> Any:
        """What one step gives, with a tensor that is not known taken for one that fits."""
        try:
            return self.step(node)
        except UnknownLeaf as unknown:
            return self._guessed(node, unknown.leaf)

    def _guessed(self, node: Node, leaf: Leaf) -> Any:
        if not leaf.value and (moved := self._moved(node, leaf)) is not None:
            return moved
        fitting = list(self._fitting(node, leaf))
        place = self.search.skipped.get(leaf.name, 0)
        if leaf.value and not fitting:  # a number is what it says, unless it can be one of the source's
            self.leaves.guess(leaf.name, "", self.words.constants(list(leaf.value), leaf.shape))
            return self.attempt(node)
        if place >= len(fitting):
            raise Unproven(f"which tensor of the source `{leaf.name}` is")
        self.search.others[leaf.name] = len(fitting) - place - 1
        guesses, value = fitting[place]
        for name, (key, whole) in guesses.items():
            self.leaves.guess(name, key, whole)
        return value

    def _moved(self, node: Node, leaf: Leaf) -> Leaf | None:
        """The tensor itself, in another layout: there is nothing yet to know it by."""
        symbol = self.words.leaf(("symbol", leaf.name), leaf.shape)
        with self.leaves.assuming({leaf.name: ("", symbol)}):
            try:
                value = self.step(node)
            except Unproven:
                return None
        if isinstance(value, Value) and value.head == symbol.head and value.factor == 1.0:
            return replace(leaf, name=f"{leaf.name}'", shape=value.shape, value=())
        return None

    def _fitting(self, node: Node, leaf: Leaf, before: Mapping[str, tuple[str, Value]] | None = None) -> Iterator[tuple[Any, Any]]:
        """Choices with which the step computes what the source computes, and what it gives with them."""
        for choice in self._choices(leaf):
            guesses = {**(before or {}), leaf.name: choice}
            with self.leaves.assuming(guesses):
                try:
                    value = self.step(node)
                except UnknownLeaf as unknown:
                    if unknown.leaf.name not in guesses and len(guesses) < 4:
                        yield from self._fitting(node, unknown.leaf, guesses)
                    continue
                except (Unproven, TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
                    continue
            heads = [item.head for item in flat(value) if isinstance(item, Value)]
            if heads and all(head < self.search.heads for head in heads):
                yield guesses, value

    def _choices(self, leaf: Leaf) -> Iterator[tuple[str, Value]]:
        """The source's tensors that may be it, those first that nothing is known to be; then what it computes of them alone."""
        if leaf.value:
            yield "", self.words.constants(list(leaf.value), leaf.shape)
        parts = set(_PART.split(leaf.name))
        names = sorted(self.leaves.tensors, key=lambda name: (-len(parts & set(_PART.split(name))), name in self.leaves.bound))
        for name in names:
            item = self.leaves.tensors[name]
            shape = item.shape
            if shape is None or not all(type(side) is int for side in shape) or item.dtype != leaf.dtype or item.tied_to:
                continue
            yield from ((name, value) for value in _layouts(self.words.leaf(("parameter", name), shape), leaf.shape))
        for whole in self.search.constant:
            yield from (("", value) for value in _layouts(whole, leaf.shape))


def _layouts(whole: Value, shape: tuple[int, ...]) -> Iterator[Value]:
    """A tensor in every layout that has these sizes."""
    if math.prod(whole.shape) != math.prod(shape) or len(whole.dims) > AXES:
        return
    seen: set[Value] = set()
    for order in permutations(range(len(whole.dims))):
        try:
            value = whole.turned(order).shaped(shape)
        except Unproven:
            continue
        if value not in seen:
            seen.add(value)
            yield value


def _constants(words: Vocabulary, ours: Terms) -> list[Value]:
    """What the source computes of its own tensors alone, the largest first."""
    found = dict.fromkeys(
        item
        for value in ours.values.values()
        for item in flat(value)
        if isinstance(item, Value)
        and words.form(item.head)[0] not in ("parameter", "one", "ones", "constants")
        and not words.given(item.head)
    )
    folded = [item for pair in words.folded.values() for item in pair]
    return [*folded, *sorted(found, key=lambda value: -value.head)]
