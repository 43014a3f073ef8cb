"""Tensors that count: arange, linspace, grids of indices, windows, combinations."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import Any

from ....ir.dim import Dim, less, same
from ....ir.tensor import KEPT_VALUES
from ...describe import fresh_size, op, refuse
from ...dtypes import complex_of, real_of, rounded
from ...shapes import broadcast, product
from ..tensor import TorchTensor, default_dtype, is_size, kind_name
from .creation import STRIDED, made
from .dtypes import element_type
from .elementwise import place_of
from .promotion import category_of, number_category
from .signatures import factory
from .values import LOST, cast_all, few, spread_values

_HOLE: Any = object()


def _number(name: str, value: Any) -> tuple[Any, bool]:
    """A bound of a range and whether it is whole; None for the value of a tensor that is not known."""
    if isinstance(value, TorchTensor):
        if value.shape:
            refuse("TypeError", f"{name}(): argument must be Number, not Tensor")
        return (None if value.data is None else value.data[0]), category_of(value.dtype) < 2
    rank = number_category(value)
    if rank is None or rank == 3:
        refuse("TypeError", f"{name}(): argument must be Number, not {kind_name(value)}")
    return value, rank < 2  # type: ignore[operator]


def _span(start: Any, end: Any, step: Any, whole: bool) -> Any:
    """How many steps lie between two bounds, the last one excluded."""
    if same(step, 0):
        refuse("RuntimeError", "step must be nonzero")
    if any(type(value) is Dim for value in (start, end, step)):
        if not whole or type(step) is Dim:
            return fresh_size("torch.arange")
        return end - start if step == 1 else -((start - end) // step)
    if (step > 0) != (end >= start) and start != end:
        refuse("RuntimeError", "upper bound and lower bound inconsistent with step sign")
    if whole:
        return -((start - end) // step)
    return math.ceil((float(end) - float(start)) / float(step))


@factory("torch.arange")
def arange(start: Any = _HOLE, end: Any = _HOLE, step: Any = 1, *, out: Any = None, dtype: Any = None, layout: Any = STRIDED,
           device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """The numbers from ``start`` up to but not including ``end``.

    >>> arange(0, 1, 0.25), arange(5)
    (float32[4], int64[5])
    """
    if end is _HOLE:
        start, end = 0, start
    elif start is _HOLE:
        start = 0
    if end is _HOLE:
        refuse("TypeError", "arange() missing the argument 'end'")
    bounds = [_number("arange", value) for value in (start, end, step)]
    whole = all(fact for _, fact in bounds)
    kind = element_type(dtype) or (out.dtype if out is not None else "int64" if whole else default_dtype())
    if category_of(kind) in (0, 3):
        refuse("NotImplementedError", f"arange is not implemented for {kind}")
    first, last, stride = values = [value for value, _ in bounds]
    for value in values:
        if type(value) is float and not math.isfinite(value):
            refuse("RuntimeError", f"unsupported range: {first} -> {last}")
    if any(value is None for value in values):
        return made((fresh_size("torch.arange"),), kind, device, requires_grad, None, out)
    if kind == "int64" and not whole:
        first, last, stride = (value if type(value) is Dim else int(value) for value in values)
    count = _span(first, last, stride, whole or kind == "int64")
    return made((count,), kind, device, requires_grad, _counted(count, first, stride, kind), out)


def _counted(count: Any, first: Any, stride: Any, dtype: str) -> list[Any] | None:
    if type(count) is not int or count > KEPT_VALUES or type(first) is Dim:
        return None
    if type(first) is not float and type(stride) is not float:
        return cast_all(range(first, first + count * stride, stride), dtype)
    if category_of(dtype) < 2:
        return None
    exact = [Fraction(first) + Fraction(stride) * index for index in range(count)]
    data = [float(value) for value in exact]
    if all(value == rounded(value, dtype) and value == truth for value, truth in zip(data, exact, strict=True)):
        return data
    return _in_groups(count, first, stride, dtype, 8) if dtype == "float32" else None


def _in_groups(count: int, first: float, step: float, dtype: str, lanes: int) -> list[float]:
    """The values as torch's vector code rounds them: the start of every register first, while two registers can be filled."""
    grouped = count - count % (2 * lanes)
    data = []
    for index in range(count):
        lane = index % lanes if index < grouped else 0
        base = rounded(_fused(step, index - lane, first, "float64"), dtype)
        data.append(rounded(_fused(step, lane, base, "float64"), dtype) if lane else base)
    return data


@factory("torch.range")
def range_(start: Any = 0, end: Any = _HOLE, step: Any = 1, *, out: Any = None, dtype: Any = None, layout: Any = STRIDED,
           device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """The numbers from ``start`` to ``end``, both included (deprecated)."""
    if end is _HOLE:
        start, end = 0, start
    values = [_number("range", value)[0] for value in (start, end, step)]
    kind = element_type(dtype, default_dtype())
    if any(value is None or type(value) is Dim for value in values):
        return made((fresh_size("torch.range"),), kind, device, requires_grad)  # type: ignore[arg-type]
    first, last, stride = values
    if not math.isfinite(first) or not math.isfinite(last):
        refuse("RuntimeError", f"unsupported range: {first} -> {last}")
    if stride == 0 or ((stride > 0) != (last >= first) and first != last):
        refuse("RuntimeError", "upper bound and lower bound inconsistent with step sign")
    return made((math.floor((last - first) / stride) + 1,), kind, device, requires_grad)  # type: ignore[arg-type]


def _steps(name: str, steps: Any) -> Any:
    if isinstance(steps, TorchTensor) and category_of(steps.dtype) == 1:
        return steps.data[0] if steps.data is not None else fresh_size(f"torch.{name}")
    if isinstance(steps, bool) or not is_size(steps):
        refuse("TypeError", f"{name}(): argument 'steps' must be int, not {kind_name(steps)}")
    if less(steps, 0):
        refuse("RuntimeError", "number of steps must be non-negative")
    return steps


def _bound(name: str, value: Any) -> Any:
    """A bound of `linspace`; None when it is not known."""
    if isinstance(value, TorchTensor):
        if value.shape:
            refuse("RuntimeError", f"{name} only supports 0-dimensional start and end tensors, but got one with {len(value.shape)}")
        return value.data[0] if value.data is not None else None
    if number_category(value) is None:
        refuse("TypeError", f"{name}(): bounds must be numbers")
    return value


def _spaced_type(dtype: Any, out: Any, bounds: tuple[Any, ...]) -> str:
    imaginary = any(category_of(one.dtype) == 3 if isinstance(one, TorchTensor) else isinstance(one, complex) for one in bounds)
    kind = element_type(dtype) or (out.dtype if out is not None else complex_of(default_dtype()) if imaginary else default_dtype())
    if kind == "bool":
        refuse("NotImplementedError", "linspace and logspace are not implemented for bool")
    if imaginary and category_of(kind) < 3:
        refuse("RuntimeError", f"inferred dtype complex can't be safely cast to passed dtype {kind}")
    return kind


@factory("torch.linspace")
def linspace(start: Any, end: Any, steps: Any, *, out: Any = None, dtype: Any = None, layout: Any = STRIDED, device: Any = None,
             pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """So many numbers from ``start`` to ``end``, both included.

    >>> linspace(0, 0.1, 12)
    float32[12]
    """
    kind = _spaced_type(dtype, out, (start, end))
    bounds = _bound("linspace", start), _bound("linspace", end)
    count = _steps("linspace", steps)
    return made((count,), kind, device, requires_grad, _spaced(*bounds, count, kind), out)


def _spaced(start: Any, end: Any, count: Any, dtype: str) -> list[Any] | None:
    """The values of `linspace` as torch's kernels compute them, from both ends towards the middle."""
    if type(count) is not int or count > KEPT_VALUES or dtype not in ("float32", "float64") or not count:
        return [] if type(count) is int and count == 0 else None
    try:
        first, last = (rounded(float(value), dtype) for value in (start, end))
    except LOST:
        return None
    if count == 1:
        return [first]
    step = rounded(rounded(last - first, dtype) / (count - 1), dtype)
    half = count // 2
    return [_fused(step, index, first, dtype) if index < half else _fused(-step, count - index - 1, last, dtype) for index in range(count)]


def _fused(a: float, b: int, c: float, dtype: str) -> float:
    """``a * b + c`` rounded once, as processors with fused multiply-add do it and torch's kernels are built to use."""
    exact = Fraction(a) * b + Fraction(c)
    near = float(exact)
    if dtype != "float32" or near == exact:
        return rounded(near, dtype)
    # rounded to odd first, so that rounding again does not round twice
    toward_zero = near if abs(near) < abs(exact) else math.nextafter(near, 0.0)
    bits = struct.unpack("q", struct.pack("d", toward_zero))[0] | 1
    return rounded(struct.unpack("d", struct.pack("q", bits))[0], dtype)


@factory("torch.logspace")
def logspace(start: Any, end: Any, steps: Any, base: Any = 10.0, *, out: Any = None, dtype: Any = None, layout: Any = STRIDED,
             device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """So many numbers from ``base**start`` to ``base**end``, evenly spaced in their logarithm."""
    kind = _spaced_type(dtype, out, (start, end))
    _bound("logspace", start)
    _bound("logspace", end)
    return made((_steps("logspace", steps),), kind, device, requires_grad, None, out)


@factory("torch.eye")
def eye(n: Any, m: Any = None, *, out: Any = None, dtype: Any = None, layout: Any = STRIDED, device: Any = None, pin_memory: bool = False,
        requires_grad: bool = False) -> Any:  # fmt: skip
    """Ones on the diagonal, zeros elsewhere.

    >>> eye(2, 3)
    float32[2, 3]
    """
    shape = (n, n if m is None else m)
    for size in shape:
        if isinstance(size, bool) or not is_size(size):
            refuse("TypeError", f"eye(): sizes must be int, not {kind_name(size)}")
        if less(size, 0):
            refuse("RuntimeError", f"n must be greater or equal to 0, got {size}")
    kind = element_type(dtype) or (default_dtype() if out is None else out.dtype)
    data = cast_all([int(i == j) for i in range(n) for j in range(shape[1])], kind) if few(shape) else None
    return made(shape, kind, device, requires_grad, data, out)


def _triangle(row: Any, col: Any, dtype: Any, device: Any, lower: bool, offset: int) -> Any:
    kind = element_type(dtype, "int64")
    if category_of(kind) != 1:  # type: ignore[arg-type]
        refuse("NotImplementedError", f"triangle indices are not implemented for {kind}")
    if type(row) is not int or type(col) is not int:
        count = fresh_size("triangle indices", row * col)
        if same(row, col) and offset in (0, 1, -1):
            if offset == 0:
                count = row * (row + 1) // 2
            elif (offset > 0) != lower:
                count = row * (row - 1) // 2
        return made((2, count), kind, device)  # type: ignore[arg-type]
    if row < 0 or col < 0:
        refuse("RuntimeError", "row and col must be non-negative")
    bounds = [(0, min(max(i + offset + 1, 0), col)) if lower else (min(max(i + offset, 0), col), col) for i in range(row)]
    count = sum(high - low for low, high in bounds)
    data = None
    if 2 * count <= KEPT_VALUES:
        data = [i for i, (low, high) in enumerate(bounds) for _ in range(low, high)] + [j for low, high in bounds for j in range(low, high)]
    return made((2, count), kind, device, False, data)  # type: ignore[arg-type]


@factory("torch.tril_indices")
def tril_indices(row: Any, col: Any, offset: int = 0, *, dtype: Any = None, layout: Any = None, device: Any = None,
                 pin_memory: bool = False) -> Any:  # fmt: skip
    """Row and column of every place on and below a diagonal.

    >>> tril_indices(3, 3)
    int64[2, 6]
    """
    return _triangle(row, col, dtype, device, True, offset)


@factory("torch.triu_indices")
def triu_indices(row: Any, col: Any, offset: int = 0, *, dtype: Any = None, layout: Any = None, device: Any = None,
                 pin_memory: bool = False) -> Any:  # fmt: skip
    """Row and column of every place on and above a diagonal."""
    return _triangle(row, col, dtype, device, False, offset)


@op("torch.meshgrid")
def meshgrid(*tensors: Any, indexing: Any = None) -> Any:
    """One tensor for each given one, which repeats it along the axes of the others.

    >>> meshgrid(T(2), T(3), indexing="ij")
    (float32[2, 3], float32[2, 3])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tuple(tensors[0])
    _lines("meshgrid", tensors, (0, 1))
    if indexing not in (None, "ij", "xy"):
        refuse("RuntimeError", f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    shape = [tensor.shape[0] if tensor.shape else 1 for tensor in tensors]
    places = list(range(len(shape)))
    if indexing == "xy" and len(shape) > 1:
        shape[:2] = shape[1], shape[0]
        places[:2] = 1, 0
    keep = few(shape)
    results = []
    for tensor, place in zip(tensors, places, strict=True):
        along = [1] * len(shape)
        along[place] = shape[place]
        results.append(tensor.like(shape, data=spread_values(tensor.data, along, shape) if keep and tensor.data is not None else None))
    return tuple(results)


def _lines(name: str, tensors: tuple[Any, ...], ranks: tuple[int, ...]) -> None:
    if not tensors:
        refuse("RuntimeError", f"{name} expects a non-empty TensorList")
    for tensor in tensors:
        if not isinstance(tensor, TorchTensor):
            refuse("TypeError", f"{name}(): expected Tensors, got {type(tensor).__name__}")
        if len(tensor.shape) not in ranks:
            refuse("RuntimeError", f"{name}: Expected {' or '.join(map(str, ranks))}D tensors, but got {len(tensor.shape)}D")
        if tensor.dtype != tensors[0].dtype:
            refuse("RuntimeError", f"{name} expects all tensors to have the same dtype")


@op("torch.combinations")
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Every choice of ``r`` elements, as rows.

    >>> combinations(T(5), 3)
    float32[10, 3]
    """
    if len(input.shape) != 1:
        refuse("RuntimeError", "Expect a 1D vector")
    if r < 0:
        refuse("RuntimeError", "Expect a non-negative number")
    if r == 0:
        return input.like((0,))
    size = input.shape[0] + (r - 1 if with_replacement and not same(input.shape[0], 0) else 0)
    if type(size) is int:
        return input.like((math.comb(size, r), r))
    return input.like((product(size - place for place in range(r)) // math.factorial(r), r))


def _parts(name: str, first: Any, second: Any, halves: bool) -> Any:
    allowed = ("float16", "float32", "float64") if halves else ("float32", "float64")
    for part in (first, second):
        if not isinstance(part, TorchTensor):
            refuse("TypeError", f"{name}(): expected Tensors")
        if part.dtype not in allowed or part.dtype != first.dtype:
            refuse("RuntimeError", f"Expected both inputs to be Half, Float or Double tensors but got {first.dtype} and {second.dtype}")
    return place_of((first, second)).like(broadcast(first.shape, second.shape), complex_of(real_of(first.dtype)))


@op("torch.complex")
def complex_(real: Any, imag: Any, *, out: Any = None) -> Any:
    """The complex tensor of two parts.

    >>> complex_(T(2), T(2))
    complex64[2]
    """
    return _parts("complex", real, imag, True)


@op("torch.polar")
def polar(abs: Any, angle: Any, *, out: Any = None) -> Any:
    """The complex tensor of lengths and angles."""
    return _parts("polar", abs, angle, False)


def _window(name: str, length: Any, dtype: Any, device: Any, requires_grad: bool) -> Any:
    kind = element_type(dtype, default_dtype())
    if category_of(kind) != 2:  # type: ignore[arg-type]
        refuse("RuntimeError", f"{name} expects floating point dtypes, got: {kind}")
    if isinstance(length, bool) or not is_size(length):
        refuse("TypeError", f"{name}(): argument 'window_length' must be int, not {kind_name(length)}")
    if less(length, 0):
        refuse("RuntimeError", f"{name} requires non-negative window_length, got window_length={length}")
    return made((length,), kind, device, requires_grad)  # type: ignore[arg-type]


@factory("torch.hann_window")
def hann_window(window_length: Any, periodic: bool = True, *, dtype: Any = None, layout: Any = STRIDED, device: Any = None,
                pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """The Hann window."""
    return _window("hann_window", window_length, dtype, device, requires_grad)


@factory("torch.blackman_window", "torch.bartlett_window")
def blackman_window(window_length: Any, periodic: bool = True, *, dtype: Any = None, layout: Any = STRIDED, device: Any = None,
                    pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """The Blackman (or Bartlett) window."""
    return _window("blackman_window", window_length, dtype, device, requires_grad)


@factory("torch.hamming_window")
def hamming_window(window_length: Any, periodic: bool = True, alpha: Any = 0.54, beta: Any = 0.46, *, dtype: Any = None,
                   layout: Any = STRIDED, device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """The Hamming window."""
    return _window("hamming_window", window_length, dtype, device, requires_grad)


@factory("torch.kaiser_window")
def kaiser_window(window_length: Any, periodic: bool = True, beta: Any = 12.0, *, dtype: Any = None, layout: Any = STRIDED,
                  device: Any = None, pin_memory: bool = False, requires_grad: bool = False) -> Any:  # fmt: skip
    """The Kaiser window."""
    return _window("kaiser_window", window_length, dtype, device, requires_grad)
