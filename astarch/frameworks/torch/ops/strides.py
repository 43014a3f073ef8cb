"""How far apart the elements of a tensor lie along its axes, as far as that is certain.

Only what is certain is said: what a forward is given and parameters lie in row-major order, so do the results of some operations, and
of others when what they work on does. A view has the strides that follow. Everything else is not known, and nothing is refused for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ....ir.dim import same
from ...describe import RUN
from ..tensor import Parameter, TorchTensor
from .aliasing import steps

Strides = tuple[Any, ...]

_F, _T = "torch.nn.functional.", "torch."


def _spelled(start: str, names: str) -> set[str]:
    return {start + name for name in names.split()}


#: Operations whose results lie in row-major order, whatever they work on.
_PACKED = frozenset({
    *_spelled(_T, "zeros ones empty full rand randn randint randperm arange linspace logspace eye tensor bmm mm Tensor.contiguous"),
    *_spelled(_F, "linear embedding"),
})  # fmt: skip
#: Products of matrices, whose results do unless the second has more axes than the first.
_PRODUCTS = frozenset(_spelled(_T, "matmul Tensor.matmul Tensor.__matmul__"))
_PACKED_LAYERS = frozenset(_spelled("torch.nn.", "Linear Embedding"))

#: Those whose results do when all that they work on does, and has the shape of the result.
_KEEPING = frozenset({
    *_spelled(_T, "relu sigmoid tanh exp sqrt abs neg add sub mul div softmax Tensor.__add__ Tensor.__sub__ Tensor.__mul__ Tensor.__truediv__"),
    *_spelled(_F, "relu gelu silu leaky_relu elu hardswish mish softplus sigmoid tanh softmax log_softmax layer_norm"),
})  # fmt: skip
#: Those whose results do when the first thing they work on does.
_KEEPING_FIRST = frozenset(_spelled(_F, "conv1d conv2d conv3d max_pool2d avg_pool2d adaptive_avg_pool2d batch_norm group_norm"))
_KEEPING_LAYERS = frozenset(_spelled(
    "torch.nn.", "Conv1d Conv2d Conv3d BatchNorm1d BatchNorm2d BatchNorm3d GroupNorm LayerNorm ReLU ReLU6 GELU SiLU Sigmoid Tanh LeakyReLU ELU "
    "Hardswish Mish Softplus Softmax MaxPool2d AvgPool2d AdaptiveAvgPool2d"))  # fmt: skip


def strides_of(tensor: Any) -> Strides | None:
    """The strides of a tensor of the program, in elements; None where they are not certain."""
    run = RUN.get()
    if run.op is None or "other memory formats" in run.state:
        return None  # inside of a layer, what happens is its own business
    known = tensor.__dict__.get("_strides", ...)
    if known is ...:
        known = tensor._strides = steps(tensor.shape) if _is_packed(tensor) else None
    return known


def lies(tensor: Any, strides: Strides | None) -> Any:
    """The tensor, a new view, with its strides said."""
    tensor._strides = strides
    return tensor


def in_order(tensor: Any) -> Any:
    """The tensor, which lies in row-major order."""
    return lies(tensor, steps(tensor.shape))


def _is_packed(tensor: Any) -> bool:
    if "_base" in tensor.__dict__:
        return False
    if tensor.node is None:
        return isinstance(tensor, Parameter)
    nodes = RUN.get().nodes
    node = nodes[tensor.node] if tensor.node < len(nodes) else None
    if node is None or node.result is not tensor:
        return False
    if node.op == "call_module":
        kind = node.module.described_as
        return kind in _PACKED_LAYERS or (
            kind in _KEEPING_LAYERS and len(node.args) == 2 and not node.kwargs and _lies_packed(node.args[1])
        )
    if node.op in _PRODUCTS:
        return len(node.args) == 2 and _is_folded(*node.args)
    if node.op in _KEEPING_FIRST:
        return bool(node.args) and _lies_packed(node.args[0])
    return node.op in _PACKED or (node.op in _KEEPING and _all_packed(node, tensor))


def _is_folded(a: Any, b: Any) -> bool:
    """Whether a product of matrices is made by one plain `bmm` or `mm`, whose result is new."""
    return isinstance(a, TorchTensor) and isinstance(b, TorchTensor) and len(a.shape) >= len(b.shape) >= 2


def _all_packed(node: Any, result: Any) -> bool:
    operands = [value for value in (*node.args, *node.kwargs.values()) if isinstance(value, TorchTensor)]
    return bool(operands) and all(tuple(value.shape) == tuple(result.shape) and _lies_packed(value) for value in operands)


def _lies_packed(value: Any) -> bool:
    return isinstance(value, TorchTensor) and len(value.shape) > 0 and strides_of(value) == steps(value.shape)


def viewed(shape: Sequence[Any], strides: Strides, wanted: Sequence[Any]) -> tuple[bool | None, Strides | None]:
    """Whether elements that lie so can be looked at under another shape, None where that cannot be told; and their strides then.

    The rule is that of ``at::detail::computeStride``: axes that lie apart must stay apart.
    """
    found: list[Any] = [None] * len(wanted)
    place, base, count, taken = len(wanted) - 1, strides[-1] if strides else 1, 1, 1
    for axis in range(len(shape) - 1, -1, -1):
        count = count * shape[axis]
        ends = axis == 0 or _ends_block(shape[axis - 1], strides[axis - 1], count * base)
        if ends is None:
            return None, None
        if not ends:
            continue
        while place >= 0 and (same(taken, count) is not True or same(wanted[place], 1) is True):
            if same(taken, count) is None or same(wanted[place], 1) is None:
                return None, None
            found[place] = taken * base
            taken = taken * wanted[place]
            place -= 1
        fits = same(taken, count)
        if not fits:
            return fits, None
        if axis:
            base, count, taken = strides[axis - 1], 1, 1
    return (True, tuple(found)) if place < 0 else (None, None)


def _ends_block(size: Any, stride: Any, reach: Any) -> bool | None:
    """Whether an axis lies apart from what follows it."""
    single, joined = same(size, 1), same(stride, reach)
    if single or joined:
        return False
    return None if None in (single, joined) else True
