"""Going through the steps of a graph, each after those that it is given: what it computes, or why that is not known."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ...ir.graph import Node
from .index_notation import Unproven
from .vocabulary import Vocabulary

#: What a step raises that is used in a way that nobody thought of.
_STRANGE = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, StopIteration)


@dataclass(slots=True)
class Terms:
    """What the steps of a graph compute.

    Attributes:
        values: By node: what it gives; a tuple of several; None where it is not known.
        results: What the whole gives.
        open: By node: why it is not known.
        used: The tensors of the state dict that steps use, by node.
        folded: By the node of a norm: the node of the convolution that it is folded into.
        idle: The nodes of arms that are not taken.
    """

    values: dict[int, Any] = field(default_factory=dict[int, Any])
    results: list[Any] = field(default_factory=list[Any])
    open: dict[int, str] = field(default_factory=dict[int, str])
    used: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    folded: dict[int, int] = field(default_factory=dict[int, int])
    idle: set[int] = field(default_factory=set[int])


class Lowering(ABC):
    """A graph that is written in the notation, step by step."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self.terms = Terms()

    def follow(self, nodes: Iterable[Node]) -> Terms:
        """All steps, in order."""
        for node in nodes:
            try:
                self.terms.values[node.index] = self.attempt(node)
            except Unproven as reason:
                self.terms.open[node.index] = str(reason)
            except _STRANGE:
                self.terms.open[node.index] = f"how `{node.target}` is used"
        return self.terms

    def attempt(self, node: Node) -> Any:
        """What one step gives."""
        return self.step(node)

    @abstractmethod
    def step(self, node: Node) -> Any:
        """What one step gives."""

    def before(self, index: int) -> Any:
        """What an earlier step gives."""
        if index not in self.terms.values:
            raise Unproven(self.terms.open.get(index, "what goes before"))
        return self.terms.values[index]


def flat(value: Any) -> Iterator[Any]:
    """Single values in order, out of what holds several."""
    if isinstance(value, (tuple, list)):
        for item in value:  # type: ignore[reportUnknownVariableType]
            yield from flat(item)
    else:
        yield value
