"""Shapes of TensorFlow's tensors: reshape, transpose, join, split, pad."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import same
from ....ir.dtype import bits
from ...describe import refuse, require
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..ops.reduction import axis_of
from ..ops.shaping import sizes
from ..tensor import KerasTensor, is_open, open_size
from .kinds import ANY, TRUTH, shared, taken, taken_together
from .operation import rule, tf_op
from .reduction import axes_of
from .scattering import agree


@tf_op("reshape")
def reshape(tensor: Any, shape: Any, name: Any = None) -> Any:
    """The same elements in another shape."""
    return rule("reshape")(tensor, shape)


@tf_op("transpose")
def transpose(a: Any, perm: Any = None, conjugate: Any = False, name: Any = "transpose") -> Any:
    """Axes in another order."""
    found = axes_of(perm)
    if isinstance(found, (list, tuple)) and len({axis_of(axis, len(found)) for axis in found}) != len(found):
        refuse("ValueError", f"{list(found)} is no order of axes")
    return rule("transpose")(a, found)


@tf_op("expand_dims")
def expand_dims(input: Any, axis: Any, name: Any = None) -> Any:
    """A new axis."""
    return rule("expand_dims")(input, scalar(axis))


@tf_op("squeeze")
def squeeze(input: Any, axis: Any = None, name: Any = None) -> Any:
    """Without axes of size one."""
    return rule("squeeze")(input, tuple(axis) or None if isinstance(axis, (list, tuple)) else axis)


@tf_op("concat")
def concat(values: Any, axis: Any, name: Any = "concat") -> Any:
    """One behind the other."""
    if not isinstance(values, (list, tuple)):
        values = [values]
    kind = shared(*values)
    if len(values) == 1:
        axis_of(scalar(axis), len(shape_of(values[0])))
    return _of(rule("concatenate")(values, scalar(axis)), kind)


def _of(made: KerasTensor, kind: str) -> KerasTensor:
    return KerasTensor(made.shape, kind, made.data)


@tf_op("stack")
def stack(values: Any, axis: Any = 0, name: Any = "stack") -> Any:
    """Along a new axis."""
    kind = shared(*values) if isinstance(values, (list, tuple)) else as_tensor(values).dtype
    return _of(rule("stack")(values, axis), kind)


@tf_op("unstack")
def unstack(value: Any, num: Any = None, axis: Any = 0, name: Any = "unstack") -> Any:
    """The slices along an axis."""
    return rule("unstack")(value, num, axis)


@tf_op("split")
def split(value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: Any = "split") -> Any:
    """Parts of an axis, by their number or their sizes."""
    x = as_tensor(value)
    place = axis_of(scalar(axis), len(x.shape))
    size = x.shape[place]
    if isinstance(num_or_size_splits, int):
        return rule("split")(x, num_or_size_splits, place)
    parts = sizes(num_or_size_splits)
    rest = [part for part in parts if not (type(part) is int and part == -1)]
    parts = [size - sum(rest) if type(part) is int and part == -1 else part for part in parts]
    if not is_open(size):
        require(same(sum(parts), size), f"the sizes {parts} must add up to {size} along axis {place}")
        if any(isinstance(part, int) and part < 0 for part in parts):
            refuse("ValueError", f"the sizes {parts} are more than {size}")
    return [KerasTensor((*x.shape[:place], part, *x.shape[place + 1 :]), x.dtype) for part in parts]


@tf_op("tile")
def tile(input: Any, multiples: Any, name: Any = None) -> Any:
    """The whole several times along each axis."""
    x, times = as_tensor(input), sizes(multiples)
    if len(times) != len(x.shape):
        refuse("ValueError", f"Expected multiples argument to be a vector of length {len(x.shape)} but got length {len(times)}")
    return rule("tile")(x, multiples)


@tf_op("repeat")
def repeat(input: Any, repeats: Any, axis: Any = None, name: Any = None) -> Any:
    """Every element several times."""
    x = as_tensor(input)
    return rule("repeat")(x if x.shape else x.like((1,)), repeats, scalar(axis))


@tf_op("pad")
def pad(tensor: Any, paddings: Any, mode: Any = "CONSTANT", constant_values: Any = 0, name: Any = None) -> Any:
    """More elements around."""
    x, pairs = as_tensor(tensor), paddings
    if isinstance(paddings, KerasTensor):
        if paddings.data is None:
            return KerasTensor([open_size() for _ in x.shape], x.dtype)
        pairs = [tuple(paddings.data[i : i + 2]) for i in range(0, len(paddings.data), 2)]
    if len(pairs) != len(x.shape):
        refuse("ValueError", f"Shape must be rank {len(x.shape)} for paddings, got {len(pairs)}")
    kind = str(mode).upper()
    if kind not in ("CONSTANT", "REFLECT", "SYMMETRIC"):
        refuse("ValueError", f"Value of argument `mode` expected to be one of CONSTANT, REFLECT or SYMMETRIC. Received {mode}")
    for size, pair in zip(x.shape, pairs, strict=True):
        most = size if kind == "SYMMETRIC" else size - 1
        if kind != "CONSTANT" and isinstance(most, int) and any(isinstance(one, int) and one > most for one in pair):
            refuse("ValueError", f"paddings must be no greater than the dimension size: {tuple(pair)} for {size}")
    return rule("pad")(x, pairs) if pairs else x.like()


@tf_op("slice")
def slice_(input_: Any, begin: Any, size: Any, name: Any = None) -> Any:
    """A block; a size of -1 takes the rest."""
    x, starts, wanted = as_tensor(input_), sizes(begin), sizes(size)
    if len(starts) != len(x.shape) or len(wanted) != len(x.shape):
        refuse("ValueError", f"Expected begin and size arguments to be 1-D tensors of size {len(x.shape)}")
    for total, start, count in zip(x.shape, starts, wanted, strict=True):
        if all(isinstance(one, int) for one in (total, start, count)):
            require(
                0 <= start <= total and (count == -1 or start + count <= total), f"Expected size in [0, {total - start}], but got {count}"
            )
    found = [
        total - start if type(count) is int and count == -1 else count for total, start, count in zip(x.shape, starts, wanted, strict=True)
    ]
    return KerasTensor(found, x.dtype)


@tf_op("broadcast_to")
def broadcast_to(input: Any, shape: Any, name: Any = None) -> Any:
    """Stretched to a shape."""
    x, wanted = as_tensor(input), tuple(sizes(shape))
    found = stretched(x.shape, wanted)
    require(agree(found, wanted), f"Incompatible shapes: {list(x.shape)} vs. {list(wanted)}")
    return KerasTensor(wanted, x.dtype)


@tf_op("reverse")
def reverse(tensor: Any, axis: Any, name: Any = None) -> Any:
    """Backwards along axes."""
    x, axes = as_tensor(tensor), axes_of(axis)
    if not x.shape:
        return x.like()
    if not isinstance(axes, (list, tuple)):
        refuse("ValueError", "'dims' must be 1-dimension, not 0")
    places = [axis_of(one, len(x.shape)) for one in axes if isinstance(one, int)]
    if len(places) != len(set(places)):
        refuse("ValueError", f"axis {axes} specified more than once")
    return x.like()


@tf_op("roll")
def roll(input: Any, shift: Any, axis: Any, name: Any = None) -> Any:
    """Shifted around."""
    x = as_tensor(input)
    if not x.shape:
        refuse("ValueError", "input must be 1-D or higher")
    for one in axis if isinstance(axis, (list, tuple)) else (axis,):
        axis_of(one, len(x.shape))
    return x.like()


@tf_op("shape")
def shape(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """The sizes, as a tensor."""
    found = shape_of(input)
    return KerasTensor((len(found),), standardize_dtype(out_type) if out_type is not None else "int32", list(found))


@tf_op("size")
def size(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """The number of elements."""
    return KerasTensor((), standardize_dtype(out_type) if out_type is not None else "int32", [math.prod(shape_of(input))])


@tf_op("rank")
def rank(input: Any, name: Any = None) -> Any:
    """The number of axes."""
    return KerasTensor((), "int32", [len(shape_of(input))])


@tf_op("where")
def where(condition: Any, x: Any = None, y: Any = None, name: Any = None) -> Any:
    """One or the other, or the places of what holds."""
    if x is None and y is None:
        if not shape_of(condition):
            refuse("ValueError", "Input must be at least a vector, not a scalar.")
        return KerasTensor((open_size(), len(shape_of(condition))), "int64")
    if x is None or y is None:
        refuse("ValueError", "x and y must both be non-None or both be None.")
    taken(condition, TRUTH)
    found = stretched(shape_of(condition), shape_of(x), shape_of(y))
    return KerasTensor(found, taken_together(ANY, x, y))


@tf_op("ensure_shape")
def ensure_shape(x: Any, shape: Any, name: Any = None) -> Any:
    """The tensor, known to have a shape."""
    x = as_tensor(x)
    if shape is None:
        return x.like(data=x.data)
    wanted = list(shape)
    fits = len(wanted) == len(x.shape) and all(
        new is None or is_open(old) or same(old, new) is not False for old, new in zip(x.shape, wanted, strict=True)
    )
    require(fits, f"Shape of tensor {list(x.shape)} is not compatible with expected shape {wanted}")
    return KerasTensor([old if new is None else new for old, new in zip(x.shape, wanted, strict=False)], x.dtype, x.data)


@tf_op("meshgrid")
def meshgrid(*args: Any, **kwargs: Any) -> Any:
    """Grids of coordinates."""
    shared(*args)
    return rule("meshgrid")(*args, indexing=kwargs.get("indexing", "xy"))


@tf_op("bitcast")
def bitcast(input: Any, type: Any, name: Any = None) -> Any:
    """The same bits as another type; a last axis makes up for the difference in size."""
    x, kind = as_tensor(input), standardize_dtype(type)
    if "bool" in (x.dtype, kind) and x.dtype != kind:
        refuse("ValueError", f"Cannot bitcast {x.dtype} to {kind}")
    old, new = bits(x.dtype), bits(kind)
    if old >= new:
        return KerasTensor((*x.shape, old // new) if old > new else x.shape, kind)
    if not x.shape or not (is_open(x.shape[-1]) or same(x.shape[-1], new // old)):
        refuse("ValueError", f"Cannot bitcast {x.dtype} to {kind}: the last axis of {list(x.shape)} is not {new // old}")
    return KerasTensor(x.shape[:-1], kind)


def _in_blocks(input: Any, block_shape: Any, pairs: Any) -> tuple[KerasTensor, list[Any], list[Any]]:
    x, blocks = as_tensor(input), sizes(block_shape)
    if len(x.shape) < 1 + len(blocks):
        refuse("ValueError", f"input rank should be >= {1 + len(blocks)} instead of {len(x.shape)}")
    return x, blocks, [sizes(pair) for pair in pairs]


def _exact(size: Any, block: Any) -> Any:
    if not is_open(size):
        require(same(size % block, 0), f"{size} is not divisible by {block}")
    return size // block


@tf_op("space_to_batch")
def space_to_batch(input: Any, block_shape: Any, paddings: Any, name: Any = None) -> Any:
    """Blocks of space become items of the batch."""
    x, blocks, pairs = _in_blocks(input, block_shape, paddings)
    spatial = [
        _exact(size + low + high, block) for size, block, (low, high) in zip(x.shape[1 : 1 + len(blocks)], blocks, pairs, strict=True)
    ]
    return KerasTensor((x.shape[0] * math.prod(blocks), *spatial, *x.shape[1 + len(blocks) :]), x.dtype)


@tf_op("nn.space_to_batch")
def nn_space_to_batch(input: Any, block_shape: Any, paddings: Any, name: Any = None) -> Any:
    """Blocks of space become items of the batch."""
    return space_to_batch(input, block_shape, paddings)


@tf_op("batch_to_space")
def batch_to_space(input: Any, block_shape: Any, crops: Any, name: Any = None) -> Any:
    """Items of the batch become blocks of space."""
    x, blocks, pairs = _in_blocks(input, block_shape, crops)
    spatial = [size * block - low - high for size, block, (low, high) in zip(x.shape[1 : 1 + len(blocks)], blocks, pairs, strict=True)]
    return KerasTensor((_exact(x.shape[0], math.prod(blocks)), *spatial, *x.shape[1 + len(blocks) :]), x.dtype)
