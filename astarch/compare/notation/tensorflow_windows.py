"""The windows of TensorFlow's operations: their settings for every axis, and the blocks that an image is cut into."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...ir.graph import Node
from .index_notation import Unproven, Value
from .keras_layer_terms import same


@dataclass(frozen=True, slots=True)
class Blocks:
    """An image cut into blocks that lie side by side in the batch: how TensorFlow writes a convolution with a dilation."""

    value: Value
    block: tuple[int, ...]
    pads: tuple[tuple[int, int], ...]
    kernel: Value | None = None
    new: int | None = None


def broadcast_sizes(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """The sizes of two tensors that are broadcast."""
    rank = max(len(one), len(other))
    return tuple(max(sides) for sides in zip((1,) * (rank - len(one)) + one, (1,) * (rank - len(other)) + other, strict=True))


def window_sides(node: Node, name: str, rank: int) -> tuple[int, ...]:
    """A setting for every axis of space, of images with their channels last."""
    value = node.attributes.get(name) or [1] * (rank + 2)
    if node.attributes.get("data_format", "NHWC") not in ("NHWC", "NDHWC") or len(value) != rank + 2 or value[0] != 1 or value[-1] != 1:
        raise Unproven(name)
    return tuple(value[1:-1])


def window_pads(node: Node, space: Any, taps: Any, stride: Any, wide: Any) -> list[tuple[int, int]]:
    """What a window's padding adds to every axis."""
    kind = node.attributes.get("padding")
    if kind == "SAME":
        return [same(*sides) for sides in zip(space, taps, stride, wide, strict=True)]
    if kind == "EXPLICIT":
        sides = node.attributes["explicit_paddings"]
        return list(zip(sides[2:-2:2], sides[3:-2:2], strict=True))
    return [(0, 0)] * len(stride)
