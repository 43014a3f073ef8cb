"""Ops that put elements in order, and those that look them up in an order."""

from __future__ import annotations

from math import isnan
from typing import Any

from ....ir.dim import less, same
from ...describe import fresh_size, refuse, require, results
from ...dtypes import category
from ...shapes import axis, product
from ..tensor import is_size, is_tensor, kind_name, sizes_of
from .aliasing import into, into_each
from .signatures import op

Sort = results("sort", "values indices")
TopK = results("topk", "values indices")
KthValue = results("kthvalue", "values indices")


def _orderable(name: str, input: Any) -> None:
    if category(input.dtype) == 3:
        refuse("RuntimeError", f"{name} does not support complex dtypes")


def _is_axis(name: str, dim: Any) -> None:
    if isinstance(dim, bool) or not isinstance(dim, int):
        refuse("TypeError", f"{name}(): argument 'dim' must be int, not {kind_name(dim)}")


def _order(input: Any, descending: bool) -> list[int] | None:
    """Where the elements of a known vector come from when it is in order; torch is bound to it only when no two are equal."""
    data = input.data
    if (
        data is None
        or len(input.shape) != 1
        or any(type(value) not in (int, float) or isnan(value) for value in data)
        or len(set(data)) != len(data)
    ):
        return None
    return sorted(range(len(data)), key=data.__getitem__, reverse=descending)


@op("torch.sort", "torch.Tensor.sort")
def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False, *, out: Any = None) -> Any:
    """The elements of an axis in order, and where they were.

    >>> sort(T(2, 3))
    sort(values=float32[2, 3], indices=int64[2, 3])
    """
    _orderable("sort", input)
    _is_axis("sort", dim)
    axis(dim, len(input.shape))
    order = _order(input, descending)
    values = None if order is None else [input.data[place] for place in order]
    return into_each(out, Sort(input.like(None, None, values), input.like(None, "int64", order)))


@op("torch.argsort", "torch.Tensor.argsort")
def argsort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """Where the elements of an axis are when it is in order.

    >>> argsort(T(2, 3))
    int64[2, 3]
    """
    return sort(input, dim, descending).indices


@op("torch.msort", "torch.Tensor.msort")
def msort(input: Any, *, out: Any = None) -> Any:
    """The tensor in order along the first axis.

    >>> msort(T(2, 3))
    float32[2, 3]
    """
    return into(out, sort(input, 0).values)


@op("torch.topk", "torch.Tensor.topk")
def topk(input: Any, k: Any, dim: int = -1, largest: bool = True, sorted: bool = True, *, out: Any = None) -> Any:
    """The ``k`` largest elements of an axis, and where they are.

    >>> topk(T(2, 5), 3)
    topk(values=float32[2, 3], indices=int64[2, 3])
    """
    if category(input.dtype) in (0, 3):
        refuse("RuntimeError", f"topk does not support {input.dtype}")
    place = axis(dim, len(input.shape))
    k = sizes_of((k,))[0]
    k = fresh_size("k of topk") if is_tensor(k) else k
    size = input.shape[place] if input.shape else 1
    if type(k) is int and k < 0:
        refuse("RuntimeError", "selected index k out of range")
    beyond = less(size, k)
    require(None if beyond is None else not beyond, f"topk: selected index k = {k} out of range of an axis of {size}", name="topk-range")
    shape = (*input.shape[:place], k, *input.shape[place + 1 :]) if input.shape else ()
    return into_each(out, TopK(input.like(shape), input.like(shape, "int64")))


@op("torch.kthvalue", "torch.Tensor.kthvalue")
def kthvalue(input: Any, k: Any, dim: int = -1, keepdim: bool = False, *, out: Any = None) -> Any:
    """The ``k``-th smallest element of an axis, and where it is.

    >>> kthvalue(T(2, 5), 3)
    kthvalue(values=float32[2], indices=int64[2])
    """
    if category(input.dtype) in (0, 3):
        refuse("RuntimeError", f"kthvalue is not implemented for {input.dtype}")
    shape = input.shape
    place = axis(dim, len(shape))
    size = shape[place] if shape else 1
    if shape and same(size, 0) is True:
        refuse("IndexError", f"kthvalue(): Expected reduction dim {place} to have non-zero size.")
    if (type(k) is int and k < 1) or less(size, k):
        refuse("RuntimeError", f"kthvalue(): selected number k out of range for dimension {place}")
    kept = (1,) if keepdim else ()
    result = (*shape[:place], *kept, *shape[place + 1 :]) if shape else ()
    return into_each(out, KthValue(input.like(result), input.like(result, "int64")))


def _unique(input: Any, dim: Any, name: str) -> tuple[Any, tuple[Any, ...], Any]:
    """The distinct elements (or slices), the shape of the inverse, and how many there are."""
    if category(input.dtype) == 3:
        refuse("RuntimeError", f"{name} is not implemented for complex")
    shape = input.shape
    if dim is None:
        total = product(shape)
        known = total if type(total) is int and total < 2 else None
        values = None
        if input.data is not None and name == "unique" and all(type(value) in (int, bool, float) for value in input.data):
            values = sorted(set(input.data))
            known = len(values)
        count = fresh_size(f"how many elements {name} finds", total) if known is None else known
        return input.like((count,), None, values), tuple(shape), count
    if not shape:
        refuse("IndexError", f"{name}: Dimension specified as {dim} but tensor has no dimensions")
    place = axis(dim, len(shape))
    size = shape[place]
    empty = sum(1 for extent in shape if same(extent, 0) is True)
    if same(size, 0) is True:
        if empty != 1:
            refuse("RuntimeError", f"{name}: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
        return input.like(), (0,), 0
    if empty:
        refuse("RuntimeError", f"{name}: There are 0 sized dimensions, and they aren't selected, so unique cannot be applied")
    count = 1 if type(size) is int and size == 1 else fresh_size(f"how many slices {name} finds", size)
    return input.like((*shape[:place], count, *shape[place + 1 :])), (size,), count


def _answer(values: Any, inverse: Any, counts: Any) -> Any:
    found = [part for part in (values, inverse, counts) if part is not None]
    return found[0] if len(found) == 1 else tuple(found)


@op("torch.unique", "torch.Tensor.unique", "torch.functional.unique")
def unique(input: Any, sorted: bool = True, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """The distinct elements, or slices along an axis.

    >>> unique(T(4, dtype="int64", data=[3, 1, 3, 1]))
    int64[2]
    """
    values, inverse, count = _unique(input, dim, "unique")
    counts = None if values.data is None else [input.data.count(value) for value in values.data]
    return _answer(
        values, input.like(inverse, "int64") if return_inverse else None, input.like((count,), "int64", counts) if return_counts else None
    )


@op("torch.unique_consecutive", "torch.Tensor.unique_consecutive", "torch.functional.unique_consecutive")
def unique_consecutive(input: Any, return_inverse: bool = False, return_counts: bool = False, dim: Any = None) -> Any:
    """The first of each run of equal elements, or slices along an axis."""
    values, inverse, count = _unique(input, dim, "unique_consecutive")
    return _answer(
        values, input.like(inverse, "int64") if return_inverse else None, input.like((count,), "int64") if return_counts else None
    )


def _sides(right: bool, side: Any) -> None:
    if side is not None and side not in ("left", "right"):
        refuse("RuntimeError", f"torch.searchsorted(): side can only be 'left' or 'right' but got {side}")
    if side == "left" and right:
        refuse("RuntimeError", "torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True")


@op("torch.searchsorted")
def searchsorted(
    sorted_sequence: Any, input: Any, *, out_int32: bool = False, right: bool = False, side: Any = None, sorter: Any = None, out: Any = None
) -> Any:
    """Where elements would have to go to keep a sequence in order.

    >>> searchsorted(T(4), T(2, 3))
    int64[2, 3]
    """
    _sides(right, side)
    shape = sorted_sequence.shape
    if not shape:
        refuse("RuntimeError", "torch.searchsorted(): boundaries tensor should have positive dimension, but got 0 dimension")
    if sorter is not None and (
        sorter.dtype != "int64"
        or len(sorter.shape) != len(shape)
        or any(same(a, b) is False for a, b in zip(sorter.shape, shape, strict=True))
    ):
        refuse(
            "RuntimeError",
            f"torch.searchsorted(): boundary and sorter must have the same size, but got {list(shape)} and {list(sorter.shape)}",
        )
    result = input.shape if is_tensor(input) else ()
    if not result and len(shape) != 1:
        refuse(
            "RuntimeError",
            f"torch.searchsorted(): input value can be a scalar only when boundaries tensor dimension is 1, but got {len(shape)}",
        )
    if len(shape) > 1:
        if len(result) != len(shape):
            refuse(
                "RuntimeError",
                "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries "
                "tensor and input value tensor must match",
            )
        for a, b in zip(shape[:-1], result[:-1], strict=True):
            require(same(a, b), f"torch.searchsorted(): the first N-1 dimensions must match, but got {list(shape)} and {list(result)}")
    for operand in (sorted_sequence, input):
        if is_tensor(operand) and category(operand.dtype) in (0, 3) and same(product((*shape, *result)), 0) is False:
            refuse("RuntimeError", f"searchsorted is not implemented for {operand.dtype}")
    return into(out, sorted_sequence.like(result, "int32" if out_int32 else "int64"), exact=True)


@op("torch.bucketize")
def bucketize(input: Any, boundaries: Any, *, out_int32: bool = False, right: bool = False, out: Any = None) -> Any:
    """Between which boundaries elements lie.

    >>> bucketize(T(2, 3), T(4))
    int64[2, 3]
    """
    if not is_tensor(boundaries) or not (is_tensor(input) or is_size(input) or isinstance(input, float)):
        refuse("TypeError", "bucketize(): argument 'boundaries' must be Tensor")
    if len(boundaries.shape) != 1:
        refuse("RuntimeError", f"boundaries tensor must be 1 dimension, but got dim({len(boundaries.shape)})")
    return searchsorted(boundaries, input, out_int32=out_int32, right=right, out=out)
