"""Views give what torch gives: shapes, element types and values, or both refuse."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.drawn import check, dims, dtypes, shapes, sizes, tensors
from tests.oracle.torch_oracle import D, T

fast = settings(max_examples=120, deadline=None)
valued = tensors(valued=True)
wanted = st.lists(st.integers(-2, 6), max_size=4)
method = "torch.Tensor."


@fast
@given(valued, wanted, st.data())
def test_view_and_reshape(tensor: T, sizes_wanted: list[int], data: Any) -> None:
    if data.draw(st.booleans()) and len(tensor.shape) > 1:
        sizes_wanted = list(data.draw(st.permutations(tensor.shape)))
        sizes_wanted[data.draw(st.integers(0, len(sizes_wanted) - 1))] = -1
    check("torch.reshape", tensor, sizes_wanted)
    check(method + "view", tensor, *sizes_wanted)
    check(method + "view", tensor, sizes_wanted)
    check(method + "reshape", tensor, *sizes_wanted)
    check(method + "reshape", tensor, shape=sizes_wanted)
    check(method + "unflatten", tensor, data.draw(dims), tuple(sizes_wanted))
    if 0 not in sizes_wanted:  # with nothing in it torch lets negative sizes through
        check(method + "expand", tensor, *sizes_wanted)
        check("torch.broadcast_to", tensor, sizes_wanted)
    check(method + "permute", tensor, *sizes_wanted)
    check("torch.permute", tensor, sizes_wanted)


@fast
@given(valued, dims, dims, dims)
def test_axes(tensor: T, first: int, second: int, third: int) -> None:
    for name in ("flatten", "transpose", "swapaxes", "swapdims", "movedim", "moveaxis"):
        check("torch." + name, tensor, first, second)
    for name in ("squeeze", "unsqueeze", "unbind"):
        check("torch." + name, tensor, first)
        check(method + name, tensor, first)
    check(method + "squeeze", tensor, (first, second))
    check("torch.movedim", tensor, (first, second), (second, third))
    check("torch.diagonal", tensor, first, second, third)
    check("torch.diag_embed", tensor, first, second, third)
    for name in ("transpose_", "swapaxes_", "swapdims_"):
        check(method + name, tensor, first, second)
    for name in ("squeeze_", "unsqueeze_"):
        check(method + name, tensor, first)


@fast
@given(valued, dims)
def test_plain(tensor: T, offset: int) -> None:
    for name in (
        "flatten",
        "ravel",
        "squeeze",
        "t",
        "unbind",
        "atleast_1d",
        "atleast_2d",
        "atleast_3d",
        "view_as_real",
        "view_as_complex",
        "adjoint",
    ):
        check("torch." + name, tensor)
    for name in ("squeeze_", "t_"):
        check(method + name, tensor)
    check("torch.diag", tensor, offset)
    check("torch.diagflat", tensor, offset)


@fast
@given(valued, dims, st.integers(-4, 5), st.integers(-1, 5))
def test_pieces(tensor: T, dim: int, first: int, second: int) -> None:
    check("torch.narrow", tensor, dim, first, second)
    check("torch.select", tensor, dim, first)
    check(method + "unfold", tensor, dim, first, second)
    for name in ("chunk", "split", "tensor_split"):
        check("torch." + name, tensor, first, dim)
        check(method + name, tensor, first, dim)
    for name in ("hsplit", "vsplit", "dsplit"):
        check("torch." + name, tensor, second)
        check("torch." + name, tensor, [first, second])
    check("torch.tensor_split", tensor, [first, second], dim)
    check("torch.tensor_split", tensor, T(2, dtype="int64", data=[first, second]), dim)
    check("torch.split", tensor, [first, second], dim)


@fast
@given(tensors(valued=True, shape=st.lists(st.integers(1, 5), min_size=1, max_size=3).map(tuple)), st.data())
def test_split_by_sizes(tensor: T, data: Any) -> None:
    dim = data.draw(st.integers(-len(tensor.shape), len(tensor.shape) - 1))
    cut = data.draw(st.integers(0, tensor.shape[dim]))
    check("torch.split", tensor, [cut, tensor.shape[dim] - cut], dim)
    check(method + "split_with_sizes", tensor, (cut, tensor.shape[dim] - cut), dim)


@fast
@given(tensors(), dtypes)
def test_other_bytes(tensor: T, name: str) -> None:
    check(method + "view", tensor, D(name))
    check(method + "view", tensor, dtype=D(name))


@fast
@given(tensors(), st.lists(sizes, max_size=3), st.lists(st.integers(-1, 3), max_size=3), st.integers(-1, 2))
def test_as_strided(tensor: T, size: list[int], stride: list[int], offset: int) -> None:
    check("torch.as_strided", tensor, size, stride, offset)


@fast
@given(st.lists(valued, min_size=1, max_size=3))
def test_broadcast_tensors(several: list[T]) -> None:
    check("torch.broadcast_tensors", *several)
    check("torch.atleast_2d", *several)
    check("torch.atleast_3d", several)


@fast
@given(valued, shapes)
def test_as_another(tensor: T, shape: tuple[int, ...]) -> None:
    for name in ("view_as", "reshape_as", "expand_as"):
        check(method + name, tensor, T(*shape))


@pytest.mark.parametrize("name", ["view", "reshape", "permute", "expand", "repeat"])
def test_no_sizes(name: str) -> None:
    check(method + name, T(2, 3))
