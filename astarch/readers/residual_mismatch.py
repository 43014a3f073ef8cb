"""An addition whose shapes do not fit, told in full when it is a shortcut: what it goes around, and who changed the shape."""

from __future__ import annotations

from dataclasses import replace

from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic, Note
from ..ir.graph import Node, TensorType
from .provenance import sizes_text

_ADDING = ("add", "__add__", "__radd__", "__iadd__", "add_")

#: Further back than this nothing is looked for.
_MOST_STEPS = 400


def explained_residual(architecture: Architecture, finding: Diagnostic) -> Diagnostic:
    """The same finding, or what it is when one of the two is what the other was made of."""
    node = next((node for node in architecture.graph if node.at == finding.span and _adds(architecture, node)), None)
    if node is None:
        return finding
    first, second = (architecture.graph[index] for index in node.inputs)
    if second.index in _origins(architecture, first):
        path, shortcut = first, second
    elif first.index in _origins(architecture, second):
        path, shortcut = second, first
    else:
        return finding
    made, kept = path.output, shortcut.output
    if not isinstance(made, TensorType) or not isinstance(kept, TensorType):
        return finding
    message = f"the shortcut is {_text(kept)}, and what it goes around makes {_text(made)} of it"
    notes = (Note(shortcut.at, f"the shortcut, {_text(kept)}"), Note(path.at, f"{_text(made)}"), *finding.notes)
    help = "a convolution with kernel 1, and the same stride, brings the shortcut to the same shape"
    return replace(finding, code="MDL204", name="residual-shape-mismatch", message=message, notes=notes, help=help)


def _adds(architecture: Architecture, node: Node) -> bool:
    """Whether a step adds two tensors of which neither has the sizes of the other: a block's code runs for every block."""
    if len(node.inputs) != 2 or node.target.rpartition(".")[2] not in _ADDING:
        return False
    first, second = (architecture.graph[index].output for index in node.inputs)
    return (
        isinstance(first, TensorType)
        and isinstance(second, TensorType)
        and len(first.shape) == len(second.shape)
        and any(a != b and 1 not in (a, b) for a, b in zip(first.shape, second.shape, strict=True))
    )


def _origins(architecture: Architecture, node: Node) -> set[int]:
    """The steps that a step was made of."""
    found: set[int] = set()
    border = list(node.inputs)
    while border and len(found) < _MOST_STEPS:
        index = border.pop()
        if index not in found:
            found.add(index)
            border += architecture.graph[index].inputs
    return found


def _text(tensor: TensorType) -> str:
    return sizes_text(tensor.shape)
