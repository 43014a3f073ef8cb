"""Looking up rows: embedding and bags of embeddings."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import op, refuse, require
from ...shapes import text
from .demands import FLOATING

_INDEX = ("int64", "int32")


def _found(input: Any, weight: Any) -> Any:
    if len(weight.shape) != 2:
        refuse("RuntimeError", "'weight' must be 2-D")
    if input.dtype not in _INDEX:
        require(False, f"embedding takes int64 or int32 indices and gets {input.dtype}", name="dtype-mismatch")
    rows, columns = weight.shape
    if input.data and type(rows) is int:
        low, high = min(input.data), max(input.data)
        if type(low) is int and type(high) is int and (low < 0 or high >= rows):
            require(False, f"index {low if low < 0 else high} is out of range of the {rows} rows of the embedding",
                    name="embedding-index-range")  # fmt: skip
    return weight.like((*input.shape, columns))


def _padding(padding_idx: Any, rows: Any) -> None:
    if padding_idx is not None and (less(padding_idx, rows) is False or less(padding_idx, -rows)):
        refuse("AssertionError", "Padding_idx must be within num_embeddings")


@op("torch.nn.functional.embedding")
def embedding(input: Any, weight: Any, padding_idx: Any = None, max_norm: Any = None, norm_type: Any = 2.0,
              scale_grad_by_freq: bool = False,
              sparse: bool = False) -> Any:  # fmt: skip
    """The rows of the weight that the input names.

    >>> embedding(T(2, 7, dtype="int64"), T(1000, 64))
    float32[2, 7, 64]
    """
    if weight.shape:
        _padding(padding_idx, weight.shape[0])
    return _found(input, weight)


@op("torch.embedding")
def embedding_flat(weight: Any, indices: Any, padding_idx: Any = -1, scale_grad_by_freq: bool = False, sparse: bool = False) -> Any:
    """`torch.nn.functional.embedding` with the weight first."""
    return _found(indices, weight)


def _bags(input: Any, offsets: Any, include_last_offset: Any) -> Any:
    """How many bags there are."""
    if len(input.shape) == 2:
        if offsets is not None:
            refuse("ValueError", "if input is 2D, then offsets has to be None, as input is a mini-batch of sequences")
        return input.shape[0]
    if len(input.shape) != 1:
        refuse("ValueError", f"input has to be 1D or 2D Tensor, but got Tensor of dimension {len(input.shape)}")
    if offsets is None or len(offsets.shape) != 1:
        refuse("ValueError", "offsets has to be a 1D Tensor")
    if offsets.dtype not in _INDEX:
        require(False, f"embedding_bag takes int64 or int32 offsets and gets {offsets.dtype}", name="dtype-mismatch")
    if offsets.data and offsets.data[0] != 0:
        refuse("RuntimeError", "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0")
    if not include_last_offset:
        return offsets.shape[0]
    if less(offsets.shape[0], 1):
        refuse("RuntimeError", "include_last_offset: number of offset should be at least 1")
    return offsets.shape[0] - 1


@op("torch.nn.functional.embedding_bag")
def embedding_bag(input: Any, weight: Any, offsets: Any = None, max_norm: Any = None, norm_type: Any = 2, scale_grad_by_freq: bool = False,
                  mode: str = "mean", sparse: bool = False, per_sample_weights: Any = None, include_last_offset: bool = False,
                  padding_idx: Any = None) -> Any:  # fmt: skip
    """Sum, mean or maximum of bags of rows.

    >>> embedding_bag(T(4, 7, dtype="int64"), T(1000, 64))
    float32[4, 64]
    """
    if weight.dtype == "int64" and input.dtype in FLOATING:
        weight, input = input, weight
    if per_sample_weights is not None:
        have, wanted = per_sample_weights.shape, input.shape
        if len(have) != len(wanted) or any(same(a, b) is False for a, b in zip(have, wanted, strict=True)):
            refuse("ValueError", f"per_sample_weights of shape {text(have)} must have the same shape as the input, {text(wanted)}")
    if len(weight.shape) != 2:
        refuse("ValueError", f"weight has to be a 2D Tensor, but got Tensor of dimension {len(weight.shape)}")
    count = _bags(input, offsets, include_last_offset)
    if mode not in ("sum", "mean", "max"):
        refuse("ValueError", "mode has to be one of sum, mean or max")
    if mode == "max" and (scale_grad_by_freq or sparse):
        refuse("ValueError", "max mode does not support scaling the gradient by the frequency, nor sparse weights")
    if per_sample_weights is not None and mode != "sum":
        refuse("NotImplementedError", "per_sample_weights is only supported for mode='sum'")
    _padding(padding_idx, weight.shape[0])
    if weight.dtype not in FLOATING:
        require(False, f"embedding_bag takes a floating weight and gets {weight.dtype}", name="dtype-mismatch")
    return _found(input, weight).like((count, weight.shape[1]))
