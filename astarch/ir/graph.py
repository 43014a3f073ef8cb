"""The data flow of one forward run, in torch.fx's node words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .dim import Dim
from .span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class TensorType:
    """A tensor as a report states it: sizes (numbers or formulas) and element type."""

    shape: tuple[int | Dim, ...]
    dtype: str = "float32"

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"


@dataclass(frozen=True, slots=True)
class Record:
    """A structured value that is no plain container: a ModelOutput, a dataclass, a named tuple."""

    type: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """One step of the data flow.

    Args:
        index: Position in the graph; inputs refer to it.
        op: ``placeholder``, ``get_attr``, ``call_module``, ``call_function``, ``call_method`` or ``output``.
        target: Dotted name of the module, parameter, function or method.
        inputs: Indices of the nodes whose results it uses, in order, once each.
        arguments: What else it was called with, as text.
        output: What it gives: a `TensorType`, a container of them, or a scalar.
        module: Dotted name of the module it runs in.
        at: Where the source calls it.
        macs: Multiply-accumulate operations.
        attributes: What a saved graph states of the operation, by the format's own names.
        name: What a saved graph calls it.
        times: How often it happens, when it stands for the rounds of a loop; `macs` are of all of them.
    """

    index: int
    op: str
    target: str
    inputs: tuple[int, ...] = ()
    arguments: tuple[tuple[str, str], ...] = ()
    output: Any = None
    module: str = ""
    at: Span = NOWHERE
    macs: int | Dim = 0
    attributes: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    times: int | Dim = 1


@dataclass(frozen=True, slots=True)
class Graph:
    """The nodes of a forward run, each after those it uses."""

    nodes: tuple[Node, ...] = ()

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]
