"""Functions of arrays element by element, and the operators of the language on arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import repeat
from typing import Any

from ...ir.tensor import Tensor
from ..describe import REGISTRY, RUN, op, refuse
from ..dtypes import category, real_of
from ..scalars import Float64, divided, powered
from ..shapes import broadcast
from ..torch.ops.aliasing import write
from ..torch.ops.values import LOST, cast_all, computed, few, spread_values
from ..torch.tensor import TorchTensor
from .array import NumpyArray, array_of, common, float_for, given, promote


def _floor_div(a: Any, b: Any) -> Any:
    if b:
        return a // b
    return divided(a, b) if type(b) is float else 0


def _mod(a: Any, b: Any) -> Any:
    if b:
        return a % b
    return math.nan if type(b) is float else 0


def _power(a: Any, b: Any) -> Any:
    if type(a) is int:
        return a**b if b >= 0 else refuse("ValueError", "Integers to negative integer powers are not allowed.")
    return powered(a, b)


def _largest(a: Any, b: Any) -> Any:
    return a if math.isnan(a) or a >= b else b


def _smallest(a: Any, b: Any) -> Any:
    return a if math.isnan(a) or a <= b else b


def _guarded(function: Callable[[float], float], at_zero: float = math.nan, below: float = math.nan) -> Callable[[float], float]:
    """A function of `math` that gives nan and the infinities where that raises."""

    def safe(a: float) -> float:
        try:
            return function(a)
        except OverflowError:
            return math.inf
        except ValueError:
            return at_zero if a == 0 else below

    return safe


#: name: (what it does to types, value); types: same, float, bool, divide.
BINARY: dict[str, tuple[str, Callable[..., Any] | None]] = {
    "add": ("same", lambda a, b: a + b), "subtract": ("number", lambda a, b: a - b), "multiply": ("same", lambda a, b: a * b),
    "divide": ("divide", divided), "floor_divide": ("whole", _floor_div), "mod": ("whole", _mod), "power": ("whole", _power),
    "maximum": ("same", _largest), "minimum": ("same", _smallest), "arctan2": ("float", math.atan2), "hypot": ("float", None),
    "fmax": ("same", None), "fmin": ("same", None), "logaddexp": ("float", None), "copysign": ("float", math.copysign),
    "float_power": ("divide", _power),
    "equal": ("bool", lambda a, b: a == b), "not_equal": ("bool", lambda a, b: a != b), "less": ("bool", lambda a, b: a < b),
    "less_equal": ("bool", lambda a, b: a <= b), "greater": ("bool", lambda a, b: a > b), "greater_equal": ("bool", lambda a, b: a >= b),
    "logical_and": ("bool", lambda a, b: bool(a and b)), "logical_or": ("bool", lambda a, b: bool(a or b)),
    "logical_xor": ("bool", lambda a, b: bool(a) != bool(b)),
    "bitwise_and": ("bits", lambda a, b: a & b), "bitwise_or": ("bits", lambda a, b: a | b), "bitwise_xor": ("bits", lambda a, b: a ^ b),
    "left_shift": ("bits", lambda a, b: a << b), "right_shift": ("bits", lambda a, b: a >> b),
}  # fmt: skip
_ALIASES = {"true_divide": "divide", "remainder": "mod", "pow": "power"}

_ROUND = {"floor": math.floor, "ceil": math.ceil, "trunc": math.trunc}


def _whole(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda a: a if type(a) is not float else math.copysign(float(function(a)), a) if math.isfinite(a) else a


UNARY: dict[str, tuple[str, Callable[..., Any] | None]] = {
    "sqrt": ("float", _guarded(math.sqrt)), "exp": ("float", _guarded(math.exp)), "log": ("float", _guarded(math.log, -math.inf)),
    "log2": ("float", _guarded(math.log2, -math.inf)), "log10": ("float", _guarded(math.log10, -math.inf)),
    "log1p": ("float", _guarded(math.log1p)), "expm1": ("float", _guarded(math.expm1)), "sin": ("float", _guarded(math.sin)),
    "cos": ("float", _guarded(math.cos)), "tan": ("float", _guarded(math.tan)), "arcsin": ("float", _guarded(math.asin)),
    "arccos": ("float", _guarded(math.acos)), "arctan": ("float", math.atan), "sinh": ("float", _guarded(math.sinh)),
    "cosh": ("float", _guarded(math.cosh)), "tanh": ("float", math.tanh), "arcsinh": ("float", math.asinh),
    "arccosh": ("float", _guarded(math.acosh)), "arctanh": ("float", None), "exp2": ("float", None), "cbrt": ("float", None),
    "deg2rad": ("float", lambda a: a * (math.pi / 180.0)), "radians": ("float", lambda a: a * (math.pi / 180.0)),
    "rad2deg": ("float", lambda a: a * (180.0 / math.pi)), "degrees": ("float", lambda a: a * (180.0 / math.pi)), "sinc": ("float", None),
    "absolute": ("same", abs), "negative": ("number", lambda a: -a), "positive": ("number", lambda a: a),
    "square": ("whole", lambda a: a * a),
    "sign": ("number", lambda a: a if math.isnan(a) else type(a)((a > 0) - (a < 0))), "conjugate": ("whole", lambda a: a),
    "reciprocal": ("whole", lambda a: divided(1.0, a) if type(a) is float else None),
    **{name: ("same", _whole(function)) for name, function in _ROUND.items()}, "fix": ("same", _whole(math.trunc)),
    "rint": ("float", _whole(round)), "invert": ("bits", lambda a: not a if type(a) is bool else ~a),
    "isnan": ("bool", math.isnan), "isinf": ("bool", math.isinf), "isfinite": ("bool", math.isfinite),
    "signbit": ("bool", lambda a: math.copysign(1, a) < 0), "logical_not": ("bool", lambda a: not a),
}  # fmt: skip
_UNARY_ALIASES = {"abs": "absolute", "acos": "arccos", "asin": "arcsin", "atan": "arctan", "conj": "conjugate", "bitwise_not": "invert",
                  "bitwise_invert": "invert", "fabs": "absolute"}  # fmt: skip
#: In these the last bit is the same for float32 as when it is computed in float64 and rounded.
_ROUNDED_ONCE = {"add", "subtract", "multiply", "divide", "sqrt", "square", "absolute", "negative", "reciprocal",
                 "rint", "positive", "sign"}  # fmt: skip


def applied(name: str, gives: str, exact: Callable[..., Any] | None, operands: tuple[Any, ...], dtype: str | None = None) -> Any:
    """An elementwise function of arrays, tensors, sequences and numbers."""
    if dtype is None and (numbers := _for_numbers(gives, exact)) is not None and (found := numbers(*operands)) is not None:
        return found
    if any(isinstance(operand, TorchTensor) for operand in operands):
        return _in_torch(name, operands)
    within = dtype or common(*operands)
    arrays = [array_of(operand) for operand in operands]
    within, result = _types(name, gives, within, dtype)
    shape = broadcast(*(array.shape for array in arrays)) if len(arrays) > 1 else arrays[0].shape
    data = None
    settled = within not in ("float32", "float16") or name in _ROUNDED_ONCE or result == "bool" or name in _ROUND
    if exact is not None and settled and few(shape) and all(array.data is not None for array in arrays):
        data = computed(exact, [spread_values(array.data or [], array.shape, shape) for array in arrays], within, result)
    return given(shape, result, data)


_NUMBERS: set[type] = {int, float, Float64}


@cache
def _for_numbers(gives: str, exact: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """The function for plain numbers, one of them a float: computed in double precision, with no array made."""
    if exact is None or gives in ("bits", "bool"):
        return None

    def of_numbers(*operands: Any) -> Float64 | None:
        kinds = set(map(type, operands))
        if not kinds <= _NUMBERS or not (float in kinds or Float64 in kinds):
            return None
        try:
            found = exact(*map(float, operands))
        except LOST:
            return None
        if type(found) is not float:
            return None
        RUN.get().state["numpy scalars"] = True
        return Float64(found)

    return of_numbers


def _for_columns(gives: str, exact: Callable[..., Any] | None) -> Callable[..., Any] | None:
    """The same for lists and ranges of plain numbers, beside numbers that stay."""
    alone = _for_numbers(gives, exact)
    if alone is None or exact is None:
        return None

    def of_columns(*operands: Any) -> Any:
        many = [type(operand) in (list, range) for operand in operands]
        if not any(many):
            return alone(*operands)
        kinds = {kind for operand, several in zip(operands, many) for kind in (map(type, operand) if several else (type(operand),))}
        if not kinds <= _NUMBERS or not (float in kinds or Float64 in kinds):
            return None
        found = list(map(exact, *(map(float, operand) if several else repeat(float(operand)) for operand, several in zip(operands, many))))
        if set(map(type, found)) != {float}:
            return None
        RUN.get().state["numpy scalars"] = True
        return list(map(Float64, found))

    return of_columns


def _types(name: str, gives: str, within: str, dtype: str | None) -> tuple[str, str]:
    """The type in which a function computes, and the type it gives."""
    if within in ("object", "str"):
        return (within, "bool") if gives == "bool" else refuse("TypeError", f"ufunc '{name}' not supported for the input types")
    rank = category(within)
    if gives == "bool":
        return within, "bool"
    if gives in ("float", "divide"):
        found = within if rank >= 2 else "float64" if gives == "divide" or dtype else float_for(within)
        return found, found
    if gives == "bits":
        return (within, within) if rank < 2 else refuse("TypeError", f"ufunc '{name}' not supported for the input types")
    if rank == 0 and gives == "number":
        refuse("TypeError", f"numpy boolean {name}, the operator is not supported")
    if rank == 0 and gives == "whole":
        return "int8", "int8"
    return within, real_of(within) if name == "absolute" else within


def _in_torch(name: str, operands: tuple[Any, ...]) -> Any:
    """A function of numpy on a tensor gives a tensor."""
    rule = REGISTRY.get(f"torch.{_TORCH.get(name, name)}")
    if rule is None:
        return refuse("TypeError", f"np.{name} of a tensor")
    return rule.function(*(_tensor(operand) for operand in operands))


_TORCH = {"power": "pow", "not_equal": "ne", "equal": "eq", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
          "mod": "remainder"}  # fmt: skip


def _tensor(value: Any) -> Any:
    return TorchTensor(value.shape, value.dtype, value.data) if isinstance(value, NumpyArray) else value


def _delivered(result: Any, out: Any) -> Any:
    if out is None:
        return result
    out = out[0] if isinstance(out, tuple) else out
    return write(out, cast_all(array_of(result).data, out.dtype))


def _binary(name: str, names: list[str]) -> None:
    gives, exact = BINARY[name]

    def function(x1: Any, x2: Any, /, out: Any = None, *, where: Any = True, dtype: Any = None, casting: Any = None) -> Any:
        found = applied(name, gives, exact, (x1, x2), None if dtype is None else array_dtype(dtype))
        return _delivered(found if where is True else _unvalued(found), out)

    function.__doc__ = f"``{name}`` of every two elements."
    op(*(f"numpy.{one}" for one in names), numbers=_for_columns(gives, exact))(function)


def _unvalued(result: Any) -> Any:
    return result.like() if isinstance(result, NumpyArray) else NumpyArray((), array_of(result).dtype)


def array_dtype(dtype: Any) -> str:
    """The name of a ``dtype=`` that was given."""
    from_name = REGISTRY["numpy.dtype"](dtype)
    return from_name.name


def _unary(name: str, names: list[str]) -> None:
    gives, exact = UNARY[name]

    def function(x: Any, /, out: Any = None, *, where: Any = True, dtype: Any = None, casting: Any = None) -> Any:
        found = applied(name, gives, exact, (x,), None if dtype is None else array_dtype(dtype))
        return _delivered(found if where is True else _unvalued(found), out)

    function.__doc__ = f"``{name}`` of every element."
    op(*(f"numpy.{one}" for one in names), numbers=_for_columns(gives, exact))(function)


for _name in BINARY:
    _binary(_name, [_name, *(alias for alias, of in _ALIASES.items() if of == _name)])
for _name in UNARY:
    _unary(_name, [_name, *(alias for alias, of in _UNARY_ALIASES.items() if of == _name)])

_OPERATORS = {"add": "add", "sub": "subtract", "mul": "multiply", "truediv": "divide", "floordiv": "floor_divide", "mod": "mod",
              "pow": "power", "and": "bitwise_and", "or": "bitwise_or", "xor": "bitwise_xor", "lshift": "left_shift",
              "rshift": "right_shift", "eq": "equal", "ne": "not_equal", "lt": "less", "le": "less_equal", "gt": "greater",
              "ge": "greater_equal"}  # fmt: skip


def _operator(word: str, name: str) -> None:
    gives, exact = BINARY[name]

    def forward(x1: Any, x2: Any, /) -> Any:
        if isinstance(x2, TorchTensor):  # of these operators torch answers some, and numpy refuses the others
            first = TorchTensor(x1.shape, x1.dtype, x1.data)
            return REGISTRY[f"torch.Tensor.__{word}__"](first, x2) if word in ("truediv", "eq", "ne") else NotImplemented
        return applied(name, gives, exact, (x1, x2))

    def backward(x1: Any, x2: Any, /) -> Any:
        if isinstance(x2, TorchTensor):
            found = array_of(applied(name, gives, exact, (array_of(x2), x1)))  # numpy computes it, and torch takes the result
            return TorchTensor(found.shape, found.dtype, found.data)
        return applied(name, gives, exact, (x2, x1))

    def inplace(x1: Any, x2: Any, /) -> Any:
        found = array_of(applied(name, gives, exact, (x1, x2)))
        if category(found.dtype) > category(x1.dtype):
            refuse("TypeError", f"Cannot cast ufunc '{name}' output from dtype('{found.dtype}') to dtype('{x1.dtype}')")
        return write(x1, cast_all(found.data, x1.dtype))

    op(f"numpy.ndarray.__{word}__")(forward)
    if gives != "bool":
        op(f"numpy.ndarray.__r{word}__")(backward)
        op(f"numpy.ndarray.__i{word}__")(inplace)


for _word, _name in _OPERATORS.items():
    _operator(_word, _name)
for _word, _name in {"neg": "negative", "pos": "positive", "abs": "absolute", "invert": "invert"}.items():
    op(f"numpy.ndarray.__{_word}__")(lambda x, _rule=_name: applied(_rule, *UNARY[_rule], (x,)))


@op("numpy.round", "numpy.around", "numpy.ndarray.round")
def round_(a: Any, decimals: Any = 0, out: Any = None) -> Any:
    """The nearest number with so many decimals.

    >>> round_(np.array([1.5, 2.5]))
    float64[2]
    """
    array = array_of(a)
    if category(array.dtype) < 2:
        return _delivered(given(array.shape, "float16" if array.dtype == "bool" else array.dtype, array.data), out)
    data = None if array.data is None or array.dtype != "float64" else [_rounded(value, decimals) for value in array.data]
    return _delivered(given(array.shape, array.dtype, data), out)


def _rounded(value: Any, decimals: int) -> Any:
    """The way of numpy: it scales, rounds to even and scales back."""
    if not math.isfinite(value):
        return value
    scale = 10.0 ** abs(decimals)
    moved = value * scale if decimals > 0 else value / scale
    whole = math.copysign(float(round(moved)), moved)
    return whole / scale if decimals > 0 else whole * scale


@op("numpy.clip", "numpy.ndarray.clip")
def clip(a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, *, min: Any = None, max: Any = None, dtype: Any = None) -> Any:
    """Every element brought between two bounds."""
    low, high = (a_min if a_min is not None else min), (a_max if a_max is not None else max)
    found = a if isinstance(a, (NumpyArray, TorchTensor)) else array_of(a)
    if low is not None:
        found = applied("maximum", *BINARY["maximum"], (found, low))
    if high is not None:
        found = applied("minimum", *BINARY["minimum"], (found if isinstance(found, Tensor) else array_of(found, array_of(a).dtype), high))
    return _delivered(found, out)


@op("numpy.where")
def where(condition: Any, x: Any = None, y: Any = None, /) -> Any:
    """One of two values for each element, or the places where the condition holds."""
    chosen = array_of(condition)
    if x is None and y is None:
        return REGISTRY["numpy.nonzero"].function(chosen)
    first, second = array_of(x), array_of(y)
    dtype = common(x, y)
    shape = broadcast(chosen.shape, first.shape, second.shape)
    if not few(shape) or any(one.data is None for one in (chosen, first, second)):
        return given(shape, dtype)
    columns = [spread_values(one.data or [], one.shape, shape) for one in (chosen, first, second)]
    return given(shape, dtype, cast_all([a if c else b for c, a, b in zip(*columns, strict=True)], dtype))


@op("numpy.isclose")
def isclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """Whether elements are almost equal."""
    first, second = array_of(a), array_of(b)
    shape = broadcast(first.shape, second.shape)
    if first.data is None or second.data is None or not few(shape):
        return given(shape, "bool")
    columns = [spread_values(one.data or [], one.shape, shape) for one in (first, second)]
    return given(shape, "bool", [abs(x - y) <= atol + rtol * abs(y) for x, y in zip(*columns, strict=True)])


@op("numpy.allclose", "numpy.array_equal")
def allclose(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    """Whether all elements are almost equal."""
    return REGISTRY["numpy.all"].function(isclose(a, b, rtol, atol))


@op("numpy.nan_to_num")
def nan_to_num(x: Any, copy: Any = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """Numbers in place of nan and the infinities."""
    array = array_of(x)
    finite = array.data is not None and all(math.isfinite(value) for value in array.data)
    return given(array.shape, array.dtype, array.data if finite else None)


@op("numpy.promote_types", "numpy.result_type")
def promote_types(*types: Any) -> Any:
    """The element type that holds all of them."""
    names = [one.dtype if isinstance(one, Tensor) else array_dtype(one) for one in types]
    found = names[0]
    for name in names[1:]:
        found = promote(found, name)
    return REGISTRY["numpy.dtype"](found)
