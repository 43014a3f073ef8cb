"""`tf.math`: reductions, running sums, sorting, segments, counting."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ir.dim import same
from ....ir.unknown import Reason
from ...describe import refuse, require, unknown
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of
from ..ops.reduction import axis_of, reduced
from ..tensor import KerasTensor, is_open, open_size
from . import kinds
from .kinds import FLOATS, INEXACT, NUMBERS, PLACES, REAL, TRUTH, taken, taken_together, unchanged
from .operation import tf_op


def axes_of(axis: Any) -> Any:
    """Axes of a program, tensors of them included."""
    if isinstance(axis, KerasTensor):
        return list(axis.data) if axis.shape and axis.data is not None else scalar(axis)
    return [scalar(one) for one in axis] if isinstance(axis, (list, tuple)) else axis


def _reduction(allowed: frozenset[str], gives: Callable[[str], str]) -> Callable[..., Any]:
    def function(input_tensor: Any, axis: Any = None, keepdims: Any = False, name: Any = None) -> Any:
        x = taken(input_tensor, allowed)
        return KerasTensor(reduced(x.shape, axes_of(axis), keepdims), gives(x.dtype))

    return function


for _names, _allowed, _gives in (
    ("sum mean prod", NUMBERS, unchanged), ("max min", REAL, unchanged), ("logsumexp", FLOATS, unchanged), ("any all", TRUTH, unchanged),
):  # fmt: skip
    for _name in _names.split():
        tf_op(f"math.reduce_{_name}", f"reduce_{_name}")(_reduction(_allowed, _gives))
tf_op("math.reduce_std")(_reduction(INEXACT, kinds.part))
tf_op("math.reduce_variance")(_reduction(INEXACT, kinds.part))
tf_op("math.reduce_euclidean_norm")(_reduction(NUMBERS, unchanged))


def _place(input: Any, axis: Any = None, output_type: Any = "int64", name: Any = None) -> Any:
    x = taken(input, REAL | TRUTH)
    return KerasTensor(reduced(x.shape, 0 if axis is None else scalar(axis), False), standardize_dtype(output_type))


tf_op("math.argmax", "argmax")(_place)
tf_op("math.argmin", "argmin")(_place)


@tf_op("math.count_nonzero")
def count_nonzero(input: Any, axis: Any = None, keepdims: Any = None, dtype: Any = "int64", name: Any = None) -> Any:
    """How many are not zero."""
    return KerasTensor(reduced(shape_of(input), axes_of(axis), bool(keepdims)), standardize_dtype(dtype))


def _running(x: Any, axis: Any = 0, exclusive: Any = False, reverse: Any = False, name: Any = None) -> Any:
    x = taken(x, NUMBERS)
    if isinstance(axis := scalar(axis), int):
        axis_of(axis, len(x.shape))
    return x.like()


tf_op("math.cumsum", "cumsum")(_running)
tf_op("math.cumprod")(_running)


@tf_op("math.cumulative_logsumexp")
def cumulative_logsumexp(x: Any, axis: Any = 0, exclusive: Any = False, reverse: Any = False, name: Any = None) -> Any:
    """Running logarithms of sums of exponentials."""
    return _running(taken(x, FLOATS), axis)


def _softmax(logits: Any, axis: Any = None, name: Any = None) -> Any:
    x = taken(logits, FLOATS)
    axis_of(-1 if axis is None else axis, len(x.shape))
    return x.like()


tf_op("nn.softmax", "math.softmax")(_softmax)
tf_op("nn.log_softmax", "math.log_softmax")(_softmax)


@tf_op("sort")
def sort(values: Any, axis: Any = -1, direction: Any = "ASCENDING", name: Any = None) -> Any:
    """Sorted."""
    x = taken(values, REAL)
    axis_of(axis, len(x.shape))
    return x.like()


@tf_op("argsort")
def argsort(values: Any, axis: Any = -1, direction: Any = "ASCENDING", stable: Any = False, name: Any = None) -> Any:
    """The places of the sorted elements."""
    x = taken(values, REAL)
    axis_of(axis, len(x.shape))
    return x.like(dtype="int32")


@tf_op("math.top_k", "nn.top_k")
def top_k(input: Any, k: Any = 1, sorted: Any = True, index_type: Any = "int32", name: Any = None) -> Any:
    """The largest elements of the last axis, and where they are."""
    x = taken(input, REAL)
    if not x.shape:
        refuse("ValueError", "input must have at least one axis")
    count = scalar(k)
    if isinstance(x.shape[-1], int) and isinstance(count, int):
        require(count <= x.shape[-1], f"input must have at least k columns: {x.shape[-1]} are fewer than {count}")
    shape = (*x.shape[:-1], open_size() if count is None else count)
    return KerasTensor(shape, x.dtype), KerasTensor(shape, standardize_dtype(index_type))


@tf_op("math.in_top_k", "nn.in_top_k")
def in_top_k(targets: Any, predictions: Any, k: Any, name: Any = None) -> Any:
    """Whether the class is among the largest."""
    found, scores = taken(targets, PLACES), taken(predictions, frozenset({"float32"}))
    if len(found.shape) != 1 or len(scores.shape) != 2:
        refuse("ValueError", "targets must be 1-dimensional and predictions 2-dimensional")
    require(same(found.shape[0], scores.shape[0]), f"First dimension of predictions {scores.shape[0]} must match length of targets "
            f"{found.shape[0]}")  # fmt: skip
    return KerasTensor(found.shape, "bool")


def _rows(data: Any, segment_ids: Any, allowed: frozenset[str]) -> tuple[KerasTensor, KerasTensor]:
    return taken(data, allowed), taken(segment_ids, PLACES)


def _segments(allowed: frozenset[str]) -> Callable[..., Any]:
    def function(data: Any, segment_ids: Any, name: Any = None) -> Any:
        x, ids = _rows(data, segment_ids, allowed)
        if not x.shape or len(ids.shape) != 1:
            refuse("ValueError", "segment_ids should be a vector, data at least one")
        if not is_open(x.shape[0]):
            require(same(x.shape[0], ids.shape[0]), f"segment_ids should be the same size as dimension 0 of input: {ids.shape[0]} for "
                    f"{x.shape[0]}")  # fmt: skip
        return KerasTensor((open_size(), *x.shape[1:]), x.dtype)

    return function


for _name, _allowed in (("sum", NUMBERS), ("prod", NUMBERS), ("mean", NUMBERS), ("max", REAL), ("min", REAL)):
    tf_op(f"math.segment_{_name}")(_segments(_allowed))


def _unsorted(allowed: frozenset[str], gives: Callable[[str], str]) -> Callable[..., Any]:
    def function(data: Any, segment_ids: Any, num_segments: Any, name: Any = None) -> Any:
        x, ids = _rows(data, segment_ids, allowed)
        head = x.shape[: len(ids.shape)]
        agrees = len(head) == len(ids.shape) and all(is_open(a) or is_open(b) or same(a, b) for a, b in zip(head, ids.shape, strict=True))
        require(agrees, f"data of shape {list(x.shape)} does not start with segment_ids of shape {list(ids.shape)}")
        count = scalar(num_segments)
        return KerasTensor((open_size() if count is None else count, *x.shape[len(ids.shape) :]), gives(x.dtype))

    return function


for _name, _allowed in (("sum", NUMBERS), ("prod", NUMBERS), ("mean", REAL), ("sqrt_n", FLOATS), ("max", REAL), ("min", REAL)):
    tf_op(f"math.unsorted_segment_{_name}")(_unsorted(_allowed, kinds.divided if _name == "mean" else unchanged))


@tf_op("math.bincount")
def bincount(arr: Any, weights: Any = None, minlength: Any = None, maxlength: Any = None, dtype: Any = "int32", name: Any = None,
             axis: Any = None, binary_output: Any = False) -> Any:  # fmt: skip
    """How often each number occurs."""
    if as_tensor(arr).dtype in kinds.INTEGERS - PLACES:
        refuse("ValueError", "Value for attr 'Tidx' must be int32 or int64")
    known = minlength is not None and minlength == maxlength
    rows = () if axis is None or len(shape_of(arr)) < 2 else shape_of(arr)[:1]
    kind = standardize_dtype(dtype) if weights is None else as_tensor(weights).dtype
    return KerasTensor((*rows, minlength if known else open_size()), kind)


@tf_op("math.confusion_matrix")
def confusion_matrix(labels: Any, predictions: Any, num_classes: Any = None, weights: Any = None, dtype: Any = "int32",
                     name: Any = None) -> Any:  # fmt: skip
    """How often each class was taken for each other."""
    first, second = shape_of(labels), shape_of(predictions)
    if len(first) != 1 or len(second) != 1:
        return unknown("the confusion matrix of what are no vectors", Reason.UNSUPPORTED)
    require(same(first[0], second[0]), f"labels and predictions differ in length: {first[0]} and {second[0]}")
    count = open_size() if num_classes is None else scalar(num_classes)
    return KerasTensor((count, count), standardize_dtype(dtype))


@tf_op("nn.moments")
def moments(x: Any, axes: Any, shift: Any = None, keepdims: Any = False, name: Any = None) -> Any:
    """Mean and variance."""
    x = taken(x, NUMBERS)
    shape = reduced(x.shape, axes_of(axes), keepdims)
    return KerasTensor(shape, x.dtype), KerasTensor(shape, x.dtype)


def _normalized(x: Any, axis: Any = None, epsilon: Any = 1e-12, name: Any = None, dim: Any = None) -> Any:
    x = taken(x, INEXACT)
    reduced(x.shape, axes_of(axis), True)
    return x.like()


tf_op("math.l2_normalize", "nn.l2_normalize", "linalg.l2_normalize")(_normalized)
__all__ = ["axes_of", "taken_together"]
