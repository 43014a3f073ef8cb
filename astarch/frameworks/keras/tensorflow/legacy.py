"""`tf.keras.backend`: the functions of Keras 2's backend that TensorFlow's Keras still has, each made of TensorFlow's own."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....ir.unknown import Unknown
from ...describe import REGISTRY, refuse
from ..ops.elementwise import as_tensor, shape_of
from ..state import state
from .kinds import FLOATS, taken
from .operation import TensorFlowOp, tf_op


def k_op(*names: str, lenient: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a function of Keras 2's backend; what Keras 3 has no operation for is found in its own backend too, as programs of then ask."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        made = tf_op(*(f"keras.backend.{name}" for name in names), lenient=lenient)(function)
        for name in names:
            if f"keras.ops.{name}" not in REGISTRY and f"keras.backend.{name}" not in REGISTRY:
                REGISTRY[f"keras.backend.{name}"] = REGISTRY[f"tensorflow.keras.backend.{name}"]
        return made

    return register


def tf_rule(name: str, *args: Any, **kwargs: Any) -> Any:
    """The rule of a function of TensorFlow."""
    found: TensorFlowOp = REGISTRY[f"tensorflow.{name}"]
    return found.function(*args, **kwargs)


# --- one function of TensorFlow each ----------------------------------------------------------------------------------


def _unary(name: str, of: str) -> None:
    def apply(x: Any) -> Any:
        return tf_rule(of, x)

    apply.__name__, apply.__doc__ = name, f"`tf.{of}`."
    k_op(name)(apply)


_SAME = "abs cos sin exp sign square round tanh sigmoid transpose"
for _name in _SAME.split():
    _unary(_name, _name)
for _name, _of in (("log", "math.log"), ("softplus", "math.softplus"), ("softsign", "nn.softsign")):
    _unary(_name, _of)


def _binary(name: str, of: str) -> None:
    def apply(x: Any, y: Any) -> Any:
        return tf_rule(of, x, y)

    apply.__name__, apply.__doc__ = name, f"`tf.{of}`."
    k_op(name)(apply)


for _name in ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal", "maximum", "minimum"):
    _binary(_name, _name)


def _reduction(name: str, of: str, counted: bool) -> None:
    def apply(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        given = as_tensor(x)
        if counted and given.dtype == "bool":
            given = given.like(dtype=state().floatx)
        return tf_rule(of, given, axis, keepdims)

    apply.__name__, apply.__doc__ = name, f"`tf.{of}`; truth values count as numbers." if counted else f"`tf.{of}`."
    k_op(name)(apply)


for _name, _of in (("sum", "reduce_sum"), ("max", "reduce_max"), ("min", "reduce_min"), ("prod", "reduce_prod")):
    _reduction(_name, _of, False)
for _name, _of in (("mean", "reduce_mean"), ("std", "math.reduce_std"), ("var", "math.reduce_variance")):
    _reduction(_name, _of, True)


def _truth(name: str) -> None:
    def apply(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        return tf_rule(f"reduce_{name}", as_tensor(x).like(dtype="bool"), axis, keepdims)

    apply.__name__, apply.__doc__ = name, f"`tf.reduce_{name}` of truth values."
    k_op(name)(apply)


for _name in ("all", "any"):
    _truth(_name)


@k_op("sqrt")
def sqrt(x: Any) -> Any:
    """The root of what is not negative."""
    return tf_rule("sqrt", taken(x, FLOATS))


@k_op("pow")
def pow(x: Any, a: Any) -> Any:
    """A power."""
    return tf_rule("pow", x, a)


@k_op("argmax")
def argmax(x: Any, axis: Any = -1) -> Any:
    """The place of the largest."""
    return tf_rule("argmax", x, axis)


@k_op("argmin")
def argmin(x: Any, axis: Any = -1) -> Any:
    """The place of the smallest."""
    return tf_rule("argmin", x, axis)


@k_op("cumsum")
def cumsum(x: Any, axis: Any = 0) -> Any:
    """Sums so far."""
    return tf_rule("cumsum", x, axis)


@k_op("cumprod")
def cumprod(x: Any, axis: Any = 0) -> Any:
    """Products so far."""
    return tf_rule("math.cumprod", x, axis)


@k_op("softmax")
def softmax(x: Any, axis: Any = -1) -> Any:
    """Shares that sum to one."""
    if len(shape_of(x)) <= 1 and not isinstance(x, Unknown):
        refuse("ValueError", f"Cannot apply softmax to a tensor that is 1D. Received input: {x!r}")
    return tf_rule("nn.softmax", x, axis)


@k_op("elu")
def elu(x: Any, alpha: Any = 1.0) -> Any:
    """Exponential below zero."""
    return tf_rule("nn.elu", x)


@k_op("relu")
def relu(x: Any, alpha: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> Any:
    """Nothing, or a part, below a threshold."""
    return tf_rule("nn.relu", x)


@k_op("hard_sigmoid")
def hard_sigmoid(x: Any) -> Any:
    """A sigmoid of straight lines."""
    return tf_rule("sigmoid", x)


@k_op("l2_normalize")
def l2_normalize(x: Any, axis: Any = None) -> Any:
    """Of length one."""
    return tf_rule("linalg.l2_normalize", x, axis)


@k_op("clip")
def clip(x: Any, min_value: Any, max_value: Any) -> Any:
    """Between two bounds."""
    low, high = (-math.inf if min_value is None else min_value, math.inf if max_value is None else max_value)
    return tf_rule("clip_by_value", x, low, max(low, high) if isinstance(low, (int, float)) and isinstance(high, (int, float)) else high)


@k_op("cast")
def cast(x: Any, dtype: Any) -> Any:
    """Of another element type."""
    return tf_rule("cast", x, dtype)


@k_op("cast_to_floatx")
def cast_to_floatx(x: Any) -> Any:
    """Of the default floating type."""
    return as_tensor(x).like(dtype=state().floatx)


@k_op("reshape")
def reshape(x: Any, shape: Any) -> Any:
    """In another shape."""
    return tf_rule("reshape", x, shape)


@k_op("flatten")
def flatten(x: Any) -> Any:
    """One axis."""
    return tf_rule("reshape", x, [-1])


@k_op("batch_flatten")
def batch_flatten(x: Any) -> Any:
    """One axis after the batch."""
    shape = shape_of(x)
    return tf_rule("reshape", x, [-1, math.prod(shape[1:])])


@k_op("expand_dims")
def expand_dims(x: Any, axis: Any = -1) -> Any:
    """One more axis."""
    return tf_rule("expand_dims", x, axis)


@k_op("squeeze")
def squeeze(x: Any, axis: Any) -> Any:
    """Without an axis of one."""
    return tf_rule("squeeze", x, [axis])


@k_op("stack")
def stack(x: Any, axis: Any = 0) -> Any:
    """Along a new axis."""
    return tf_rule("stack", x, axis)


@k_op("tile")
def tile(x: Any, n: Any) -> Any:
    """Repeated as a whole."""
    return tf_rule("tile", x, [n] if isinstance(n, int) else n)


@k_op("concatenate")
def concatenate(tensors: Any, axis: Any = -1) -> Any:
    """One after the other."""
    rank = len(shape_of(tensors[0]))
    return tf_rule("concat", tensors, (axis % rank if rank else 0) if axis < 0 else axis)


@k_op("permute_dimensions")
def permute_dimensions(x: Any, pattern: Any) -> Any:
    """Axes in another order."""
    return tf_rule("transpose", x, pattern)


@k_op("reverse")
def reverse(x: Any, axes: Any) -> Any:
    """Back to front."""
    return tf_rule("reverse", x, [axes] if isinstance(axes, int) else axes)


@k_op("gather")
def gather(reference: Any, indices: Any) -> Any:
    """Rows by their places."""
    return tf_rule("gather", reference, indices)


@k_op("one_hot")
def one_hot(indices: Any, num_classes: Any) -> Any:
    """Classes as ones at their places."""
    return tf_rule("one_hot", indices, num_classes, axis=-1)


@k_op("in_top_k")
def in_top_k(predictions: Any, targets: Any, k: Any) -> Any:
    """Whether the class is among the likeliest."""
    return tf_rule("math.in_top_k", targets, predictions, k)


@k_op("shape")
def shape(x: Any) -> Any:
    """The sizes, as a tensor."""
    return tf_rule("shape", x)


@k_op("stop_gradient")
def stop_gradient(variables: Any) -> Any:
    """Itself."""
    if isinstance(variables, (list, tuple)):
        return [tf_rule("stop_gradient", one) for one in variables]
    return tf_rule("stop_gradient", variables)


@k_op("zeros_like")
def zeros_like(x: Any, dtype: Any = None, name: Any = None) -> Any:
    """Zeros of the same shape."""
    return tf_rule("zeros_like", x, dtype)


@k_op("ones_like")
def ones_like(x: Any, dtype: Any = None, name: Any = None) -> Any:
    """Ones of the same shape."""
    return tf_rule("ones_like", x, dtype)


# --- repeated and padded ----------------------------------------------------------------------------------------------


@k_op("repeat")
def repeat(x: Any, n: Any) -> Any:
    """Rows, several times each, along a new axis."""
    given = as_tensor(x)
    if len(given.shape) != 2:
        refuse("ValueError", f"Expected input `x` to have rank 2. Received: rank(x)={len(given.shape)}")
    return given.like((given.shape[0], n, given.shape[1]))


@k_op("repeat_elements")
def repeat_elements(x: Any, rep: Any, axis: Any) -> Any:
    """Every element several times."""
    given = as_tensor(x)
    if not -len(given.shape) <= axis < len(given.shape):
        refuse("IndexError", "list index out of range")
    sizes = list(given.shape)
    sizes[axis] = sizes[axis] * rep
    return given.like(tuple(sizes))


@k_op("temporal_padding")
def temporal_padding(x: Any, padding: Any = (1, 1)) -> Any:
    """Zeros before and after the steps."""
    if len(padding) != 2:
        refuse("ValueError", f"Expected `padding` to be a tuple of 2 integers. Received: padding={padding}")
    return tf_rule("pad", x, [[0, 0], list(padding), [0, 0]])


def form_of(data_format: Any) -> str:
    found = state().data_format if data_format is None else data_format
    if found not in ("channels_first", "channels_last"):
        refuse("ValueError", f"Unknown data_format: {found}")
    return found


def _padded(x: Any, padding: Any, data_format: Any, rank: int) -> Any:
    if len(padding) != rank or any(not isinstance(one, (list, tuple)) or len(one) != 2 for one in padding):
        refuse("ValueError", f"Expected `padding` to be a tuple of {rank} tuples of 2 integers. Received: padding={padding}")
    sides = [list(one) for one in padding]
    first = form_of(data_format) == "channels_first"
    return tf_rule("pad", x, [[0, 0], [0, 0], *sides] if first else [[0, 0], *sides, [0, 0]])


@k_op("spatial_2d_padding")
def spatial_2d_padding(x: Any, padding: Any = ((1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Zeros around pictures."""
    return _padded(x, padding, data_format, 2)


@k_op("spatial_3d_padding")
def spatial_3d_padding(x: Any, padding: Any = ((1, 1), (1, 1), (1, 1)), data_format: Any = None) -> Any:
    """Zeros around volumes."""
    return _padded(x, padding, data_format, 3)


@k_op("resize_images")
def resize_images(x: Any, height_factor: Any, width_factor: Any, data_format: Any, interpolation: Any = "nearest") -> Any:
    """Pictures so many times as large."""
    if data_format not in ("channels_first", "channels_last"):
        refuse("ValueError", f"Invalid `data_format` argument: {data_format}")
    if interpolation not in ("area", "bicubic", "bilinear", "gaussian", "lanczos3", "lanczos5", "mitchellcubic", "nearest"):
        refuse("ValueError", f"`interpolation` argument should be one of: nearest, bilinear ... Received: {interpolation}")
    given = as_tensor(x)
    rows = 2 if data_format == "channels_first" else 1
    if len(given.shape) != 4:
        refuse("ValueError", "'images' must have either 3 or 4 dimensions.")
    sizes = list(given.shape)
    sizes[rows], sizes[rows + 1] = sizes[rows] * height_factor, sizes[rows + 1] * width_factor
    return given.like(tuple(sizes), given.dtype if interpolation == "nearest" else "float32")


@k_op("resize_volumes")
def resize_volumes(x: Any, depth_factor: Any, height_factor: Any, width_factor: Any, data_format: Any) -> Any:
    """Volumes so many times as large."""
    if data_format not in ("channels_first", "channels_last"):
        refuse("ValueError", f"Invalid data_format: {data_format}")
    first = 2 if data_format == "channels_first" else 1
    for axis, factor in enumerate((depth_factor, height_factor, width_factor)):
        x = repeat_elements(x, factor, first + axis)
    return x
