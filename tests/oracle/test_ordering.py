"""Sorting and searching give what torch gives, or both refuse; what depends on the data has a size of its own."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY
from astarch.ir.dim import Dim
from astarch.ir.refusal import Refusal
from tests.oracle.drawn import check, dims, tensors
from tests.oracle.torch_oracle import T, _map, _ours, ask_torch

fast = settings(max_examples=150, deadline=None)
plain = tensors(dtype=st.sampled_from(["float32", "int64", "float64"]))
valued = tensors(valued=True, dtype=st.sampled_from(["float32", "int64", "int32", "bool", "complex64", "float16"]))


@fast
@given(valued, dims, st.integers(-1, 5), st.booleans())
def test_ordering(tensor: T, dim: int, k: int, flag: bool) -> None:
    for start in ("torch.", "torch.Tensor."):
        check(start + "sort", tensor, dim, flag)
        check(start + "argsort", tensor, dim, flag)
        check(start + "topk", tensor, k, dim, flag)
        check(start + "kthvalue", tensor, k, dim, flag)
    check("torch.sort", tensor, descending=flag, stable=True)
    check("torch.msort", tensor)


@fast
@given(plain, plain, st.booleans(), st.sampled_from([None, "left", "right", "middle"]))
def test_searching(boundaries: T, values: T, flag: bool, side: Any) -> None:
    check("torch.searchsorted", boundaries, values, right=flag, side=side, out_int32=flag)
    check("torch.searchsorted", T(4), values)
    check("torch.searchsorted", boundaries, T(*boundaries.shape[:-1], 2))
    check("torch.searchsorted", boundaries, 1.5)
    check("torch.bucketize", values, boundaries, right=flag)
    check("torch.bucketize", values, T(3), out_int32=flag)
    check("torch.bucketize", 2, T(3))


@fast
@given(valued, st.sampled_from([None, None, 0, 1, -1, -2]), st.booleans(), st.booleans())
def test_unique(tensor: T, dim: Any, inverse: bool, counts: bool) -> None:
    for name in ("unique", "unique_consecutive"):
        options = {"return_inverse": inverse, "return_counts": counts, "dim": dim}
        theirs = ask_torch(f"torch.{name}", (tensor,), options, "cpu")
        try:
            ours = REGISTRY[f"torch.{name}"](_map(tensor, _ours), **options)
        except Refusal as refusal:
            assert theirs == "refused", f"{name} {tensor} {options}: {refusal}, torch {theirs}"
            continue
        assert theirs != "refused", f"{name} {tensor} {options}"
        several = theirs if inverse or counts else (theirs,)
        for mine, (shape, dtype) in zip(ours if inverse or counts else (ours,), several, strict=True):
            assert (mine.dtype, len(mine.shape)) == (dtype, len(shape)), f"{name} {tensor} {options}: {mine} for {shape}"
            assert all(isinstance(a, Dim) or a == b for a, b in zip(mine.shape, shape, strict=True)), (
                f"{name} {tensor} {options}: {mine} for {shape}"
            )
