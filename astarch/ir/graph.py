"""The data flow of one forward run, in torch.fx's node words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

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


class _Later:
    """What is worked out when one of its fields is first asked for."""

    __slots__ = ("_make",)

    if not TYPE_CHECKING:  # a type checker takes the fields as they are declared

        def __getattr__(self, name: str) -> Any:
            if name not in type(self).__slots__:
                raise AttributeError(name)
            made = self._make()
            for one in fields(made):
                object.__setattr__(self, one.name, getattr(made, one.name))
            object.__delattr__(self, "_make")  # with it goes the run that it was worked out from
            return getattr(self, name)


@dataclass(frozen=True, slots=True)
class Graph(_Later):
    """The nodes of a forward run, each after those it uses.

    Args:
        nodes: In the order in which they ran.
        results: Where what the forward returned comes from, in the words of `Node.attributes`; as many as `Architecture.outputs`, or
            none where that is not known.
        construction: The steps by which constants were made while the model was built, by number: the operation, what it was
            given, and the type of what it gave.
    """

    nodes: tuple[Node, ...] = ()
    results: tuple[Any, ...] = ()
    construction: Mapping[int, tuple[str, Mapping[str, Any], Any]] = field(default_factory=dict)

    @classmethod
    def later(cls, make: Callable[[], Graph]) -> Graph:
        """A graph that is worked out when it is first looked at: most readings are never asked for theirs."""
        graph = cls.__new__(cls)
        object.__setattr__(graph, "_make", make)
        return graph

    def __iter__(self) -> Iterator[Node]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, index: int) -> Node:
        return self.nodes[index]
