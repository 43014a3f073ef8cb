"""Element by element: arithmetic, comparison, logic, and the element type that comes out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ir.dim import Dim, same
from ...describe import refuse, require
from ..operation import keras_op
from ..state import state
from ..tensor import KerasTensor, Shape, is_open, open_size
from .promotion import as_float, dtype_of, kind_of, result_type, wide_float

_PARTS = {"complex64": "float32", "complex128": "float64"}
_UNARY_FLOAT = "arccos arccosh arcsin arcsinh arctan arctanh cos cosh exp exp2 expm1 log log10 log1p log2 sin sinc sinh sqrt tan tanh"
_UNARY_WIDE = "cbrt deg2rad i0 rad2deg"
_UNARY_SAME = "conjugate negative positive sign trunc copy fabs"
_UNARY_BOOL = "isfinite isinf isnan isneginf isposinf isreal logical_not signbit"
_BINARY_SAME = "gcd lcm"


def as_tensor(value: Any, dtype: str | None = None) -> KerasTensor:
    """A value as a tensor: numbers and nested lists of them are constants."""
    if isinstance(value, KerasTensor):
        return value
    shape = shape_of(value)
    data = _data(value)
    return KerasTensor(shape, dtype or dtype_of(value), data)


def floating(value: Any, complex_too: bool = False) -> KerasTensor:
    """A tensor whose function TensorFlow knows for floating numbers only; on symbolic ones Keras does not look."""
    x = as_tensor(value)
    if not x.symbolic and "float" not in x.dtype and not (complex_too and x.dtype.startswith("complex")):
        refuse("ValueError", f"Value for attr 'T' of {x.dtype} is not in the list of allowed values: float16, bfloat16, float32, float64")
    return x


def never(x: KerasTensor, *kinds: str) -> KerasTensor:
    """The tensor, whose function TensorFlow does not know for types that start like these; on symbolic ones Keras does not look."""
    if not x.symbolic and x.dtype.startswith(kinds):
        refuse("ValueError", f"Value for attr 'T' of {x.dtype} is not in the list of allowed values")
    return x


def shape_of(value: Any) -> tuple[Any, ...]:
    """The shape of a tensor, a number or a nested list."""
    if isinstance(value, (list, tuple)) and not isinstance(value, Shape):
        return (len(value), *shape_of(value[0])) if value else (0,)
    found = getattr(value, "shape", ())
    return tuple(found) if isinstance(found, tuple) else ()


def _data(value: Any) -> list[Any] | None:
    if isinstance(value, (list, tuple)):
        found: list[Any] = []
        for item in value:
            inner = _data(item)
            if inner is None:
                return None
            found.extend(inner)
        return found
    if isinstance(value, (bool, int, float)):
        return [value]
    return getattr(value, "data", None)


def stretched(*shapes: Any) -> tuple[Any, ...]:
    """The shape that all stretch to; what Keras does not know never stands in the way.

    >>> stretched((4, 1, 3), (5, 1))
    (4, 5, 3)
    """
    first = shapes[0]
    if all(shape == first for shape in shapes[1:]):
        return tuple(first)
    rank = max(map(len, shapes))
    result: list[Any] = [1] * rank
    for shape in shapes:
        offset = rank - len(shape)
        for place, size in enumerate(shape, offset):
            result[place] = _wider(result[place], size, shapes)
    return tuple(result)


def _wider(a: Any, b: Any, shapes: Any) -> Any:
    if type(a) is int and a == 1:
        return b
    if (type(b) is int and b == 1) or a == b:
        return a
    if is_open(a) or is_open(b):
        return b if is_open(a) else a
    fact = same(a, b)
    require(
        fact, f"Cannot broadcast shapes {' and '.join(str(list(shape)) for shape in shapes)}: {a} against {b}", name="broadcast-mismatch"
    )
    return a if type(a) is int else b


def _unary(rule: Callable[[str], str], *refused: str) -> Callable[..., Any]:
    def function(x: Any) -> Any:
        x = never(as_tensor(x), *refused) if refused else as_tensor(x)
        return KerasTensor(x.shape, rule(x.dtype))

    return function


for _name in _UNARY_FLOAT.split():
    keras_op(f"keras.ops.{_name}")(_unary(as_float))
for _name in _UNARY_WIDE.split():
    keras_op(f"keras.ops.{_name}")(_unary(wide_float))
keras_op("keras.ops.square")(_unary(lambda dtype: "int32" if dtype == "bool" else dtype))
_REFUSED = {"conjugate": ("bool",), "negative": ("bool", "uint"), "trunc": ("complex",)}
for _name in _UNARY_SAME.split():
    keras_op(f"keras.ops.{_name}")(_unary(lambda dtype: dtype, *_REFUSED.get(_name, ())))
for _name in _UNARY_BOOL.split():
    keras_op(f"keras.ops.{_name}")(_unary(lambda dtype: "bool", *(("complex",) if _name in ("isfinite", "isinf", "isnan") else ())))
for _name, _class in (("ceil", "Ceil"), ("floor", "Floor")):
    keras_op(f"keras.ops.{_name}", class_name=_class)(_unary(as_float, "complex"))
keras_op("keras.ops.absolute", "keras.ops.abs")(_unary(lambda dtype: {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)))
keras_op("keras.ops.conj", class_name="Conjugate")(_unary(lambda dtype: dtype, "bool"))


def _part(name: str) -> None:
    def function(x: Any) -> Any:
        x = as_tensor(x)
        if x.symbolic:
            return x.like()  # Keras keeps the element type here
        kind = str(never(x, *(("bool",) if name == "real" else ())).dtype)
        return KerasTensor(x.shape, _PARTS.get(kind, kind))

    keras_op(f"keras.ops.{name}")(function)


_part("real")
_part("imag")
keras_op("keras.ops.angle")(_unary(lambda dtype: {"complex64": "float32", "complex128": "float64"}.get(dtype, as_float(dtype))))


def _whole(name: str, dtype: Callable[[str], str]) -> None:
    keras_op(f"keras.ops.{name}")(_unary(dtype))


_whole("bitwise_invert", lambda dtype: dtype)
_whole("bitwise_not", lambda dtype: dtype)


def _together(*values: Any, dtype: Callable[[str], str] | None = None, data: Callable[..., Any] | None = None) -> KerasTensor:
    shape = stretched(*map(shape_of, values))
    found = result_type(*map(kind_of, values))
    kept = None
    if data is not None and not any(isinstance(value, KerasTensor) and value.symbolic for value in values):
        held = [_data(value) if not isinstance(value, Dim) else None for value in values]
        if all(one is not None and len(one) == 1 for one in held) and shape in ((), (1,)):
            try:
                kept = [data(*[one[0] for one in held])]  # type: ignore[index]
            except (ArithmeticError, ValueError, TypeError):
                kept = None
    return KerasTensor(shape, dtype(found) if dtype is not None else found, kept)


def _is_symbolic(*values: Any) -> bool:
    return any(isinstance(value, KerasTensor) and value.symbolic for value in values)


_ARITHMETIC: dict[str, Callable[[Any, Any], Any] | None] = {
    "add": lambda a, b: a + b, "subtract": lambda a, b: a - b, "multiply": lambda a, b: a * b, "mod": lambda a, b: a % b,
    "maximum": max, "minimum": min, "floor_divide": lambda a, b: a // b, "power": lambda a, b: a**b, "fmax": max, "fmin": min, "fmod": None,
    "gcd": None, "lcm": None,
}  # fmt: skip


def _binary(name: str, compute: Any) -> None:
    raised = {"mod": "int32", "floor_divide": None, "fmod": "int32"}.get(name)
    refused = {"maximum": ("bool", "complex"), "minimum": ("bool", "complex"), "mod": ("complex",), "power": ("bool",)}.get(name, ())
    refused = ("bool",) if name in ("add", "subtract", "multiply") else refused
    dtype = (lambda found: raised if found == "bool" else found) if raised else None

    def function(x1: Any, x2: Any) -> Any:
        found = _together(x1, x2, dtype=dtype, data=compute)
        return found if _is_symbolic(x1, x2) or not refused else never(found, *refused)

    keras_op(f"keras.ops.{name}")(function)


for _name, _compute in _ARITHMETIC.items():
    _binary(_name, _compute)


@keras_op("keras.ops.true_divide")
def true_divide(x1: Any, x2: Any) -> Any:
    """Division; whole numbers become floating."""
    return _together(x1, x2, dtype=as_float, data=lambda a, b: a / b)


@keras_op("keras.ops.divide")
def divide(x1: Any, x2: Any) -> Any:
    """Division; whole numbers become floating."""
    return _together(x1, x2, dtype=as_float, data=lambda a, b: a / b)


@keras_op("keras.ops.reciprocal")
def reciprocal(x: Any) -> Any:
    """One divided by the elements."""
    x = never(as_tensor(x), "bool", "uint")
    return KerasTensor(x.shape, state().floatx if x.symbolic else x.dtype)  # Keras says no element type here


for _name in ("heaviside", "hypot"):

    def _wide_binary(x1: Any, x2: Any) -> Any:
        return _together(x1, x2, dtype=lambda found: found if found == "bool" else wide_float(found))

    keras_op(f"keras.ops.{_name}")(_wide_binary)

for _name in ("arctan2", "logaddexp", "logaddexp2", "divide_no_nan", "nextafter"):

    def _float_binary(x1: Any, x2: Any) -> Any:
        return _together(x1, x2, dtype=as_float)

    keras_op(f"keras.ops.{_name}")(_float_binary)


@keras_op("keras.ops.ldexp")
def ldexp(x1: Any, x2: Any) -> Any:
    """``x1 * 2**x2``."""
    return KerasTensor(stretched(shape_of(x1), shape_of(x2)), as_float(dtype_of(x1)))


_COMPARISON: dict[str, Callable[[Any, Any], Any] | None] = {
    "equal": lambda a, b: a == b, "not_equal": lambda a, b: a != b, "less": lambda a, b: a < b, "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b, "greater_equal": lambda a, b: a >= b, "logical_and": lambda a, b: bool(a and b),
    "logical_or": lambda a, b: bool(a or b), "logical_xor": lambda a, b: bool(a) != bool(b),
}  # fmt: skip


def _comparison(name: str, compute: Any) -> None:
    ordered = name.startswith(("less", "greater"))

    def function(x1: Any, x2: Any) -> Any:
        if ordered and not _is_symbolic(x1, x2):
            never(KerasTensor((), result_type(kind_of(x1), kind_of(x2))), "bool", "complex")
        return _together(x1, x2, dtype=lambda found: "bool", data=compute)

    keras_op(f"keras.ops.{name}")(function)


for _name, _compute in _COMPARISON.items():
    _comparison(_name, _compute)


@keras_op("keras.ops.isclose")
def isclose(x1: Any, x2: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False) -> Any:
    """Whether elements are nearly equal."""
    return _together(x1, x2, dtype=lambda found: "bool")


@keras_op("keras.ops.allclose", class_name="AllClose")
def allclose(x1: Any, x2: Any, rtol: Any = 1e-5, atol: Any = 1e-8, equal_nan: Any = False) -> Any:
    """Whether all elements are nearly equal."""
    return KerasTensor((), "bool")


def _bitwise(name: str) -> None:
    def function(x: Any, y: Any) -> Any:
        return _together(x, y)

    keras_op(f"keras.ops.{name}")(function)


for _name in ("bitwise_and", "bitwise_or", "bitwise_xor", "bitwise_left_shift", "left_shift", "bitwise_right_shift", "right_shift"):
    _bitwise(_name)


@keras_op("keras.ops.clip")
def clip(x: Any, x_min: Any, x_max: Any) -> Any:
    """Values within bounds."""
    x = as_tensor(x)
    never(x, "complex")
    if not x.symbolic and ("int" in x.dtype or x.dtype == "bool") and any(isinstance(bound, float) for bound in (x_min, x_max)):
        refuse("TypeError", f"Cannot convert {x_min}, {x_max} to EagerTensor of dtype {x.dtype}")
    return KerasTensor(x.shape, "int32" if x.dtype == "bool" else x.dtype)


@keras_op("keras.ops.round")
def round(x: Any, decimals: Any = 0) -> Any:
    """Rounded values."""
    x = as_tensor(x)
    return KerasTensor(x.shape, x.dtype)


@keras_op("keras.ops.nan_to_num")
def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """What is not a number replaced."""
    x = never(as_tensor(x), "complex")
    return KerasTensor(x.shape, x.dtype)


@keras_op("keras.ops.where")
def where(condition: Any, x1: Any = None, x2: Any = None) -> Any:
    """One or the other, element by element."""
    if x1 is None and x2 is None:
        return tuple(KerasTensor((open_size(),), "int32") for _ in shape_of(condition))
    if x1 is None or x2 is None:
        refuse("ValueError", "`x1` and `x2` either both should be `None` or both should have non-None value.")
    shape = stretched(shape_of(condition), shape_of(x1), shape_of(x2))
    return KerasTensor(shape, result_type(kind_of(x1), kind_of(x2)))


@keras_op("keras.ops.select")
def select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """The first choice whose condition holds."""
    shape = stretched(*[shape_of(value) for value in (*condlist, *choicelist)])
    return KerasTensor(shape, result_type(*[kind_of(value) for value in choicelist]))
