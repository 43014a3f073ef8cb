"""Functions that make arrays."""

from __future__ import annotations

import math
from typing import Any

from ...ir.tensor import KEPT_VALUES, Tensor
from ..describe import op, refuse, unknown
from ..shapes import product, strided
from ..torch.ops.values import cast_all, few
from .array import NumpyArray, array_of, cast_to, given, promoted
from .dtypes import name_of


def _sizes(shape: Any) -> tuple[Any, ...]:
    if isinstance(shape, Tensor):
        return tuple(shape.data) if shape.data is not None else refuse("TypeError", "a shape must be known")
    return tuple(shape) if isinstance(shape, (tuple, list, range)) else (shape,)


@op("numpy.array")
def array(object: Any, dtype: Any = None, *, copy: Any = True, order: Any = "K", subok: Any = False, ndmin: Any = 0,
          like: Any = None) -> Any:  # fmt: skip
    """An array of nested sequences of numbers.

    >>> array([[1, 2], [3, 4]])
    int64[2, 2]
    """
    found = _fresh(array_of(object, name_of(dtype)))
    if type(ndmin) is int and len(found.shape) < ndmin:
        found = NumpyArray((*(1,) * (ndmin - len(found.shape)), *found.shape), found.dtype, found.data)
    return found


def _fresh(found: NumpyArray) -> Any:
    if found.dtype in ("object", "str"):
        return unknown("an array of objects")
    return NumpyArray(found.shape, found.dtype, None if found.data is None else list(found.data))


@op("numpy.asarray", "numpy.asanyarray", "numpy.ascontiguousarray", "numpy.asfortranarray", "numpy.require")
def asarray(a: Any, dtype: Any = None, order: Any = None, **kwargs: Any) -> Any:
    """The value as an array; an array of that type already stays itself."""
    found = array_of(a, name_of(dtype))
    return found if found is a else _fresh(found)


@op("numpy.copy", "numpy.ndarray.copy", "numpy.ndarray.__copy__", "numpy.ndarray.__deepcopy__")
def copy(a: Any, order: Any = "K", subok: Any = False) -> Any:
    """A copy."""
    return _fresh(array_of(a))


@op("numpy.ndarray.astype", "numpy.astype")
def astype(x: Any, dtype: Any, order: Any = "K", casting: Any = "unsafe", subok: Any = True, copy: Any = True, device: Any = None) -> Any:
    """The array with another element type.

    >>> astype(np.zeros((2, 3)), np.float32)
    float32[2, 3]
    """
    kind = name_of(dtype)
    found = cast_to(array_of(x), kind or "float64")
    return found if x.shape or found.data is None else given((), found.dtype, found.data)


@op("numpy.ndarray.view")
def view(x: Any, dtype: Any = None, type: Any = None) -> Any:
    """The same memory as another element type."""
    kind = name_of(dtype)
    return x if kind in (None, x.dtype) else unknown("ndarray.view of another type")


def _filled(names: str, value: Any) -> None:
    @op(*names.split())
    def make(shape: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None) -> Any:
        return _full(_sizes(shape), name_of(dtype) or "float64", value)

    make.__doc__ = f"An array of {'anything' if value is None else value}."


def _full(shape: tuple[Any, ...], dtype: str, value: Any) -> NumpyArray:
    known = value is not None and few(shape)
    return NumpyArray(shape, dtype, cast_all([value] * product(shape), dtype) if known else None)


def _filled_like(names: str, value: Any) -> None:
    @op(*names.split())
    def make(a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, *, device: Any = None) -> Any:
        model = array_of(a)
        return _full(tuple(model.shape) if shape is None else _sizes(shape), name_of(dtype) or model.dtype, value)

    make.__doc__ = f"An array like another, of {'anything' if value is None else value}."


for _name, _value in {"zeros": 0, "ones": 1, "empty": None}.items():
    _filled(f"numpy.{_name}", _value)
    _filled_like(f"numpy.{_name}_like", _value)


@op("numpy.full")
def full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None) -> Any:
    """An array of one value."""
    value = array_of(fill_value)
    known = value.data[0] if value.data is not None and not value.shape else None
    return _full(_sizes(shape), name_of(dtype) or value.dtype, known)


@op("numpy.full_like")
def full_like(a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, *,
              device: Any = None) -> Any:  # fmt: skip
    """An array like another, of one value."""
    model = array_of(a)
    return full(model.shape if shape is None else shape, fill_value, name_of(dtype) or model.dtype)


@op("numpy.arange")
def arange(start_or_stop: Any, /, stop: Any = None, step: Any = 1, dtype: Any = None, *, device: Any = None, like: Any = None) -> Any:
    """Numbers a step apart.

    >>> arange(3)
    int64[3]
    """
    start, stop = (0, start_or_stop) if stop is None else (start_or_stop, stop)
    step = 1 if step is None else step
    kind = name_of(dtype) or promoted([array_of(value).dtype for value in (start, stop, step)])
    if all(isinstance(value, (int, float)) for value in (start, stop, step)):
        if step == 0:
            refuse("ZeroDivisionError", "division by zero")
        count = max(math.ceil((stop - start) / step), 0)
        if count > KEPT_VALUES:
            return NumpyArray((count,), kind)
        delta = (start + step) - start
        exact = kind == "float64" or kind.startswith(("int", "uint")) or all(type(value) is int for value in (start, step))
        return NumpyArray((count,), kind, cast_all([start + place * delta for place in range(count)], kind) if exact else None)
    return NumpyArray((strided(start, stop, step, stop),), kind) if type(start) is int and start == 0 and step == 1 else NumpyArray(
        ((stop - start) // step,), kind)  # fmt: skip


@op("numpy.linspace")
def linspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, dtype: Any = None, axis: Any = 0, *,
             device: Any = None) -> Any:  # fmt: skip
    """Evenly spaced numbers from one bound to the other.

    >>> linspace(0, 0.1, 12)
    float64[12]
    """
    kind = name_of(dtype) or "float64"
    if not isinstance(start, (int, float)) or not isinstance(stop, (int, float)) or type(num) is not int:
        return NumpyArray((num, *array_of(start).shape), kind) if not retstep else unknown("np.linspace with retstep")
    parts = num - 1 if endpoint else num
    delta = stop * 1.0 - start * 1.0
    step = delta / parts if parts > 0 else math.nan
    if num > KEPT_VALUES:
        result = NumpyArray((num,), kind)
    else:
        if parts > 0:
            values = [place * step + start for place in range(num)] if step else [place / parts * delta + start for place in range(num)]
        else:
            values = [place * delta + start for place in range(num)]
        if endpoint and num > 1:
            values[-1] = stop
        whole = kind.startswith(("int", "uint"))
        result = NumpyArray((num,), kind, cast_all([math.floor(value) if whole else float(value) for value in values], kind))
    return (result, step) if retstep else result


@op("numpy.logspace")
def logspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10.0, dtype: Any = None, axis: Any = 0) -> Any:
    """Numbers spaced evenly on a logarithmic scale."""
    return NumpyArray((num,), name_of(dtype) or "float64")


@op("numpy.geomspace")
def geomspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0) -> Any:
    """Numbers each of which is the one before times a factor."""
    return NumpyArray((num,), name_of(dtype) or "float64")


@op("numpy.eye")
def eye(N: Any, M: Any = None, k: Any = 0, dtype: Any = None, order: Any = "C", *, device: Any = None, like: Any = None) -> Any:
    """Ones on a diagonal."""
    columns = N if M is None else M
    kind = name_of(dtype) or "float64"
    known = few((N, columns)) and type(k) is int
    data = cast_all([int(column - row == k) for row in range(N) for column in range(columns)], kind) if known else None
    return NumpyArray((N, columns), kind, data)


@op("numpy.identity")
def identity(n: Any, dtype: Any = None, *, like: Any = None) -> Any:
    """Ones on the diagonal of a square."""
    return eye(n, None, 0, dtype)


@op("numpy.meshgrid")
def meshgrid(*xi: Any, copy: Any = True, sparse: Any = False, indexing: Any = "xy") -> Any:
    """Coordinates of a grid, one array for each axis.

    >>> meshgrid(np.arange(3), np.arange(4))
    (int64[4, 3], int64[4, 3])
    """
    lines = [array_of(one) for one in xi]
    sizes = [product(line.shape) for line in lines]
    order = [1, 0, *range(2, len(lines))] if indexing == "xy" and len(lines) > 1 else list(range(len(lines)))
    shape = tuple(sizes[place] for place in order)
    return tuple(_spread_along(line, order.index(place), shape, sparse) for place, line in enumerate(lines))


def _spread_along(line: NumpyArray, axis: int, shape: tuple[Any, ...], sparse: bool) -> NumpyArray:
    if sparse:
        return NumpyArray(tuple(size if place == axis else 1 for place, size in enumerate(shape)), line.dtype, line.data)
    if line.data is None or not few(shape):
        return NumpyArray(shape, line.dtype)
    inner, outer = product(shape[axis + 1 :]), product(shape[:axis])
    return NumpyArray(shape, line.dtype, [value for value in line.data for _ in range(inner)] * outer)


@op("numpy.indices")
def indices(dimensions: Any, dtype: Any = None, sparse: Any = False) -> Any:
    """The coordinates of every element of a grid."""
    shape = tuple(dimensions)
    kind = name_of(dtype) or "int64"
    grids = [_spread_along(arange(size), axis, shape, sparse) for axis, size in enumerate(shape)]
    if sparse:
        return tuple(grids)
    known = few((len(shape), *shape)) and all(grid.data is not None for grid in grids)
    return NumpyArray((len(shape), *shape), kind, cast_all([value for grid in grids for value in grid.data or ()], kind) if known else None)


@op("numpy.tril", "numpy.triu")
def tril(m: Any, k: Any = 0) -> Any:
    """The array with zeros on one side of a diagonal."""
    return array_of(m).like()


@op("numpy.fromfunction", "numpy.frombuffer", "numpy.fromfile", "numpy.load", "numpy.loadtxt", "numpy.genfromtxt", "numpy.fromstring",
    "numpy.memmap", lenient=True)  # fmt: skip
def from_outside(*args: Any, **kwargs: Any) -> Any:
    """An array of what is read from somewhere."""
    return unknown("an array read from outside")
