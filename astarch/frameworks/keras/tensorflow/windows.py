"""`tf.nn`: convolution and pooling."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....ir.dim import same
from ...describe import multiply, refuse, require
from ..model.policies import standardize_dtype
from ..ops.elementwise import as_tensor, shape_of
from ..ops.shaping import sizes
from ..tensor import KerasTensor, is_open
from ..windows import channels_of, conv_sizes, placed, spatial_of
from .kinds import FLOATS, REAL, ranked, taken, taken_together
from .neural import form_of
from .operation import tf_op

_CONVOLVED = FLOATS | {"int32"}
_POOLED = {"max": REAL - {"uint32", "uint64"}, "avg": FLOATS}


def per_axis(value: Any, rank: int, form: str) -> tuple[Any, ...]:
    """One number for each spatial axis, of one number, of one for each or of those of all axes."""
    if value is None:
        return (1,) * rank
    if isinstance(value, int):
        return (value,) * rank
    found = tuple(value)
    if len(found) == rank + 2:
        return found[1:-1] if form == "channels_last" else found[2:]
    if len(found) not in (1, rank):
        refuse("ValueError", f"a window argument should be of length 1, {rank} or {rank + 2} but was {len(found)}")
    return found * rank if len(found) == 1 else found


def _padded(padding: Any, spatial: Any, form: str) -> tuple[str, Any]:
    if isinstance(padding, str):
        if padding not in ("SAME", "VALID"):
            refuse("ValueError", f"Value for attr 'padding' of {padding!r} is not in the list of allowed values: SAME, VALID, EXPLICIT")
        return padding.lower(), spatial
    pairs = list(padding)[1:-1] if form == "channels_last" else list(padding)[2:]
    return "valid", [size + low + high for size, (low, high) in zip(spatial, pairs, strict=False)]


def _slid(x: KerasTensor, window: Any, strides: Any, padding: Any, dilations: Any, form: str) -> list[Any]:
    rank = len(x.shape) - 2
    kind, spatial = _padded(padding, spatial_of(x.shape, form), form)
    steps, rates = per_axis(strides, rank, form), per_axis(dilations, rank, form)
    if any(isinstance(one, int) and one <= 0 for one in (*steps, *rates)):
        refuse("ValueError", f"strides and dilations must be positive: {steps}, {rates}")
    return conv_sizes(spatial, window, steps, kind, rates)


def _convolved(input: Any, filters: Any, strides: Any, padding: Any, data_format: Any, dilations: Any, rank: int) -> Any:
    kind = taken_together(_CONVOLVED, input, filters)
    x, weights, form = as_tensor(input), ranked(filters, rank + 2, "filter"), form_of(data_format)
    if len(x.shape) < rank + 2:
        refuse("ValueError", f"input must be of rank {rank + 2} but is of rank {len(x.shape)}")
    channels = channels_of(x.shape, form)
    if not is_open(channels):
        require(same(channels % weights[-2], 0), f"Depth of input ({channels}) is not a multiple of input depth of filter ({weights[-2]})",
                name="channels-mismatch")  # fmt: skip
        groups = channels // weights[-2] if isinstance(channels, int) and isinstance(weights[-2], int) else 1
        if isinstance(weights[-1], int) and groups:
            require(weights[-1] % groups == 0, f"Depth of output ({weights[-1]}) is not a multiple of the number of groups ({groups})")
    found = _slid(x, weights[:rank], strides, padding, dilations, form)
    shape = placed(x.shape, found, weights[-1], form)
    multiply(shape[0] * math.prod(found) * math.prod(weights))
    return KerasTensor(shape, kind)


@tf_op("nn.conv1d")
def conv1d(input: Any, filters: Any, stride: Any, padding: Any, data_format: Any = "NWC", dilations: Any = None, name: Any = None) -> Any:
    """A convolution of one axis."""
    return _convolved(input, filters, _inner(stride), padding, data_format, _inner(dilations), 1)


def _inner(value: Any) -> Any:
    return value[1] if isinstance(value, (list, tuple)) and len(value) == 3 else value


@tf_op("nn.conv2d")
def conv2d(input: Any, filters: Any, strides: Any, padding: Any, data_format: Any = "NHWC", dilations: Any = None, name: Any = None) -> Any:
    """A convolution of two axes."""
    return _convolved(input, filters, strides, padding, data_format, dilations, 2)


@tf_op("nn.conv3d")
def conv3d(
    input: Any, filters: Any, strides: Any, padding: Any, data_format: Any = "NDHWC", dilations: Any = None, name: Any = None
) -> Any:
    """A convolution of three axes."""
    return _convolved(input, filters, strides, padding, data_format, dilations, 3)


@tf_op("nn.convolution")
def convolution(input: Any, filters: Any, strides: Any = None, padding: Any = "VALID", data_format: Any = None, dilations: Any = None,
                name: Any = None) -> Any:  # fmt: skip
    """A convolution of one to three axes."""
    return _convolved(input, filters, strides, padding, data_format, dilations, len(shape_of(filters)) - 2)


@tf_op("nn.atrous_conv2d")
def atrous_conv2d(value: Any, filters: Any, rate: Any, padding: Any, name: Any = None) -> Any:
    """A convolution with holes."""
    return _convolved(value, filters, 1, padding, None, rate, 2)


@tf_op("nn.depthwise_conv2d")
def depthwise_conv2d(input: Any, filter: Any, strides: Any, padding: Any, data_format: Any = None, dilations: Any = None,
                     name: Any = None) -> Any:  # fmt: skip
    """A convolution of every channel on its own."""
    kind = taken_together(FLOATS, input, filter)
    x, weights, form = as_tensor(input), ranked(filter, 4, "filter"), form_of(data_format)
    channels = channels_of(x.shape, form)
    if not is_open(channels):
        require(
            same(channels, weights[2]), f"input and filter must have the same depth: {channels} vs {weights[2]}", name="channels-mismatch"
        )
    found = _slid(x, weights[:2], strides, padding, dilations, form)
    multiply(x.shape[0] * math.prod(found) * math.prod(weights))
    return KerasTensor(placed(x.shape, found, weights[2] * weights[3], form), kind)


@tf_op("nn.conv2d_transpose")
def conv2d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: Any = "SAME", data_format: Any = "NHWC",
                     dilations: Any = None, name: Any = None) -> Any:  # fmt: skip
    """A transposed convolution to a given shape, from which the convolution must lead back."""
    kind = taken_together(_CONVOLVED, input, filters)
    x, weights, form, wanted = as_tensor(input), ranked(filters, 4, "filters"), form_of(data_format), sizes(output_shape)
    ranked(input, 4)
    target = KerasTensor(wanted, kind)
    back = placed(wanted, _slid(target, weights[:2], strides, padding, dilations, form), weights[3], form)
    for ours, theirs in zip(x.shape, back, strict=True):
        if not is_open(ours) and not is_open(theirs):
            require(same(ours, theirs), f"a convolution of {wanted} gives {list(back)}, the input is {list(x.shape)}")
    if not is_open(channels_of(wanted, form)):
        require(same(channels_of(wanted, form), weights[2]), f"output_shape has {channels_of(wanted, form)} channels, filters {weights[2]}")
    return target


def _pooled(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, rank: int, kind: str) -> Any:
    x, form = taken(input, _POOLED[kind]), form_of(data_format)
    ranked(x, rank + 2)
    window = per_axis(ksize, rank, form)
    found = _slid(x, window, strides, padding, 1, form)
    return KerasTensor(placed(x.shape, found, channels_of(x.shape, form), form), x.dtype)


def _pooling(rank: int, default: str, kind: str) -> Callable[..., Any]:
    def function(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = default, name: Any = None) -> Any:
        return _pooled(input, ksize, strides, padding, data_format, rank, kind)

    return function


def _any_pool(kind: str) -> Callable[..., Any]:
    def function(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None, name: Any = None) -> Any:
        return _pooled(input, ksize, strides, padding, data_format, len(shape_of(input)) - 2, kind)

    return function


for _kind in ("max", "avg"):
    for _rank, _default in ((1, "NWC"), (2, "NHWC"), (3, "NDHWC")):
        tf_op(f"nn.{_kind}_pool{_rank}d")(_pooling(_rank, _default, _kind))
    tf_op(f"nn.{_kind}_pool")(_any_pool(_kind))


@tf_op("nn.pool")
def pool(input: Any, window_shape: Any, pooling_type: Any, strides: Any = None, padding: Any = "VALID", data_format: Any = None,
         dilations: Any = None, name: Any = None) -> Any:  # fmt: skip
    """Pooling of one to three axes."""
    kind = str(pooling_type).lower()
    if kind not in _POOLED:
        refuse("ValueError", f"pooling_type must be MAX or AVG, not {pooling_type}")
    x, form = taken(input, _POOLED[kind]), form_of(data_format)
    found = _slid(x, per_axis(window_shape, len(x.shape) - 2, form), strides, padding, dilations, form)
    return KerasTensor(placed(x.shape, found, channels_of(x.shape, form), form), x.dtype)


@tf_op("nn.max_pool_with_argmax")
def max_pool_with_argmax(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = "NHWC", output_dtype: Any = "int64",
                         include_batch_in_index: Any = False, name: Any = None) -> Any:  # fmt: skip
    """The largest of each window, and where it is."""
    made = _pooled(input, ksize, strides, padding, data_format, 2, "max")
    return made, made.like(dtype=standardize_dtype(output_dtype))
