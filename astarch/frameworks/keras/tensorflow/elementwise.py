"""`tf.math`: element by element. Each table row is the names of functions, the types they take and the type they give."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ir.dim import same
from ...describe import refuse, require
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..tensor import KerasTensor, is_open
from . import kinds
from .kinds import ANY, COMPLEX, FLOATS, INEXACT, INTEGERS, NUMBERS, REAL, SIGNED, TRUTH, WIDE, taken, taken_together, unchanged
from .operation import rule, tf_op


def _unary(parameter: str, allowed: frozenset[str], gives: Callable[[str], str]) -> Callable[..., Any]:
    """A function of one tensor, whose parameter has this name."""

    def of(value: Any) -> Any:
        x = taken(value, allowed)
        return KerasTensor(x.shape, gives(x.dtype))

    def x(x: Any, name: Any = None) -> Any:
        return of(x)

    def features(features: Any, name: Any = None) -> Any:
        return of(features)

    def input(input: Any, name: Any = None) -> Any:
        return of(input)

    return {"x": x, "features": features, "input": input}[parameter]


_FLOATS_AND_NUMBERS = FLOATS | SIGNED | COMPLEX
for _names, _allowed, _gives in (
    ("math.abs/abs", _FLOATS_AND_NUMBERS, kinds.part),
    ("math.acos/acos math.acosh/acosh math.asin/asin math.asinh/asinh math.atan/atan math.atanh/atanh", INEXACT, unchanged),
    ("math.cos/cos math.cosh/cosh math.sin/sin math.sinh/sinh math.tan/tan math.tanh/tanh/nn.tanh", INEXACT, unchanged),
    ("math.exp/exp math.sqrt/sqrt math.sigmoid/sigmoid/nn.sigmoid math.expm1 math.log math.log1p math.rsqrt", INEXACT, unchanged),
    ("math.reciprocal_no_nan", INEXACT, unchanged), ("math.floor/floor math.ceil math.rint math.log_sigmoid", FLOATS, unchanged),
    ("math.erf math.erfc math.erfinv math.erfcinv math.digamma math.lgamma math.ndtri", FLOATS, unchanged),
    ("math.bessel_i0 math.bessel_i0e math.bessel_i1 math.bessel_i1e", FLOATS, unchanged),
    ("math.round/round math.square/square", NUMBERS, unchanged),
    ("math.sign/sign math.negative/negative", _FLOATS_AND_NUMBERS, unchanged),
    ("math.conj", NUMBERS | {"string"}, unchanged), ("math.reciprocal", _FLOATS_AND_NUMBERS, unchanged),
    ("math.is_nan math.is_inf math.is_finite", FLOATS, kinds.truth), ("math.logical_not/logical_not", TRUTH, kinds.truth),
    ("bitwise.invert", INTEGERS, unchanged),
):  # fmt: skip
    for _name in _names.split():
        tf_op(*_name.split("/"))(_unary("x", _allowed, _gives))
for _name, _allowed in (("nn.relu", REAL), ("nn.relu6", REAL), ("nn.elu", FLOATS), ("nn.selu", FLOATS), ("nn.softsign/math.softsign", FLOATS),
                        ("nn.softplus/math.softplus", FLOATS)):  # fmt: skip
    tf_op(*_name.split("/"))(_unary("features", _allowed, unchanged))
for _name, _allowed, _gives in (("math.angle", INEXACT, kinds.part), ("math.real", NUMBERS, kinds.part), ("math.imag", ANY, kinds.part)):
    tf_op(_name)(_unary("input", _allowed, _gives))


def _binary(operation: str | None, allowed: frozenset[str], gives: Callable[[str], str]) -> Callable[..., Any]:
    def function(x: Any, y: Any, name: Any = None) -> Any:
        kind = taken_together(allowed, x, y, signed=operation is not None and gives is unchanged)
        found = KerasTensor(stretched(shape_of(x), shape_of(y)), gives(kind))
        if operation is not None:
            found.data = rule(operation)(x, y).data
        return found

    return function


_ROWS: tuple[tuple[str, str | None, frozenset[str], Callable[[str], str]], ...] = (
    ("math.add/add", "add", NUMBERS | {"string"}, unchanged), ("math.subtract/subtract", "subtract", NUMBERS, unchanged),
    ("math.multiply/multiply", "multiply", NUMBERS, unchanged), ("math.pow/pow", "power", _FLOATS_AND_NUMBERS, unchanged),
    ("math.maximum/maximum", "maximum", REAL, unchanged), ("math.minimum/minimum", "minimum", REAL, unchanged),
    ("math.floordiv", "floor_divide", NUMBERS, unchanged), ("math.mod/math.floormod", "mod", REAL, unchanged),
    ("math.squared_difference", None, FLOATS | {"int32", "int64"} | COMPLEX, unchanged),
    ("math.divide_no_nan", None, NUMBERS, kinds.divided), ("math.divide/divide math.truediv/truediv", "true_divide", NUMBERS, kinds.divided),
    ("realdiv", None, NUMBERS, unchanged), ("truncatediv", None, NUMBERS, unchanged),
    ("truncatemod", None, FLOATS | {"int32", "int64"}, unchanged),
    ("math.multiply_no_nan math.xdivy math.xlogy math.xlog1py", None, INEXACT, unchanged),
    ("math.equal/equal", "equal", ANY, kinds.truth), ("math.not_equal/not_equal", "not_equal", ANY, kinds.truth),
    ("math.less/less", "less", REAL, kinds.truth), ("math.less_equal/less_equal", "less_equal", REAL, kinds.truth),
    ("math.greater/greater", "greater", REAL, kinds.truth), ("math.greater_equal/greater_equal", "greater_equal", REAL, kinds.truth),
    ("math.logical_and/logical_and", "logical_and", TRUTH, kinds.truth), ("math.logical_or/logical_or", "logical_or", TRUTH, kinds.truth),
    ("math.logical_xor", "logical_xor", TRUTH, kinds.truth),
    ("bitwise.bitwise_and bitwise.bitwise_or bitwise.bitwise_xor bitwise.left_shift bitwise.right_shift", None, INTEGERS, unchanged),
)  # fmt: skip
for _names, _operation, _allowed, _gives in _ROWS:
    for _name in _names.split():
        tf_op(*_name.split("/"))(_binary(_operation, _allowed, _gives))


@tf_op("math.atan2", "atan2")
def atan2(y: Any, x: Any, name: Any = None) -> Any:
    """The angle of a point."""
    return KerasTensor(stretched(shape_of(y), shape_of(x)), taken_together(FLOATS, y, x))


@tf_op("math.nextafter")
def nextafter(x1: Any, x2: Any, name: Any = None) -> Any:
    """The next number that can be represented."""
    return KerasTensor(stretched(shape_of(x1), shape_of(x2)), taken_together(WIDE, x1, x2))


def _of_a_and_x(a: Any, x: Any, name: Any = None) -> Any:
    return KerasTensor(stretched(shape_of(a), shape_of(x)), taken_together(FLOATS, a, x))


tf_op("math.igamma")(_of_a_and_x)
tf_op("math.igammac")(_of_a_and_x)


@tf_op("math.zeta")
def zeta(x: Any, q: Any, name: Any = None) -> Any:
    """The Hurwitz zeta function."""
    return KerasTensor(stretched(shape_of(x), shape_of(q)), taken_together(WIDE, x, q))


@tf_op("math.scalar_mul", "scalar_mul")
def scalar_mul(scalar: Any, x: Any, name: Any = None) -> Any:
    """A tensor times a number."""
    if shape_of(scalar):
        refuse("ValueError", f"The input scalar must be a 0-D value. Received shape {list(shape_of(scalar))}.")
    return KerasTensor(shape_of(x), taken_together(NUMBERS, x, scalar))


@tf_op("complex", "dtypes.complex")
def complex_(real: Any, imag: Any, name: Any = None) -> Any:
    """Complex numbers from their parts."""
    return KerasTensor(stretched(shape_of(real), shape_of(imag)), kinds.whole(taken_together(WIDE, real, imag)))


@tf_op("nn.silu", "nn.swish")
def silu(features: Any, beta: Any = 1.0) -> Any:
    """``x * sigmoid(x)``."""
    return taken(features, INEXACT).like()


@tf_op("nn.gelu")
def gelu(features: Any, approximate: Any = False, name: Any = None) -> Any:
    """Gaussian error linear unit."""
    return taken(features, FLOATS).like()


@tf_op("nn.leaky_relu")
def leaky_relu(features: Any, alpha: Any = 0.2, name: Any = None) -> Any:
    """Rectifier that leaks."""
    x = taken(features, REAL)
    return x.like(dtype="float32" if x.dtype in INTEGERS else x.dtype)


@tf_op("clip_by_value")
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: Any = None) -> Any:
    """Values within bounds; the bounds stretch to the values, never the other way."""
    taken_together(REAL, t, clip_value_min, clip_value_max, signed=False)
    x = as_tensor(t)
    for bound in (clip_value_min, clip_value_max):
        shape = stretched(x.shape, shape_of(bound))
        fits = len(shape) == len(x.shape) and all(is_open(a) or same(a, b) is not False for a, b in zip(shape, x.shape, strict=True))
        require(fits, f"Bounds of shape {list(shape_of(bound))} are larger than values of shape {list(x.shape)}")
    return x.like()


@tf_op("clip_by_norm")
def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: Any = None) -> Any:
    """Scaled down to a norm."""
    return taken(t, FLOATS).like()


@tf_op("clip_by_global_norm")
def clip_by_global_norm(t_list: Any, clip_norm: Any, use_norm: Any = None, name: Any = None) -> Any:
    """All scaled down to a common norm."""
    found = [as_tensor(value).like() for value in t_list]
    return found, KerasTensor((), taken_together(FLOATS, *t_list))


@tf_op("linalg.global_norm")
def global_norm(t_list: Any, name: Any = None) -> Any:
    """The norm of all of them together."""
    return KerasTensor((), taken_together(FLOATS, *t_list))


@tf_op("math.add_n", "add_n")
def add_n(inputs: Any, name: Any = None) -> Any:
    """The sum of several tensors of one shape."""
    if isinstance(inputs, KerasTensor):
        return inputs.like()
    kind = taken_together(NUMBERS, *inputs)
    shape = shape_of(inputs[0])
    for other in map(shape_of, inputs[1:]):
        agrees = len(other) == len(shape) and all(is_open(a) or is_open(b) or same(a, b) for a, b in zip(shape, other, strict=True))
        require(agrees, f"Shapes must be equal: {list(shape)} and {list(other)}")
    return KerasTensor(shape, kind)


@tf_op("cast", "dtypes.cast")
def cast(x: Any, dtype: Any, name: Any = None) -> Any:
    """The same values in another element type."""
    return rule("cast")(x, dtype)


@tf_op("saturate_cast", "dtypes.saturate_cast")
def saturate_cast(value: Any, dtype: Any, name: Any = None) -> Any:
    """The same values, cut to what the other element type holds."""
    if (kind := rule("cast")(value, dtype).dtype) == "bool":
        refuse("ValueError", "Expected `dtype` to be a type of numbers, not bool")
    return taken(value, NUMBERS).like(dtype=kind)


@tf_op("identity", "stop_gradient")
def identity(input: Any, name: Any = None) -> Any:
    """The same."""
    return as_tensor(input).like(data=as_tensor(input).data)


@tf_op("math.lbeta")
def lbeta(x: Any, name: Any = None) -> Any:
    """The logarithm of the multivariate beta function, over the last axis."""
    x = taken(x, FLOATS)
    if not x.shape:
        refuse("ValueError", "x must be of one axis at least")
    return KerasTensor(x.shape[:-1], x.dtype)


@tf_op("math.zero_fraction", "nn.zero_fraction")
def zero_fraction(value: Any, name: Any = None) -> Any:
    """How much is zero."""
    as_tensor(value)
    return KerasTensor((), "float32")


@tf_op("nn.l2_loss")
def l2_loss(t: Any, name: Any = None) -> Any:
    """Half the sum of squares."""
    return KerasTensor((), taken(t, FLOATS).dtype)
