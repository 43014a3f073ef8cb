"""Ops that go along an axis and keep it: cumulative sums, softmax, differences; and what counts or measures pairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ir.dim import less, same
from ...describe import multiply, refuse, require
from ...shapes import broadcast, product
from ..tensor import TorchTensor
from .axes import Histogram, ValuesIndices, lines, one_axis, reduction
from .dtypes import element_type
from .elementwise import FLOATS, REAL, deliver, letter, place_of, store
from .promotion import category_of
from .signatures import op
from .values import LOST, cast, cast_all

_WIDE = ("float32", "float64")


def _running(input: Any, place: int, dtype: str, step: Callable[[Any, Any], Any]) -> list[Any] | None:
    """Cumulative values, exactly as torch takes them: in double width, rounded at every place."""
    if category_of(dtype) >= 2 and dtype not in _WIDE:
        return None
    data = cast_all(input.data, dtype)
    if data is None or not data:
        return data
    if not input.shape:
        return data
    after = product(input.shape[place + 1 :])
    size = input.shape[place]
    result: list[Any] = [None] * len(data)
    try:
        for start, line in enumerate(lines(data, input.shape, (place,))):
            first = start // after * after * size + start % after
            total = line[0]
            for index, value in enumerate(line):
                total = value if index == 0 else step(total, value)
                result[first + index * after] = cast(total, dtype)
    except LOST:
        return None
    return result


def _cumulative_family(name: str, step: Callable[[Any, Any], Any]) -> None:
    def scanned(input: Any, dim: Any, dtype: Any, out: Any = None) -> Any:
        place = one_axis(name, dim, len(input.shape))
        kind = element_type(dtype) or (out.dtype if out is not None else input.dtype if category_of(input.dtype) >= 2 else "int64")
        return input.like(dtype=kind, data=None if input.data is None else _running(input, place, kind, step))

    @reduction(name)
    def function(input: Any, dim: Any, *, dtype: Any = None, out: Any = None) -> Any:
        return deliver(scanned(input, dim, dtype, out), out)

    def inplace(input: Any, dim: Any, *, dtype: Any = None) -> Any:
        if dtype is not None and element_type(dtype) != input.dtype:
            refuse("RuntimeError", "Bad in-place call: input tensor dtype and output tensor dtype should match")
        if input.dtype == "bool":
            refuse("NotImplementedError", f'"{name}_out_cpu" not implemented for {input.dtype!r}')
        return store(input, scanned(input, dim, input.dtype))

    op(f"torch.Tensor.{name}_")(inplace)
    function.__doc__ = f"The running {name[3:]} along an axis."
    inplace.__doc__ = f"The running {name[3:]} along an axis, in place."


_cumulative_family("cumsum", lambda total, value: total + value)
_cumulative_family("cumprod", lambda total, value: total * value)


def _running_extreme(name: str) -> None:
    @reduction(name)
    def function(input: Any, dim: Any, *, out: Any = None) -> Any:
        one_axis(name, dim, len(input.shape))
        if letter(input.dtype) not in REAL:
            refuse("NotImplementedError", f'"{name}" not implemented for {input.dtype!r}')
        found = input.like(), input.like(dtype="int64")
        return ValuesIndices(*found) if out is None else ValuesIndices(*map(deliver, found, out))

    function.__doc__ = f"The running {'largest' if name == 'cummax' else 'smallest'} element along an axis, and where it is."


_running_extreme("cummax")
_running_extreme("cummin")


@reduction("logcumsumexp")
def logcumsumexp(input: Any, dim: Any, *, out: Any = None) -> Any:
    """The logarithm of the running sum of exponentials."""
    one_axis("logcumsumexp", dim, len(input.shape))
    if letter(input.dtype) not in "hfc":
        refuse("NotImplementedError", f'"logcumsumexp" not implemented for {input.dtype!r}')
    return deliver(input.like(), out)


def _normalized(name: str, input: Any, dim: Any, dtype: Any) -> Any:
    one_axis(name, dim, len(input.shape))
    kind = element_type(dtype, input.dtype)
    if letter(kind) not in FLOATS:  # type: ignore[arg-type]
        refuse("NotImplementedError", f'"{name}" not implemented for {kind!r}')
    return input.like(dtype=kind)


def _softmax_family(name: str) -> None:
    @reduction(name)
    def function(input: Any, dim: Any, dtype: Any = None, *, out: Any = None) -> Any:
        return deliver(_normalized(name, input, dim, dtype), out)

    function.__doc__ = f"``{name}`` along an axis; shape and type stay, unless ``dtype`` is given."


_softmax_family("softmax")
_softmax_family("log_softmax")


@reduction("special.softmax")
def special_softmax(input: Any, dim: Any, dtype: Any = None) -> Any:
    """``softmax`` along an axis."""
    return _normalized("softmax", input, dim, dtype)


@reduction("special.log_softmax")
def special_log_softmax(input: Any, dim: Any, *, dtype: Any = None) -> Any:
    """The logarithm of `softmax` along an axis."""
    return _normalized("log_softmax", input, dim, dtype)


@reduction("histc")
def histc(input: Any, bins: int = 100, min: Any = 0, max: Any = 0, *, out: Any = None) -> Any:
    """How many elements fall into each of so many equal bins.

    >>> histc(T(2, 3), 10)
    float32[10]
    """
    if letter(input.dtype) not in FLOATS:
        refuse("NotImplementedError", f'"histogram_cpu" not implemented for {input.dtype!r}')
    if bins <= 0:
        refuse("RuntimeError", f"torch.histc(): bins must be > 0, but got {bins}")
    if max < min:
        refuse("RuntimeError", "torch.histc(): max must be larger than min")
    return deliver(input.like((bins,)), out)


@reduction("histogram")
def histogram(input: Any, bins: Any, *, range: Any = None, weight: Any = None, density: bool = False, out: Any = None) -> Any:
    """How many elements fall into each bin, and the edges of the bins."""
    if input.dtype not in _WIDE:
        refuse("NotImplementedError", f'"histogram_cpu" not implemented for {input.dtype!r}')
    count = bins.shape[0] - 1 if isinstance(bins, TorchTensor) else bins
    return Histogram(input.like((count,)), input.like((count + 1,)))


@op("torch.cdist", "torch.functional.cdist")
def cdist(x1: Any, x2: Any, p: Any = 2.0, compute_mode: str = "use_mm_for_euclid_dist_if_necessary") -> Any:
    """The distance of every row of one from every row of the other.

    >>> cdist(T(5, 2, 3), T(4, 3))
    float32[5, 2, 4]
    """
    for points in (x1, x2):
        if category_of(points.dtype) != 2 or letter(points.dtype) == "h":
            refuse("RuntimeError", f"cdist only supports floating-point dtypes, got: {points.dtype}")
        if len(points.shape) < 2:
            refuse("RuntimeError", f"cdist only supports at least 2D tensors, got: {len(points.shape)}D")
    if x1.dtype != x2.dtype:
        refuse("RuntimeError", f"cdist of {x1.dtype} and {x2.dtype}")
    if p < 0:
        refuse("RuntimeError", "cdist only supports non-negative p values")
    width = x1.shape[-1]
    require(same(width, x2.shape[-1]), f"X1 and X2 must have the same number of columns. X1: {width} X2: {x2.shape[-1]}")
    result = place_of((x1, x2)).like((*broadcast(x1.shape[:-2], x2.shape[:-2]), x1.shape[-2], x2.shape[-2]))
    multiply(product(result.shape) * width)
    return result


@reduction("renorm")
def renorm(input: Any, p: Any, dim: Any, maxnorm: Any, *, out: Any = None) -> Any:
    """The tensor with every slice along an axis shrunk to a norm of at most ``maxnorm``."""
    _renormable(input, dim)
    return deliver(input.like(), out)


def _renormable(input: Any, dim: Any) -> None:
    if category_of(input.dtype) < 2:
        refuse("NotImplementedError", f"renorm is not implemented for {input.dtype}")
    if len(input.shape) < 2:
        refuse("RuntimeError", f"renorm: input needs at least 2 dimensions, got {len(input.shape)} dimensions")
    one_axis("renorm", dim, len(input.shape))


@op("torch.Tensor.renorm_")
def renorm_(input: Any, p: Any, dim: Any, maxnorm: Any) -> Any:
    """Every slice along an axis shrunk to a norm of at most ``maxnorm``, in place."""
    _renormable(input, dim)
    return store(input, input.like())


def _joined(input: Any, prepend: Any, append: Any, place: int) -> Any:
    """The size along an axis with what is put before and after it."""
    size = input.shape[place]
    for piece in (prepend, append):
        if piece is not None:
            if len(piece.shape) != len(input.shape):
                refuse("RuntimeError", "diff expects prepend or append to be the same dimension as input")
            size = size + piece.shape[place]
    return size


@reduction("diff")
def diff(input: Any, n: int = 1, dim: Any = -1, prepend: Any = None, append: Any = None, *, out: Any = None) -> Any:
    """The differences of neighbours along an axis, ``n`` times over.

    >>> diff(T(2, 3))
    float32[2, 2]
    """
    if not input.shape:
        refuse("RuntimeError", "diff expects input to be at least one-dimensional")
    if n < 0:
        refuse("RuntimeError", f"order must be non-negative but got {n}")
    place = one_axis("diff", dim, len(input.shape))
    if n == 0:
        return input.like(data=input.data)
    size = _joined(input, prepend, append, place) - n
    size = 0 if less(size, 0) else size
    shape = [*input.shape[:place], size, *input.shape[place + 1 :]]
    data = None
    if n == 1 and prepend is None and append is None and len(shape) == 1 and category_of(input.dtype) == 1 and input.data is not None:
        data = cast_all([b - a for a, b in zip(input.data, input.data[1:], strict=False)], input.dtype)
    return deliver(input.like(shape, data=data), out)


@op("torch.trapezoid", "torch.trapz")
def trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: Any = -1) -> Any:
    """The integral along an axis by the trapezoid rule."""
    if not y.shape:
        refuse("IndexError", "trapezoid: the input has no axes")
    if y.dtype == "bool" or (x is not None and x.dtype == "bool"):
        refuse("RuntimeError", "trapezoid: received a bool input for `x` or `y`, but bool is not supported")
    place = one_axis("trapezoid", dim, len(y.shape))
    shape = [*y.shape[:place], *y.shape[place + 1 :]]
    return y.like(shape, y.dtype if category_of(y.dtype) >= 2 else "float32")


def _together(name: str, input: Any) -> Any:
    """The square that relates every row to every other one."""
    if len(input.shape) > 2:
        refuse("RuntimeError", f"{name}(): expected input to have two or fewer dimensions but got {len(input.shape)}")
    if input.dtype == "bool":
        refuse("RuntimeError", "cov(): bool dtype is not supported for input")
    shape = (input.shape[0], input.shape[0]) if len(input.shape) == 2 else ()
    return input.like(shape, input.dtype if category_of(input.dtype) >= 2 else "float32")


@reduction("corrcoef")
def corrcoef(input: Any) -> Any:
    """How much the rows vary together, from -1 to 1.

    >>> corrcoef(T(2, 3))
    float32[2, 2]
    """
    return _together("corrcoef", input)


@reduction("cov")
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """How much the rows vary together."""
    return _together("cov", input)
