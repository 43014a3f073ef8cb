"""`tf.nn`: normalization, losses, rearranged channels. Activations are with `elementwise`, windows with `windows`."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import same
from ...describe import refuse, require
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..ops.reduction import axis_of, reduced
from ..tensor import KerasTensor, is_open
from ..windows import spatial_of
from .kinds import FLOATS, NUMBERS, PLACES, REAL, ranked, taken, taken_together
from .operation import rule, tf_op
from .scattering import agree


def form_of(data_format: Any) -> str:
    """Where the channels stand: TensorFlow writes NHWC and NCHW."""
    return "channels_first" if isinstance(data_format, str) and data_format.startswith("NC") else "channels_last"


@tf_op("nn.crelu")
def crelu(features: Any, axis: Any = -1, name: Any = None) -> Any:
    """Both rectified halves."""
    x = taken(features, REAL - {"uint8", "uint16", "uint32", "uint64"})
    return KerasTensor(rule("concatenate")([x, x], axis).shape, x.dtype)


@tf_op("nn.bias_add")
def bias_add(value: Any, bias: Any, data_format: Any = None, name: Any = None) -> Any:
    """A bias for every channel."""
    kind = taken_together(NUMBERS, value, bias)
    x = as_tensor(value)
    channels = x.shape[1 if form_of(data_format) == "channels_first" else -1] if len(x.shape) > 1 else None
    if channels is None or len(shape_of(bias)) != 1:
        refuse("ValueError", "bias_add takes values of two axes or more, and a vector")
    if not is_open(channels):
        require(same(channels, shape_of(bias)[0]), f"Must provide as many biases as the last dimension of the input tensor: "
                f"{shape_of(bias)[0]} for {channels}")  # fmt: skip
    return x.like(dtype=kind)


@tf_op("nn.batch_normalization")
def batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: Any = None) -> Any:
    """Normalized with given mean and variance."""
    given = [value for value in (x, mean, variance, offset, scale) if value is not None]
    return KerasTensor(stretched(*map(shape_of, given)), taken_together(FLOATS, *given))


def _normalized(input: Any, depth_radius: Any = 5, bias: Any = 1, alpha: Any = 1, beta: Any = 0.5, name: Any = None) -> Any:
    ranked(input, 4)
    return taken(input, FLOATS).like()


tf_op("nn.local_response_normalization", "nn.lrn")(_normalized)


@tf_op("nn.space_to_depth")
def space_to_depth(input: Any, block_size: Any, data_format: Any = "NHWC", name: Any = None) -> Any:
    """Blocks become channels."""
    ranked(input, 4)
    form = form_of(data_format)
    for size in spatial_of(shape_of(input), form):
        if not is_open(size):
            require(same(size % block_size, 0), f"Dimension size must be evenly divisible by {block_size} but is {size}")
    return rule("space_to_depth")(input, block_size, form)


@tf_op("nn.depth_to_space")
def depth_to_space(input: Any, block_size: Any, data_format: Any = "NHWC", name: Any = None) -> Any:
    """Channels become blocks."""
    shape, form = ranked(input, 4), form_of(data_format)
    channels = shape[-1] if form == "channels_last" else shape[1]
    if not is_open(channels):
        require(same(channels % block_size**2, 0), f"Dimension size must be evenly divisible by {block_size**2} but is {channels}")
    return rule("depth_to_space")(input, block_size, form)


# --- losses -----------------------------------------------------------------------------------------------------------


@tf_op("nn.softmax_cross_entropy_with_logits")
def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: Any = -1, name: Any = None) -> Any:
    """The cross entropy of shares."""
    x, y = taken(logits, FLOATS), as_tensor(labels)
    place = axis_of(axis, len(x.shape))
    if axis < 0 and place != len(x.shape) - 1:
        refuse("ValueError", f"an axis that is not the last must be counted from the front, not {axis}")
    if x.dtype != y.dtype and not isinstance(labels, KerasTensor):
        y = y.like(dtype=x.dtype)
    flat = [_rows(shape, axis_of(axis, len(shape)) if axis != -1 else len(shape) - 1) for shape in (x.shape, y.shape)]
    stretched(*flat)
    return KerasTensor(reduced(x.shape, axis, False), x.dtype)


def _rows(shape: Any, place: int) -> tuple[Any, Any]:
    """The matrix to which scores are flattened: a row for each item."""
    return math.prod(size for index, size in enumerate(shape) if index != place), shape[place]


@tf_op("nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: Any = None) -> Any:
    """The cross entropy of whole-number classes."""
    x, y = taken(logits, FLOATS), taken(labels, PLACES)
    require(agree(x.shape[:-1], y.shape), f"`labels.shape` must equal `logits.shape` except for the last dimension. Received: "
            f"{list(y.shape)} and {list(x.shape)}")  # fmt: skip
    return KerasTensor(y.shape, x.dtype)


@tf_op("nn.sigmoid_cross_entropy_with_logits")
def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: Any = None) -> Any:
    """The cross entropy of independent classes."""
    return _both(labels, logits)


def _both(labels: Any, logits: Any) -> KerasTensor:
    kind = taken_together(FLOATS, logits, labels)
    require(agree(shape_of(labels), shape_of(logits)), f"`logits` and `labels` must have the same shape, received "
            f"({list(shape_of(logits))} vs {list(shape_of(labels))}).")  # fmt: skip
    return KerasTensor(shape_of(logits), kind)


@tf_op("nn.weighted_cross_entropy_with_logits")
def weighted_cross_entropy_with_logits(labels: Any, logits: Any, pos_weight: Any, name: Any = None) -> Any:
    """The cross entropy of independent classes, positive ones weighted."""
    return _both(labels, logits)


@tf_op("nn.log_poisson_loss")
def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: Any = False, name: Any = None) -> Any:
    """The Poisson loss of a logarithm."""
    kind = taken_together(FLOATS | {"complex64", "complex128"}, log_input, targets)
    require(agree(shape_of(targets), shape_of(log_input)), f"`log_input` and `targets` must have the same shape, received "
            f"({list(shape_of(log_input))} vs {list(shape_of(targets))}).")  # fmt: skip
    return KerasTensor(shape_of(log_input), kind)
