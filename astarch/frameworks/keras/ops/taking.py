"""Taking parts: indexing, gathering, scattering, diagonals."""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Reason
from ...describe import refuse, unknown
from ...shapes import strided
from ..operation import keras_op
from ..tensor import KerasTensor, is_open, open_size
from .elementwise import as_tensor, shape_of, stretched
from .reduction import axis_of
from .shaping import sizes


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
            return (
                unknown("a boolean index", Reason.DATA_DEPENDENT)
                if len(keys) > 2
                else KerasTensor((open_size(), *x.shape[len(key.shape) :]), x.dtype)
            )
        elif isinstance(key, (list, tuple)) or (isinstance(key, KerasTensor) and key.shape):
            arrays.append(shape_of(key))
            first_array = len(result) if first_array is None else first_array
            axis += 1
        else:
            size = x.shape[axis]
            if type(key) is int and type(size) is int and not -size <= key < size:
                refuse(
                    "ValueError" if x.symbolic else "IndexError",
                    f"Array has shape {list(x.shape)} but out-of-bounds index {key} was requested.",
                )
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
    found = [
        total - start if type(size) is int and size == -1 else size for size, start, total in zip(wanted, starts, x.shape, strict=False)
    ]
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


def _matrix(x: Any) -> KerasTensor:
    x = as_tensor(x)
    if not x.symbolic and len(x.shape) < 2:
        refuse("ValueError", f"input must be at least 2-dim, received shape: {list(x.shape)}")
    return x


@keras_op("keras.ops.tril")
def tril(x: Any, k: Any = 0) -> Any:
    """The lower triangle."""
    return _matrix(x).like()


@keras_op("keras.ops.triu")
def triu(x: Any, k: Any = 0) -> Any:
    """The upper triangle."""
    return _matrix(x).like()


@keras_op("keras.ops.unravel_index")
def unravel_index(indices: Any, shape: Any) -> Any:
    """Flat places as places along axes."""
    x = as_tensor(indices)
    return [KerasTensor(x.shape, x.dtype) for _ in shape]
