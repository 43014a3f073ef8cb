"""Arithmetic on the values of small tensors, exactly as the element type does it, or not at all."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ....ir.dim import Dim, Undecided
from ....ir.tensor import KEPT_VALUES
from ...describe import refuse
from ...dtypes import BITS, rounded
from ...scalars import Float64, divided
from .nearly import Nearly
from .promotion import CATEGORY

#: What a computation may raise when its result is not representable or not known: the values are then dropped.
LOST = (ArithmeticError, TypeError, ValueError, Undecided)
#: Integers up to here are floats without rounding.
_EXACT = 1 << 53
#: Host arrays that round like the element type.
_FLOATS = {"float32": "f", "float64": "d"}
_REALS: set[type] = {float, Float64}
_STORED = {"float64", "float32", "float16", "bfloat16"}


def cast(value: Any, dtype: str) -> Any:
    """A value as the element type holds it; raises one of `LOST` when that is undefined.

    >>> cast(300, "uint8"), cast(0.1, "float32")
    (44, 0.10000000149011612)
    """
    rank = CATEGORY.get(dtype)
    if rank == 1:
        if type(value) is Dim:
            if dtype != "int64":
                raise ValueError("a symbolic value may not fit")
            return value
        number = int(value)
        bits = BITS[dtype]
        if type(value) is float and not -(1 << bits - 1) <= number < 1 << bits - 1:
            raise OverflowError("float to int out of range is undefined")
        number &= (1 << bits) - 1
        return number - (1 << bits) if dtype[0] == "i" and number >> bits - 1 else number
    if type(value) is Dim or (dtype not in _STORED and rank != 0):
        raise TypeError("not kept")
    if rank == 0:
        return bool(value)
    if type(value) is Nearly:
        return Nearly(rounded(float(value), dtype))
    return rounded(_exact_float(value), dtype)


def _exact_float(value: Any) -> float:
    if type(value) is int and abs(value) > _EXACT:
        raise OverflowError("rounded twice")
    return float(value)


def cast_all(data: Iterable[Any] | None, dtype: str) -> list[Any] | None:
    """Values as the element type holds them, or None."""
    if data is None:
        return None
    try:
        return _cast_each(list(data), dtype)
    except LOST:
        return None


def _cast_each(data: list[Any], dtype: str) -> list[Any]:
    """`cast` of every value; plain numbers, which most are, all at once."""
    kinds = set(map(type, data))
    if dtype in _FLOATS and (kinds <= _REALS or kinds == {bool} or (kinds == {int} and max(data) <= _EXACT and min(data) >= -_EXACT)):
        return array(_FLOATS[dtype], data).tolist()
    if kinds == {int} and CATEGORY.get(dtype) == 1:
        width, signed = BITS[dtype], dtype[0] == "i"
        low, high = (-(1 << width - 1), 1 << width - 1) if signed else (0, 1 << width)
        if low <= min(data) and max(data) < high:
            return data[:]
    if dtype == "bool" and kinds <= {bool, int, float}:
        return list(map(bool, data))
    return [cast(value, dtype) for value in data]


def spread_values(data: list[Any], shape: Sequence[Any], target: Sequence[Any]) -> list[Any]:
    """Values broadcast to a larger shape of known sizes.

    >>> spread_values([1, 2], (2, 1), (2, 2))
    [1, 1, 2, 2]
    """
    if tuple(shape) == tuple(target):
        return data
    total = math.prod(target)
    if len(data) == 1:
        return data * total
    padded = (1,) * (len(target) - len(shape)) + tuple(shape)
    offsets = [0]
    step = 1
    steps = []
    for size in reversed(padded):
        steps.append(0 if size == 1 else step)
        step *= size
    for size, stride in zip(target, reversed(steps), strict=True):
        offsets = [offset + place * stride for offset in offsets for place in range(size)]
    return [data[offset] for offset in offsets]


def few(shape: Sequence[Any]) -> bool:
    """Whether a tensor of this shape has few enough elements for its values to be kept."""
    total = 1
    for size in shape:
        if type(size) is not int:
            return False
        total *= size
    return total <= KEPT_VALUES


def computed(function: Callable[..., Any], columns: Sequence[list[Any]], within: str, dtype: str) -> list[Any] | None:
    """The function of corresponding values, taken in type ``within``, given in type ``dtype``; None when not exact."""
    try:
        cast_columns = [_cast_each(column, within) for column in columns]
        return _cast_each([function(*row) for row in zip(*cast_columns, strict=True)], dtype)
    except LOST:
        return None


def floored(a: Any, b: Any) -> Any:
    """Floor division; by zero only in floating point."""
    if not b:
        return divided(a, not_zero(b))
    return a // b


def not_zero(b: Any) -> Any:
    """The divisor of a floating division; of whole numbers torch refuses zero."""
    return b if type(b) is float else refuse("RuntimeError", "ZeroDivisionError")
