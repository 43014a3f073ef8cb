"""Reductions, scans, sorting and counting."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...describe import refuse
from ..operation import keras_op
from ..state import state
from ..tensor import KerasTensor, open_size
from .elementwise import as_tensor, floating, never, shape_of, stretched
from .promotion import as_float, kind_of, result_type


def axis_of(axis: Any, rank: int) -> int:
    """A non-negative axis."""
    if not -rank <= axis < rank:
        refuse("ValueError", f"axis {axis} is out of bounds for array of dimension {rank}")
    return axis % rank


def reduced(shape: Any, axis: Any, keepdims: Any) -> tuple[Any, ...]:
    """The shape after a reduction.

    >>> reduced((2, 3, 4), (1, -1), False), reduced((2, 3, 4), None, True)
    ((2,), (1, 1, 1))
    """
    rank = len(shape)
    if axis is None:
        return (1,) * rank if keepdims else ()
    axes = {axis_of(one, rank) for one in (axis if isinstance(axis, (tuple, list)) else (axis,))}
    if keepdims:
        return tuple(1 if place in axes else size for place, size in enumerate(shape))
    return tuple(size for place, size in enumerate(shape) if place not in axes)


def _same(dtype: str) -> str:
    return dtype


def _sum_type(dtype: str) -> str:
    if dtype in ("bool", "int8", "int16"):
        return "int32"
    return "uint32" if dtype in ("uint8", "uint16") else dtype


def _mean_type(dtype: str) -> str:
    return as_float(dtype)


def _real_float(dtype: str) -> str:
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, as_float(dtype))


def _reduction(name: str, rule: Callable[[str], str]) -> None:
    def function(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        x = as_tensor(x)
        return KerasTensor(reduced(x.shape, axis, keepdims), rule(x.dtype))

    keras_op(f"keras.ops.{name}")(function)


for _names, _rule in (
    ("all any", lambda dtype: "bool"), ("amax amin nanmax nanmin", _same), ("mean std nanmean nanstd", _mean_type), ("var nanvar",
                                                                                                                     _real_float),
    ("sum nansum", _sum_type), ("median nanmedian", as_float), ("ptp", _same), ("nanprod", _sum_type),
):  # fmt: skip
    for _name in _names.split():
        _reduction(_name, _rule)


@keras_op("keras.ops.max")
def max(x: Any, axis: Any = None, keepdims: Any = False, initial: Any = None) -> Any:
    """The largest."""
    x = never(as_tensor(x), "complex")
    return KerasTensor(reduced(x.shape, axis, keepdims), x.dtype)


@keras_op("keras.ops.min")
def min(x: Any, axis: Any = None, keepdims: Any = False, initial: Any = None) -> Any:
    """The smallest."""
    x = never(as_tensor(x), "complex")
    return KerasTensor(reduced(x.shape, axis, keepdims), x.dtype)


@keras_op("keras.ops.prod")
def prod(x: Any, axis: Any = None, keepdims: Any = False, dtype: Any = None) -> Any:
    """The product."""
    x = as_tensor(x)
    total = None
    if x.data is not None and axis is None:
        total = [math.prod(x.data)]
    return KerasTensor(reduced(x.shape, axis, keepdims), str(dtype) if dtype is not None else _sum_type(x.dtype), total)


@keras_op("keras.ops.count_nonzero")
def count_nonzero(x: Any, axis: Any = None) -> Any:
    """How many are not zero."""
    return KerasTensor(reduced(shape_of(x), axis, False), "int32")


@keras_op("keras.ops.average")
def average(x: Any, axis: Any = None, weights: Any = None) -> Any:
    """The weighted mean."""
    dtype = result_type(kind_of(x), *([kind_of(weights)] if weights is not None else []))
    return KerasTensor(reduced(shape_of(x), axis, False), as_float(dtype))


def _quantile(name: str) -> None:
    def function(x: Any, q: Any, axis: Any = None, method: Any = "linear", keepdims: Any = False) -> Any:
        x = as_tensor(x)
        return KerasTensor((*shape_of(q), *reduced(x.shape, axis, keepdims)), as_float(x.dtype))

    keras_op(f"keras.ops.{name}")(function)


for _name in ("quantile", "percentile", "nanquantile", "nanpercentile"):
    _quantile(_name)


def _index(name: str) -> None:
    def function(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
        x = never(as_tensor(x), "complex")
        return KerasTensor(reduced(x.shape, axis, keepdims), "int32")

    keras_op(f"keras.ops.{name}")(function)


for _name in ("argmax", "argmin", "nanargmax", "nanargmin"):
    _index(_name)


@keras_op("keras.ops.argsort")
def argsort(x: Any, axis: Any = -1) -> Any:
    """The places of the sorted elements."""
    x = as_tensor(x)
    if axis is not None and x.shape and not x.symbolic:
        axis_of(axis, len(x.shape))
    if not x.shape and not x.symbolic:
        return KerasTensor((1,), "int32")
    never(x, "complex")
    return KerasTensor((x.shape.numel(),) if axis is None else x.shape, "int32")


@keras_op("keras.ops.argpartition")
def argpartition(x: Any, kth: Any, axis: Any = -1) -> Any:
    """The places of the partly sorted elements."""
    x = as_tensor(x)
    return KerasTensor((x.shape.numel(),) if axis is None else x.shape, "int32")


@keras_op("keras.ops.sort")
def sort(x: Any, axis: Any = -1) -> Any:
    """Sorted."""
    x = never(as_tensor(x), "complex")
    if axis is not None and not x.symbolic:
        axis_of(axis, len(x.shape))
    return KerasTensor((x.shape.numel(),) if axis is None else x.shape, x.dtype)


def _scan(name: str) -> None:
    def function(x: Any, axis: Any = None, dtype: Any = None) -> Any:
        x = as_tensor(x)
        if axis is not None and not x.symbolic:
            axis_of(axis, len(x.shape))
        found = str(dtype) if dtype is not None else "int32" if x.dtype == "bool" else x.dtype
        return KerasTensor((x.shape.numel(),) if axis is None else x.shape, found)

    keras_op(f"keras.ops.{name}")(function)


for _name in ("cumsum", "cumprod", "nancumsum", "nancumprod"):
    _scan(_name)


@keras_op("keras.ops.diff")
def diff(a: Any, n: Any = 1, axis: Any = -1) -> Any:
    """Differences of neighbours."""
    a = as_tensor(a)
    place = axis_of(axis, len(a.shape))
    size = a.shape[place] - n
    return KerasTensor((*a.shape[:place], size if type(size) is not int or size > 0 else 0, *a.shape[place + 1 :]), a.dtype)


@keras_op("keras.ops.bincount")
def bincount(x: Any, weights: Any = None, minlength: Any = 0, sparse: Any = False) -> Any:
    """How often each number occurs."""
    x = as_tensor(x)
    dtype = "int32" if weights is None else result_type(kind_of(x), kind_of(weights))
    return KerasTensor((*x.shape[:-1], open_size()), dtype)


@keras_op("keras.ops.digitize")
def digitize(x: Any, bins: Any) -> Any:
    """The bins that elements fall into."""
    return KerasTensor(shape_of(x), "int32")


@keras_op("keras.ops.searchsorted", class_name="SearchSorted")
def searchsorted(sorted_sequence: Any, values: Any, side: Any = "left") -> Any:
    """Where values would be inserted."""
    size = shape_of(sorted_sequence)[0]
    return KerasTensor(shape_of(values), "int64" if type(size) is int and size > 2**31 - 1 else "int32")


@keras_op("keras.ops.histogram")
def histogram(x: Any, bins: Any = 10, range: Any = None) -> Any:
    """Counts and edges of equal bins."""
    x = as_tensor(x)
    return KerasTensor((bins,), x.dtype if x.symbolic else "int32"), KerasTensor((bins + 1,), as_float(x.dtype))


@keras_op("keras.ops.unique")
def unique(x: Any, sorted: Any = True, return_index: Any = False, return_inverse: Any = False, return_counts: Any = False,
           axis: Any = None, size: Any = None, fill_value: Any = None) -> Any:  # fmt: skip
    """The distinct elements; how many, only the data tells."""
    x = as_tensor(x)
    count = open_size() if size is None else size
    shape = (count,) if axis is None else (*x.shape[: axis_of(axis, len(x.shape))], count, *x.shape[axis_of(axis, len(x.shape)) + 1 :])
    found = [KerasTensor(shape, x.dtype)]
    if return_index:
        found.append(KerasTensor((count,), "int32"))
    if return_inverse:
        found.append(KerasTensor(x.shape if axis is None else (x.shape[axis],), "int32"))
    if return_counts:
        found.append(KerasTensor((count,), "int32"))
    return tuple(found) if len(found) > 1 else found[0]


@keras_op("keras.ops.top_k", module="keras.src.ops.math")
def top_k(x: Any, k: Any, sorted: Any = True) -> Any:
    """The largest elements of the last axis, and where they are."""
    x = as_tensor(x)
    if not x.symbolic and x.shape and isinstance(x.shape[-1], int) and isinstance(k, int) and k > x.shape[-1]:
        refuse("ValueError", f"input must have at least k columns: {x.shape[-1]} are fewer than {k}")
    shape = (*x.shape[:-1], k)
    return KerasTensor(shape, x.dtype), KerasTensor(shape, "int32")


@keras_op("keras.ops.in_top_k", module="keras.src.ops.math")
def in_top_k(targets: Any, predictions: Any, k: Any) -> Any:
    """Whether the targets are among the largest."""
    return KerasTensor(shape_of(targets), "bool")


@keras_op("keras.ops.logsumexp", module="keras.src.ops.math")
def logsumexp(x: Any, axis: Any = None, keepdims: Any = False) -> Any:
    """The logarithm of the sum of exponentials."""
    x = floating(x)
    return KerasTensor(reduced(x.shape, axis, keepdims), state().floatx if x.symbolic else as_float(x.dtype))


@keras_op("keras.ops.trapezoid")
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: Any = -1) -> Any:
    """The integral by trapezoids."""
    y = as_tensor(y)
    return KerasTensor(reduced(y.shape, axis, False), as_float(y.dtype))


__all__ = ["axis_of", "reduced", "stretched"]
