"""`tf.math`: element by element, and reductions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..model.policies import standardize_dtype
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..ops.reduction import reduced
from ..tensor import KerasTensor
from .operation import one_type, retyped, rule, tf_op


def _same(x: Any, name: Any = None) -> Any:
    x = as_tensor(x)
    return KerasTensor(x.shape, x.dtype)


def _truth(x: Any, name: Any = None) -> Any:
    return KerasTensor(shape_of(x), "bool")


_ALSO = {"abs": ("math.abs", "abs"), "negative": ("math.negative", "negative"), "sigmoid": ("math.sigmoid", "sigmoid", "nn.sigmoid"),
         "tanh": ("math.tanh", "tanh", "nn.tanh")}  # fmt: skip
for _name in [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "cos",
    "cosh",
    "exp",
    "floor",
    "round",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "abs",
    "negative",
    "sigmoid",
    "tanh",
]:
    tf_op(*_ALSO.get(_name, (f"math.{_name}", _name)))(_same)
for _name in [
    "ceil",
    "erf",
    "expm1",
    "log",
    "log1p",
    "reciprocal",
    "rsqrt",
    "digamma",
    "lgamma",
    "softsign_",
    "erfinv",
    "ndtri",
    "log_sigmoid",
    "reciprocal_no_nan",
    "bessel_i0",
    "conj",
    "erfc",
]:
    tf_op(f"math.{_name}")(_same)
for _name in ("is_nan", "is_inf", "is_finite"):
    tf_op(f"math.{_name}")(_truth)
tf_op("math.logical_not", "logical_not")(_truth)


def _binary(operation: str | None, dtype: Callable[[str], str] | None = None) -> Callable[..., Any]:
    def function(x: Any, y: Any, name: Any = None) -> Any:
        kind = one_type(x, y)
        found = KerasTensor(stretched(shape_of(x), shape_of(y)), dtype(kind) if dtype is not None else kind)
        if operation is not None:
            found.data = rule(operation)(x, y).data
        return found

    return function


def _divided(kind: str) -> str:
    return {"int8": "float32", "int16": "float32", "uint8": "float32", "uint16": "float32", "int32": "float64", "int64": "float64"}.get(
        kind, kind
    )


for _names, _operation in (
    (("math.add", "add"), "add"), (("math.subtract", "subtract"), "subtract"), (("math.multiply", "multiply"), "multiply"),
    (("math.pow", "pow"), "power"), (("math.maximum", "maximum"), "maximum"), (("math.minimum", "minimum"), "minimum"),
    (("math.floordiv",), "floor_divide"), (("math.mod", "math.floormod", "math.mod_"), "mod"), (("math.squared_difference",), None),
    (("math.divide_no_nan",), None), (("math.multiply_no_nan",), None), (("math.atan2", "atan2"), None), (("math.xdivy",), None),
    (("math.xlogy",), None), (("bitwise.bitwise_and",), None), (("bitwise.bitwise_or",), None),
):  # fmt: skip
    tf_op(*_names)(_binary(_operation))
tf_op("math.divide", "divide")(_binary("true_divide", _divided))
tf_op("math.truediv", "truediv")(_binary("true_divide", _divided))
for _name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or"):
    tf_op(f"math.{_name}", _name)(_binary(_name, lambda kind: "bool"))
tf_op("math.logical_xor")(_binary("logical_xor", lambda kind: "bool"))


def _reduction(dtype: Callable[[str], str] | None = None) -> Callable[..., Any]:
    def function(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
        x = as_tensor(input_tensor)
        return KerasTensor(reduced(x.shape, axis, keepdims), dtype(x.dtype) if dtype is not None else x.dtype)

    return function


for _name in ("reduce_mean", "reduce_sum", "reduce_max", "reduce_min", "reduce_prod", "reduce_logsumexp"):
    tf_op(f"math.{_name}", _name)(_reduction())
for _name in ("reduce_std", "reduce_variance", "reduce_euclidean_norm"):
    tf_op(f"math.{_name}")(_reduction())
for _name in ("reduce_any", "reduce_all"):
    tf_op(f"math.{_name}", _name)(_reduction(lambda kind: "bool"))


def _place(input: Any, axis: Any = None, output_type: Any = "int64", name: Any = None) -> Any:
    x = as_tensor(input)
    return KerasTensor(reduced(x.shape, 0 if axis is None else axis, False), standardize_dtype(output_type))


tf_op("math.argmax", "argmax")(_place)
tf_op("math.argmin", "argmin")(_place)


@tf_op("math.count_nonzero")
def count_nonzero(input: Any, axis: Any = None, keepdims: Any = None, dtype: Any = "int64", name: Any = None) -> Any:
    """How many are not zero."""
    return KerasTensor(reduced(shape_of(input), axis, bool(keepdims)), standardize_dtype(dtype))


@tf_op("math.cumsum", "cumsum")
def cumsum(x: Any, axis: Any = 0, exclusive: Any = False, reverse: Any = False, name: Any = None) -> Any:
    """Running sums."""
    return _same(x)


@tf_op("math.cumprod")
def cumprod(x: Any, axis: Any = 0, exclusive: Any = False, reverse: Any = False, name: Any = None) -> Any:
    """Running products."""
    return _same(x)


@tf_op("clip_by_value")
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: Any = None) -> Any:
    """Values within bounds."""
    return _same(t)


@tf_op("clip_by_norm")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: Any = None) -> Any:
    """Scaled down to a norm."""
    return _same(t)


@tf_op("math.add_n", "add_n")
def add_n(inputs: Any, name: Any = None) -> Any:
    """The sum of several tensors."""
    return _same(inputs[0])


@tf_op("cast")
def cast(x: Any, dtype: Any, name: Any = None) -> Any:
    """The same values in another element type."""
    return rule("cast")(x, dtype)


@tf_op("dtypes.cast")
def dtypes_cast(x: Any, dtype: Any, name: Any = None) -> Any:
    """The same values in another element type."""
    return rule("cast")(x, dtype)


@tf_op("identity", "stop_gradient", "grad_pass_through", "math.real")
def identity(input: Any, name: Any = None) -> Any:
    """The same."""
    return as_tensor(input).like(data=as_tensor(input).data)


__all__ = ["retyped"]
