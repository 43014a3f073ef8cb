"""Rule: axes that a view is to swap, and only renames."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic
from ...ir.graph import TensorType
from ..rule import Rule


class ReshapeMixesAxes(Rule):
    """A view or reshape gives the sizes of a tensor in another order.

    ## Why
    `x.view(B, C, T)` of a `B×T×C` tensor has the shape of a transpose, and mixes the values of all steps: it runs, and learns
    badly. `transpose` or `permute` moves the axes.

    ## Known problems
    Needs a model that is run. Code that regroups equal numbers of values on purpose looks the same.
    """

    code = "MDL602"
    severity = "warning"
    confidence = "likely"

    def check_architecture(self, architecture: Architecture) -> Iterator[Diagnostic]:
        seen: set[object] = set()
        for node in architecture.graph:
            if node.target.rpartition(".")[2] not in ("view", "reshape") or len(node.inputs) != 1 or not node.at.line or node.at in seen:
                continue
            given, made = _one(architecture.graph[node.inputs[0]].output), node.output
            if isinstance(given, TensorType) and isinstance(made, TensorType) and _is_shuffled(given, made):
                seen.add(node.at)
                sizes = "×".join(map(str, given.shape)), "×".join(map(str, made.shape))
                message = f"{sizes[0]} is viewed as {sizes[1]}: the axes keep their places, and their values are mixed"
                yield Diagnostic(self.code, self.name, self.severity, message, node.at, help="transpose or permute moves axes")


def _one(output: Any) -> Any:
    """A tensor, or what one of several alike is (`chunk`)."""
    several = isinstance(output, (tuple, list)) and output and all(isinstance(item, TensorType) for item in output)
    return output[0] if several and len({item.shape for item in output}) == 1 else output


def _is_shuffled(given: TensorType, made: TensorType) -> bool:
    """Whether the same sizes stand in another order, those of one aside; or a split axis stands around the one before it, or is joined so."""
    if len(given.shape) == 3 and len(made.shape) > 3:
        return _is_split(given.shape, made.shape)
    if len(made.shape) == 3 and len(given.shape) == 4:
        return _is_split(made.shape, given.shape)
    old, new = ([str(size) for size in tensor.shape if str(size) != "1"] for tensor in (given, made))
    return len(given.shape) == len(made.shape) > 2 and old != new and sorted(old) == sorted(new)


def _is_split(whole: Sequence[Any], parts: Sequence[Any]) -> bool:
    """Whether ``(batch, length, width)`` stands beside its parts with the length between those of the width."""
    (batch, length, width), (first, *rest) = whole, parts
    if first != batch or 1 in (length, *rest) or length not in rest[1:] or rest.count(length) != 1:
        return False
    return math.prod(size for size in rest if size != length) == width
