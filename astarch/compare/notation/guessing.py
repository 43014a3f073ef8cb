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
from itertools import islice, permutations
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
#: How many choices of one tensor are tried in all.
CHOICES = 30_000
#: How many tensors are chosen anew in all.
CHOICES_AGAIN = 400


@dataclass(slots=True)
class Search:
    """What is tried.

    Attributes:
        heads: How many heads the source has.
        constant: What the source computes of its own tensors alone.
        skipped: How many fitting choices are left out, by the tensor.
        others: The tensors of which another choice may fit as well, in the order in which they were found.
        left: How many choices may still be tried.
    """

    heads: int
    constant: list[Value]
    skipped: dict[str, int] = field(default_factory=dict[str, int])
    others: list[str] = field(default_factory=list[str])
    left: int = CHOICES

    def next(self) -> Search | None:
        """With another choice for the last tensor that has one."""
        if self.others:
            last = self.others.pop()
            skipped = {name: self.skipped.get(name, 0) for name in self.others}
            return Search(self.heads, self.constant, {**skipped, last: self.skipped.get(last, 0) + 1}, left=self.left)
        return None


def searched(words: Vocabulary, leaves: Leaves, ours: Terms, run: Callable[[Leaves, Search], Terms]) -> tuple[Terms, Leaves]:
    """What an artifact computes, with the first choice of tensors that makes it what the source computes; else with the first of all."""
    search: Search | None = Search(words.count(), _constants(words, ours))
    found: tuple[Terms, Leaves] | None = None
    for way in range(WAYS):
        if search is None or way * (len(search.skipped) + 1) > CHOICES_AGAIN:
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
        place = self.search.skipped.get(leaf.name, 0)
        fitting = next(islice(self._fitting(node, leaf), place, None), None)
        if fitting is None and leaf.value and not place:  # a number is what it says, unless it can be one of the source's
            self.leaves.guess(leaf.name, "", self.words.constants(list(leaf.value), leaf.shape))
            return self.attempt(node)
        if fitting is None:
            raise Unproven(f"{UNKNOWN} `{leaf.name}` is")
        self.search.others.append(leaf.name)
        guesses, value = fitting
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
            self.search.left -= 1
            if self.search.left < 0:
                raise Unproven("more tensors without a name than are looked for")
            guesses = {**(before or {}), leaf.name: choice}
            value, unknown = self._tried(node, guesses)
            if unknown is not None and unknown.name not in guesses and len(guesses) < 4:
                yield from self._fitting(node, unknown, guesses)
            heads = [item.head for item in flat(value) if isinstance(item, Value)]
            if heads and all(head < self.search.heads for head in heads):
                yield guesses, value

    def _tried(self, node: Node, guesses: Mapping[str, tuple[str, Value]]) -> tuple[Any, Leaf | None]:
        """What a step gives with these, and the tensor that is then not known."""
        with self.leaves.assuming(guesses):
            try:
                return self.step(node), None
            except UnknownLeaf as unknown:
                return None, unknown.leaf
            except (Unproven, TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
                return None, None

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
