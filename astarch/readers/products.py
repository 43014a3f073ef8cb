"""The multiplications of a saved graph: of convolutions, products of matrices, attention and recurrent layers, where shapes are kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..ir.architecture import Architecture
from ..ir.graph import Graph, Node, TensorType
from ..ir.unknown import Reason, Unknown


class _Uncounted(Exception):
    """Why the multiplications of an operation are not known."""


def counted(model: Architecture) -> Architecture:
    """With the multiplications of every operation, or the reason why their number is not known."""
    if "operations" not in model.attributes.get("holds", ()) or not len(model.graph):
        return _without(model, "the file holds no operations, only what they work with")
    if model.framework == "keras":
        return _without(model, "the file holds layers, not the operations that they become")
    nodes = list(model.graph)
    found: list[Node] = []
    lost: list[str] = []
    for node in nodes:
        count = 0
        if node.op.startswith("call"):
            try:
                count = _count(nodes, node)
            except _Uncounted as reason:
                lost.append(f"`{node.name or node.target}`: {reason}")
        found.append(replace(node, macs=count) if count else node)
    if lost:
        more = f", and {len(lost) - 1} more" if len(lost) > 1 else ""
        return _without(model, f"the multiplications of {lost[0]}{more}")
    return replace(model, graph=Graph(tuple(found)))


def _without(model: Architecture, why: str) -> Architecture:
    return replace(model, attributes={**model.attributes, "uncounted": Unknown(Reason.OUTSIDE, why)})


def _count(nodes: list[Node], node: Node) -> int:
    base = _base(node.target)
    if base in ("While", "Loop", "Scan", "StatelessWhile", "WHILE") or (base == "for" and node.inputs):
        raise _Uncounted("how often a loop goes round is not counted")
    if base in _OPAQUE or ("." in node.target and not node.target.startswith(("aten.", "torch.", "prim.", "ops.prim.", "_operator."))):
        raise _Uncounted("what it multiplies is not known")
    rule = _RULES.get(base)
    return rule(nodes, node) if rule is not None else 0


def _base(target: str) -> str:
    parts = target.split(".")
    return parts[1] if parts[0] == "aten" and len(parts) > 1 else parts[-1]


def _sizes(kind: Any) -> tuple[int, ...]:
    """The sizes of a tensor, or of the first of several."""
    if isinstance(kind, (tuple, list)) and kind:
        kind = kind[0]
    if not isinstance(kind, TensorType):
        raise _Uncounted("the file does not keep the shapes that it works on")
    if not all(type(side) is int for side in kind.shape):
        raise _Uncounted("a size is open")
    return kind.shape  # type: ignore[return-value]


def _made(node: Node) -> tuple[int, ...]:
    return _sizes(node.output)


def _taken(nodes: list[Node], node: Node, place: int) -> tuple[int, ...]:
    """The sizes of an operand; where one is given twice, the second stands for it too."""
    if not node.inputs:
        raise _Uncounted("the file does not keep what it takes")
    return _sizes(nodes[node.inputs[min(place, len(node.inputs) - 1)]].output)


def _kernel(nodes: list[Node], node: Node) -> tuple[int, ...]:
    """The sizes of the kernel: the second operand, or the third of those that are told the size of their result."""
    return _taken(nodes, node, 1)


def _convolution(outputs: int) -> Callable[[list[Node], Node], int]:
    """A convolution whose kernel has its outputs at this axis."""

    def rule(nodes: list[Node], node: Node) -> int:
        kernel = _kernel(nodes, node)
        if node.attributes.get("transposed") is True:
            return math.prod(_taken(nodes, node, 0)) * math.prod(kernel[1:])
        return math.prod(_made(node)) * math.prod(kernel) // kernel[outputs]

    return rule


def _depthwise(nodes: list[Node], node: Node) -> int:
    kernel = _kernel(nodes, node)
    return math.prod(_made(node)) * math.prod(kernel[:2] if node.target == "DepthwiseConv2dNative" else kernel[1:-1])


def _transposed(nodes: list[Node], node: Node) -> int:
    return math.prod(_taken(nodes, node, 0)) * math.prod(_kernel(nodes, node)[1:])


def _gradient(nodes: list[Node], node: Node) -> int:
    """A transposed convolution that is told its result's sizes: they, the kernel, the image."""
    kernel = next((_sizes(nodes[place].output) for place in node.inputs if nodes[place].op == "get_attr"), None)
    if not kernel:
        raise _Uncounted("its kernel is not known")
    return math.prod(_taken(nodes, node, len(node.inputs) - 1)) * math.prod(kernel) // kernel[-1]


def _matrices(nodes: list[Node], node: Node) -> int:
    """A product of matrices: what it gives, times what it sums over."""
    turned = next((node.attributes[name] for name in ("transA", "transpose_a", "adj_x", "adjoint_a") if name in node.attributes), False)
    place = 1 if _base(node.target) in ("addmm", "baddbmm") and len(node.inputs) > 2 else 0
    first = list(_taken(nodes, node, place))
    if not first:
        raise _Uncounted("what it multiplies is not known")
    return math.prod(_made(node)) * (first[-2] if turned and len(first) > 1 else first[-1])


def _whole(nodes: list[Node], node: Node) -> int:
    """A layer of outputs by inputs."""
    return math.prod(_made(node)) * _taken(nodes, node, 1)[-1]


def _attention(nodes: list[Node], node: Node) -> int:
    query, key = _taken(nodes, node, 0), _taken(nodes, node, 1)
    return math.prod(query) * key[-2] + math.prod(_made(node)) * key[-2]


def _einsum(nodes: list[Node], node: Node) -> int:
    taken = str(node.attributes.get("equation", "")).partition("->")[0].split(",")
    if len(taken) != len(node.inputs) or len(taken) < 2 or any("." in part for part in taken):
        raise _Uncounted("its equation is not understood")
    sizes: dict[str, int] = {}
    for place, part in enumerate(taken):
        sizes.update(zip(part.strip(), _taken(nodes, node, place), strict=False))
    return math.prod(sizes.values())


def _recurrent(nodes: list[Node], node: Node) -> int:
    """Every weight once for each place of each sequence."""
    weights = [_sizes(nodes[place].output) for place in node.inputs if nodes[place].op == "get_attr"]
    wide = [shape for shape in weights if len(shape) == (2 if node.target.startswith("aten.") else 3) and 1 not in shape[1:2]]
    steps = math.prod(_taken(nodes, node, 0)[:2])
    if not wide or not steps:
        raise _Uncounted("its weights are not known")
    return steps * sum(math.prod(shape) for shape in wide)


_OPAQUE = {"QLinearConv", "QLinearMatMul", "ConvInteger", "MatMulInteger", "DeformConv", "Attention", "RNN", "CUSTOM"}
_RULES: Mapping[str, Callable[[list[Node], Node], int]] = {
    **dict.fromkeys(("Conv", "conv1d", "conv2d", "conv3d", "_convolution", "convolution", "CONV_2D", "CONV_3D"), _convolution(0)),
    **dict.fromkeys(("Conv2D", "Conv3D"), _convolution(-1)),
    **dict.fromkeys(("DepthwiseConv2dNative", "DEPTHWISE_CONV_2D"), _depthwise),
    **dict.fromkeys(("ConvTranspose", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _transposed),
    **dict.fromkeys(("Conv2DBackpropInput", "Conv3DBackpropInputV2"), _gradient),
    "TRANSPOSE_CONV": lambda nodes, node: math.prod(_taken(nodes, node, len(node.inputs) - 1)) * math.prod(_kernel(nodes, node)[:-1]),
    **dict.fromkeys(
        ("MatMul", "Gemm", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "matmul", "mm", "bmm", "addmm", "baddbmm", "BATCH_MATMUL"),
        _matrices,
    ),
    **dict.fromkeys(("linear", "FULLY_CONNECTED"), _whole),
    "scaled_dot_product_attention": _attention,
    **dict.fromkeys(("Einsum", "einsum"), _einsum),
    **dict.fromkeys(("LSTM", "GRU", "lstm", "gru"), _recurrent),
}
