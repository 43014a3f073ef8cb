"""`keras.ops.nn`: activations, convolution, pooling, normalization, losses, attention."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....ir.dim import same
from ...describe import multiply, refuse, require
from ..describing import axis_of, data_format_of, numbers
from ..operation import keras_op
from ..state import state
from ..tensor import KerasTensor, is_open, open_size
from ..windows import channels_of, conv_sizes, placed, pool_sizes, spatial_of, transposed_sizes
from .contraction import meet
from .elementwise import as_tensor, floating, shape_of, stretched
from .promotion import as_float, kind_of, result_type
from .reduction import reduced

_NN = "keras.src.ops.nn"


def _of_floats(complex_too: bool) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        return floating(x, complex_too).like()

    return function


def _rectified(x: Any) -> Any:
    x = as_tensor(x)
    return x.like() if x.symbolic or "int" in x.dtype else floating(x).like()


def _floating(name: str, class_name: str | None = None) -> None:
    """An activation of one argument."""
    function = _rectified if name in ("relu", "relu6") else _of_floats(name in ("sigmoid", "silu swish"))
    names = name.split()
    keras_op(*[f"keras.ops.{one}" for one in names], *[f"keras.ops.nn.{one}" for one in names], class_name=class_name, module=_NN)(function)


for _name in [
    "relu",
    "relu6",
    "sigmoid",
    "sparse_sigmoid",
    "softplus",
    "softsign",
    "sparse_plus",
    "log_sigmoid",
    "hard_sigmoid",
    "selu",
    "tanh_shrink",
    "hard_tanh",
]:
    _floating(_name)
_floating("silu swish", "Silu")
_floating("hard_silu hard_swish", "HardSilu")


def _with(name: str, parameters: str, class_name: str | None = None) -> None:
    """An activation with further arguments."""
    keras_op(f"keras.ops.{name}", f"keras.ops.nn.{name}", class_name=class_name, module=_NN)(_SIGNATURES[parameters]())


def _shrink() -> Callable[..., Any]:
    def function(x: Any, threshold: Any = 0.5) -> Any:
        return as_tensor(x).like()

    return function


def _alpha() -> Callable[..., Any]:
    def function(x: Any, alpha: Any = 1.0) -> Any:
        return floating(x).like()

    return function


def _axis() -> Callable[..., Any]:
    def function(x: Any, axis: Any = -1) -> Any:
        x = floating(x)
        for one in axis if isinstance(axis, (tuple, list)) and not x.symbolic else () if x.symbolic else (axis,):
            axis_of(one, len(x.shape))
        return x.like()

    return function


_SIGNATURES = {"threshold": _shrink, "alpha": _alpha, "axis": _axis}
for _name, _parameters in (("soft_shrink", "threshold"), ("hard_shrink", "threshold"), ("elu", "alpha"), ("celu", "alpha"), ("softmax",
                                                                                                                             "axis"),
                           ("log_softmax", "axis"), ("sparsemax", "axis")):  # fmt: skip
    _with(_name, _parameters)


@keras_op("keras.ops.leaky_relu", "keras.ops.nn.leaky_relu", module=_NN)
def leaky_relu(x: Any, negative_slope: Any = 0.2) -> Any:
    """Leaky rectifier; flowing whole numbers become floating."""
    x = as_tensor(x)
    if x.symbolic or "int" not in x.dtype:
        return (x if x.symbolic else floating(x)).like()
    return x.like(dtype="float32")


@keras_op("keras.ops.squareplus", "keras.ops.nn.squareplus", module=_NN)
def squareplus(x: Any, b: Any = 4) -> Any:
    """A smooth rectifier."""
    return as_tensor(x).like()


@keras_op("keras.ops.gelu", "keras.ops.nn.gelu", module=_NN)
def gelu(x: Any, approximate: Any = True) -> Any:
    """Gaussian error linear unit."""
    return floating(x).like()


@keras_op("keras.ops.threshold", "keras.ops.nn.threshold", module=_NN)
def threshold(x: Any, threshold: Any, default_value: Any) -> Any:
    """What is above a threshold, a default otherwise."""
    return as_tensor(x).like()


@keras_op("keras.ops.glu", "keras.ops.nn.glu", module=_NN)
def glu(x: Any, axis: Any = -1) -> Any:
    """One half gated by the other."""
    x = as_tensor(x)
    place = axis_of(axis, len(x.shape))
    size = x.shape[place]
    if type(size) is int and size % 2:
        refuse("ValueError", f"axis size must be divisible by 2. Received: x.shape={list(x.shape)} with axis={axis}")
    return KerasTensor((*x.shape[:place], size // 2, *x.shape[place + 1 :]), x.dtype)


# --- windows ----------------------------------------------------------------------------------------------------------


def _pool(name: str) -> None:
    def function(inputs: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None) -> Any:
        x = as_tensor(inputs)
        form = data_format_of(data_format)
        rank = len(x.shape) - 2
        pool = numbers(pool_size, rank, "pool_size")
        steps = pool if strides is None else numbers(strides, rank, "strides")
        return KerasTensor(
            placed(x.shape, pool_sizes(spatial_of(x.shape, form), pool, steps, padding.lower()), channels_of(x.shape, form), form), x.dtype
        )

    keras_op(f"keras.ops.{name}", f"keras.ops.nn.{name}", module=_NN)(function)


def _adaptive(name: str) -> None:
    def function(inputs: Any, output_size: Any, data_format: Any = None) -> Any:
        x = as_tensor(inputs)
        form = data_format_of(data_format)
        rank = len(x.shape) - 2
        return KerasTensor(placed(x.shape, list(numbers(output_size, rank, "output_size")), channels_of(x.shape, form), form), x.dtype)

    keras_op(f"keras.ops.{name}", f"keras.ops.nn.{name}", module=_NN)(function)


_pool("max_pool")
_pool("average_pool")
_adaptive("adaptive_max_pool")
_adaptive("adaptive_average_pool")


def _count(shape: Any, kernel: Any, form: str) -> None:
    multiply(shape[0] * math.prod(spatial_of(shape, form)) * math.prod(kernel))


@keras_op("keras.ops.conv", "keras.ops.nn.conv", module=_NN)
def conv(inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1) -> Any:
    """A convolution of one to three axes."""
    x, weights, form = as_tensor(inputs), shape_of(kernel), data_format_of(data_format)
    rank = len(x.shape) - 2
    if len(weights) != rank + 2:
        refuse("ValueError", f"Kernel shape must have the same length as input, but received kernel of shape {list(weights)} and input of "
               f"shape "
               f"{list(x.shape)}.")  # fmt: skip
    channels = channels_of(x.shape, form)
    if not x.symbolic and isinstance(kernel, KerasTensor) and x.dtype != kernel.dtype:
        refuse("ValueError", f"Tensor conversion requested dtype {x.dtype} for Tensor with dtype {kernel.dtype}")
    if not is_open(channels):
        require(same(channels % weights[-2], 0), f"The number of input channels must be evenly divisible by kernel's in_channels. "
                f"Received input channels "
                f"{channels} and kernel in_channels {weights[-2]}.", name="channels-mismatch")  # fmt: skip
    spatial = conv_sizes(spatial_of(x.shape, form), weights[:rank], numbers(strides, rank, "strides"), padding.lower(),
                         numbers(dilation_rate, rank, "dilation_rate"))  # fmt: skip
    shape = placed(x.shape, spatial, weights[-1], form)
    _count(shape, weights, form)
    return KerasTensor(shape, x.dtype)


@keras_op("keras.ops.depthwise_conv", "keras.ops.nn.depthwise_conv", module=_NN)
def depthwise_conv(
    inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1
) -> Any:
    """A convolution of every channel on its own."""
    x, weights, form = as_tensor(inputs), shape_of(kernel), data_format_of(data_format)
    rank = len(x.shape) - 2
    spatial = conv_sizes(spatial_of(x.shape, form), weights[:rank], numbers(strides, rank, "strides"), padding.lower(),
                         numbers(dilation_rate, rank, "dilation_rate"))  # fmt: skip
    shape = placed(x.shape, spatial, weights[-2] * weights[-1], form)
    _count(shape, weights, form)
    return KerasTensor(shape, x.dtype)


@keras_op("keras.ops.separable_conv", "keras.ops.nn.separable_conv", module=_NN)
def separable_conv(inputs: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = 1, padding: Any = "valid",
                   data_format: Any = None,
                   dilation_rate: Any = 1) -> Any:  # fmt: skip
    """A convolution per channel, then one across them."""
    x = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(x, pointwise_kernel, 1, "valid", data_format, 1)


@keras_op("keras.ops.conv_transpose", "keras.ops.nn.conv_transpose", module=_NN)
def conv_transpose(inputs: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", output_padding: Any = None, data_format: Any = None,
                   dilation_rate: Any = 1) -> Any:  # fmt: skip
    """A transposed convolution."""
    x, weights, form = as_tensor(inputs), shape_of(kernel), data_format_of(data_format)
    rank = len(x.shape) - 2
    extra = numbers(output_padding, rank, "output_padding", True) if output_padding is not None else None
    meet(channels_of(x.shape, form), weights[-1], f"input has {channels_of(x.shape, form)} channels, the kernel takes {weights[-1]}")
    spatial = transposed_sizes(spatial_of(x.shape, form), weights[:rank], numbers(strides, rank, "strides"), padding.lower(), extra,
                               numbers(dilation_rate, rank, "dilation_rate"))  # fmt: skip
    _count(x.shape, weights, form)
    return KerasTensor(placed(x.shape, spatial, weights[-2], form), x.dtype)


@keras_op("keras.ops.unfold", "keras.ops.nn.unfold", module=_NN)
def unfold(x: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Windows as columns."""
    x = as_tensor(x)
    n, c, *spatial = x.shape
    k, d, p, s = (numbers(value, 2, "window", True) for value in (kernel_size, dilation, padding, stride))
    count = math.prod((size + 2 * p[i] - d[i] * (k[i] - 1) - 1) // s[i] + 1 for i, size in enumerate(spatial))
    return KerasTensor((n, c * k[0] * k[1], count), x.dtype)


@keras_op("keras.ops.fold", "keras.ops.nn.fold", module=_NN)
def fold(x: Any, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Any:
    """Columns back into windows."""
    x = as_tensor(x)
    k = numbers(kernel_size, 2, "kernel_size")
    return KerasTensor((x.shape[0], x.shape[1] // (k[0] * k[1]), *numbers(output_size, 2, "output_size")), x.dtype)


@keras_op("keras.ops.depth_to_space", "keras.ops.nn.depth_to_space", module=_NN)
def depth_to_space(x: Any, block_size: Any, data_format: Any = "channels_last") -> Any:
    """Channels become blocks."""
    x = as_tensor(x)
    form = data_format_of(data_format)
    spatial = [size * block_size for size in spatial_of(x.shape, form)]
    return KerasTensor(placed(x.shape, spatial, channels_of(x.shape, form) // block_size**2, form), x.dtype)


@keras_op("keras.ops.space_to_depth", "keras.ops.nn.space_to_depth", module=_NN)
def space_to_depth(x: Any, block_size: Any, data_format: Any = "channels_last") -> Any:
    """Blocks become channels."""
    x = as_tensor(x)
    form = data_format_of(data_format)
    spatial = [size // block_size for size in spatial_of(x.shape, form)]
    return KerasTensor(placed(x.shape, spatial, channels_of(x.shape, form) * block_size**2, form), x.dtype)


# --- classes, losses, normalization -------------------------------------------------------------------------------------


@keras_op("keras.ops.one_hot", "keras.ops.nn.one_hot", module=_NN)
def one_hot(x: Any, num_classes: Any, axis: Any = -1, dtype: Any = None, sparse: Any = False) -> Any:
    """A one at the place of the class."""
    shape = list(shape_of(x))
    place = axis if axis >= 0 else len(shape) + 1 + axis
    if not as_tensor(x).symbolic and (axis < -1 or axis > len(shape)):
        refuse("ValueError", f"Expected axis to be -1 or between [0, {len(shape) + 1}). But received: {axis}")
    shape.insert(place, num_classes)
    return KerasTensor(shape, str(dtype) if dtype is not None else state().floatx)


@keras_op("keras.ops.multi_hot", "keras.ops.nn.multi_hot", module=_NN)
def multi_hot(inputs: Any, num_classes: Any = None, axis: Any = -1, dtype: Any = None, sparse: Any = False, **kwargs: Any) -> Any:
    """Ones at the places of the classes."""
    classes = num_classes if num_classes is not None else kwargs.get("num_tokens")
    shape = list(shape_of(inputs))
    if len(shape) == 2:
        shape = [shape[0]]
    elif shape:
        shape = shape[:-1] if len(shape) > 1 else []
    place = axis if axis >= 0 else len(shape) + 1 + axis
    shape.insert(place, classes)
    x = as_tensor(inputs)
    return KerasTensor(shape, str(dtype) if dtype is not None else x.dtype if x.symbolic else state().floatx)


def _loss(name: str, categorical: bool) -> None:
    def binary(target: Any, output: Any, from_logits: Any = False) -> Any:
        x = as_tensor(output)
        return KerasTensor(x.shape, x.dtype)

    def of_classes(target: Any, output: Any, from_logits: Any = False, axis: Any = -1) -> Any:
        x = as_tensor(output)
        return KerasTensor(reduced(x.shape, axis, False), x.dtype)

    keras_op(f"keras.ops.{name}", f"keras.ops.nn.{name}", module=_NN)(of_classes if categorical else binary)


_loss("binary_crossentropy", False)
_loss("categorical_crossentropy", True)


@keras_op("keras.ops.sparse_categorical_crossentropy", "keras.ops.nn.sparse_categorical_crossentropy", module=_NN)
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: Any = False, axis: Any = -1) -> Any:
    """The cross entropy of whole-number classes."""
    shape = shape_of(target)
    x = as_tensor(output)
    if len(shape) == len(x.shape) and shape and same(shape[-1], 1):
        shape = shape[:-1]
    return KerasTensor(shape, x.dtype)


@keras_op("keras.ops.ctc_loss", "keras.ops.nn.ctc_loss", class_name="CTCLoss", module=_NN)
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: Any = 0) -> Any:
    """Connectionist temporal classification loss."""
    x = as_tensor(output)
    return KerasTensor((x.shape[0],), as_float(x.dtype))


@keras_op("keras.ops.ctc_decode", "keras.ops.nn.ctc_decode", class_name="CTCDecode", module=_NN)
def ctc_decode(inputs: Any, sequence_lengths: Any, strategy: Any = "greedy", beam_width: Any = 100, top_paths: Any = 1,
               merge_repeated: Any = True,
               mask_index: Any = 0) -> Any:  # fmt: skip
    """The likeliest label sequences."""
    x = as_tensor(inputs)
    paths = 1 if strategy == "greedy" else top_paths
    return KerasTensor((paths, x.shape[0], x.shape[1]), "int32"), KerasTensor((x.shape[0], paths), as_float(x.dtype))


@keras_op("keras.ops.moments", "keras.ops.nn.moments", module=_NN)
def moments(x: Any, axes: Any, keepdims: Any = False, synchronized: Any = False) -> Any:
    """Mean and variance."""
    x = as_tensor(x)
    shape = reduced(x.shape, axes, keepdims)
    return KerasTensor(shape, x.dtype), KerasTensor(shape, x.dtype)


@keras_op("keras.ops.batch_normalization", "keras.ops.nn.batch_normalization", class_name="BatchNorm", module=_NN)
def batch_normalization(x: Any, mean: Any, variance: Any, axis: Any, offset: Any = None, scale: Any = None, epsilon: Any = 1e-3) -> Any:
    """Normalized with given mean and variance."""
    return as_tensor(x).like()


@keras_op("keras.ops.layer_normalization", "keras.ops.nn.layer_normalization", class_name="LayerNorm", module=_NN)
def layer_normalization(x: Any, gamma: Any = None, beta: Any = None, axis: Any = -1, epsilon: Any = None, **kwargs: Any) -> Any:
    """Normalized over axes."""
    return as_tensor(x).like()


@keras_op("keras.ops.rms_normalization", "keras.ops.nn.rms_normalization", class_name="RMSNorm", module=_NN)
def rms_normalization(x: Any, scale: Any = None, axis: Any = -1, epsilon: Any = None) -> Any:
    """Normalized by the root mean square."""
    return as_tensor(x).like()


@keras_op("keras.ops.normalize", "keras.ops.nn.normalize", module=_NN)
def normalize(x: Any, axis: Any = -1, order: Any = 2, epsilon: Any = None) -> Any:
    """Scaled to a norm of one."""
    x = floating(x, complex_too=True)
    if axis is not None and not x.symbolic:
        axis_of(axis, len(x.shape))
    return KerasTensor(x.shape, state().floatx if x.symbolic else as_float(x.dtype))


@keras_op("keras.ops.psnr", "keras.ops.nn.psnr", class_name="PSNR", module=_NN)
def psnr(x1: Any, x2: Any, max_val: Any) -> Any:
    """The peak signal-to-noise ratio."""
    return KerasTensor((), as_float(as_tensor(x1).dtype))


@keras_op("keras.ops.polar", "keras.ops.nn.polar", module=_NN)
def polar(abs_: Any, angle: Any) -> Any:
    """Complex numbers from length and angle."""
    x = as_tensor(abs_)
    return KerasTensor(x.shape, state().floatx if x.symbolic else "complex64")  # Keras says no element type here


@keras_op("keras.ops.dot_product_attention", "keras.ops.nn.dot_product_attention", module=_NN)
def dot_product_attention(query: Any, key: Any, value: Any, bias: Any = None, mask: Any = None, scale: Any = None, is_causal: Any = False,
                          flash_attention: Any = None, attn_logits_soft_cap: Any = None) -> Any:  # fmt: skip
    """Attention of queries to values."""
    q, k, v = as_tensor(query), as_tensor(key), as_tensor(value)
    for name, tensor in (("query", q), ("key", k), ("value", v)):
        if len(tensor.shape) != 4 and not tensor.symbolic:
            refuse("ValueError", f"`dot_product_attention` only supports 4D inputs. Received: {name}.shape={list(tensor.shape)}")
    if len(q.shape) == 4:
        batch, length, heads, dim = q.shape
        multiply(batch * heads * length * k.shape[1] * (dim + v.shape[-1]))
    return KerasTensor((*q.shape[:-1], v.shape[-1]), q.dtype)


# --- math -------------------------------------------------------------------------------------------------------------

_MATH = "keras.src.ops.math"


@keras_op("keras.ops.erfc", module=_MATH)
def erfc(x: Any) -> Any:
    """The complementary error function."""
    x = as_tensor(x)
    return KerasTensor(x.shape, as_float(x.dtype))


for _name in ("rsqrt", "erf", "erfinv"):
    keras_op(f"keras.ops.{_name}", module=_MATH)(_of_floats(_name == "rsqrt"))


def _segment(name: str) -> None:
    def function(data: Any, segment_ids: Any, num_segments: Any = None, sorted: Any = False) -> Any:
        x = as_tensor(data)
        return KerasTensor((num_segments if num_segments is not None else open_size(), *x.shape[1:]), x.dtype)

    keras_op(f"keras.ops.{name}", module=_MATH)(function)


for _name in ("segment_sum", "segment_max", "segment_min", "segment_prod"):
    _segment(_name)


@keras_op("keras.ops.extract_sequences", module=_MATH)
def extract_sequences(x: Any, sequence_length: Any, sequence_stride: Any) -> Any:
    """Overlapping parts of the last axis."""
    x = as_tensor(x)
    return KerasTensor((*x.shape[:-1], 1 + (x.shape[-1] - sequence_length) // sequence_stride, sequence_length), x.dtype)


@keras_op("keras.ops.cdist", class_name="CDist", module=_MATH)
def cdist(x: Any, y: Any) -> Any:
    """Distances of all pairs."""
    a, b = shape_of(x), shape_of(y)
    return KerasTensor((*stretched(a[:-2], b[:-2]), a[-2], b[-2]), as_float(result_type(kind_of(x), kind_of(y))))
