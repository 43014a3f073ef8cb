"""Other shapes, parts and joins of arrays; the rules are torch's, under numpy's names."""

from __future__ import annotations

from typing import Any

from ...ir.tensor import Tensor
from ..describe import REGISTRY, attribute, op, refuse, unknown
from ..shapes import broadcast, product
from ..torch.ops.aliasing import write
from ..torch.ops.values import cast_all
from ..torch.tensor import TorchTensor
from .array import NumpyArray, array_of, as_numpy, as_torch, given, promoted
from .dtypes import name_of


def _by(name: str, *args: Any, **kwargs: Any) -> Any:
    """What the rule of torch gives for arrays."""
    result = REGISTRY[name].function(*map(as_torch, args), **kwargs)
    if isinstance(result, TorchTensor):
        return NumpyArray(result.shape, result.dtype, result.data)
    return [NumpyArray(one.shape, one.dtype, one.data) for one in result]


def _sizes(args: Any) -> tuple[Any, ...]:
    sizes = args[0] if len(args) == 1 and isinstance(args[0], (tuple, list, Tensor)) else args
    if isinstance(sizes, Tensor):
        sizes = sizes.data if sizes.data is not None else refuse("TypeError", "a shape must be known")
    return tuple(one.data[0] if isinstance(one, Tensor) and one.data else one for one in sizes)


@op("numpy.reshape")
def reshape(a: Any, /, shape: Any = None, order: Any = "C", *, newshape: Any = None, copy: Any = None) -> Any:
    """The same elements in another shape.

    >>> reshape(np.arange(6), (2, 3))
    int64[2, 3]
    """
    return _reshaped(array_of(a), _sizes((newshape if shape is None else shape,)), order)


def _reshaped(array: Any, sizes: Any, order: Any) -> Any:
    found = _by("torch.reshape", array, sizes)
    return found if order != "F" else found.like()


@op("numpy.ndarray.reshape")
def reshape_method(a: Any, *shape: Any, order: Any = "C", copy: Any = None) -> Any:
    """The same elements in another shape."""
    return _reshaped(a, _sizes(shape), order)


@op("numpy.ravel", "numpy.ndarray.ravel", "numpy.ndarray.flatten")
def ravel(a: Any, order: Any = "C") -> Any:
    """All elements in one axis."""
    array = array_of(a)
    return NumpyArray((product(array.shape),), array.dtype, array.data if order == "C" else None)


@op("numpy.transpose", "numpy.permute_dims")
def transpose(a: Any, axes: Any = None) -> Any:
    """The axes in another order; reversed without one."""
    array = array_of(a)
    return _by("torch.permute", array, tuple(reversed(range(len(array.shape)))) if axes is None else _sizes((axes,)))


@op("numpy.ndarray.transpose")
def transpose_method(a: Any, *axes: Any) -> Any:
    """The axes in another order; reversed without one."""
    return transpose(a, None if not axes or axes == (None,) else _sizes(axes))


@attribute("numpy.ndarray.T")
def reversed_axes(a: Any) -> Any:
    """The array with its axes reversed."""
    return transpose(a)


@attribute("numpy.ndarray.mT")
def matrix_transposed(a: Any) -> Any:
    """The array with its last two axes exchanged."""
    return _by("torch.transpose", a, -1, -2)


@attribute("numpy.ndarray.flat")
def flat(a: Any) -> Any:
    """The elements one after another."""
    return ravel(a)


@attribute("numpy.ndarray.real")
def real(a: Any) -> Any:
    """The real part."""
    return a if not a.dtype.startswith("complex") else a.like(dtype="float32" if a.dtype == "complex64" else "float64")


@op("numpy.swapaxes", "numpy.ndarray.swapaxes")
def swapaxes(a: Any, axis1: Any, axis2: Any) -> Any:
    """Two axes change places."""
    return _by("torch.transpose", array_of(a), axis1, axis2)


@op("numpy.moveaxis")
def moveaxis(a: Any, source: Any, destination: Any) -> Any:
    """Axes moved to other places."""
    return _by("torch.movedim", array_of(a), source, destination)


@op("numpy.rollaxis")
def rollaxis(a: Any, axis: Any, start: Any = 0) -> Any:
    """An axis moved to another place."""
    rank = len(a.shape)
    axis, start = axis % rank, start + rank if start < 0 else start
    return _by("torch.movedim", array_of(a), axis, start - 1 if axis < start else start)


@op("numpy.expand_dims")
def expand_dims(a: Any, axis: Any) -> Any:
    """New axes of size one."""
    array = array_of(a)
    places = axis if isinstance(axis, (tuple, list)) else (axis,)
    rank = len(array.shape) + len(places)
    new = {place % rank for place in places}
    sizes = iter(array.shape)
    return NumpyArray(tuple(1 if place in new else next(sizes) for place in range(rank)), array.dtype, array.data)


@op("numpy.squeeze", "numpy.ndarray.squeeze")
def squeeze(a: Any, axis: Any = None) -> Any:
    """The array without axes of size one."""
    array = array_of(a)
    if axis is not None:
        for place in axis if isinstance(axis, tuple) else (axis,):
            if type(array.shape[place]) is int and array.shape[place] != 1:
                refuse("ValueError", "cannot select an axis to squeeze out which has size not equal to one")
    return _by("torch.squeeze", array) if axis is None else _by("torch.squeeze", array, axis)


@op("numpy.broadcast_to")
def broadcast_to(array: Any, shape: Any, subok: Any = False) -> Any:
    """The array stretched to a shape."""
    return _by("torch.broadcast_to", array_of(array), _sizes((shape,)))


@op("numpy.broadcast_arrays")
def broadcast_arrays(*args: Any, subok: Any = False) -> Any:
    """Arrays stretched to one shape."""
    arrays = [array_of(one) for one in args]
    shape = broadcast(*(one.shape for one in arrays))
    return tuple(_by("torch.broadcast_to", one, shape) for one in arrays)


@op("numpy.broadcast_shapes")
def broadcast_shapes(*args: Any) -> Any:
    """The shape that all stretch to."""
    return broadcast(*(one if isinstance(one, tuple) else (one,) for one in args))


def _together(arrays: Any, dtype: Any = None) -> list[Any]:
    found = [array_of(one) for one in (arrays if not isinstance(arrays, Tensor) else list(iter(arrays)))]
    if not found:
        refuse("ValueError", "need at least one array to concatenate")
    kind = name_of(dtype) or promoted([one.dtype for one in found])
    return [array_of(one, kind) for one in found]


@op("numpy.concatenate", "numpy.concat")
def concatenate(arrays: Any, /, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays one after another along an axis.

    >>> concatenate([np.zeros((2, 3)), np.zeros((4, 3))])
    float64[6, 3]
    """
    found = _together(arrays, dtype)
    if axis is None:
        found, axis = [ravel(one) for one in found], 0
    if not found[0].shape:
        refuse("ValueError", "zero-dimensional arrays cannot be concatenated")
    return _by("torch.cat", found, axis)


@op("numpy.stack")
def stack(arrays: Any, axis: Any = 0, out: Any = None, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
    """Arrays side by side along a new axis."""
    return _by("torch.stack", _together(arrays, dtype), axis)


def _joined(name: str, by: str) -> None:
    @op(f"numpy.{name}")
    def join(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Any:
        return _by(by, _together(tup, dtype))

    join.__doc__ = f"Arrays joined as ``{name}`` does."


for _name in ("vstack", "hstack", "dstack", "column_stack"):
    _joined(_name, f"torch.{_name}")


@op("numpy.append")
def append(arr: Any, values: Any, axis: Any = None) -> Any:
    """More elements at the end."""
    return concatenate((array_of(arr), array_of(values)), axis)


@op("numpy.split", "numpy.array_split")
def split(ary: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Parts along an axis."""
    return _by("torch.tensor_split", array_of(ary), indices_or_sections, axis)


@op("numpy.tile")
def tile(A: Any, reps: Any) -> Any:
    """The array over and over along its axes."""
    return _by("torch.tile", array_of(A), _sizes((reps,)))


@op("numpy.repeat", "numpy.ndarray.repeat")
def repeat(a: Any, repeats: Any, axis: Any = None) -> Any:
    """Every element several times."""
    array = array_of(a)
    if axis is None:
        array, axis = ravel(array), 0
    if isinstance(repeats, (list, tuple)):
        repeats = array_of(repeats)
    return _by("torch.repeat_interleave", array, repeats, axis)


@op("numpy.flip")
def flip(m: Any, axis: Any = None) -> Any:
    """The elements in reverse along axes."""
    array = array_of(m)
    places = range(len(array.shape)) if axis is None else axis if isinstance(axis, (tuple, list)) else (axis,)
    return _by("torch.flip", array, tuple(places))


@op("numpy.flipud")
def flipud(m: Any) -> Any:
    """The rows in reverse."""
    return flip(m, 0)


@op("numpy.fliplr")
def fliplr(m: Any) -> Any:
    """The columns in reverse."""
    return flip(m, 1)


@op("numpy.roll")
def roll(a: Any, shift: Any, axis: Any = None) -> Any:
    """The elements moved along, those at the end to the front."""
    array = array_of(a)
    return _by("torch.roll", array, shift) if axis is None else _by("torch.roll", array, shift, axis)


@op("numpy.pad")
def pad(array: Any, pad_width: Any, mode: Any = "constant", **kwargs: Any) -> Any:
    """More elements around the edges.

    >>> pad(np.zeros((2, 3)), 1)
    float64[4, 5]
    """
    found = array_of(array)
    widths = pad_width.data if isinstance(pad_width, Tensor) else pad_width
    if widths is None:
        return unknown("the widths of a padding")
    if isinstance(pad_width, Tensor) and pad_width.shape and len(pad_width.shape) == 2:
        widths = list(zip(widths[::2], widths[1::2], strict=True))
    if isinstance(widths, (tuple, list)):
        pairs = [tuple(one) if isinstance(one, (tuple, list)) else (one,) for one in widths]
        pairs = [tuple(one[0] for one in pairs)] if all(len(one) == 1 for one in pairs) else pairs
        pairs = [one * 2 if len(one) == 1 else one for one in pairs]
    else:
        pairs = [(widths, widths)]
    pairs = pairs * len(found.shape) if len(pairs) == 1 else pairs
    return NumpyArray(tuple(size + low + high for size, (low, high) in zip(found.shape, pairs, strict=True)), found.dtype)


@op("numpy.atleast_1d")
def atleast_1d(*arys: Any) -> Any:
    """Arrays with at least one axis."""
    found = [one if (one := array_of(value)).shape else NumpyArray((1,), one.dtype, one.data) for value in arys]
    return found[0] if len(found) == 1 else tuple(found)


@op("numpy.atleast_2d")
def atleast_2d(*arys: Any) -> Any:
    """Arrays with at least two axes."""
    arrays = [array_of(value) for value in arys]
    found = [one if len(one.shape) >= 2 else NumpyArray((*(1,) * (2 - len(one.shape)), *one.shape), one.dtype, one.data) for one in arrays]
    return found[0] if len(found) == 1 else tuple(found)


@op("numpy.ndim")
def ndim(a: Any) -> Any:
    """The number of axes."""
    return len(array_of(a).shape)


@op("numpy.shape")
def shape(a: Any) -> Any:
    """The sizes."""
    return tuple(array_of(a).shape)


@op("numpy.size")
def size(a: Any, axis: Any = None) -> Any:
    """The number of elements."""
    sizes = array_of(a).shape
    return product(sizes) if axis is None else sizes[axis]


@op("numpy.diag", "numpy.diagonal", "numpy.ndarray.diagonal")
def diag(v: Any, k: Any = 0) -> Any:
    """The diagonal of a matrix, or a matrix with a diagonal."""
    return _by("torch.diag", array_of(v), k)


@op("numpy.take", "numpy.ndarray.take")
def take(a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    """The elements at some places of an axis."""
    array, places = array_of(a), array_of(indices)
    if axis is None:
        array, axis = ravel(array), 0
    index = (*(slice(None),) * (axis % len(array.shape)), places)
    return getitem(array, index)


@op("numpy.take_along_axis")
def take_along_axis(arr: Any, indices: Any, axis: Any = -1) -> Any:
    """The elements at given places along an axis."""
    return array_of(arr).like(array_of(indices).shape)


@op("numpy.put_along_axis")
def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """Write to given places along an axis."""
    write(arr)


@op("numpy.ndarray.fill")
def fill(a: Any, value: Any) -> None:
    """One value everywhere."""
    write(a, cast_all([value] * product(a.shape), a.dtype) if a.data is not None else None)


@op("numpy.ndarray.setflags", "numpy.copyto", "numpy.random.shuffle", "numpy.ndarray.sort", "numpy.fill_diagonal", "numpy.put",
    "numpy.place")  # fmt: skip
def change(a: Any, *args: Any, **kwargs: Any) -> None:
    """The elements change; which, is not followed."""
    write(a)


@op("numpy.delete", "numpy.insert", "numpy.histogram", "numpy.bincount", "numpy.searchsorted", "numpy.interp", "numpy.convolve",
    "numpy.digitize", "numpy.vectorize", "numpy.apply_along_axis", "numpy.isin", "numpy.setdiff1d", "numpy.intersect1d",
    lenient=True)  # fmt: skip
def not_followed(*args: Any, **kwargs: Any) -> Any:
    """An array that is not followed."""
    return unknown("an array function that is not followed")


# --- brackets ---------------------------------------------------------------------------------------------------------


def _index(index: Any) -> Any:
    """An index as torch takes it; sequences and arrays of places become tensors."""
    if isinstance(index, tuple):
        return tuple(_index(one) for one in index)
    if isinstance(index, list):
        return as_torch(array_of(index))
    if isinstance(index, NumpyArray):
        return as_torch(index) if index.shape or index.data is None else index.data[0]
    return index


def _forwards(array: Any, index: Any) -> tuple[Any, Any]:
    """For torch, which has no negative steps, the axis is turned around first."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if not any(isinstance(part, slice) and type(part.step) is int and part.step < 0 for part in parts):
        return array, index
    axis = 0
    for place, part in enumerate(parts):
        if part is Ellipsis:
            axis = len(array.shape) - sum(one is not None for one in parts[place + 1 :])
            continue
        if isinstance(part, slice) and type(part.step) is int and part.step < 0:
            size = array.shape[axis]
            if part.start is None and part.stop is None:
                parts[place] = slice(None, None, -part.step)
            else:
                chosen = range(*part.indices(size))
                parts[place] = slice(size - 1 - chosen.start, size - 1 - chosen.stop, -part.step) if chosen else slice(0, 0)
            array = flip(array, axis)
        axis += part is not None
    return array, tuple(parts)


@op("numpy.ndarray.__getitem__")
def getitem(array: Any, index: Any) -> Any:
    """The elements an index in brackets selects.

    >>> getitem(np.zeros((4, 5)), (slice(None), -1))
    float64[4]
    """
    if isinstance(index, str):
        return unknown("a field of an array of records")
    array, index = _forwards(array, _index(index))
    return as_numpy(REGISTRY["torch.Tensor.__getitem__"].function(as_torch(array), index))


@op("numpy.ndarray.__setitem__", lenient=True)
def setitem(array: Any, index: Any, value: Any) -> None:
    """Write to the elements an index in brackets selects."""
    data = array.data
    backwards = any(isinstance(one, slice) and type(one.step) is int and one.step < 0 for one in _parts(index))
    if data is None or backwards or type(value).__name__ == "Unknown" or type(index).__name__ == "Unknown":
        write(array)
        return
    stand_in = TorchTensor(array.shape, array.dtype, list(data))
    new = as_torch(array_of(value, array.dtype)) if isinstance(value, (Tensor, list, tuple, range)) else value
    REGISTRY["torch.Tensor.__setitem__"].function(stand_in, _index(index), new)
    write(array, stand_in.data)


def _parts(index: Any) -> tuple[Any, ...]:
    return index if isinstance(index, tuple) else (index,)


@op("numpy.ndarray.__contains__")
def contains(array: Any, item: Any) -> Any:
    """Whether an element is equal to a value."""
    return item in array.data if array.data is not None and not isinstance(item, Tensor) else unknown("membership in an array")


@op("numpy.ndarray.__array__", "numpy.ndarray.__len__")
def itself(array: Any, *args: Any, **kwargs: Any) -> Any:
    """The array."""
    return array


@op("numpy.einsum")
def einsum(*operands: Any, out: Any = None, optimize: Any = False, **kwargs: Any) -> Any:
    """Sums of products over named axes."""
    equation, *arrays = operands
    found = _together(arrays)
    result = REGISTRY["torch.einsum"].function(equation, *map(as_torch, found))
    data = None
    if result.data is None and len(found) == 2 and equation.replace(" ", "") == "m,d->md" and found[0].data and found[1].data:
        data = cast_all([a * b for a in found[0].data for b in found[1].data], result.dtype) if product(result.shape) <= 1024 else None
    return given(result.shape, result.dtype, result.data if data is None else data)
