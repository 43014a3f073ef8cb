"""Ops that put tensors together, repeat them, or turn them round."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ....ir.tensor import KEPT_VALUES
from ...describe import RUN, fresh_size, refuse, require, unknown
from ...shapes import axes, axis, product, repeats, text
from ..tensor import is_size, is_tensor, sizes_of
from .aliasing import into, picked, steps
from .promotion import result_dtype
from .signatures import op
from .turning import rearranged
from .values import cast_all
from .views import atleast_1d, atleast_2d, atleast_3d, view_of


def _dtype_of(tensors: Any) -> str:
    found = tensors[0].dtype
    for tensor in tensors:
        if tensor.dtype != found:
            return result_dtype(*tensors)
    return found


def _list_of(tensors: Any, name: str) -> list[Any]:
    given = getattr(tensors, "payload", tensors)  # what an object of a class derived from list holds
    if not isinstance(given, (list, tuple)):
        kind = "Tensor" if is_tensor(tensors) else type(tensors).__name__
        refuse("TypeError", f"{name}(): argument 'tensors' must be tuple of Tensors, not {kind}")
    found = list(given)
    for tensor in found:
        if not is_tensor(tensor):
            refuse("TypeError", f"expected Tensor as element in argument 0, but got {type(tensor).__name__}")
    if not found:
        refuse("RuntimeError", f"{name} expects a non-empty TensorList")
    return found


def joined(tensors: list[Any], dim: int) -> Any:
    """The tensors one after another along an axis; 1-D empty ones do not count."""
    dtype = _dtype_of(tensors)
    full = [tensor for tensor in tensors if len(tensor.shape) != 1 or same(tensor.shape[0], 0) is not True]
    if any(not tensor.shape for tensor in full):
        refuse("RuntimeError", "zero-dimensional tensor cannot be concatenated")
    if not full:
        return tensors[0].like((0,), dtype)
    first = full[0].shape
    place = axis(dim, len(first))
    total = first[place]
    for number, tensor in enumerate(full[1:], 1):
        shape = tensor.shape
        if len(shape) != len(first):
            refuse("RuntimeError", f"Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
        if shape != first:
            for other, (a, b) in enumerate(zip(first, shape, strict=True)):
                if other != place and a is not b:
                    require(
                        same(a, b),
                        f"Sizes of tensors must match except in dimension {place}. Expected size {a} but got size {b} for "
                        f"tensor number {number} in the list: {text(first)} and {text(shape)}",
                        name="concat-mismatch",
                    )
        total = total + shape[place]
    shape = (*first[:place], total, *first[place + 1 :])
    return full[0].like(shape, dtype, _joined_values(full, place, shape, dtype))


def _joined_values(full: list[Any], place: int, shape: tuple[Any, ...], dtype: str) -> list[Any] | None:
    for tensor in full:
        if tensor.data is None:
            return None
    if not all(type(size) is int for size in shape) or product(shape) > KEPT_VALUES:
        return None
    runs = [product(tensor.shape[place:]) for tensor in full]
    found: list[Any] = []
    for row in range(product(shape[:place])):
        for tensor, run in zip(full, runs, strict=True):
            found += tensor.data[row * run : (row + 1) * run]
    return cast_all(found, dtype)


@op("torch.cat", "torch.concat", "torch.concatenate")
def cat(tensors: Any, dim: int = 0, *, out: Any = None) -> Any:
    """The tensors one after another along an axis.

    >>> cat([T(2, 3), T(4, 3)])
    float32[6, 3]
    """
    if repeats(tensors):
        found = _list_of([item for part in tensors.parts for item in getattr(part, "items", (part,))], "cat")
        first = joined(found, dim)
        place = axis(dim, len(first.shape))
        whole = RUN.get().state["pieces"].joined(tensors, place)
        return into(out, first.like((*first.shape[:place], whole, *first.shape[place + 1 :])))
    return into(out, joined(_list_of(tensors, "cat"), dim))


@op("torch.stack")
def stack(tensors: Any, dim: int = 0, *, out: Any = None) -> Any:
    """Tensors of one shape along a new axis.

    >>> stack([T(3), T(3)], 1)
    float32[3, 2]
    """
    tensors = _list_of(tensors, "stack")
    first = tensors[0].shape
    place = axis(dim, len(first) + 1)
    for number, tensor in enumerate(tensors[1:], 1):
        shape = tensor.shape
        if len(shape) != len(first):
            refuse(
                "RuntimeError",
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(shape)} at entry {number}",
            )
        for a, b in zip(first, shape, strict=True):
            if a is not b:
                require(
                    same(a, b),
                    f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and {list(shape)} at entry {number}",
                    name="stack-mismatch",
                )
    shape = (*first[:place], len(tensors), *first[place:])
    dtype = _dtype_of(tensors)
    data = None
    if tensors[0].data is not None:
        data = _joined_values([t.like((*t.shape[:place], 1, *t.shape[place:]), None, t.data) for t in tensors], place, shape, dtype)
    return into(out, tensors[0].like(shape, dtype, data))


@op("torch.hstack")
def hstack(tensors: Any, *, out: Any = None) -> Any:
    """The tensors side by side: along the second axis, vectors along the first.

    >>> hstack([T(2, 3), T(2, 1)])
    float32[2, 4]
    """
    grown = [atleast_1d(tensor) for tensor in _list_of(tensors, "hstack")]
    return into(out, joined(grown, 0 if len(grown[0].shape) == 1 else 1))


@op("torch.vstack", "torch.row_stack")
def vstack(tensors: Any, *, out: Any = None) -> Any:
    """The tensors below each other; vectors are rows.

    >>> vstack([T(3), T(2, 3)])
    float32[3, 3]
    """
    return into(out, joined([atleast_2d(tensor) for tensor in _list_of(tensors, "vstack")], 0))


@op("torch.dstack")
def dstack(tensors: Any, *, out: Any = None) -> Any:
    """The tensors behind each other, along the third axis.

    >>> dstack([T(2, 3), T(2, 3)])
    float32[2, 3, 2]
    """
    return into(out, joined([atleast_3d(tensor) for tensor in _list_of(tensors, "dstack")], 2))


@op("torch.column_stack")
def column_stack(tensors: Any, *, out: Any = None) -> Any:
    """`hstack` in which vectors are columns.

    >>> column_stack([T(3), T(3, 2)])
    float32[3, 3]
    """
    tensors = _list_of(tensors, "column_stack")
    grown = [t if len(t.shape) > 1 else view_of(t, (product(t.shape), 1), t.data) for t in tensors]
    return into(out, joined(grown, 1))


@op("torch.block_diag", "torch.functional.block_diag")
def block_diag(*tensors: Any) -> Any:
    """Matrices along the diagonal of one matrix.

    >>> block_diag(T(2, 3), T(1), T(4))
    float32[4, 8]
    """
    for tensor in tensors:
        if not is_tensor(tensor) or len(tensor.shape) > 2:
            refuse("RuntimeError", "torch.block_diag: Input tensors must have 2 or fewer dimensions")
    if not tensors:
        return unknown("block_diag of nothing")
    grown = [atleast_2d(tensor).shape for tensor in tensors]
    return tensors[0].like((sum(shape[0] for shape in grown), sum(shape[1] for shape in grown)), result_dtype(*tensors))


def repeated(input: Any, counts: Any, name: str = "repeat") -> Any:
    """The tensor so many times along each axis; new axes come in front."""
    shape = input.shape
    new = len(counts) - len(shape)
    if new < 0:
        refuse("RuntimeError", "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor")
    for count in counts:
        if is_tensor(count):
            return unknown(f"how often {name} repeats is the value of a tensor")
    padded = (1,) * new + tuple(shape)
    result = tuple(size * count for size, count in zip(padded, counts, strict=True))
    if any(type(size) is int and size < 0 for size in result):
        refuse("RuntimeError", f"Trying to create tensor with negative dimension: {list(result)}")
    return input.like(result, None, _repeated_values(input, padded, counts, result))


def _repeated_values(input: Any, padded: tuple[Any, ...], counts: Any, result: tuple[Any, ...]) -> list[Any] | None:
    if input.data is None or not all(type(size) is int for size in result) or product(result) > KEPT_VALUES:
        return None
    places = [0]
    for size, count, stride in zip(padded, counts, steps(padded), strict=True):
        places = [place + index * stride for place in places for _ in range(count) for index in range(size)]
    return [input.data[place] for place in places]


@op("torch.Tensor.repeat")
def repeat(self: Any, *args: Any, repeats: Any = None) -> Any:
    """The tensor so many times along each axis.

    >>> repeat(T(2, 3), 4, 1, 2)
    float32[4, 2, 6]
    """
    if repeats is None and not args:
        refuse("TypeError", "repeat() missing 1 required positional arguments: 'repeats'")
    return repeated(self, sizes_of(args if repeats is None else (repeats,)))


@op("torch.tile")
def tile(input: Any, dims: Any) -> Any:
    """`repeat` in which missing counts are 1.

    >>> tile(T(2, 3), (2,))
    float32[2, 6]
    """
    if isinstance(dims, int):
        refuse("TypeError", "tile(): argument 'dims' must be tuple of ints, not int")
    counts = sizes_of((dims,))
    return repeated(input, (1,) * (len(input.shape) - len(counts)) + counts, "tile")


@op("torch.Tensor.tile")
def tile_method(self: Any, *args: Any, dims: Any = None) -> Any:
    """`tile` with the counts one by one or as one sequence."""
    if dims is None and not args:
        refuse("TypeError", "tile() missing 1 required positional arguments: 'dims'")
    return tile(self, sizes_of(args if dims is None else (dims,)))


@op("torch.repeat_interleave", "torch.Tensor.repeat_interleave")
def repeat_interleave(input: Any = None, repeats: Any = None, dim: Any = None, *, output_size: Any = None) -> Any:
    """Each element several times in a row.

    >>> repeat_interleave(T(2, 3), 2, dim=1)
    float32[2, 6]
    """
    if input is None:
        input, repeats = repeats, None
    if repeats is None:
        return _places_of_counts(input, output_size)
    if not is_tensor(repeats) and not is_size(repeats):
        refuse("TypeError", "repeat_interleave(): repeats must be an int or a tensor of ints")
    shape = tuple(input.shape)
    if dim is None:
        shape, place = (product(shape),), 0
    elif not shape:
        axis(dim, 0)
        if is_tensor(repeats) or (type(repeats) is int and repeats == 0):
            refuse("IndexError", "repeat_interleave: a tensor without axes cannot be repeated zero times along one")
        shape, place = (1,), 0
    else:
        place = axis(dim, len(shape))
    total = _interleaved_size(shape[place], repeats, output_size)
    result = (*shape[:place], total, *shape[place + 1 :])
    return input.like(result, None, _interleaved_values(input, shape, place, repeats, result))


def _interleaved_size(size: Any, repeats: Any, output_size: Any) -> Any:
    if is_size(repeats):
        if type(repeats) is int and repeats < 0:
            refuse("RuntimeError", "Repeats must be non-negative")
        return _stated(size * repeats, output_size)
    if repeats.dtype not in ("int64", "int32"):
        refuse("RuntimeError", "repeats has to be Long or Int tensor")
    if len(repeats.shape) > 1:
        refuse("RuntimeError", "repeats must be 0-dim or 1-dim tensor")
    single = not repeats.shape or same(repeats.shape[0], 1) is True
    if not single:
        require(
            same(repeats.shape[0], size),
            f"repeats must have the same size as input along dim, but got repeats.size(0) = {repeats.shape[0]} and input.size(0) = {size}",
        )
    data = repeats.data
    if data is None:
        return fresh_size("size of repeat_interleave") if output_size is None else output_size
    if any(type(count) is int and count < 0 for count in data) and not (single and same(size, 0)):
        refuse("RuntimeError", "repeats can not be negative")
    return _stated(size * data[0] if single else sum(data), output_size)


def _stated(total: Any, output_size: Any) -> Any:
    if output_size is not None:
        require(same(total, output_size), f"repeat_interleave: output_size {output_size} is not {total}")
    return total


def _interleaved_values(input: Any, shape: Any, place: int, repeats: Any, result: Any) -> list[Any] | None:
    counts = repeats if is_size(repeats) else repeats.data
    if input.data is None or counts is None or not all(type(size) is int for size in result) or product(result) > KEPT_VALUES:
        return None
    size = shape[place]
    each = counts if isinstance(counts, list) and len(counts) == size else [counts[0] if isinstance(counts, list) else counts] * size
    run = product(shape[place + 1 :])
    found: list[Any] = []
    for row in range(product(shape[:place])):
        for index in range(size):
            start = (row * size + index) * run
            found += input.data[start : start + run] * each[index]
    return found


def _places_of_counts(repeats: Any, output_size: Any) -> Any:
    if repeats.dtype not in ("int64", "int32"):
        refuse("RuntimeError", "repeats has to be Long or Int tensor")
    if len(repeats.shape) != 1:
        refuse("RuntimeError", "repeat_interleave only accept 1D vector as repeat")
    data = repeats.data
    if data is None or not all(type(count) is int for count in data):
        return repeats.like((fresh_size("size of repeat_interleave") if output_size is None else output_size,))
    if any(count < 0 for count in data):
        refuse("RuntimeError", "repeats can not be negative")
    total = _stated(sum(data), output_size)
    found = [place for place, count in enumerate(data) for _ in range(count)] if total <= KEPT_VALUES else None
    return repeats.like((total,), None, found)


@op("torch.roll")
def roll(input: Any, shifts: Any, dims: Any = ()) -> Any:
    """Elements move along axes; those that fall off come in at the other end.

    >>> roll(T(2, 3), 1, 0)
    float32[2, 3]
    """
    shifts = tuple(shifts) if isinstance(shifts, (tuple, list)) else (shifts,)
    dims = tuple(dims) if isinstance(dims, (tuple, list)) else (dims,)
    if not shifts:
        refuse("RuntimeError", "`shifts` required")
    if not dims and len(shifts) == 1:
        return input.like()
    if len(shifts) != len(dims):
        refuse("RuntimeError", f"shifts and dimensions must align. shifts: {len(shifts)}, dims:{len(dims)}")
    if input.shape or len(dims) > 1:
        for dim in dims:
            if same(product(input.shape), 0) is not True:
                _strict_axis(dim, len(input.shape))
    elif dims:
        _strict_axis(dims[0], 0)
    return input.like()


def _strict_axis(dim: int, rank: int) -> int:
    if not rank:
        refuse("IndexError", "Dimension specified as 0 but tensor has no dimensions")
    return axis(dim, rank)


@op("torch.Tensor.roll")
def roll_method(self: Any, *args: Any, shifts: Any = None, dims: Any = ()) -> Any:
    """`roll`, as a method."""
    if shifts is not None:
        return roll(self, shifts, dims)
    return roll(self, *args) if len(args) > 1 else roll(self, *args, dims=dims)


def flipped(input: Any, places: tuple[int, ...]) -> Any:
    """The tensor with some axes reversed."""
    data = input.data
    if data:
        shape, strides = input.shape, steps(input.shape)
        start = sum((shape[place] - 1) * strides[place] for place in places)
        data = picked(input, shape, [-step if place in places else step for place, step in enumerate(strides)], start)
    return input.like(None, None, data)


@op("torch.flip")
def flip(input: Any, dims: Any) -> Any:
    """Axes reversed.

    >>> flip(T(2, 3), (0,))
    float32[2, 3]
    """
    if isinstance(dims, int):
        refuse("TypeError", "flip(): argument 'dims' must be tuple of ints, not int")
    places = axes(tuple(dims), len(input.shape))
    return flipped(input, places if input.shape else ())


@op("torch.Tensor.flip")
def flip_method(self: Any, *args: Any, dims: Any = None) -> Any:
    """`flip` with the axes one by one or as one sequence."""
    if dims is None and not args:
        refuse("TypeError", "flip() missing 1 required positional arguments: 'dims'")
    return flip(self, sizes_of(args if dims is None else (dims,)))


@op("torch.fliplr", "torch.Tensor.fliplr")
def fliplr(input: Any) -> Any:
    """Columns reversed.

    >>> fliplr(T(2, 3))
    float32[2, 3]
    """
    if len(input.shape) < 2:
        refuse("RuntimeError", "Input must be >= 2-d.")
    return flipped(input, (1,))


@op("torch.flipud", "torch.Tensor.flipud")
def flipud(input: Any) -> Any:
    """Rows reversed.

    >>> flipud(T(2, 3))
    float32[2, 3]
    """
    if not input.shape:
        refuse("RuntimeError", "Input must be >= 1-d.")
    return flipped(input, (0,))


@op("torch.rot90", "torch.Tensor.rot90")
def rot90(input: Any, k: int = 1, dims: Any = (0, 1)) -> Any:
    """A quarter turn, ``k`` times.

    >>> rot90(T(2, 3))
    float32[3, 2]
    """
    rank = len(input.shape)
    if len(dims) != 2:
        refuse("RuntimeError", f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if rank < 2:
        refuse("RuntimeError", f"expected total dims >= 2, but got total dims = {rank}")
    first, second = dims
    if first == second or abs(first - second) == rank:
        refuse("RuntimeError", f"expected rotation dims to be different, but got dim0 = {first} and dim1 = {second}")
    first, second = axis(first, rank), axis(second, rank)
    order = list(range(rank))
    order[first], order[second] = second, first
    turns = k % 4
    if turns == 0:
        return input.like(None, None, input.data)
    if turns == 2:
        return flipped(input, (first, second))
    return rearranged(flipped(input, (second,)), order) if turns == 1 else flipped(rearranged(input, order), (second,))


@op("torch.cartesian_prod", "torch.functional.cartesian_prod")
def cartesian_prod(*tensors: Any) -> Any:
    """All combinations of one element of each vector.

    >>> cartesian_prod(T(2), T(3))
    float32[6, 2]
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    for tensor in tensors:
        if len(tensor.shape) != 1:
            refuse("RuntimeError", f"Expect a 1D vector, but got shape {list(tensor.shape)}")
        if tensor.dtype != tensors[0].dtype:
            refuse("RuntimeError", "meshgrid expects all tensors to have the same dtype")
    if len(tensors) == 1:
        return tensors[0]
    return tensors[0].like((product(tensor.shape[0] for tensor in tensors), len(tensors)))
