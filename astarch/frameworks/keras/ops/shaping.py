"""Shapes: reshape, transpose, slices, joining, splitting, padding, taking."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import Dim, maximum, same
from ....ir.unknown import Reason
from ...describe import refuse, require, unknown
from ..operation import keras_op
from ..state import state
from ..tensor import BATCH, KerasTensor, is_open, open_size
from .elementwise import as_tensor, shape_of, stretched
from .promotion import kind_of, result_type
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
    return [_size(value) for value in values]


def _size(value: Any) -> Any:
    if value is None:
        return open_size()
    if isinstance(value, KerasTensor):
        return value.data[0] if value.data is not None and len(value.data) == 1 else open_size()
    if isinstance(value, float):
        return int(value)
    return value


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
    x = as_tensor(x)
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
    order = sizes(axes)
    if len(order) != len(x.shape):
        refuse("ValueError", f"axis must be a list of the same length as the input shape, expected {len(x.shape)}, but received {len(order)}.")
    return KerasTensor(tuple(x.shape[axis_of(axis, len(x.shape))] for axis in order), x.dtype)


@keras_op("keras.ops.moveaxis")
def moveaxis(x: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places."""
    x = as_tensor(x)
    rank = len(x.shape)
    sources = [axis_of(axis, rank) for axis in (source if isinstance(source, (tuple, list)) else (source,))]
    targets = [axis_of(axis, rank) for axis in (destination if isinstance(destination, (tuple, list)) else (destination,))]
    order = [axis for axis in range(rank) if axis not in sources]
    for target, origin in sorted(zip(targets, sources)):
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


def _same_shape(name: str, *parameters: str) -> None:
    def function(x: Any, *args: Any, **kwargs: Any) -> Any:
        x = as_tensor(x)
        return KerasTensor(x.shape, x.dtype)

    keras_op(f"keras.ops.{name}")(function)


@keras_op("keras.ops.flip")
def flip(x: Any, axis: Any = None) -> Any:
    """Backwards."""
    x = as_tensor(x)
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
    return as_tensor(x).like()


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
    shape = [x.shape.numel()] if axis is None else list(x.shape)
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
    x = as_tensor(x)
    counts = sizes(repeats)
    shape = list(x.shape)
    shape = [1] * (len(counts) - len(shape)) + shape
    counts = [1] * (len(shape) - len(counts)) + counts
    return KerasTensor([size * count for size, count in zip(shape, counts)], x.dtype)


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
    return KerasTensor([size + low + high for size, (low, high) in zip(x.shape, widths)], x.dtype)


# --- joining and splitting --------------------------------------------------------------------------------------------


def joined(shapes: list[Any], axis: int) -> tuple[Any, ...]:
    """The shape of tensors put behind one another."""
    rank = len(shapes[0])
    place = axis_of(axis, rank)
    result = list(shapes[0])
    for shape in shapes[1:]:
        if len(shape) != rank:
            refuse("ValueError", f"Every value in `xs` must have the same rank. Received shapes {[list(s) for s in shapes]}")
        for index, size in enumerate(shape):
            if index == place:
                result[index] = result[index] + size
            elif not is_open(size) and not is_open(result[index]):
                require(same(size, result[index]), f"Every value in `xs` must have the same shape except on the `axis` dim. But found element of shape "
                        f"{list(shape)}, which is different from the first element's shape {list(shapes[0])}.", name="concat-mismatch")  # fmt: skip
            elif is_open(result[index]):
                result[index] = size
    return tuple(result)


def _all(values: Any) -> list[Any]:
    if isinstance(values, KerasTensor):
        return list(values)
    return list(values)


@keras_op("keras.ops.concatenate")
def concatenate(xs: Any, axis: Any = 0) -> Any:
    """One behind the other."""
    values = _all(xs)
    shape = joined([shape_of(value) for value in values], axis)
    data = None
    if len(shape) == 1 and all(as_tensor(value).data is not None for value in values):
        data = [item for value in values for item in as_tensor(value).data or ()]
    return KerasTensor(shape, result_type(*map(kind_of, values)), data)


@keras_op("keras.ops.stack")
def stack(x: Any, axis: Any = 0) -> Any:
    """Along a new axis."""
    values = _all(x)
    shape = shape_of(values[0])
    for other in values[1:]:
        if len(shape_of(other)) != len(shape):
            refuse("ValueError", "Every value in `x` must have the same shape.")
        shape = stretched_equal(shape, shape_of(other))
    place = axis_of(axis, len(shape) + 1)
    data = [as_tensor(value).data[0] if as_tensor(value).data else None for value in values] if shape == () else None  # type: ignore[index]
    if data is not None and any(item is None for item in data):
        data = [item if item is not None else value if isinstance(value, Dim) else None for item, value in zip(data, values)]
        data = None if any(item is None for item in data) else data
    return KerasTensor((*shape[:place], len(values), *shape[place:]), result_type(*map(kind_of, values)), data)


def stretched_equal(a: Any, b: Any) -> tuple[Any, ...]:
    """The common shape of tensors that must agree."""
    found = []
    for left, right in zip(a, b):
        if not is_open(left) and not is_open(right):
            require(same(left, right), f"Every value in `x` must have the same shape. But found element of shape {list(b)}, which is different from "
                    f"{list(a)}.", name="stack-mismatch")  # fmt: skip
        found.append(right if is_open(left) else left)
    return tuple(found)


@keras_op("keras.ops.append")
def append(x1: Any, x2: Any, axis: Any = None) -> Any:
    """One behind the other."""
    a, b = as_tensor(x1), as_tensor(x2)
    dtype = result_type(kind_of(x1), kind_of(x2))
    if axis is None:
        return KerasTensor((a.shape.numel() + b.shape.numel(),), dtype)
    return KerasTensor(joined([a.shape, b.shape], axis), dtype)


def _stacked(name: str, least: int, axis_for: Any) -> None:
    def function(xs: Any) -> Any:
        values = [as_tensor(value) for value in _all(xs)]
        shapes = [_at_least(tuple(value.shape), least) for value in values]
        return KerasTensor(joined(shapes, axis_for(len(shapes[0]))), result_type(*map(kind_of, values)))

    keras_op(f"keras.ops.{name}")(function)


def _at_least(shape: tuple[Any, ...], least: int) -> tuple[Any, ...]:
    if least == 2 and len(shape) < 2:
        return (1,) * (2 - len(shape)) + shape
    if least == 3 and len(shape) < 3:
        return ((1, 1, 1), (1, *shape, 1), (*shape, 1))[len(shape)] if len(shape) else (1, 1, 1)
    return shape or (1,)


_stacked("hstack", 1, lambda rank: 0 if rank == 1 else 1)
_stacked("vstack", 2, lambda rank: 0)
_stacked("dstack", 3, lambda rank: 2)


def split_sizes(size: Any, parts: Any, even: bool = True) -> list[Any]:
    """The sizes of the parts of an axis: by their number, or by the places of the cuts."""
    if isinstance(parts, int):
        if type(size) is int:
            if size % parts:
                refuse("ValueError", f"`x` size on `axis` must be divisible by `indices_or_sections`. Received: {size} and {parts}")
            return [size // parts] * parts
        return [size // parts] * parts
    cuts = sizes(parts)
    ends = [0, *cuts, size]
    return [high - low for low, high in zip(ends, ends[1:])]


@keras_op("keras.ops.split")
def split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Parts of an axis."""
    x = as_tensor(x)
    place = axis_of(axis, len(x.shape))
    found = split_sizes(x.shape[place], indices_or_sections)
    data = x.data if x.data is not None and len(x.shape) == 1 and all(type(size) is int for size in found) else None
    parts, start = [], 0
    for size in found:
        parts.append(KerasTensor((*x.shape[:place], size, *x.shape[place + 1 :]), x.dtype, data[start : start + size] if data is not None else None))
        start = start + size if data is not None else 0
    return parts


@keras_op("keras.ops.array_split")
def array_split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Parts of an axis as even as can be."""
    x = as_tensor(x)
    place = axis_of(axis, len(x.shape))
    size, count = x.shape[place], indices_or_sections
    if not isinstance(count, int):
        return split(x, indices_or_sections, axis)
    found = [size // count + (1 if index < size % count else 0) for index in range(count)] if type(size) is int else [open_size() for _ in range(count)]
    return [KerasTensor((*x.shape[:place], one, *x.shape[place + 1 :]), x.dtype) for one in found]


for _name, _axis in (("hsplit", 1), ("vsplit", 0), ("dsplit", 2)):

    def _make(place: int) -> Any:
        def function(x: Any, indices_or_sections: Any) -> Any:
            return split(x, indices_or_sections, place if len(shape_of(x)) > place else 0)

        return function

    keras_op(f"keras.ops.{_name}")(_make(_axis))


@keras_op("keras.ops.unstack", module="keras.src.ops.core")
def unstack(x: Any, num: Any = None, axis: Any = 0) -> Any:
    """The slices along an axis."""
    x = as_tensor(x)
    place = axis_of(axis, len(x.shape))
    count = num if num is not None else x.shape[place]
    if type(count) is not int:
        refuse("ValueError", f"Cannot infer argument `num` from shape {list(x.shape)}. Either provide a tensor with a concrete shape in the `axis` "
               "dimension or explicitly pass the `num` argument.")  # fmt: skip
    data = x.data if x.data is not None and len(x.shape) == 1 else None
    return [KerasTensor((*x.shape[:place], *x.shape[place + 1 :]), x.dtype, [data[i]] if data is not None else None) for i in range(count)]


@keras_op("keras.ops.meshgrid")
def meshgrid(*x: Any, indexing: Any = "xy") -> Any:
    """Grids of coordinates."""
    shape = [as_tensor(value).shape.numel() for value in x]
    if indexing == "xy" and len(shape) >= 2:
        shape[0], shape[1] = shape[1], shape[0]
    return [KerasTensor(shape, as_tensor(value).dtype) for value in x]


# --- taking -----------------------------------------------------------------------------------------------------------


@keras_op("keras.ops.get_item")
def get_item(x: Any, key: Any) -> Any:
    """``x[key]``.

    >>> get_item(T(2, 3, 4), (Ellipsis, 0))
    float32[2, 3]
    """
    x = as_tensor(x)
    if x.symbolic:
        key = _only_places(key)
    keys = list(key) if isinstance(key, tuple) else [key]
    rank = len(x.shape)
    spent = sum(_spends(one) for one in keys)
    if spent > rank:
        refuse("ValueError" if x.symbolic else "IndexError", f"Array has shape {list(x.shape)} but slice has too many indices: {key}")
    if not any(one is Ellipsis for one in keys):
        keys.append(Ellipsis)
    return _indexed(x, keys, rank - spent)


def _only_places(key: Any) -> Any:
    """What a symbolic tensor takes as a key."""
    if not isinstance(key, (int, tuple, list)):
        refuse("ValueError", f"Unsupported key type for array slice. Received: `{key}`")
    for one in key if isinstance(key, (tuple, list)) else ():
        if one is not None and one is not Ellipsis and not isinstance(one, (int, slice)):
            refuse("ValueError", f"Unsupported key type for array slice. Received: `{key}`")
    return tuple(key) if isinstance(key, list) else key


def _spends(key: Any) -> int:
    if key is None or key is Ellipsis:
        return 0
    return len(key.shape) if isinstance(key, KerasTensor) and key.dtype == "bool" and key.shape else 1


def _indexed(x: KerasTensor, keys: list[Any], rest: int) -> Any:
    result: list[Any] = []
    arrays: list[Any] = []
    first_array: int | None = None
    axis = 0
    for key in keys:
        if key is Ellipsis:
            result.extend(x.shape[axis : axis + rest])
            axis += rest
        elif key is None:
            result.append(1)
        elif isinstance(key, slice):
            result.append(sliced(x.shape[axis], key))
            axis += 1
        elif isinstance(key, KerasTensor) and key.dtype == "bool" and key.shape:
            return unknown("a boolean index", Reason.DATA_DEPENDENT) if len(keys) > 2 else KerasTensor((open_size(), *x.shape[len(key.shape) :]), x.dtype)
        elif isinstance(key, (list, tuple)) or isinstance(key, KerasTensor) and key.shape:
            arrays.append(shape_of(key))
            first_array = len(result) if first_array is None else first_array
            axis += 1
        else:
            size = x.shape[axis]
            if type(key) is int and type(size) is int and not -size <= key < size:
                refuse("ValueError" if x.symbolic else "IndexError", f"Array has shape {list(x.shape)} but out-of-bounds index {key} was requested.")
            axis += 1
    if arrays and first_array is not None:
        result[first_array:first_array] = stretched(*arrays)
    return KerasTensor(result, x.dtype, _kept(x, keys))


def _kept(x: KerasTensor, keys: list[Any]) -> list[Any] | None:
    if x.data is None or len(x.shape) != 1 or not keys:
        return None
    key = keys[0]
    if isinstance(key, slice) and all(part is None or type(part) is int for part in (key.start, key.stop, key.step)):
        return x.data[key]
    return [x.data[key]] if type(key) is int else None


def sliced(size: Any, key: slice) -> Any:
    """How much of an axis a slice takes."""
    parts = [_bound(part) for part in (key.start, key.stop, key.step)]
    if any(part is not None and (is_open(part) or isinstance(part, KerasTensor)) for part in parts):
        return open_size()
    start, stop, step = parts
    if type(size) is int and all(part is None or type(part) is int for part in parts):
        return len(range(*slice(start, stop, step).indices(size)))
    if is_open(size):
        return size if start in (None, 0) and stop is None and step in (None, 1) else _open_slice(size, start, stop, step)
    from ...shapes import strided

    return strided(start, stop, step, size)


def _open_slice(size: Any, start: Any, stop: Any, step: Any) -> Any:
    return open_size()


def _bound(part: Any) -> Any:
    if isinstance(part, KerasTensor):
        return part.data[0] if part.data is not None and len(part.data) == 1 else open_size()
    return part


@keras_op("keras.ops.take")
def take(x: Any, indices: Any, axis: Any = None) -> Any:
    """Elements by their places."""
    x = as_tensor(x)
    found = shape_of(indices)
    if axis is None:
        return KerasTensor(found, x.dtype)
    place = axis_of(axis, len(x.shape))
    return KerasTensor((*x.shape[:place], *found, *x.shape[place + 1 :]), x.dtype)


@keras_op("keras.ops.take_along_axis")
def take_along_axis(x: Any, indices: Any, axis: Any = None) -> Any:
    """Elements by their places, for each position."""
    x, found = as_tensor(x), shape_of(indices)
    if axis is None:
        return KerasTensor(found, x.dtype)
    place = axis_of(axis, len(x.shape))
    shape = list(stretched([1 if i == place else s for i, s in enumerate(x.shape)], [1 if i == place else s for i, s in enumerate(found)]))
    shape[place] = found[place]
    return KerasTensor(shape, x.dtype)


@keras_op("keras.ops.nonzero")
def nonzero(x: Any) -> Any:
    """The places of what is not zero."""
    count = open_size()
    return tuple(KerasTensor((count,), "int32") for _ in shape_of(x))


@keras_op("keras.ops.slice", module="keras.src.ops.core")
def slice_(inputs: Any, start_indices: Any, shape: Any) -> Any:
    """A block of this shape."""
    x = as_tensor(inputs)
    wanted = sizes(shape)
    starts = sizes(start_indices)
    found = [total - start if type(size) is int and size == -1 else size for size, start, total in zip(wanted, starts, x.shape)]
    return KerasTensor(found, x.dtype)


@keras_op("keras.ops.slice_update", module="keras.src.ops.core")
def slice_update(inputs: Any, start_indices: Any, updates: Any) -> Any:
    """A block replaced."""
    return as_tensor(inputs).like()


@keras_op("keras.ops.scatter", module="keras.src.ops.core")
def scatter(indices: Any, values: Any, shape: Any) -> Any:
    """Values put at places."""
    return KerasTensor(sizes(shape), as_tensor(values).dtype)


@keras_op("keras.ops.scatter_update", module="keras.src.ops.core")
def scatter_update(inputs: Any, indices: Any, updates: Any, reduction: Any = None) -> Any:
    """Values replaced at places."""
    return as_tensor(inputs).like()


@keras_op("keras.ops.diag")
def diag(x: Any, k: Any = 0) -> Any:
    """A diagonal, or a matrix with one."""
    x = as_tensor(x)
    if len(x.shape) == 1:
        return KerasTensor((x.shape[0] + abs(k),) * 2, x.dtype)
    if len(x.shape) == 2:
        return KerasTensor((_diagonal(x.shape[0], x.shape[1], k),), x.dtype)
    return refuse("ValueError", "`x` must be 1-D or 2-D.")


def _diagonal(rows: Any, columns: Any, offset: Any) -> Any:
    if type(rows) is not int or type(columns) is not int:
        return open_size()
    return max(0, min(rows, columns - offset) if offset >= 0 else min(rows + offset, columns))


@keras_op("keras.ops.diagonal")
def diagonal(x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """A diagonal as the last axis."""
    x = as_tensor(x)
    rank = len(x.shape)
    if rank < 2:
        refuse("ValueError", f"`diagonal` requires an array of at least two dimensions, but `x` is of shape {list(x.shape)}.")
    a, b = axis_of(axis1, rank), axis_of(axis2, rank)
    rest = [size for place, size in enumerate(x.shape) if place not in (a, b)]
    return KerasTensor((*rest, _diagonal(x.shape[a], x.shape[b], offset)), x.dtype)


@keras_op("keras.ops.diagflat")
def diagflat(x: Any, k: Any = 0) -> Any:
    """A matrix with the elements on its diagonal."""
    x = as_tensor(x)
    return KerasTensor((x.shape.numel() + abs(k),) * 2, x.dtype)


@keras_op("keras.ops.trace")
def trace(x: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Any:
    """The sum of a diagonal."""
    x = as_tensor(x)
    a, b = axis_of(axis1, len(x.shape)), axis_of(axis2, len(x.shape))
    dtype = "int32" if x.dtype in ("bool", "int8", "int16") else "uint32" if x.dtype in ("uint8", "uint16") else x.dtype
    return KerasTensor([size for place, size in enumerate(x.shape) if place not in (a, b)], dtype)


@keras_op("keras.ops.tril")
def tril(x: Any, k: Any = 0) -> Any:
    """The lower triangle."""
    return as_tensor(x).like()


@keras_op("keras.ops.triu")
def triu(x: Any, k: Any = 0) -> Any:
    """The upper triangle."""
    return as_tensor(x).like()


@keras_op("keras.ops.unravel_index")
def unravel_index(indices: Any, shape: Any) -> Any:
    """Flat places as places along axes."""
    x = as_tensor(indices)
    return [KerasTensor(x.shape, x.dtype) for _ in shape]


__all__ = ["BATCH", "joined", "maximum", "reshaped", "sizes", "sliced", "split_sizes"]
