"""Scaled dot product attention gives what torch gives, and counts what torch's counter counts."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY
from tests.oracle.drawn import check, tensors
from tests.oracle.test_contraction import counted
from tests.oracle.torch_oracle import T, _ours

name = "torch.nn.functional.scaled_dot_product_attention"
few = st.sampled_from([1, 2, 2, 3])
shapes = st.lists(few, min_size=1, max_size=4).map(tuple)
types = st.sampled_from(["float32"] * 6 + ["float64", "int64", "float16"])


@settings(max_examples=300, deadline=None)
@given(tensors(shapes, types), tensors(shapes, types), tensors(shapes, types), st.booleans(), st.booleans())
def test_any_three(query: T, key: T, value: T, causal: bool, grouped: bool) -> None:
    if key.shape[-2:-1] == value.shape[-2:-1]:  # torch's fast path reads beyond the end instead of asking
        check(name, query, key, value, is_causal=causal, enable_gqa=grouped)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(few, min_size=0, max_size=3),
    few,
    few,
    few,
    few,
    types,
    st.one_of(st.none(), tensors(shapes, types), tensors(shapes, st.just("bool"))),
    st.booleans(),
)
def test_fitting(batch: list[int], length: int, others: int, width: int, out: int, dtype: str, mask: Any, causal: bool) -> None:
    query, key, value = (T(*batch, *last, dtype=dtype) for last in ((length, width), (others, width), (others, out)))
    check(name, query, key, value, mask)
    if mask is None:
        check(name, query, key, value, is_causal=causal)
    check(name, query, key, value, T(length, others, dtype="bool"))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), few)
def test_grouped_heads(heads: int, keys: int, values: int, batch: int) -> None:
    check(name, T(batch, heads, 3, 4), T(batch, keys, 5, 4), T(batch, values, 5, 2), enable_gqa=True)


@pytest.mark.parametrize(
    "call",
    [
        (T(2, 4, 5, 8), T(2, 4, 6, 8), T(2, 4, 6, 9)),
        (T(2, 4, 5, 8), T(2, 4, 5, 8), T(2, 4, 5, 8)),
        (T(4, 5, 8), T(4, 6, 8), T(4, 6, 8)),
    ],
)
def test_multiplications(call: Any) -> None:
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        ours, theirs = counted(name, *call)
    assert ours == theirs


def test_flex_attention() -> None:
    flex = REGISTRY["torch.nn.attention.flex_attention.flex_attention"]
    query, key, value = _ours(T(2, 4, 5, 8)), _ours(T(2, 2, 6, 8)), _ours(T(2, 2, 6, 3))
    assert repr(flex(query, key, value, enable_gqa=True)) == "float32[2, 4, 5, 3]"
    assert repr(flex(query, key, value, enable_gqa=True, return_lse=True)[1]) == "float32[2, 4, 5]"
