"""Ops that look at a tensor with its axes in another order."""

from __future__ import annotations

from typing import Any

from ...describe import refuse
from ...shapes import axis
from ..tensor import sizes_of
from .aliasing import become, picked, steps, view_of
from .signatures import op
from .strides import lies, strides_of
from .views import wanted_sizes


def rearranged(input: Any, order: Any) -> Any:
    """The axes of a tensor in another order."""
    shape = input.shape
    wanted = [shape[place] for place in order]
    data = input.data
    if data is not None:
        strides = steps(shape)
        data = picked(input, wanted, [strides[place] for place in order])
    known = strides_of(input)
    return lies(view_of(input, wanted, data), tuple(known[place] for place in order) if known is not None else None)


@op("torch.transpose", "torch.Tensor.transpose")
def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Two axes change places.

    >>> transpose(T(2, 3, 4), 1, 2)
    float32[2, 4, 3]
    """
    rank = len(input.shape)
    first, second = axis(dim0, rank), axis(dim1, rank)
    order = list(range(rank))
    if rank:
        order[first], order[second] = second, first
    return rearranged(input, order)


@op("torch.swapaxes", "torch.Tensor.swapaxes")
def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """Two axes change places (numpy's name)."""
    return transpose(input, axis0, axis1)


@op("torch.swapdims", "torch.Tensor.swapdims")
def swapdims(input: Any, dim0: int, dim1: int) -> Any:
    """Two axes change places."""
    return transpose(input, dim0, dim1)


@op("torch.t", "torch.Tensor.t")
def t(input: Any) -> Any:
    """The transpose of a matrix; fewer axes stay as they are.

    >>> t(T(2, 3))
    float32[3, 2]
    """
    rank = len(input.shape)
    if rank > 2:
        refuse("RuntimeError", f"t() expects a tensor with <= 2 dimensions, but self is {rank}D")
    return rearranged(input, range(rank - 1, -1, -1))


@op("torch.adjoint", "torch.Tensor.adjoint")
def adjoint(input: Any) -> Any:
    """The conjugate transpose of the last two axes.

    >>> adjoint(T(5, 2, 3))
    float32[5, 3, 2]
    """
    if len(input.shape) == 1:
        refuse("RuntimeError", "tensor.adjoint() is only supported on matrices or batches of matrices")
    if not input.shape:
        return view_of(input, ())
    return view_of(input, (*input.shape[:-2], input.shape[-1], input.shape[-2]))


def _in_place(name: str, function: Any) -> None:
    @op(f"torch.Tensor.{name}")
    def changed(self: Any, dim0: int, dim1: int) -> Any:
        return become(self, function(self, dim0, dim1))


for _name in ("transpose_", "swapdims_"):
    _in_place(_name, transpose)


@op("torch.Tensor.swapaxes_")
def swapaxes_(self: Any, axis0: int, axis1: int) -> Any:
    """`swapaxes`, in place."""
    return become(self, transpose(self, axis0, axis1))


@op("torch.Tensor.t_")
def t_(self: Any) -> Any:
    """`t`, in place."""
    return become(self, t(self))


@op("torch.movedim", "torch.Tensor.movedim")
def movedim(input: Any, source: Any, destination: Any) -> Any:
    """Axes move to other places; the rest keep their order.

    >>> movedim(T(2, 3, 4), 0, -1)
    float32[3, 4, 2]
    """
    rank = len(input.shape)
    many = (tuple, list)
    if isinstance(source, many) != isinstance(destination, many):
        refuse("TypeError", "movedim(): source and destination must both be ints or both be sequences")
    froms, tos = (tuple(x) if isinstance(x, many) else (x,) for x in (source, destination))
    if len(froms) != len(tos):
        refuse("RuntimeError", "movedim: Invalid source or destination dims: they should contain the same number of dims")
    froms, tos = (tuple(axis(index, rank) for index in group) for group in (froms, tos))
    if len(set(froms)) != len(froms) or len(set(tos)) != len(tos):
        refuse("RuntimeError", "movedim: repeated dim")
    if not rank:
        return view_of(input, (), input.data)
    order = [-1] * rank
    for start, end in zip(froms, tos, strict=True):
        order[end] = start
    rest = iter(place for place in range(rank) if place not in froms)
    return rearranged(input, [next(rest) if place == -1 else place for place in order])


@op("torch.moveaxis", "torch.Tensor.moveaxis")
def moveaxis(input: Any, source: Any, destination: Any) -> Any:
    """`movedim` under numpy's name."""
    return movedim(input, source, destination)


@op("torch.permute")
def permute(input: Any, dims: Any) -> Any:
    """All axes in another order.

    >>> permute(T(2, 3, 4), (2, 0, 1))
    float32[4, 2, 3]
    """
    shape = input.shape
    if isinstance(dims, int):
        refuse("TypeError", "permute(): argument 'dims' must be tuple of ints, not int")
    dims = sizes_of((dims,))
    if len(dims) != len(shape):
        refuse(
            "RuntimeError",
            f"permute(sparse_coo): number of dimensions in the tensor input does not match the length of the "
            f"desired ordering of dimensions i.e. input.dim() = {len(shape)} is not equal to len(dims) = {len(dims)}",
        )
    order = [axis(index, len(shape)) for index in dims]
    if len(set(order)) != len(order):
        refuse("RuntimeError", "permute(): duplicate dims are not allowed.")
    return rearranged(input, order)


@op("torch.Tensor.permute")
def permute_method(self: Any, *args: Any, dims: Any = None) -> Any:
    """`permute` with the axes one by one or as one sequence."""
    return permute(self, wanted_sizes(args, dims, "permute"))


@op("torch.transpose_copy")
def transpose_copy(input: Any, dim0: int, dim1: int) -> Any:
    """`transpose`, copied."""
    return lies(transpose(input, dim0, dim1), None)


@op("torch.t_copy")
def t_copy(input: Any) -> Any:
    """`t`, copied."""
    return lies(t(input), None)


@op("torch.permute_copy")
def permute_copy(input: Any, dims: Any) -> Any:
    """`permute`, copied."""
    return lies(permute(input, dims), None)
