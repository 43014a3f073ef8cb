"""Building a graph whose values have names: who makes a value, and who uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ..errors import ReadError
from ..ir.dim import Dim
from ..ir.graph import Graph, Node
from ..ir.unknown import Reason, Unknown
from .opening import refuse
from .report import formula

#: How many nodes a graph may have once functions are put in place of their calls.
NODES = 100_000


class Output(int):
    """The number of a node, with which of its several results is meant."""

    place = 0

    @classmethod
    def of(cls, node: int, place: int) -> Output:
        """That result of a node."""
        found = cls(node)
        found.place = place
        return found


class Wiring:
    """Nodes in order, and which of them makes each named value."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.nodes: list[Node] = []
        self.makers: dict[str, int] = {}
        self.slots: list[tuple[tuple[int, int], ...]] = []

    def add(
        self,
        word: str,
        target: str,
        sources: Iterable[int] = (),
        makes: Iterable[str] = (),
        *,
        output: Any = None,
        arguments: Iterable[tuple[str, str]] = (),
        attributes: Mapping[str, Any] | None = None,
        module: str = "",
        macs: int | Dim = 0,
        name: str = "",
    ) -> int:
        """Append a node; it is the maker of the values named."""
        index = len(self.nodes)
        if index >= NODES:
            refuse(self.path, f"has more than {NODES:,} operations", "it is made to exhaust its reader")
        raw = tuple(sources)
        inputs = tuple(dict.fromkeys(raw))
        self.slots.append(tuple((int(source), getattr(source, "place", 0)) for source in raw))
        given = dict(attributes or {})
        self.nodes.append(Node(index, word, target, inputs, tuple(arguments), output, module, macs=macs, attributes=given, name=name))
        for made in makes:
            self.makers[made] = index
        return index

    def sources(self, names: Iterable[str]) -> list[int]:
        """The makers of named values; names that nothing makes are left out."""
        return [self.makers[name] for name in names if name in self.makers]

    def graph(self) -> Graph:
        """The graph."""
        return Graph(tuple(self.nodes))


def size(text: str) -> Any:
    """A size that a format gives by name: a formula where it is one, else a symbol of that name, else not known.

    >>> size("batch")
    batch
    """
    try:
        return formula(text)
    except ReadError:
        return Unknown(Reason.OUTSIDE, f"the size `{text[:80]}`")
