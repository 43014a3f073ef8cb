"""Losses between scores of classes and the classes that were right."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import refuse, require
from ...shapes import text
from ..tensor import TorchTensor
from .contraction import linear
from .demands import FLOATING, floating
from .loss import reduced, reduction_of, same_shape
from .promotion import result_dtype
from .signatures import op


def _class_weight(name: str, input: Any, weight: Any, classes: Any, strict: bool = True) -> None:
    if weight is None:
        return
    if len(weight.shape) != 1 or same(weight.shape[0], classes) is False:
        require(False, f"{name}: weight tensor should be defined for all {classes} classes but got weight of shape {text(weight.shape)}")
    if strict and weight.dtype != input.dtype:
        require(False, f"{name}: input is {input.dtype} and weight {weight.dtype}", name="dtype-mismatch")


def _likelihood(name: str, input: Any, target: Any, weight: Any, reduction: str) -> Any:
    """The negative log likelihood of class numbers."""
    rank, shape, wanted = len(input.shape), input.shape, target.shape
    if rank < 1:
        refuse("ValueError", "Expected 1 or more dimensions (got 0)")
    if rank > 1 and (not wanted or same(shape[0], wanted[0]) is False):
        require(False, f"{name}: batch of {shape[0]} against a target of shape {text(wanted)}")
    if rank <= 2:
        if len(wanted) > 1:
            refuse("RuntimeError", "0D or 1D target tensor expected, multi-target not supported")
        if rank == 1 and wanted and same(wanted[0], 1) is False:
            refuse("ValueError", f"For 1D input, 1D target must have size 1, but got target size: {wanted[0]}")
        out: tuple[Any, ...] = tuple(shape[:1]) if rank == 2 else ()
    else:
        out = (shape[0], *shape[2:])
        if not same_shape(out, wanted):
            require(False, f"{name}: expected target size {text(out)}, got {text(wanted)}")
    if target.dtype not in ("int64", "uint8"):
        require(False, f"{name}: expected target dtype to be int64 or uint8, but got {target.dtype}", name="dtype-mismatch")
    _class_weight(name, input, weight, shape[1] if rank > 1 else shape[0])
    floating(name, input)
    _in_range(name, target, shape[1] if rank > 1 else shape[0])
    return reduced(input, out, input.dtype, reduction)


def _in_range(name: str, target: Any, classes: Any) -> None:
    """Class numbers that are known are numbers of classes (-100 stands for none)."""
    if target.data and type(classes) is int and all(type(value) is int for value in target.data):
        wrong = [value for value in target.data if value != -100 and not 0 <= value < classes]
        if wrong:
            require(False, f"{name}: target {wrong[0]} is out of bounds of {classes} classes", name="index-out-of-range")


@op("torch.nn.functional.nll_loss")
def nll_loss(input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: Any = -100, reduce: Any = None,
             reduction: str = "mean") -> Any:  # fmt: skip
    """The negative log likelihood of the right classes.

    >>> nll_loss(T(4, 10), T(4, dtype="int64"))
    float32[]
    """
    return _likelihood("nll_loss", input, target, weight, reduction_of(reduction, size_average, reduce))


def _entropy(input: Any, target: Any, weight: Any, reduction: str, ignore_index: Any, label_smoothing: Any) -> Any:
    if type(label_smoothing) in (int, float) and not 0 <= label_smoothing <= 1:
        refuse("RuntimeError", f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing}")
    if not same_shape(input.shape, target.shape):
        return _likelihood("cross_entropy", input, target, weight, reduction)
    if target.dtype not in FLOATING:
        refuse("RuntimeError", f"Expected floating point type for target with class probabilities, got {target.dtype}")
    if type(ignore_index) is int and ignore_index >= 0:
        refuse("RuntimeError", "ignore_index is not supported for floating point target")
    rank = len(input.shape)
    if not rank:
        refuse("IndexError", "cross_entropy: input needs at least one dimension")
    place = 1 if rank > 1 else 0
    _class_weight("cross_entropy", input, weight, input.shape[place], strict=False)
    floating("cross_entropy", input)
    dtype = result_dtype(input, target) if weight is None else result_dtype(input, target, weight)
    return reduced(input, (*input.shape[:place], *input.shape[place + 1 :]), dtype, reduction)


@op("torch.nn.functional.cross_entropy")
def cross_entropy(input: Any, target: Any, weight: Any = None, size_average: Any = None, ignore_index: Any = -100, reduce: Any = None,
                  reduction: str = "mean", label_smoothing: Any = 0.0) -> Any:  # fmt: skip
    """The cross entropy of logits and right classes, or of logits and probabilities.

    >>> cross_entropy(T(4, 10, 8, 8), T(4, 8, 8, dtype="int64"), reduction="none")
    float32[4, 8, 8]
    """
    return _entropy(input, target, weight, reduction_of(reduction, size_average, reduce), ignore_index, label_smoothing)


@op("torch.nn.functional.linear_cross_entropy")
def linear_cross_entropy(input: Any, linear_weight: Any, target: Any, *, linear_bias: Any = None, weight: Any = None,
                         reduction: str = "mean", ignore_index: Any = None, label_smoothing: Any = 0.0,
                         options: Any = None) -> Any:  # fmt: skip
    """`linear` and `cross_entropy` in one.

    >>> linear_cross_entropy(T(3, 5), T(7, 5), T(3, dtype="int64"))
    float32[]
    """
    if len(input.shape) not in (1, 2):
        refuse("RuntimeError", f"expected input with dimensionality 1 or 2, got {len(input.shape)}")
    if len(linear_weight.shape) < 2:
        refuse("RuntimeError", f"expected linear_weight with dimensionality at least 2, got {len(linear_weight.shape)}")
    inside = linear_weight.shape[-1]
    if same(input.shape[-1], inside) is False:
        refuse("RuntimeError", f"expected equal input and linear_weight last dimensions (in_features), got {input.shape[-1]} and {inside}")
    outside = tuple(linear_weight.shape[:-1])
    if linear_bias is not None and not same_shape(linear_bias.shape, outside):
        refuse("RuntimeError", f"expected linear_bias shape {outside}, got {tuple(linear_bias.shape)}")
    if len(outside) > 1 and len(input.shape) < 2:
        refuse("RuntimeError", "K-dimensional loss requires batched input")
    logits = input.like((*input.shape[:-1], *outside))
    if same_shape(logits.shape, target.shape) and ignore_index is not None:
        refuse("RuntimeError", "ignore_index cannot be specified when target contains probabilities")
    flat = 1
    for size in outside:
        flat = flat * size
    linear(input, linear_weight.like((flat, inside)), None)
    return _entropy(logits, target, weight, reduction_of(reduction), -100 if ignore_index is None else ignore_index, label_smoothing)


def _rows(name: str, input: Any) -> Any:
    shape = input.shape
    if len(shape) > 2 or any(type(size) is int and size == 0 for size in shape[-1:]):
        refuse("RuntimeError", f"Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(shape)}")
    return shape[0] if len(shape) == 2 else None


def _margin_types(name: str, input: Any, target: Any) -> None:
    if target.dtype != "int64":
        require(False, f"{name}: expected scalar type int64 but found {target.dtype}", name="dtype-mismatch")
    if input.dtype not in ("float32", "float64"):
        require(False, f"{name} is not implemented for {input.dtype}", name="dtype-mismatch")


@op("torch.nn.functional.multi_margin_loss")
def multi_margin_loss(input: Any, target: Any, p: Any = 1, margin: Any = 1.0, weight: Any = None, size_average: Any = None,
                      reduce: Any = None, reduction: str = "mean") -> Any:  # fmt: skip
    """What the right class is missing to lead by a margin."""
    reduction = reduction_of(reduction, size_average, reduce)
    if p != 1 and p != 2:
        refuse("ValueError", "only p == 1 and p == 2 supported")
    if weight is not None and len(weight.shape) != 1:
        refuse("ValueError", "weight must be one-dimensional")
    rows = _rows("multi_margin_loss", input)
    if len(target.shape) > 1 or same(target.shape[0] if target.shape else 1, 1 if rows is None else rows) is False:
        refuse("RuntimeError", "multi_margin_loss: target tensor should be 1-D with size equal to the number of input samples")
    if weight is not None:
        _class_weight("multi_margin_loss", input, weight, input.shape[-1] if input.shape else 1)
    _margin_types("multi_margin_loss", input, target)
    return reduced(input, target.shape, input.dtype, reduction)


@op("torch.nn.functional.multilabel_margin_loss")
def multilabel_margin_loss(input: Any, target: Any, size_average: Any = None, reduce: Any = None, reduction: str = "mean") -> Any:
    """What the right classes are missing to lead all others by a margin."""
    reduction = reduction_of(reduction, size_average, reduce)
    rows = _rows("multilabel_margin_loss", input)
    if not same_shape(input.shape, target.shape):
        refuse("RuntimeError", f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    _margin_types("multilabel_margin_loss", input, target)
    return reduced(input, () if rows is None else (rows,), input.dtype, reduction)


@op("torch.nn.functional.ctc_loss")
def ctc_loss(log_probs: Any, targets: Any, input_lengths: Any, target_lengths: Any, blank: Any = 0, reduction: str = "mean",
             zero_infinity: bool = False) -> Any:  # fmt: skip
    """The loss of all alignments of a sequence to a target; ``log_probs`` is (time, batch, classes).

    >>> ctc_loss(T(50, 4, 20), T(4, 10, dtype="int64"), (50,) * 4, (10,) * 4)
    float32[]
    """
    reduction = reduction_of(reduction)
    shape = log_probs.shape
    if len(shape) not in (2, 3):
        refuse("RuntimeError", f"ctc_loss: log_probs must have 2 or 3 dimensions, but got {list(shape)}")
    batched = len(shape) == 3
    if less(blank, 0) or less(blank, shape[-1]) is False:
        refuse("RuntimeError", "blank must be in label range")
    for what, lengths in (("input_lengths", input_lengths), ("target_lengths", target_lengths)):
        count = (lengths.shape[0] if lengths.shape else 1) if isinstance(lengths, TorchTensor) else len(lengths)
        if same(count, shape[1] if batched else 1) is False:
            refuse("RuntimeError", f"{what} must be of size batch_size")
    if log_probs.dtype not in ("float32", "float64"):
        require(False, f"ctc_loss is not implemented for {log_probs.dtype}", name="dtype-mismatch")
    return reduced(log_probs, (shape[1],) if batched else (), log_probs.dtype, reduction)
