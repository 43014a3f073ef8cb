"""Ops that take a tensor apart: pieces along an axis, diagonals, windows."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import Any

from ....ir.dim import less, minimum, same
from ...describe import RUN, assume, fresh_size, refuse, require, unknown
from ...shapes import axis, product, repeats, strided
from ..tensor import is_size, is_tensor, sizes_of
from .aliasing import into, picked, steps, view_of
from .signatures import op
from .strides import lies, strides_of


def piece(input: Any, place: int, start: Any, size: Any) -> Any:
    """``size`` elements of one axis, from ``start`` on."""
    shape = input.shape
    wanted = (*shape[:place], size, *shape[place + 1 :])
    data = input.data
    if data is not None:
        strides = steps(shape)
        data = picked(input, wanted, strides, start * strides[place]) if type(start) is int else None
    return lies(view_of(input, wanted, data), strides_of(input))


def _pieces(input: Any, place: int, sizes: Any) -> tuple[Any, ...]:
    starts = accumulate(sizes, initial=0)
    return tuple(piece(input, place, start, size) for start, size in zip(starts, sizes, strict=False))


def _axis_of(input: Any, dim: Any, name: str) -> int:
    if not input.shape:
        refuse("RuntimeError", f"{name} expects at least a 1-dimensional tensor")
    return axis(dim, len(input.shape))


@op("torch.select", "torch.Tensor.select", "torch.select_copy")
def select(input: Any, dim: int, index: Any) -> Any:
    """One element of an axis, which goes.

    >>> select(T(5, 4), 0, -1)
    float32[4]
    """
    shape = input.shape
    if not shape:
        refuse("IndexError", "select() cannot be applied to a 0-dim tensor.")
    place = axis(dim, len(shape))
    size = shape[place]
    index = sizes_of((index,))[0]
    wanted = (*shape[:place], *shape[place + 1 :])
    if type(index) is int and type(size) is int:
        if not -size <= index < size:
            refuse("IndexError", f"select(): index {index} out of range for tensor of size {list(shape)} at dimension {place}")
        if input.data is not None:
            strides = steps(shape)
            return view_of(input, wanted, picked(input, wanted, strides[:place] + strides[place + 1 :], index % size * strides[place]))
    return view_of(input, wanted)


@op("torch.narrow", "torch.Tensor.narrow")
def narrow(input: Any, dim: int, start: Any, length: Any) -> Any:
    """A stretch of an axis.

    >>> narrow(T(5, 4), 0, 1, 3)
    float32[3, 4]
    """
    shape = input.shape
    if not shape:
        refuse("RuntimeError", "narrow() cannot be applied to a 0-dim tensor.")
    place = axis(dim, len(shape))
    size = shape[place]
    start = sizes_of((start,))[0] if is_tensor(start) else start
    if type(length) is int and length < 0:
        refuse("RuntimeError", "narrow(): length must be non-negative.")
    wanted = (*shape[:place], length, *shape[place + 1 :])
    if is_tensor(start):
        return view_of(input, wanted)
    if type(start) is int and type(size) is int and not -size <= start <= size:
        refuse("IndexError", f"start out of range (expected to be in range of [{-size}, {size}], but got {start})")
    first = start + size if type(start) is int and start < 0 else start
    beyond = less(size, first + length)
    require(None if beyond is None else not beyond, f"start ({start}) + length ({length}) exceeds dimension size ({size}).")
    if type(first) is not int or input.data is None:
        return view_of(input, wanted)
    strides = steps(shape)
    return view_of(input, wanted, picked(input, wanted, strides, first * strides[place]))


@op("torch.chunk", "torch.Tensor.chunk", "torch.unsafe_chunk", "torch.Tensor.unsafe_chunk")
def chunk(input: Any, chunks: int, dim: int = 0) -> Any:
    """At most so many pieces of equal size; the last may be smaller.

    >>> chunk(T(5, 4), 2)
    (float32[3, 4], float32[2, 4])
    """
    place = _axis_of(input, dim, "chunk")
    if type(chunks) is not int:
        return unknown("the number of chunks")
    if chunks <= 0:
        refuse("RuntimeError", f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    size = input.shape[place]
    if type(size) is int:
        each = -(-size // chunks)
        if each == 0:
            return _pieces(input, place, [0] * chunks)
        full, rest = divmod(size, each)
        return _pieces(input, place, [each] * full + ([rest] if rest else []))
    return _pieces(input, place, _shares(size, chunks, "chunk"))


def _shares(size: Any, chunks: int, name: str) -> list[Any]:
    """A symbolic size in so many equal parts; the last one takes what is left when it is known not to divide."""
    divides = same(size % chunks, 0)
    if divides is None:
        assume(f"{size} is divisible by {chunks} ({name})")
    if divides is False:
        each = -(-size // chunks)
        return [each] * (chunks - 1) + [size - each * (chunks - 1)]
    return [size // chunks] * chunks


@op("torch.functional.split", "torch.split")
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> Any:
    """Pieces of one size (the last may be smaller), or of the sizes given.

    >>> split(T(5, 4), [1, 4])
    (float32[1, 4], float32[4, 4])
    """
    if isinstance(split_size_or_sections, (tuple, list)) or repeats(split_size_or_sections):
        return split_with_sizes(tensor, split_size_or_sections, dim)
    step = sizes_of((split_size_or_sections,))[0]
    if not is_size(step):
        if is_tensor(step):
            return unknown("the sizes to split into are values of a tensor")
        refuse("TypeError", "split(): split_size must be an int or a list of ints")
    place = _axis_of(tensor, dim, "split")
    size = tensor.shape[place]
    if type(step) is int and step < 0:
        refuse("RuntimeError", f"split expects split_size be non-negative, but got split_size={step}")
    if type(step) is int and step == 0:
        require(same(size, 0), f"split_size can only be 0 if dimension size is 0, but got dimension size of {size}")
        return _pieces(tensor, place, [0])
    count = -(-size // step)
    if type(count) is not int:
        return unknown(f"how many pieces of {step} there are in {size}")
    count = max(count, 1)
    return _pieces(tensor, place, [step] * (count - 1) + [size - step * (count - 1)])


@op("torch.Tensor.split")
def split_method(self: Any, split_size: Any, dim: int = 0) -> Any:
    """`split`, as a method."""
    return split(self, split_size, dim)


@op("torch.unsafe_split", "torch.Tensor.unsafe_split")
def unsafe_split(tensor: Any, split_size: Any, dim: int = 0) -> Any:
    """`split` without the check that pieces are not written to."""
    return split(tensor, split_size, dim)


@op("torch.split_with_sizes", "torch.Tensor.split_with_sizes", "torch.unsafe_split_with_sizes", "torch.Tensor.unsafe_split_with_sizes")
def split_with_sizes(input: Any, split_sizes: Any, dim: int = 0) -> Any:
    """Pieces of the sizes given.

    >>> split_with_sizes(T(5, 4), [1, 4])
    (float32[1, 4], float32[4, 4])
    """
    place = _axis_of(input, dim, "split")
    if repeats(split_sizes):
        return RUN.get().state["pieces"].cut(input, split_sizes, place)
    sizes = sizes_of((split_sizes,))
    if any(is_tensor(size) for size in sizes):
        return unknown("the sizes to split into are values of tensors")
    if any(type(size) is int and size < 0 for size in sizes):
        refuse("RuntimeError", f"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={list(sizes)}")
    whole = input.shape[place]
    require(
        same(sum(sizes), whole),
        f"split_with_sizes expects split_sizes to sum exactly to {whole} (input tensor's size at dimension "
        f"{place}), but got split_sizes={list(sizes)}",
        name="split-mismatch",
    )
    return _pieces(input, place, sizes)


@op("torch.tensor_split", "torch.Tensor.tensor_split")
def tensor_split(
    input: Any,
    indices_or_sections: Any = None,
    dim: int = 0,
    *,
    sections: Any = None,
    indices: Any = None,
    tensor_indices_or_sections: Any = None,
) -> Any:
    """So many pieces that differ by at most one, or pieces cut at the places given.

    >>> tensor_split(T(5), 3)
    (float32[2], float32[2], float32[1])
    """
    for given in (sections, indices, tensor_indices_or_sections):
        indices_or_sections = given if indices_or_sections is None else indices_or_sections
    if indices_or_sections is None:
        refuse("TypeError", "tensor_split(): missing indices or sections")
    cuts = indices_or_sections
    place = _axis_of(input, dim, "tensor_split")
    if is_tensor(cuts):
        if cuts.dtype != "int64" or len(cuts.shape) > 1:
            refuse("RuntimeError", "tensor_split expected tensor_indices_or_sections to be a zero- or one-dimensional int64 tensor")
        if cuts.data is None:
            return _split_by_data(input, cuts, place)
        cuts = cuts.data[0] if not cuts.shape else cuts.data
    if isinstance(cuts, (tuple, list)):
        return _split_at(input, place, sizes_of((cuts,)))
    if type(cuts) is not int:
        return unknown("the number of pieces")
    if cuts <= 0:
        refuse("RuntimeError", f"number of sections must be larger than 0, got {cuts}")
    size = input.shape[place]
    if type(size) is int:
        return _pieces(input, place, [size // cuts + (number < size % cuts) for number in range(cuts)])
    return _pieces(input, place, _shares(size, cuts, "tensor_split"))


def _split_by_data(input: Any, cuts: Any, place: int) -> Any:
    count = cuts.shape[0] if cuts.shape else None
    if type(count) is not int:
        return unknown("the number of pieces is the value of a tensor")
    sizes = [fresh_size("size of a piece of tensor_split", input.shape[place]) for _ in range(count + 1)]
    return tuple(view_of(input, (*input.shape[:place], size, *input.shape[place + 1 :])) for size in sizes)


def _split_at(input: Any, place: int, cuts: Any) -> Any:
    size = input.shape[place]
    bounds = [0, *cuts, size]
    found = []
    for number, (start, end) in enumerate(pairwise(bounds)):
        end = None if number == len(cuts) else end
        if type(size) is int and type(start) is int:
            first = slice(start, None).indices(size)[0]
            found.append(piece(input, place, first, strided(start, end, 1, size)))
        else:
            found.append(piece(input, place, None, strided(start, end, 1, size)))
    return tuple(found)


def _axis_split(name: str, least: int, dim: int) -> None:
    @op(f"torch.{name}", f"torch.Tensor.{name}")
    def cut(input: Any, indices_or_sections: Any = None, *more: Any, sections: Any = None, indices: Any = None) -> Any:
        if more:
            indices_or_sections = (indices_or_sections, *more)
        for given in (sections, indices):
            indices_or_sections = given if indices_or_sections is None else indices_or_sections
        if len(input.shape) < least:
            refuse("RuntimeError", f"torch.{name} requires a tensor with at least {least} dimension")
        along = 0 if name == "hsplit" and len(input.shape) == 1 else dim
        if is_size(indices_or_sections):
            size = input.shape[along]
            if type(indices_or_sections) is int and indices_or_sections == 0:
                refuse("RuntimeError", f"torch.{name} attempted to split along dimension {along} into 0 sections")
            require(
                same(size % indices_or_sections, 0),
                f"torch.{name} attempted to split along dimension {along}, but the size of the "
                f"dimension {size} is not divisible by the split_size {indices_or_sections}!",
            )
        return tensor_split(input, indices_or_sections, along)

    cut.__doc__ = f"`tensor_split` along axis {dim}, into equal parts when a number is given."


for _name, _least, _dim in (("hsplit", 1, 1), ("vsplit", 2, 0), ("dsplit", 3, 2)):
    _axis_split(_name, _least, _dim)


@op("torch.unbind", "torch.Tensor.unbind", "torch.unbind_copy")
def unbind(input: Any, dim: int = 0) -> Any:
    """The elements of an axis, which goes.

    >>> unbind(T(2, 3))
    (float32[3], float32[3])
    """
    if not input.shape:
        refuse("RuntimeError", "Dimension specified as 0 but tensor has no dimensions")
    place = axis(dim, len(input.shape))
    size = input.shape[place]
    if type(size) is not int:
        return unknown(f"how many tensors unbind gives: {size}")
    if input.data is None:
        wanted = (*input.shape[:place], *input.shape[place + 1 :])
        return tuple(view_of(input, wanted) for _ in range(size))
    return tuple(select(input, place, number) for number in range(size))


def _diagonal_length(rows: Any, columns: Any, offset: Any) -> Any:
    rows, columns = (rows + offset, columns) if offset < 0 else (rows, columns - offset)
    if type(rows) is int and type(columns) is int:
        return max(min(rows, columns), 0)
    return rows if same(rows, columns) else minimum(rows, columns)


@op("torch.diagonal", "torch.Tensor.diagonal", "torch.diagonal_copy")
def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal of two axes, as a new last axis.

    >>> diagonal(T(3, 4, 5), 1, 0, 2)
    float32[4, 3]
    """
    shape = input.shape
    first, second = axis(dim1, len(shape)), axis(dim2, len(shape))
    if first == second:
        refuse("RuntimeError", f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    length = _diagonal_length(shape[first], shape[second], offset)
    rest = [place for place in range(len(shape)) if place not in (first, second)]
    wanted = [*(shape[place] for place in rest), length]
    data = input.data
    if data is not None:
        strides = steps(shape)
        start = offset * strides[second] if offset >= 0 else -offset * strides[first]
        data = picked(input, wanted, [*(strides[place] for place in rest), strides[first] + strides[second]], start)
    return view_of(input, wanted, data)


@op("torch.linalg.diagonal")
def linalg_diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """`diagonal` of the last two axes."""
    return diagonal(A, offset, dim1, dim2)


@op("torch.diag_embed", "torch.Tensor.diag_embed")
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Matrices with the last axis on their diagonal.

    >>> diag_embed(T(2, 3))
    float32[2, 3, 3]
    """
    rank = len(input.shape) + 1
    first, second = axis(dim1, rank), axis(dim2, rank)
    if first == second:
        refuse("RuntimeError", f"diagonal dimensions cannot be identical {dim1}, {dim2}")
    if not input.shape:
        refuse("IndexError", "diag_embed needs at least one axis")
    side = input.shape[-1] + abs(offset)
    rest = iter(input.shape[:-1])
    return input.like(tuple(side if place in (first, second) else next(rest) for place in range(rank)))


@op("torch.diag", "torch.Tensor.diag")
def diag(input: Any, diagonal: int = 0, *, out: Any = None) -> Any:
    """The diagonal of a matrix, or the matrix with this diagonal.

    >>> diag(T(3)), diag(T(3, 4))
    (float32[3, 3], float32[3])
    """
    rank = len(input.shape)
    if rank not in (1, 2):
        refuse("RuntimeError", f"diag(): Supports 1D or 2D tensors. Got {rank}D")
    return into(out, diag_embed(input, diagonal) if rank == 1 else _diagonal_of(input, diagonal), exact=True)


def _diagonal_of(input: Any, offset: int) -> Any:
    return diagonal(input, offset)


@op("torch.diagflat", "torch.Tensor.diagflat")
def diagflat(input: Any, offset: int = 0) -> Any:
    """The matrix with all elements on its diagonal.

    >>> diagflat(T(2, 3))
    float32[6, 6]
    """
    side = product(input.shape) + abs(offset)
    return input.like((side, side))


@op("torch.Tensor.unfold", "torch.unfold_copy")
def unfold(self: Any, dimension: int, size: Any, step: Any) -> Any:
    """Windows over an axis; their elements come as a new last axis.

    >>> unfold(T(7, 3), 0, 3, 2)
    float32[3, 3, 3]
    """
    shape = self.shape
    place = axis(dimension, len(shape))
    whole = shape[place] if shape else 1
    beyond = less(whole, size)
    require(None if beyond is None else not beyond, f"maximum size for tensor at dimension {place} is {whole} but size is {size}")
    if type(step) is int and step <= 0:
        refuse("RuntimeError", f"step is {step} but must be > 0")
    if type(size) is int and size < 0:
        refuse("RuntimeError", f"size is {size} but must be >= 0")
    if not shape:
        return view_of(self, (size,), self.data if size == 1 else None)
    wanted = (*shape[:place], (whole - size) // step + 1, *shape[place + 1 :], size)
    data = self.data
    if data is not None:
        strides = steps(shape)
        data = picked(self, wanted, (*strides[:place], strides[place] * step, *strides[place + 1 :], strides[place]))
    return view_of(self, wanted, data)


@op("torch.as_strided", "torch.Tensor.as_strided", "torch.as_strided_copy")
def as_strided(input: Any, size: Any, stride: Any, storage_offset: Any = None) -> Any:
    """Any walk through the memory of a tensor.

    >>> as_strided(T(6), (2, 3), (1, 2))
    float32[2, 3]
    """
    sizes, strides = sizes_of((size,)), sizes_of((stride,))
    if len(sizes) != len(strides):
        refuse("RuntimeError", f"mismatch in length of strides and shape: {len(strides)} and {len(sizes)}")
    if any(type(step) is int and step < 0 for step in (*sizes, *strides)) or (type(storage_offset) is int and storage_offset < 0):
        refuse("RuntimeError", "as_strided: negative sizes, strides and offsets are not supported")
    if "_base" not in input.__dict__ and all(type(x) is int for x in (*sizes, *strides, *input.shape)):
        reach = (storage_offset or 0) + sum((s - 1) * d for s, d in zip(sizes, strides, strict=True)) + 1
        if 0 not in sizes:
            require(reach <= product(input.shape), f"as_strided reaches element {reach} of {product(input.shape)}")
    return view_of(input, sizes)
