"""Folding, padding and grids give what torch gives: shapes, element types and values, or both refuse."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.drawn import check, dims, tensors
from tests.oracle.torch_oracle import T

fast = settings(max_examples=200, deadline=None)
valued = tensors(valued=True)
few = st.integers(1, 3)
numbers = st.one_of(st.integers(0, 3), st.tuples(few, few))


@settings(max_examples=600, deadline=None)
@given(
    tensors(st.lists(st.integers(0, 4), max_size=5).map(tuple), valued=True),
    st.lists(st.integers(-1, 3), max_size=6),
    st.sampled_from(["constant", "constant", "reflect", "replicate", "circular", "other"]),
    st.sampled_from([None, 0, 1.5]),
)
def test_pad(tensor: T, widths: list[int], mode: str, value: Any) -> None:
    check("torch.nn.functional.pad", tensor, widths, mode, value)


@fast
@given(tensors(st.lists(st.integers(1, 6), min_size=2, max_size=4).map(tuple)), numbers, numbers, numbers, numbers)
def test_unfold(tensor: T, kernel: Any, dilation: Any, padding: Any, stride: Any) -> None:
    check("torch.nn.functional.unfold", tensor, kernel, dilation, padding, stride)


@fast
@given(few, few, st.integers(2, 6), few, st.integers(0, 1), few, st.booleans(), st.integers(0, 9))
def test_fold(channels: int, kernel: int, size: int, dilation: int, padding: int, stride: int, batched: bool, odd: int) -> None:
    count = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    shape = (channels * kernel * kernel + (odd == 1), max(count, 0) ** 2 + (odd == 2))
    check("torch.nn.functional.fold", T(*((2,) if batched else ()), *shape), size, kernel, dilation, padding, stride)


@fast
@given(tensors(st.lists(st.sampled_from([0, 1, 2, 4, 6, 9]), max_size=4).map(tuple)), st.integers(-1, 3))
def test_pixels(tensor: T, factor: int) -> None:
    check("torch.pixel_shuffle", tensor, factor)
    check("torch.pixel_unshuffle", tensor, factor)


@fast
@given(st.lists(st.integers(-1, 4), max_size=4), st.sampled_from(["int64"] * 4 + ["int32", "float32"]), st.integers(-2, 6))
def test_one_hot(values: list[int], dtype: str, classes: int) -> None:
    check("torch.nn.functional.one_hot", T(len(values), dtype=dtype, data=values), classes)
    check("torch.nn.functional.one_hot", T(len(values), dtype=dtype, data=values))


@fast
@given(valued, dims)
def test_triangles(tensor: T, diagonal: int) -> None:
    for name in ("tril", "triu"):
        check(f"torch.{name}", tensor, diagonal)
        check(f"torch.Tensor.{name}_", tensor, diagonal)
        check(f"torch.{name}", tensor)


@fast
@given(
    tensors(st.lists(few, min_size=3, max_size=3).map(tuple), st.sampled_from(["float32", "float64", "int64"])),
    st.lists(st.integers(0, 3), min_size=3, max_size=5),
    tensors(st.lists(few, min_size=4, max_size=5).map(tuple), st.sampled_from(["float32", "float64"])),
    st.sampled_from(["bilinear", "bicubic", "x"]),
)
def test_grids(theta: T, size: list[int], image: T, mode: str) -> None:
    check("torch.nn.functional.affine_grid", theta, size)
    check("torch.nn.functional.affine_grid", T(size[0], len(size) - 2, len(size) - 1), size)
    zeros = [0.0] * (image.shape[0] * 6 ** (len(image.shape) - 2) * (len(image.shape) - 2))
    grid = T(image.shape[0], *[6] * (len(image.shape) - 2), len(image.shape) - 2, data=zeros)
    check("torch.nn.functional.grid_sample", image, grid, mode)
    check("torch.nn.functional.grid_sample", T(2, 3, 4, 5), grid, mode)
