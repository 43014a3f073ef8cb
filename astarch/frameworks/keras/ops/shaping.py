"""Shapes: reshape, transpose, slices, joining, splitting, padding, taking."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import Dim, same
from ...describe import refuse, require
from ..operation import keras_op
from ..state import state
from ..tensor import KerasTensor, is_open, open_size
from .elementwise import as_tensor, stretched
from .reduction import axis_of


def sizes(values: Any) -> list[Any]:
    """Sizes from a program: numbers, tensors of one known value, None for open ones."""
    if isinstance(values, KerasTensor):
        if values.data is not None:
            return list(values.data)
        length = values.shape[0] if values.shape else 1
        return [open_size() for _ in range(length)] if type(length) is int else [open_size()]
    if isinstance(values, (int, Dim)):
        return [values]
    if any(isinstance(value, KerasTensor) and value.shape for value in values) and any(isinstance(value, int) for value in values):
        refuse("InvalidArgumentError", f"Shapes of all inputs must match: {values} holds numbers and a tensor of several")
    return [_size(value) for value in values]


def _size(value: Any) -> Any:
    if value is None:
        return open_size()
    if isinstance(value, KerasTensor):
        return value.data[0] if value.data is not None and len(value.data) == 1 else open_size()
    if isinstance(value, float):
        return int(value)
    return value


def _fraction(values: Any) -> str:
    """The floating type of what is given as a shape, which TensorFlow does not take; on symbolic tensors Keras does not look."""
    if isinstance(values, KerasTensor):
        return "" if values.symbolic or "int" in values.dtype else values.dtype
    return "float" if isinstance(values, float) or (isinstance(values, (tuple, list)) and any(isinstance(v, float) for v in values)) else ""


def reshaped(shape: Any, wanted: list[Any]) -> tuple[Any, ...]:
    """The shape asked for, with its ``-1`` worked out as far as Keras and TensorFlow work it out."""
    holes = [place for place, size in enumerate(wanted) if type(size) is int and size == -1]
    if len(holes) > 1:
        refuse("ValueError", f"There must be at most one unknown dimension (-1) in newshape. Received: newshape={wanted}.")
    total = math.prod(shape)
    if not holes:
        product = math.prod(wanted)
        if not is_open(total) and not is_open(product):
            require(same(product, total), f"The total size of the tensor must be unchanged. Received: input_shape={list(shape)}, "
                    f"newshape={wanted}", name="reshape-mismatch")  # fmt: skip
        open_wanted = [place for place, size in enumerate(wanted) if is_open(size)]
        if len(open_wanted) == 1 and not is_open(total):
            return _filled(total, wanted, open_wanted[0])
        return tuple(wanted)
    hole = holes[0]
    if any(is_open(size) for place, size in enumerate(wanted) if place != hole) and is_open(total) and state().tracing:
        return tuple(open_size() if place == hole else size for place, size in enumerate(wanted))
    return _filled(total, wanted, hole)


def _filled(total: Any, wanted: list[Any], hole: int) -> tuple[Any, ...]:
    known = math.prod(size for place, size in enumerate(wanted) if place != hole)
    if type(known) is int and known == 0:
        return tuple(0 if place == hole else size for place, size in enumerate(wanted))
    if not is_open(total) and not is_open(known):
        require(same(total % known, 0), f"The total size of the tensor must be unchanged: {total} elements do not divide into {wanted}",
                name="reshape-mismatch")  # fmt: skip
    return tuple(total // known if place == hole else size for place, size in enumerate(wanted))


@keras_op("keras.ops.reshape")
def reshape(x: Any, newshape: Any) -> Any:
    """The same elements in another shape.

    >>> reshape(T(2, 3, 4), (-1, 4))
    float32[6, 4]
    """
    if isinstance(newshape, KerasTensor) and newshape.symbolic and not isinstance(x, KerasTensor):
        refuse("AttributeError", f"'{type(x).__name__}' object has no attribute 'shape'")
    x = as_tensor(x)
    if not x.symbolic and (found := _fraction(newshape)):
        refuse("InvalidArgumentError", f"Value for attr 'Tshape' of {found} is not in the list of allowed values: int32, int64")
    wanted = sizes(newshape)
    return KerasTensor(reshaped(x.shape, wanted), x.dtype, x.data)


@keras_op("keras.ops.ravel")
def ravel(x: Any) -> Any:
    """One axis of all elements."""
    x = as_tensor(x)
    return KerasTensor((x.shape.numel(),), x.dtype, x.data)


@keras_op("keras.ops.transpose")
def transpose(x: Any, axes: Any = None) -> Any:
    """Axes in another order."""
    x = as_tensor(x)
    if axes is None:
        return KerasTensor(tuple(reversed(x.shape)), x.dtype)
    if isinstance(axes, KerasTensor) and (axes.symbolic or "int" not in axes.dtype):
        refuse("TypeError", f"the axes are a tensor of {axes.dtype}, and should be whole numbers")
    order = sizes(axes)
    if len(order) != len(x.shape):
        refuse(
            "ValueError", f"axis must be a list of the same length as the input shape, expected {len(x.shape)}, but received {len(order)}."
        )
    places = [axis_of(axis, len(x.shape)) for axis in order]
    if len({place for place in places if type(place) is int}) < sum(type(place) is int for place in places):
        refuse("ValueError", "`axes` must be a valid permutation of the input dimensions (no duplicates). "
                             f"Received: axes={order} for input of rank {len(x.shape)}.")  # fmt: skip
    return KerasTensor(tuple(x.shape[place] for place in places), x.dtype)


@keras_op("keras.ops.moveaxis")
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places."""
    x = as_tensor(x)
    rank = len(x.shape)
    sources = [axis_of(axis, rank) for axis in (source if isinstance(source, (tuple, list)) else (source,))]
    targets = [axis_of(axis, rank) for axis in (destination if isinstance(destination, (tuple, list)) else (destination,))]
    order = [axis for axis in range(rank) if axis not in sources]
    for target, origin in sorted(zip(targets, sources, strict=False)):
        order.insert(target, origin)
    return KerasTensor(tuple(x.shape[axis] for axis in order), x.dtype)


@keras_op("keras.ops.swapaxes")
def swapaxes(x: Any, axis1: Any, axis2: Any) -> Any:
    """Two axes exchanged."""
    x = as_tensor(x)
    shape = list(x.shape)
    a, b = axis_of(axis1, len(shape)), axis_of(axis2, len(shape))
    shape[a], shape[b] = shape[b], shape[a]
    return KerasTensor(shape, x.dtype)


@keras_op("keras.ops.expand_dims")
def expand_dims(x: Any, axis: Any) -> Any:
    """New axes of size one."""
    x = as_tensor(x)
    places = list(axis) if isinstance(axis, (tuple, list)) else [axis]
    rank = len(x.shape) + len(places)
    taken = {axis_of(place, rank) for place in places}
    rest = iter(x.shape)
    return KerasTensor([1 if place in taken else next(rest) for place in range(rank)], x.dtype, x.data)


@keras_op("keras.ops.squeeze")
def squeeze(x: Any, axis: Any = None) -> Any:
    """Without axes of size one."""
    x = as_tensor(x)
    rank = len(x.shape)
    if axis is None:
        return KerasTensor([size for size in x.shape if not (type(size) is int and size == 1)], x.dtype, x.data)
    gone = {axis_of(place, rank) for place in (axis if isinstance(axis, (tuple, list)) else (axis,))}
    for place in gone:
        if not is_open(x.shape[place]) and same(x.shape[place], 1) is False:
            refuse("ValueError", f"Cannot squeeze axis {place}, because the dimension is not 1.")
    return KerasTensor([size for place, size in enumerate(x.shape) if place not in gone], x.dtype, x.data)


@keras_op("keras.ops.broadcast_to")
def broadcast_to(x: Any, shape: Any) -> Any:
    """Stretched to a shape."""
    x = as_tensor(x)
    wanted = tuple(sizes(shape))
    stretched(x.shape, wanted)
    return KerasTensor(wanted, x.dtype)


@keras_op("keras.ops.flip")
def flip(x: Any, axis: Any = None) -> Any:
    """Backwards."""
    x = as_tensor(x)
    for one in () if axis is None or x.symbolic else axis if isinstance(axis, (tuple, list)) else (axis,):
        axis_of(one, len(x.shape))
    return KerasTensor(x.shape, x.dtype)


@keras_op("keras.ops.fliplr")
def fliplr(x: Any) -> Any:
    """Backwards along the second axis."""
    return as_tensor(x).like()


@keras_op("keras.ops.flipud")
def flipud(x: Any) -> Any:
    """Backwards along the first axis."""
    return as_tensor(x).like()


@keras_op("keras.ops.roll")
def roll(x: Any, shift: Any, axis: Any = None) -> Any:
    """Shifted around."""
    x = as_tensor(x)
    for one in () if axis is None or x.symbolic else axis if isinstance(axis, (tuple, list)) else (axis,):
        axis_of(one, len(x.shape))
    return x.like()


@keras_op("keras.ops.rot90")
def rot90(array: Any, k: Any = 1, axes: Any = (0, 1)) -> Any:
    """Turned by quarters."""
    array = as_tensor(array)
    shape = list(array.shape)
    if k % 2:
        a, b = (axis_of(axis, len(shape)) for axis in axes)
        shape[a], shape[b] = shape[b], shape[a]
    return KerasTensor(shape, array.dtype)


@keras_op("keras.ops.repeat")
def repeat(x: Any, repeats: Any, axis: Any = None) -> Any:
    """Every element several times."""
    x = as_tensor(x)
    shape = [x.shape.numel()] if axis is None or (not x.shape and not x.symbolic) else list(x.shape)
    place = 0 if axis is None else axis_of(axis, len(shape))
    counts = sizes(repeats)
    if len(counts) == 1:
        shape[place] = shape[place] * counts[0]
    else:
        shape[place] = sum(counts)
    return KerasTensor(shape, x.dtype)


@keras_op("keras.ops.tile")
def tile(x: Any, repeats: Any) -> Any:
    """The whole several times along each axis."""
    if isinstance(repeats, KerasTensor) and state().tracing:  # Keras goes through them one by one, which no tensor of a graph lets it
        refuse("OperatorNotAllowedInGraphError", "Iterating over a symbolic `tf.Tensor` is not allowed.")
    x = as_tensor(x)
    counts = sizes(repeats)
    shape = list(x.shape)
    shape = [1] * (len(counts) - len(shape)) + shape
    counts = [1] * (len(shape) - len(counts)) + counts
    return KerasTensor([size * count for size, count in zip(shape, counts, strict=False)], x.dtype)


@keras_op("keras.ops.pad", class_name="Pad")
def pad(x: Any, pad_width: Any, mode: Any = "constant", constant_values: Any = None) -> Any:
    """More elements around."""
    x = as_tensor(x)
    pairs = [pad_width] if isinstance(pad_width, int) else list(pad_width)
    if len(pairs) == 1:
        pairs = pairs * len(x.shape)
    elif len(pairs) == 2 and isinstance(pairs[0], int):
        pairs = [tuple(pairs)] * len(x.shape)
    widths = [tuple(sizes(pair)) if not isinstance(pair, int) else (pair, pair) for pair in pairs]
    if len(widths) != len(x.shape):
        refuse("ValueError", f"`pad_width` must have the same length as `x.shape`. Received: pad_width={pad_width}")
    widths = [pair * 2 if len(pair) == 1 else pair for pair in widths]
    return KerasTensor([size + low + high for size, (low, high) in zip(x.shape, widths, strict=False)], x.dtype)
