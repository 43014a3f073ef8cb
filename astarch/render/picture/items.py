"""The nouns of a drawing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ...ir.architecture import Alternative, Architecture, Assumption
from ...ir.diagnostic import Diagnostic
from ...ir.dim import Dim
from ...ir.span import NOWHERE, Span
from ...ir.unknown import Unknown
from ..places import Places

#: A depth that is chosen so that the drawing stays readable.
AUTO = "auto"


@dataclass(frozen=True, slots=True)
class Item:
    """A box or a node.

    Args:
        key: Unique in the picture, and the same from one run to the next.
        kind: ``module``, ``operation``, ``input``, ``output``, ``parameter``, or ``mark`` where a drawing is broken.
        name: Dotted name of the module, or of the module an operation runs in.
        type: Class name, or what the operation is called.
        arguments: What it was made with, short.
        family: What it does, as a colour: ``convolution``, ``linear``, ``normalization`` ...
        place: Where it is constructed, or called.
        output: What it gives, as text.
        parameters: Elements of its parameters, children included.
        macs: Multiply-accumulate operations, children included; None when it is not called.
        calls: How often it is called.
        times: For how many equal neighbours it stands.
        last: The name of the last of them.
        failed: Whether an error names it.
        steps: What a chain of operations consists of, in order.
        children: What is drawn inside; empty for a node.
        closed: Whether there is more inside than is drawn.
        shown: How its name is written, when the last part alone would say too little.
        varied: Whether it stands for neighbours that differ in their numbers; what it counts is then that of all together.
    """

    key: str
    kind: str
    name: str = ""
    type: str = ""
    arguments: str = ""
    family: str = "other"
    place: Span = NOWHERE
    output: str = ""
    parameters: int | Dim = 0
    macs: int | Dim | None = None
    calls: int = 1
    times: int = 1
    last: str = ""
    failed: bool = False
    steps: tuple[str, ...] = ()
    children: tuple[Item, ...] = field(default=(), repr=False)
    closed: bool = False
    shown: str = ""
    varied: bool = False

    def walk(self) -> Iterator[Item]:
        """Itself and all inside it, outer ones first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Item]:
        """The nodes in it, in the order they are first run."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    @property
    def label(self) -> str:
        """The last part of its name; of the first and the last, when it stands for several."""
        if self.shown:
            return self.shown
        short = _last(self.name)
        if self.times == 1 or not self.last:
            return short
        number = _last(self.last)
        return f"{short}–{number[len(number.rstrip('0123456789')) :]}" if short[-1:].isdigit() else short


def _last(name: str) -> str:
    return name.rpartition("/" if "/" in name else ".")[2]


@dataclass(frozen=True, slots=True)
class Edge:
    """An arrow between two nodes.

    Args:
        source: Key of the node it leaves.
        target: Key of the node it enters.
        label: The shapes that flow along it.
        skip: Whether it goes around what another arrow goes through, as residual connections do.
        again: Whether it leads back, because a module is called again with what it gave.
        members: Which of several folded neighbours it concerns, when not all.
    """

    source: str
    target: str
    label: str = ""
    skip: bool = False
    again: bool = False
    members: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing: what is in it, and what must be said beside it; ``columns`` says with which of its items each column starts."""

    title: str
    items: tuple[Item, ...] = ()
    edges: tuple[Edge, ...] = ()
    inputs: str = ""
    outputs: str = ""
    parameters: int | Dim = 0
    macs: int | Dim = 0
    idle: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    flows: bool = True
    columns: tuple[int, ...] = ()
    places: Places = field(default_factory=lambda: Places(Architecture("")), repr=False)

    def walk(self) -> Iterator[Item]:
        """Every item, outer ones first."""
        for item in self.items:
            yield from item.walk()

    def leaves(self) -> Iterator[Item]:
        """Every node, in the order of the run."""
        for item in self.items:
            yield from item.leaves()

    @property
    def size(self) -> int:
        """How much there is to draw."""
        return sum(1 for _ in self.walk()) + len(self.edges)


@dataclass(slots=True)
class Step:
    """One thing the forward does, before it is put into its box; calls of the same thing share one.

    Args:
        key: Unique.
        owner: The module it is drawn in; its own name for a module.
        item: How it is drawn.
        first: Its place in the order of the run.
        value: What it gives.
    """

    key: str
    owner: str
    item: Item
    first: int
    value: Any = None


@dataclass(slots=True)
class Arrow:
    """What flows from one step to another."""

    label: str = ""
    skip: bool = False
    again: bool = False
