"""Indexing with brackets, and what finds or picks elements by mask."""

from __future__ import annotations

from itertools import product as combinations
from typing import Any

from ....ir.dim import same
from ....ir.tensor import KEPT_VALUES, Tensor
from ....ir.unknown import Unknown
from ...describe import fresh_size, refuse, require, unknown
from ...dtypes import category
from ...shapes import broadcast, product, text
from ..tensor import is_size, is_tensor, kind_name
from .aliasing import into, view_of, write
from .selection import select, true_count
from .signatures import op
from .values import cast_all, spread_values


@op("torch.Tensor.__getitem__")
def getitem(self: Any, index: Any) -> Any:
    """The elements an index in brackets selects.

    >>> getitem(T(4, 5, 6), (slice(1, None), 0))
    float32[3, 6]
    """
    data = self.data
    found = select(self, index, data is not None)
    values = None if found.places is None or data is None else [data[place] for place in found.places]
    return self.like(found.shape, None, values) if found.advanced else view_of(self, found.shape, values)


@op("torch.Tensor.__setitem__", lenient=True)
def setitem(self: Any, index: Any, value: Any) -> None:
    """Write to the elements an index in brackets selects."""
    if not is_tensor(self) or index is False:  # torch does nothing for a plain False
        return
    if not isinstance(value, Tensor) and not is_size(value) and not isinstance(value, (float, complex)) and not _lost(value):
        refuse("TypeError", f"can't assign a {type(value).__name__} to a torch.FloatTensor")
    if _lost(index) or _lost(value):
        write(self)
        return
    found = select(self, None if index is True else index, self.data is not None)
    if isinstance(value, complex) and category(self.dtype) in (1, 2):
        refuse("RuntimeError", "value cannot be converted to a real type without overflow")
    if isinstance(value, Tensor):
        _fits(self, found, value)
    write(self, _written(self, found, value))


def _lost(value: Any) -> bool:
    """Whether a value, or an item of it, is not known."""
    if isinstance(value, tuple):
        return any(map(_lost, value))
    return type(value).__name__ == "Unknown"


def _imaginary(data: Any) -> bool:
    """Whether a value is known to have an imaginary part: of values not known, nothing is claimed."""
    return data is not None and any(isinstance(item, complex) and item.imag != 0 for item in data)


def _fits(self: Any, found: Any, value: Any) -> None:
    shape = tuple(value.shape)
    while shape and len(shape) > len(found.shape) and same(shape[0], 1) is True:
        shape = shape[1:]
    if found.advanced and value.dtype != self.dtype and not (found.masked and same(product(value.shape), 1) is True):
        refuse(
            "RuntimeError",
            f"Index put requires the source and destination dtypes match, got {self.dtype} for the destination and "
            f"{value.dtype} for the source.",
        )
    narrowed = category(value.dtype) == 3 and category(self.dtype) in (1, 2) and _imaginary(value.data)
    if found.masked and narrowed and same(product(found.shape), 0) is not True:
        refuse("RuntimeError", "value cannot be converted to a real type without overflow")
    if len(shape) > len(found.shape):
        refuse(
            "RuntimeError",
            f"shape mismatch: value tensor of shape {list(value.shape)} cannot be broadcast to indexing result of shape "
            f"{list(found.shape)}",
        )
    for size, wanted in zip(reversed(shape), reversed(found.shape), strict=False):
        if not (type(size) is int and size == 1):
            require(
                same(size, wanted),
                f"a value of shape {text(value.shape)} does not broadcast to the {text(found.shape)} elements it is assigned to",
                name="broadcast-mismatch",
            )


def _written(self: Any, found: Any, value: Any) -> list[Any] | None:
    """The values after the assignment, when all of them are known."""
    if self.data is None or found.places is None:
        return None
    if isinstance(value, Tensor):
        if value.data is None:
            return None
        shape = tuple(value.shape)[max(len(value.shape) - len(found.shape), 0) :]
        values = spread_values(value.data, shape, found.shape)
    else:
        values = [value] * len(found.places)
    stored = cast_all(values, self.dtype)
    if stored is None or (found.advanced and len(set(found.places)) != len(found.places)):
        return None  # the order in which repeated places are written is not defined
    data = list(self.data)
    for place, new in zip(found.places, stored, strict=True):
        data[place] = new
    return data


def _mask(name: str, mask: Any) -> None:
    if not is_tensor(mask):
        refuse("TypeError", f"{name}(): argument 'mask' must be Tensor, not {kind_name(mask)}")
    if mask.dtype != "bool":
        refuse("RuntimeError", f"{name}: expected BoolTensor for mask, got {mask.dtype}")


@op("torch.masked_select", "torch.Tensor.masked_select")
def masked_select(input: Any, mask: Any, *, out: Any = None) -> Any:
    """The elements where the mask is true, in one axis.

    >>> masked_select(T(2, 2), T(2, dtype="bool", data=[True, False]))
    float32[2]
    """
    _mask("masked_select", mask)
    shape = broadcast(input.shape, mask.shape)
    numbers = all(type(size) is int for size in shape)
    values = None
    if mask.data is not None and numbers and product(shape) <= KEPT_VALUES:
        marked = spread_values(mask.data, mask.shape, shape)
        count: Any = sum(marked)
        if input.data is not None:
            values = [value for value, kept in zip(spread_values(input.data, input.shape, shape), marked, strict=True) if kept]
    elif tuple(mask.shape) == shape:
        count = true_count(mask)
    else:
        count = fresh_size("how many elements masked_select picks", product(shape))
    return into(out, input.like((count,), None, values), exact=True)


def _scattered(name: str, input: Any, mask: Any, source: Any) -> tuple[Any, ...]:
    _mask(name, mask)
    if source.dtype != input.dtype:
        refuse("RuntimeError", f"masked_scatter: expected self and source to have same dtypes but got {input.dtype} and {source.dtype}")
    shape = broadcast(input.shape, mask.shape)
    numbers = all(type(size) is int for size in (*shape, *source.shape))
    if mask.data is not None and numbers and product(shape) <= KEPT_VALUES:
        count = sum(spread_values(mask.data, mask.shape, shape))
        require(count <= product(source.shape), f"masked_scatter: expected the source to have at least {count} elements")
    return shape


@op("torch.masked_scatter", "torch.Tensor.masked_scatter")
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The tensor with the elements where the mask is true taken from ``source``, in order.

    >>> masked_scatter(T(2, 2), T(2, dtype="bool"), T(4))
    float32[2, 2]
    """
    return input.like(_scattered("masked_scatter", input, mask, source))


@op("torch.Tensor.masked_scatter_", lenient=True)
def masked_scatter_(self: Any, mask: Any, source: Any) -> Any:
    """`masked_scatter`, in place."""
    if is_tensor(self):
        if not isinstance(mask, Unknown) and not isinstance(source, Unknown):
            shape = _scattered("masked_scatter_", self, mask, source)
            if len(shape) != len(self.shape) or any(same(a, b) is False for a, b in zip(shape, self.shape, strict=True)):
                refuse("RuntimeError", f"output with shape {list(self.shape)} doesn't match the broadcast shape {list(shape)}")
        write(self)
    return self


def _marked(input: Any) -> list[tuple[int, ...]] | None:
    if input.data is None or not all(type(size) is int for size in input.shape):
        return None
    return [place for place, value in zip(combinations(*map(range, input.shape)), input.data, strict=True) if value]


@op("torch.nonzero", "torch.Tensor.nonzero")
def nonzero(input: Any, *, as_tuple: bool = False, out: Any = None) -> Any:
    """Where the elements are that are not zero: one row for each, or one tensor for each axis.

    >>> nonzero(T(2, dtype="int64", data=[0, 5]))
    int64[1, 1]
    """
    rank = len(input.shape)
    marked = _marked(input)
    count = true_count(input) if marked is None else len(marked)
    if as_tuple:
        columns = (
            [None] * max(rank, 1)
            if marked is None
            else [[place[number] if rank else 0 for place in marked] for number in range(max(rank, 1))]
        )
        return tuple(input.like((count,), "int64", column) for column in columns)
    data = None if marked is None else [number for place in marked for number in place]
    return into(out, input.like((count, rank), "int64", data), exact=True)


@op("torch.argwhere", "torch.Tensor.argwhere")
def argwhere(input: Any) -> Any:
    """Where the elements are that are not zero, one row for each.

    >>> argwhere(T(2, dtype="int64", data=[0, 5]))
    int64[1, 1]
    """
    return nonzero(input)


@op("torch.nonzero_static", "torch.Tensor.nonzero_static")
def nonzero_static(input: Any, *, size: Any, fill_value: int = -1, out: Any = None) -> Any:
    """`nonzero` cut or filled to a number of rows.

    >>> nonzero_static(T(2, 3), size=4)
    int64[4, 2]
    """
    if type(size) is int and size < 0:
        refuse("RuntimeError", "nonzero_static: 'size' must be an non-negative integer")
    return into(out, input.like((size, len(input.shape)), "int64"), exact=True)


@op("torch.unravel_index", "torch.functional.unravel_index")
def unravel_index(indices: Any, shape: Any) -> Any:
    """Flat positions as one tensor for each axis.

    >>> unravel_index(T(5, dtype="int64"), (2, 3))
    (int64[5], int64[5])
    """
    if category(indices.dtype) != 1:
        refuse("ValueError", f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    if is_tensor(shape):
        return unknown("unravel_index with a tensor for a shape")
    sizes = (shape,) if is_size(shape) else tuple(shape)
    if any(type(size) is int and size < 0 for size in sizes):
        refuse("ValueError", "'shape' cannot have negative values")
    return tuple(indices.like() for _ in sizes)
