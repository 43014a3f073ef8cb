"""`tf.nn`: activations, convolution, pooling, normalization, losses."""

from __future__ import annotations

import math
from typing import Any

from ...describe import multiply
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..ops.reduction import reduced
from ..ops.shaping import sizes
from ..tensor import KerasTensor
from ..windows import channels_of, conv_sizes, placed, spatial_of
from .operation import rule, tf_op


def _features(features: Any, name: Any = None) -> Any:
    x = as_tensor(features)
    return KerasTensor(x.shape, x.dtype)


for _name in ("relu", "relu6", "elu", "selu", "softsign"):
    tf_op(f"nn.{_name}")(_features)
tf_op("nn.softplus", "math.softplus")(_features)


@tf_op("nn.silu", "nn.swish")
def silu(features: Any, beta: Any = 1.0) -> Any:
    """``x * sigmoid(x)``."""
    return _features(features)


@tf_op("nn.gelu")
def gelu(features: Any, approximate: Any = False, name: Any = None) -> Any:
    """Gaussian error linear unit."""
    return _features(features)


@tf_op("nn.leaky_relu")
def leaky_relu(features: Any, alpha: Any = 0.2, name: Any = None) -> Any:
    """Rectifier that leaks."""
    return _features(features)


@tf_op("nn.crelu")
def crelu(features: Any, axis: Any = -1, name: Any = None) -> Any:
    """Both rectified halves."""
    x = as_tensor(features)
    return rule("concatenate")([x, x], axis)


@tf_op("nn.softmax")
def softmax(logits: Any, axis: Any = None, name: Any = None) -> Any:
    """Shares that add up to one."""
    return _features(logits)


@tf_op("nn.log_softmax", "math.log_softmax")
def log_softmax(logits: Any, axis: Any = None, name: Any = None) -> Any:
    """Logarithms of shares."""
    return _features(logits)


tf_op("math.softmax")(softmax)


@tf_op("nn.dropout")
def dropout(x: Any, rate: Any, noise_shape: Any = None, seed: Any = None, name: Any = None) -> Any:
    """Some elements set to zero."""
    return _features(x)


@tf_op("nn.bias_add")
def bias_add(value: Any, bias: Any, data_format: Any = None, name: Any = None) -> Any:
    """A bias added."""
    return _features(value)


@tf_op("nn.l2_normalize", "math.l2_normalize", "linalg.l2_normalize")
def l2_normalize(x: Any, axis: Any = None, epsilon: Any = 1e-12, name: Any = None, dim: Any = None) -> Any:
    """Scaled to a norm of one."""
    return _features(x)


@tf_op("nn.moments")
def moments(x: Any, axes: Any, shift: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """Mean and variance."""
    x = as_tensor(x)
    shape = reduced(x.shape, tuple(axes), keepdims)
    return KerasTensor(shape, x.dtype), KerasTensor(shape, x.dtype)


@tf_op("nn.batch_normalization")
def batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: Any = None) -> Any:
    """Normalized with given mean and variance."""
    return _features(x)


@tf_op("nn.embedding_lookup")
def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: Any = None) -> Any:
    """Rows by their places."""
    x = as_tensor(params)
    return KerasTensor((*shape_of(ids), *x.shape[1:]), x.dtype)


def _form(data_format: Any) -> str:
    return "channels_first" if isinstance(data_format, str) and data_format.startswith("NC") else "channels_last"


def _numbers(value: Any, rank: int, form: str) -> tuple[Any, ...]:
    if value is None:
        return (1,) * rank
    if isinstance(value, int):
        return (value,) * rank
    found = tuple(value)
    if len(found) == rank + 2:
        return found[1:-1] if form == "channels_last" else found[2:]
    return found * rank if len(found) == 1 else found


def _padded(padding: Any, spatial: Any, form: str) -> tuple[str, Any]:
    if isinstance(padding, str):
        return padding.lower(), spatial
    pairs = list(padding)[1:-1] if form == "channels_last" else list(padding)[2:]
    return "valid", [size + low + high for size, (low, high) in zip(spatial, pairs, strict=False)]


def _convolved(input: Any, filters: Any, strides: Any, padding: Any, data_format: Any, dilations: Any, rank: int) -> Any:
    x, weights, form = as_tensor(input), shape_of(filters), _form(data_format)
    kind, spatial = _padded(padding, spatial_of(x.shape, form), form)
    found = conv_sizes(spatial, weights[:rank], _numbers(strides, rank, form), kind, _numbers(dilations, rank, form))
    shape = placed(x.shape, found, weights[-1], form)
    multiply(shape[0] * math.prod(found) * math.prod(weights))
    return KerasTensor(shape, x.dtype)


@tf_op("nn.conv1d")
def conv1d(input: Any, filters: Any, stride: Any, padding: Any, data_format: Any = "NWC", dilations: Any = None, name: Any = None) -> Any:
    """A convolution of one axis."""
    return _convolved(input, filters, stride, padding, data_format, dilations, 1)


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


@tf_op("nn.depthwise_conv2d")
def depthwise_conv2d(input: Any, filter: Any, strides: Any, padding: Any, data_format: Any = None, dilations: Any = None,
                     name: Any = None) -> Any:  # fmt: skip
    """A convolution of every channel on its own."""
    x, weights, form = as_tensor(input), shape_of(filter), _form(data_format)
    kind, spatial = _padded(padding, spatial_of(x.shape, form), form)
    found = conv_sizes(spatial, weights[:2], _numbers(strides, 2, form), kind, _numbers(dilations, 2, form))
    return KerasTensor(placed(x.shape, found, weights[2] * weights[3], form), x.dtype)


@tf_op("nn.conv2d_transpose")
def conv2d_transpose(input: Any, filters: Any, output_shape: Any, strides: Any, padding: Any = "SAME", data_format: Any = "NHWC",
                     dilations: Any = None, name: Any = None) -> Any:  # fmt: skip
    """A transposed convolution to a given shape."""
    return KerasTensor(sizes(output_shape), as_tensor(input).dtype)


def _pooled(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any, rank: int) -> Any:
    x, form = as_tensor(input), _form(data_format)
    kind, spatial = _padded(padding, spatial_of(x.shape, form), form)
    found = conv_sizes(spatial, _numbers(ksize, rank, form), _numbers(strides, rank, form), kind, (1,) * rank)
    return KerasTensor(placed(x.shape, found, channels_of(x.shape, form), form), x.dtype)


def _pooling(rank: int, default: str) -> Any:
    def function(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = default, name: Any = None) -> Any:
        return _pooled(input, ksize, strides, padding, data_format, rank)

    return function


for _rank, _default in ((1, "NWC"), (2, "NHWC"), (3, "NDHWC")):
    for _kind in ("max", "avg"):
        tf_op(f"nn.{_kind}_pool{_rank}d")(_pooling(_rank, _default))


def _any_pool(input: Any, ksize: Any, strides: Any, padding: Any, data_format: Any = None, name: Any = None) -> Any:
    return _pooled(input, ksize, strides, padding, data_format, len(shape_of(input)) - 2)


tf_op("nn.max_pool")(_any_pool)
tf_op("nn.avg_pool")(_any_pool)


@tf_op("nn.space_to_depth")
def space_to_depth(input: Any, block_size: Any, data_format: Any = "NHWC", name: Any = None) -> Any:
    """Blocks become channels."""
    return rule("space_to_depth")(input, block_size, _form(data_format))


@tf_op("nn.depth_to_space")
def depth_to_space(input: Any, block_size: Any, data_format: Any = "NHWC", name: Any = None) -> Any:
    """Channels become blocks."""
    return rule("depth_to_space")(input, block_size, _form(data_format))


@tf_op("nn.softmax_cross_entropy_with_logits")
def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: Any = -1, name: Any = None) -> Any:
    """The cross entropy of shares."""
    x = as_tensor(logits)
    return KerasTensor(reduced(x.shape, axis, False), x.dtype)


@tf_op("nn.sparse_softmax_cross_entropy_with_logits")
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any, name: Any = None) -> Any:
    """The cross entropy of whole-number classes."""
    return KerasTensor(shape_of(labels), as_tensor(logits).dtype)


@tf_op("nn.sigmoid_cross_entropy_with_logits")
def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None, name: Any = None) -> Any:
    """The cross entropy of independent classes."""
    return KerasTensor(stretched(shape_of(labels), shape_of(logits)), as_tensor(logits).dtype)


@tf_op("math.top_k", "nn.top_k")
def top_k(input: Any, k: Any = 1, sorted: Any = True, index_type: Any = "int32", name: Any = None) -> Any:
    """The largest elements, and where they are."""
    return rule("top_k")(input, k)


@tf_op("nn.l2_loss")
def l2_loss(t: Any, name: Any = None) -> Any:
    """Half the sum of squares."""
    return KerasTensor((), as_tensor(t).dtype)
