"""Ops that read and write along an axis at positions a tensor gives: gather, scatter and the index family."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ....ir.tensor import KEPT_VALUES
from ....ir.unknown import Unknown
from ...describe import op, refuse, require
from ...dtypes import category
from ...shapes import axis, broadcast, product, strided, text
from ..tensor import is_tensor, kind_name, sizes_of
from .aliasing import into, steps, write
from .selection import select_at
from .splitting import diagonal as diagonal_of
from .splitting import select as select_of

_LONG = ("int64",)
_WHOLE = ("int64", "int32")


def _positions(name: str, index: Any, dtypes: tuple[str, ...] = _WHOLE) -> None:
    if not is_tensor(index):
        refuse("TypeError", f"{name}(): argument 'index' must be Tensor, not {kind_name(index)}")
    if index.dtype not in dtypes:
        refuse("IndexError" if dtypes == _LONG else "RuntimeError", f"{name}(): Expected dtype {'/'.join(dtypes)} for index")


def _empty(tensor: Any) -> bool:
    return same(product(tensor.shape), 0) is True


def _within(index: Any, shape: Any, place: int, what: str) -> None:
    """The index is no larger than a tensor, but along one axis (-1: along none)."""
    for number, (a, b) in enumerate(zip(index.shape or (1,), shape or (1,), strict=True)):
        if number != place:
            beyond = less(b, a) if type(a) is not int or type(b) is not int else b < a
            require(
                None if beyond is None else not beyond,
                f"Expected index {text(index.shape)} to be no larger than {what} {text(shape)} apart from dimension {place}",
            )


def _bounded(index: Any, size: Any, name: str, wraps: bool = False) -> None:
    if index.data is not None and type(size) is int:
        low = -size if wraps else 0
        for value in index.data:
            if type(value) is int and not low <= value < size:
                refuse("IndexError", f"{name}: index {value} is out of bounds for dimension with size {size}")


@op("torch.gather", "torch.Tensor.gather")
def gather(input: Any, dim: int, index: Any, *, sparse_grad: bool = False, out: Any = None) -> Any:
    """Elements picked along one axis: ``result[i][j] = input[index[i][j]][j]``.

    >>> gather(T(4, 5), 0, T(2, 5, dtype="int64"))
    float32[2, 5]
    """
    place = axis(dim, len(input.shape))
    if not _empty(index):
        _positions("gather", index)
        if max(len(index.shape), 1) != max(len(input.shape), 1):
            refuse("RuntimeError", "Index tensor must have the same number of dimensions as input tensor")
        _within(index, input.shape, place, "self")
        _bounded(index, input.shape[place] if input.shape else 1, "gather")
    return into(out, input.like(index.shape, None, _gathered(input, index, place)), exact=True)


def _gathered(input: Any, index: Any, place: int) -> list[Any] | None:
    if input.data is None or index.data is None or not input.shape or len(index.shape) != len(input.shape):
        return None
    if not all(type(value) is int for value in (*index.data, *index.shape, *input.shape)):
        return None
    strides = list(steps(input.shape))
    along, strides[place] = strides[place], 0
    starts = [0]
    for size, step in zip(index.shape, strides, strict=True):
        starts = [start + number * step for start in starts for number in range(size)]
    return [input.data[start + value * along] for start, value in zip(starts, index.data, strict=True)]


def _scatter_source(name: str, input: Any, dim: int, index: Any, src: Any) -> None:
    place = axis(dim, len(input.shape))
    if not is_tensor(src):
        if isinstance(src, complex) and category(input.dtype) < 3:
            refuse("RuntimeError", "value cannot be converted to a real type without overflow")
        src = None
    if _empty(index):
        if src is not None and src.dtype != input.dtype:
            refuse("RuntimeError", f"{name}(): Expected self.dtype to be equal to src.dtype")
        return
    _positions(name, index)
    if src is not None and src.dtype != input.dtype:
        refuse("RuntimeError", f"{name}(): Expected self.dtype to be equal to src.dtype")
    if max(len(index.shape), 1) != max(len(input.shape), 1):
        refuse("RuntimeError", "Index tensor must have the same number of dimensions as self tensor")
    if src is not None and max(len(index.shape), 1) != max(len(src.shape), 1):
        refuse("RuntimeError", "Index tensor must have the same number of dimensions as src tensor")
    _within(index, input.shape, place, "self")
    if src is not None:
        _within(index, src.shape, -1, "src")
    _bounded(index, input.shape[place] if input.shape else 1, name)


def _scatter(name: str, input: Any, dim: int, index: Any, src: Any, value: Any, reduce: Any) -> None:
    if (src is None) == (value is None):
        refuse("TypeError", f"{name}() takes either src or value")
    if src is None and is_tensor(value):
        if value.shape:
            refuse("TypeError", f"{name}(): value must be a number")
        src = 1
    if reduce is not None and reduce not in ("add", "multiply"):
        refuse("RuntimeError", "reduce argument must be either add or multiply.")
    _scatter_source(name, input, dim, index, value if src is None else src)


@op("torch.scatter", "torch.Tensor.scatter")
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None, out: Any = None) -> Any:
    """The tensor with elements of ``src`` written along one axis at the positions given.

    >>> scatter(T(4, 5), 1, T(4, 2, dtype="int64"), T(4, 2))
    float32[4, 5]
    """
    _scatter("scatter", input, dim, index, src, value, reduce)
    return into(out, input.like(), exact=True)


@op("torch.Tensor.scatter_", lenient=True)
def scatter_(self: Any, dim: int, index: Any, src: Any = None, *, value: Any = None, reduce: Any = None) -> Any:
    """`scatter`, in place."""
    if is_tensor(self):
        if not any(type(given) is Unknown for given in (dim, index, src, value)):
            _scatter("scatter_", self, dim, index, src, value, reduce)
        write(self)
    return self


def _reduction(reduce: Any) -> None:
    if reduce not in ("sum", "prod", "mean", "amax", "amin"):
        refuse("RuntimeError", f"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}")


@op("torch.scatter_add", "torch.Tensor.scatter_add")
def scatter_add(input: Any, dim: int, index: Any, src: Any, *, out: Any = None) -> Any:
    """The tensor with elements of ``src`` added along one axis at the positions given.

    >>> scatter_add(T(4, 5), 1, T(4, 2, dtype="int64"), T(4, 2))
    float32[4, 5]
    """
    if not is_tensor(src):
        refuse("TypeError", "scatter_add(): argument 'src' must be Tensor")
    _scatter_source("scatter_add", input, dim, index, src)
    return into(out, input.like(), exact=True)


@op("torch.scatter_reduce", "torch.Tensor.scatter_reduce")
def scatter_reduce(input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True, out: Any = None) -> Any:
    """The tensor with elements of ``src`` reduced into it along one axis at the positions given.

    >>> scatter_reduce(T(4, 5), 1, T(4, 2, dtype="int64"), T(4, 2), "amax")
    float32[4, 5]
    """
    _scatter_source("scatter_reduce", input, dim, index, src)
    _reduction(reduce)
    return into(out, input.like(), exact=True)


def _added(name: str, input: Any, dim: int, index: Any, source: Any, dtypes: tuple[str, ...] = _WHOLE) -> None:
    """What index_add, index_copy and index_reduce ask of their arguments."""
    _positions(name, index, dtypes)
    rank = len(input.shape)
    place = axis(dim, rank)
    if len(index.shape) > 1:
        refuse("IndexError", f"{name}(): Index is supposed to be a vector")
    if source.dtype != input.dtype:
        refuse("RuntimeError", f"{name}(): self ({input.dtype}) and source ({source.dtype}) must have the same scalar type")
    count = index.shape[0] if index.shape else 1
    if source.shape and rank and len(source.shape) != rank:
        refuse("IndexError", f"{name}(): the dimensionality of source ({len(source.shape)}) and destination ({rank}) must match")
    along = source.shape[place] if len(source.shape) > place else 1
    require(same(count, along), f"{name}(): Number of indices ({count}) should be equal to source.size(dim): ({along}), for dim: {dim}")
    ours = [size for number, size in enumerate(input.shape) if number != place]
    theirs = [size for number, size in enumerate(source.shape) if number != place]
    if len(ours) != len(theirs):
        refuse("RuntimeError", f"{name}(): source {text(source.shape)} does not fit {text(input.shape)}")
    for a, b in zip(ours, theirs, strict=True):
        require(
            same(a, b),
            f"{name}(): source tensor shape must match self tensor shape, excluding the specified dimension. Got "
            f"self.shape = {list(input.shape)} source.shape = {list(source.shape)}",
        )
    if rank < 2 or name == "index_reduce" or not (_empty(input) if name == "index_add" else same(product(ours), 0) is True):
        _bounded(index, input.shape[place] if rank else 1, name)


@op("torch.index_add", "torch.Tensor.index_add")
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1, out: Any = None) -> Any:
    """The tensor with slices of ``source`` added at the positions given.

    >>> index_add(T(4, 5), 0, T(2, dtype="int64"), T(2, 5))
    float32[4, 5]
    """
    _added("index_add", input, dim, index, source)
    return into(out, input.like(), exact=True)


@op("torch.index_copy", "torch.Tensor.index_copy")
def index_copy(input: Any, dim: int, index: Any, source: Any, *, out: Any = None) -> Any:
    """The tensor with slices of ``source`` at the positions given.

    >>> index_copy(T(4, 5), 0, T(2, dtype="int64"), T(2, 5))
    float32[4, 5]
    """
    _added("index_copy", input, dim, index, source, _LONG)
    return into(out, input.like(), exact=True)


@op("torch.index_reduce", "torch.Tensor.index_reduce")
def index_reduce(input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True, out: Any = None) -> Any:
    """The tensor with slices of ``source`` reduced into it at the positions given.

    >>> index_reduce(T(4, 5), 0, T(2, dtype="int64"), T(2, 5), "mean")
    float32[4, 5]
    """
    if reduce not in ("prod", "mean", "amax", "amin"):
        refuse("RuntimeError", f"reduce argument must be either prod, mean, amax or amin, got {reduce}")
    _added("index_reduce", input, dim, index, source)
    return into(out, input.like(), exact=True)


@op("torch.index_fill", "torch.Tensor.index_fill")
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """The tensor with one value in all slices at the positions given.

    >>> index_fill(T(4, 5), 0, T(2, dtype="int64"), 1.0)
    float32[4, 5]
    """
    _positions("index_fill", index, _LONG)
    place = axis(dim, len(input.shape))
    if len(index.shape) > 1:
        refuse("RuntimeError", "Index has to be a vector/scalar")
    if is_tensor(value) and value.shape:
        refuse(
            "RuntimeError", f"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {len(value.shape)} dimension(s)."
        )
    if (isinstance(value, complex) or (is_tensor(value) and category(value.dtype) == 3)) and category(input.dtype) < 3:
        refuse("RuntimeError", "index_fill_(): Converting complex Scalar to non-complex type is not supported")
    if same(product((*input.shape[:place], *input.shape[place + 1 :])), 0) is not True:
        _bounded(index, input.shape[place] if input.shape else 1, "index_fill", wraps=True)
    return input.like()


@op("torch.index_select", "torch.Tensor.index_select")
def index_select(input: Any, dim: int, index: Any, *, out: Any = None) -> Any:
    """The slices at the positions given.

    >>> index_select(T(4, 5), 1, T(2, dtype="int64"))
    float32[4, 2]
    """
    _positions("index_select", index)
    shape = input.shape
    place = axis(dim, len(shape))
    if len(index.shape) > 1:
        refuse("IndexError", "index_select(): Index is supposed to be a vector")
    count = index.shape[0] if index.shape else 1
    if not shape:
        require(same(count, 1), f"index_select(): Index to scalar can have only 1 value, got {count} value(s)")
        _bounded(index, 1, "index_select")
        return into(out, input.like(None, None, input.data), exact=True)
    _bounded(index, shape[place], "index_select")
    result = input.like((*shape[:place], count, *shape[place + 1 :]))
    if (
        input.data is not None
        and index.data is not None
        and product(result.shape) <= KEPT_VALUES
        and all(type(x) is int for x in index.data)
    ):
        run = product(shape[place + 1 :])
        starts = [(row * shape[place] + value) * run for row in range(product(shape[:place])) for value in index.data]
        result.data = [value for start in starts for value in input.data[start : start + run]]
    return into(out, result, exact=True)


@op("torch.take", "torch.Tensor.take")
def take(input: Any, index: Any, *, out: Any = None) -> Any:
    """Elements by their position in the flat tensor.

    >>> take(T(4, 5), T(2, 3, dtype="int64"))
    float32[2, 3]
    """
    _positions("take", index, _LONG)
    count = product(input.shape)
    if same(count, 0) is True and not _empty(index):
        refuse("IndexError", "take(): tried to take from an empty tensor")
    _bounded(index, count, "take", wraps=True)
    data = None
    if input.data is not None and index.data is not None and all(type(value) is int for value in index.data):
        data = [input.data[value] for value in index.data]
    return into(out, input.like(index.shape, None, data), exact=True)


@op("torch.take_along_dim", "torch.Tensor.take_along_dim")
def take_along_dim(input: Any, indices: Any, dim: Any = None, *, out: Any = None) -> Any:
    """`gather` whose index is broadcast to the input.

    >>> take_along_dim(T(4, 5), T(1, 2, dtype="int64"), 1)
    float32[4, 2]
    """
    if dim is None:
        return gather(input.like((product(input.shape),), None, input.data), 0, indices.like((product(indices.shape),), None, indices.data))
    _positions("take_along_dim", indices, _LONG)
    rank = len(input.shape)
    if rank != len(indices.shape):
        refuse(
            "RuntimeError",
            f"torch.take_along_dim(): input and indices should have the same number of dimensions, but got {rank} "
            f"dimensions for input, and {len(indices.shape)} dimensions for indices",
        )
    place = axis(dim, rank)
    if not rank:
        refuse("IndexError", "Dimension specified as 0 but tensor has no dimensions")
    rest = broadcast(*[(*t.shape[:place], 1, *t.shape[place + 1 :]) for t in (input, indices)])
    size = input.shape[place]
    if same(size, 0) is True and same(product((*rest, indices.shape[place])), 0) is not True:
        refuse("IndexError", "take_along_dim: index is out of bounds for dimension with size 0")
    if not (type(size) is int and size == 1):  # where a single element stretches torch does not look
        _bounded(indices, size, "take_along_dim")
    return into(out, input.like((*rest[:place], indices.shape[place], *rest[place + 1 :])), exact=True)


def _put(name: str, self: Any, indices: Any, values: Any) -> None:
    if not isinstance(indices, (tuple, list)) or not all(map(is_tensor, indices)) or not indices:
        refuse("TypeError", f"{name}(): argument 'indices' must be tuple of Tensors")
    found = select_at(self, indices)
    single = same(product(values.shape), 1) is True
    if values.dtype != self.dtype and not (found.masked and single):
        refuse(
            "RuntimeError",
            f"Index put requires the source and destination dtypes match, got {self.dtype} for the destination and "
            f"{values.dtype} for the source.",
        )
    if len(values.shape) > len(found.shape) and not (found.masked and single):
        refuse("RuntimeError", "shape mismatch: value tensor cannot be broadcast to indexing result")
    for size, wanted in zip(reversed(values.shape), reversed(found.shape), strict=False):
        if not (type(size) is int and size == 1):
            require(
                same(size, wanted),
                f"shape mismatch: value tensor of shape {list(values.shape)} cannot be broadcast to indexing result "
                f"of shape {list(found.shape)}",
            )


@op("torch.index_put", "torch.Tensor.index_put")
def index_put(input: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """The tensor with values written at the positions given, one tensor of positions for each axis.

    >>> index_put(T(4, 5), (T(2, dtype="int64"),), T(5))
    float32[4, 5]
    """
    _put("index_put", input, indices, values)
    return input.like()


@op("torch.put", "torch.Tensor.put")
def put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """The tensor with values written at positions in the flat tensor.

    >>> put(T(4, 5), T(2, dtype="int64"), T(2))
    float32[4, 5]
    """
    _positions("put_", index, _LONG)
    if source.dtype != input.dtype:
        refuse("RuntimeError", f"put_(): self and source expected to have the same dtype, but got {input.dtype} and {source.dtype}")
    a, b = product(source.shape), product(index.shape)
    require(
        same(a, b),
        f"put_(): Expected source and index to have the same number of elements, but got source.numel() = {a}, index.numel() = {b}",
    )
    if _empty(input) and not _empty(index):
        refuse("IndexError", "put_(): tried to put to an empty tensor")
    _bounded(index, product(input.shape), "put_", wraps=True)
    return input.like()


def _replaced(name: str, input: Any, src: Any, wanted: Any) -> Any:
    if len(src.shape) != len(wanted):
        refuse(
            "RuntimeError",
            f"{name}: expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = {list(wanted)}",
        )
    for a, b in zip(src.shape, wanted, strict=True):
        require(
            same(a, b), f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = {list(wanted)}"
        )
    return input.like()


@op("torch.select_scatter", "torch.Tensor.select_scatter")
def select_scatter(input: Any, src: Any, dim: int, index: Any) -> Any:
    """The tensor with one slice replaced.

    >>> select_scatter(T(4, 5), T(5), 0, 1)
    float32[4, 5]
    """
    return _replaced("select_scatter", input, src, select_of(input, dim, index).shape)


@op("torch.slice_scatter", "torch.Tensor.slice_scatter")
def slice_scatter(input: Any, src: Any, dim: int = 0, start: Any = None, end: Any = None, step: Any = 1) -> Any:
    """The tensor with a stretch of an axis replaced.

    >>> slice_scatter(T(4, 5), T(2, 5), 0, 2)
    float32[4, 5]
    """
    if not input.shape:
        refuse("RuntimeError", "slice_scatter() cannot be applied to a 0-dim tensor.")
    if type(step) is int and step <= 0:
        refuse("RuntimeError", "slice step must be positive")
    place = axis(dim, len(input.shape))
    start, end = sizes_of((start,))[0], sizes_of((end,))[0]
    wanted = (*input.shape[:place], strided(start, end, step, input.shape[place]), *input.shape[place + 1 :])
    return _replaced("slice_scatter", input, src, wanted)


@op("torch.diagonal_scatter", "torch.Tensor.diagonal_scatter")
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The tensor with a diagonal replaced.

    >>> diagonal_scatter(T(3, 3), T(3))
    float32[3, 3]
    """
    return _replaced("diagonal_scatter", input, src, diagonal_of(input, offset, dim1, dim2).shape)


@op("torch.as_strided_scatter", "torch.Tensor.as_strided_scatter")
def as_strided_scatter(input: Any, src: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    """The tensor with a strided walk through it replaced.

    >>> as_strided_scatter(T(3, 3), T(2, 2), (2, 2), (1, 2))
    float32[3, 3]
    """
    return _replaced("as_strided_scatter", input, src, sizes_of((size,)))
