"""Functions that fold arrays along axes: sums, extremes, positions, running totals."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ..describe import fresh_size, op, refuse, unknown
from ..dtypes import category, rounded
from ..shapes import axes, product, without
from ..torch.ops.aliasing import places, steps
from ..torch.ops.values import LOST, cast
from ..torch.tensor import TorchTensor
from .array import NumpyArray, array_of, given
from .dtypes import name_of

_SUMMED = {"bool": "int64", "int8": "int64", "int16": "int64", "int32": "int64", "uint8": "uint64", "uint16": "uint64", "uint32": "uint64"}


def pairwise(values: Sequence[float], dtype: str) -> float:
    """The sum of floating numbers in the order in which numpy adds them."""
    count = len(values)
    if count < 8:
        total = -0.0 if count else 0.0
        for value in values:
            total = rounded(total + value, dtype)
        return total
    if count <= 128:
        partial = list(values[:8])
        place = 8
        while place < count - count % 8:
            for lane in range(8):
                partial[lane] = rounded(partial[lane] + values[place + lane], dtype)
            place += 8
        while len(partial) > 1:
            partial = [rounded(a + b, dtype) for a, b in zip(partial[::2], partial[1::2], strict=True)]
        total = partial[0]
        for value in values[place:]:
            total = rounded(total + value, dtype)
        return total
    half = count // 2
    half -= half % 8
    return rounded(pairwise(values[:half], dtype) + pairwise(values[half:], dtype), dtype)


def lines(array: NumpyArray, axis: Any) -> list[list[Any]] | None:
    """The values that fall together, in the order of the result; None when they are not known."""
    if array.data is None:
        return None
    gone = set(axes(axis, len(array.shape)))
    strides = steps(array.shape)
    kept = [place for place in range(len(array.shape)) if place not in gone]
    starts = places([array.shape[place] for place in kept], [strides[place] for place in kept])
    inside = places([array.shape[place] for place in sorted(gone)], [strides[place] for place in sorted(gone)])
    return [[array.data[start + offset] for offset in inside] for start in starts]


def folded(a: Any, axis: Any, keepdims: Any, dtype: str, fold: Callable[[list[Any]], Any] | None) -> Any:
    """An array reduced along axes; the values follow when the fold is exact."""
    array = array_of(a)
    shape = without(array.shape, axes(axis, len(array.shape)), keepdims is True)
    data: list[Any] | None = None
    if fold is not None and (rows := lines(array, axis)) is not None:
        try:
            data = [cast(fold(row), dtype) for row in rows]
        except LOST:
            data = None
    return given(shape, dtype, data)


def _is_plain(array: NumpyArray, axis: Any) -> bool:
    """Whether numpy adds neighbours of the memory, so that the order of the additions is that of `pairwise`."""
    return axis is None or len(array.shape) <= 1 or (type(axis) is int and axis % len(array.shape) == len(array.shape) - 1)


@op("numpy.sum", "numpy.ndarray.sum", "numpy.nansum")
def sum_(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = 0, where: Any = True) -> Any:
    """The sum along axes.

    >>> sum_(np.ones((2, 3)), axis=0)
    float64[3]
    """
    if isinstance(a, TorchTensor):
        return refuse("TypeError", "sum() received an invalid combination of arguments")
    array = array_of(a)
    kind = name_of(dtype) or _SUMMED.get(array.dtype, array.dtype)
    exact: Any = sum if category(array.dtype) < 2 else None
    if exact is None and kind in ("float64", "float32") and kind == array.dtype and _is_plain(array, axis):
        exact = lambda row: pairwise(row, kind)  # noqa: E731
    return folded(array, axis, keepdims, kind, exact if where is True else None)


@op("numpy.prod", "numpy.ndarray.prod", "numpy.product")
def prod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, initial: Any = 1, where: Any = True) -> Any:
    """The product along axes.

    >>> prod([2, 3, 4])
    24
    """
    array = array_of(a)
    kind = name_of(dtype) or _SUMMED.get(array.dtype, array.dtype)
    exact = math.prod if kind == "float64" or category(kind) < 2 else None
    return folded(array, axis, keepdims, kind, exact if where is True else None)


@op("numpy.mean", "numpy.ndarray.mean", "numpy.nanmean", "numpy.average")
def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True,
         weights: Any = None) -> Any:  # fmt: skip
    """The mean along axes."""
    array = array_of(a)
    kind = name_of(dtype) or (array.dtype if category(array.dtype) >= 2 else "float64")
    exact = None
    if kind == "float64" and _is_plain(array, axis) and where is True and weights is None:
        exact = lambda row: pairwise(list(map(float, row)), kind) / len(row)  # noqa: E731
    return folded(array, axis, keepdims, kind, exact)


def _spreads(names: str) -> None:
    @op(*names.split())
    def spread(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: Any = False, *, where: Any = True,
               mean: Any = None, correction: Any = None) -> Any:  # fmt: skip
        array = array_of(a)
        return folded(array, axis, keepdims, name_of(dtype) or (array.dtype if category(array.dtype) >= 2 else "float64"), None)

    spread.__doc__ = "How far elements are from their mean."


_spreads("numpy.std numpy.ndarray.std numpy.nanstd")
_spreads("numpy.var numpy.ndarray.var numpy.nanvar")


@op("numpy.median", "numpy.nanmedian")
def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False) -> Any:
    """The value in the middle."""
    array = array_of(a)
    return folded(array, axis, keepdims, array.dtype if category(array.dtype) >= 2 else "float64", None)


@op("numpy.percentile", "numpy.quantile", "numpy.nanpercentile")
def percentile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, method: Any = "linear",
               keepdims: Any = False, **kwargs: Any) -> Any:  # fmt: skip
    """The values below which a share of the elements lie."""
    array, shares = array_of(a), array_of(q)
    shape = without(array.shape, axes(axis, len(array.shape)), keepdims is True)
    return given((*shares.shape, *shape), array.dtype if category(array.dtype) >= 2 else "float64")


def _extreme(names: str, fold: Callable[..., Any]) -> None:
    @op(*names.split())
    def extreme(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, initial: Any = None, where: Any = True) -> Any:
        if isinstance(a, TorchTensor):
            return unknown("np.max of a tensor")
        array = array_of(a)
        plain = where is True and initial is None and not (array.data and any(map(math.isnan, array.data)))
        return folded(array, axis, keepdims, array.dtype, fold if plain else None)

    extreme.__doc__ = "The extreme element along axes."


_extreme("numpy.max numpy.amax numpy.ndarray.max numpy.nanmax", max)
_extreme("numpy.min numpy.amin numpy.ndarray.min numpy.nanmin", min)
_extreme("numpy.ptp", lambda row: max(row) - min(row))


def _truths(names: str, fold: Callable[..., Any]) -> None:
    @op(*names.split())
    def holds(a: Any, axis: Any = None, out: Any = None, keepdims: Any = False, *, where: Any = True) -> Any:
        return folded(a, axis, keepdims, "bool", fold if where is True else None)

    holds.__doc__ = "Whether elements along axes are true."


_truths("numpy.any numpy.ndarray.any", any)
_truths("numpy.all numpy.ndarray.all", all)


@op("numpy.count_nonzero")
def count_nonzero(a: Any, axis: Any = None, *, keepdims: Any = False) -> Any:
    """How many elements are not zero."""
    return folded(a, axis, keepdims, "int64", lambda row: sum(bool(value) for value in row))


def _positions(names: str, best: Callable[..., Any]) -> None:
    @op(*names.split())
    def position(a: Any, axis: Any = None, out: Any = None, *, keepdims: Any = False) -> Any:
        return folded(a, axis, keepdims, "int64", lambda row: row.index(best(row)))

    position.__doc__ = "Where the extreme element is."


_positions("numpy.argmax numpy.ndarray.argmax", max)
_positions("numpy.argmin numpy.ndarray.argmin", min)


def _running(names: str, step: Callable[[Any, Any], Any]) -> None:
    @op(*names.split())
    def running(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        array = array_of(a)
        kind = name_of(dtype) or _SUMMED.get(array.dtype, array.dtype)
        if axis is None:
            array = NumpyArray((product(array.shape),), array.dtype, array.data)
        data = None
        if array.data is not None and len(array.shape) == 1 and (category(kind) < 2 or kind == "float64"):
            data = _accumulated(array.data, step, kind)
        return NumpyArray(array.shape, kind, data)

    running.__doc__ = "The running total along an axis."


def _accumulated(values: list[Any], step: Callable[[Any, Any], Any], dtype: str) -> list[Any] | None:
    found: list[Any] = []
    try:
        for value in values:
            found.append(cast(step(found[-1], value) if found else value, dtype))
    except LOST:
        return None
    return found


_running("numpy.cumsum numpy.ndarray.cumsum", lambda a, b: a + b)
_running("numpy.cumprod numpy.ndarray.cumprod", lambda a, b: a * b)


@op("numpy.diff")
def diff(a: Any, n: Any = 1, axis: Any = -1, prepend: Any = None, append: Any = None) -> Any:
    """The differences of neighbours."""
    array = array_of(a)
    if not array.shape:
        refuse("ValueError", "diff requires input that is at least one dimensional")
    place = axis % len(array.shape)
    shape = tuple(size - n if i == place else size for i, size in enumerate(array.shape))
    if n == 1 and array.data is not None and len(array.shape) == 1 and array.dtype in ("int64", "float64") and prepend is append is None:
        return NumpyArray(shape, array.dtype, [b - a for a, b in zip(array.data, array.data[1:], strict=False)])
    return NumpyArray(shape, array.dtype) if prepend is append is None else unknown("np.diff with more elements")


@op("numpy.sort")
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None) -> Any:
    """The elements in rising order."""
    array = array_of(a)
    if axis is None:
        array = NumpyArray((product(array.shape),), array.dtype, array.data)
    return NumpyArray(array.shape, array.dtype, sorted(array.data) if array.data is not None and len(array.shape) == 1 else None)


@op("numpy.argsort", "numpy.ndarray.argsort")
def argsort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """The positions that bring the elements in rising order."""
    array = array_of(a)
    data = array.data if len(array.shape) == 1 and array.data is not None and len(set(array.data)) == len(array.data) else None
    return NumpyArray(array.shape, "int64", None if data is None else sorted(range(len(data)), key=data.__getitem__))


@op("numpy.unique")
def unique(ar: Any, return_index: Any = False, return_inverse: Any = False, return_counts: Any = False, axis: Any = None, *,
           equal_nan: Any = True, sorted: Any = True) -> Any:  # fmt: skip
    """The different elements, in rising order."""
    array = array_of(ar)
    if axis is not None:
        return unknown("np.unique along an axis")
    data = None if array.data is None else list(dict.fromkeys(_in_order(array.data)))
    size = len(data) if data is not None else fresh_size("different elements")
    more = [NumpyArray((size,), "int64") if return_index else None, NumpyArray(array.shape, "int64") if return_inverse else None,
            NumpyArray((size,), "int64") if return_counts else None]  # fmt: skip
    found = NumpyArray((size,), array.dtype, data)
    extra = [one for one in more if one is not None]
    return (found, *extra) if extra else found


def _in_order(values: list[Any]) -> list[Any]:
    return sorted(values)


@op("numpy.nonzero", "numpy.ndarray.nonzero")
def nonzero(a: Any) -> Any:
    """Where the elements are not zero: positions along each axis."""
    array = array_of(a)
    if array.data is None:
        size = fresh_size("elements that are not zero")
        return tuple(NumpyArray((size,), "int64") for _ in array.shape)
    found = [place for place, value in enumerate(array.data) if value]
    strides = steps(array.shape)
    return tuple(NumpyArray((len(found),), "int64", [place // stride % size for place in found])
                 for stride, size in zip(strides, array.shape, strict=True))  # fmt: skip


@op("numpy.argwhere")
def argwhere(a: Any) -> Any:
    """Where the elements are not zero, one row each."""
    rows = nonzero(a)
    count = rows[0].shape[0]
    known = all(row.data is not None for row in rows)
    data = [value for values in zip(*(row.data or () for row in rows), strict=True) for value in values] if known else None
    return NumpyArray((count, len(rows)), "int64", data)


@op("numpy.flatnonzero")
def flatnonzero(a: Any) -> Any:
    """Where the elements are not zero, in the order of the memory."""
    array = array_of(a)
    return nonzero(NumpyArray((product(array.shape),), array.dtype, array.data))[0]
