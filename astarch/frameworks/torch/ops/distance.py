"""Distances between vectors, and the shuffle of channels."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import op, refuse, require
from ...dtypes import category
from ...shapes import axis, broadcast, without
from ..tensor import default_dtype
from .demands import floating
from .promotion import result_dtype


@op("torch.nn.functional.cosine_similarity", "torch.cosine_similarity")
def cosine_similarity(x1: Any, x2: Any, dim: Any = 1, eps: Any = 1e-08) -> Any:
    """The cosine of the angle between vectors along an axis.

    >>> cosine_similarity(T(4, 8), T(4, 8))
    float32[4]
    """
    dtype = result_dtype(x1, x2)
    if category(dtype) != 2:
        require(False, f"expected common dtype to be floating point, yet common dtype is {dtype}", name="dtype-mismatch")
    shape = broadcast(x1.shape, x2.shape)
    place = axis(dim, len(shape))
    return x1.like(without(shape, (place,)) if shape else (), dtype)


@op("torch.nn.functional.pairwise_distance", "torch.pairwise_distance")
def pairwise_distance(x1: Any, x2: Any, p: Any = 2, eps: Any = 1e-06, keepdim: bool = False) -> Any:
    """The norm of the difference along the last axis.

    >>> pairwise_distance(T(4, 8), T(4, 8))
    float32[4]
    """
    dtype = result_dtype(x1, x2)
    if dtype == "bool":
        require(False, "subtraction is not supported for bool", name="dtype-mismatch")
    shape = broadcast(x1.shape, x2.shape)
    if not shape:
        return x1.like((), _length(dtype))
    return x1.like(without(shape, (len(shape) - 1,), keepdim), _length(dtype))


def _length(dtype: str) -> str:
    """The element type of a norm."""
    if category(dtype) < 2:
        return default_dtype()
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


@op("torch.nn.functional.pdist", "torch.pdist")
def pdist(input: Any, p: Any = 2) -> Any:
    """The distance of every pair of rows.

    >>> pdist(T(4, 8))
    float32[6]
    """
    if len(input.shape) != 2:
        refuse("RuntimeError", f"pdist only supports 2D tensors, got: {len(input.shape)}D")
    floating("pdist", input)
    if type(p) in (int, float) and p < 0:
        refuse("RuntimeError", "pdist only supports non-negative p values")
    rows = input.shape[0]
    return input.like((rows * (rows - 1) // 2,))


def _shuffled(input: Any, groups: Any) -> Any:
    if len(input.shape) <= 2:
        refuse("RuntimeError", f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if less(groups, 1):
        refuse("RuntimeError", f"Number of groups to divide channels in must be positive. Value of groups:{groups}")
    channels = input.shape[1]
    require(same(channels % groups, 0), f"channel_shuffle: {channels} channels do not divide into {groups} groups", name="channel-mismatch")
    return input.like()


@op("torch.nn.functional.channel_shuffle", "torch.channel_shuffle")
def channel_shuffle(input: Any, groups: Any) -> Any:
    """Interleave groups of channels.

    >>> channel_shuffle(T(1, 8, 4, 4), 2)
    float32[1, 8, 4, 4]
    """
    return _shuffled(input, groups)


@op("torch.nn.functional.native_channel_shuffle", "torch.native_channel_shuffle")
def native_channel_shuffle(input: Any, groups: Any) -> Any:
    """`channel_shuffle` by the kernel of the backend."""
    return _shuffled(input, groups)
