"""Ops that make one number of many: sum, mean, max, norm and their family."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from ....ir.dim import same
from ...describe import RUN, fresh_size, refuse
from ...dtypes import real_of
from ...shapes import without
from ..tensor import TorchTensor, kind_name
from .arithmetic import SUBTRACT, scaled
from .axes import MinMax, ValuesIndices, lines, one_axis, reduction, several_axes, truth
from .comparison import MAXIMUM, MINIMUM
from .dtypes import element_type
from .elementwise import FLOATS, NUMBERS, REAL, Rule, deliver, elementwise, letter
from .promotion import category_of, number_category
from .signatures import op
from .values import LOST, cast_all

Fold = Callable[[list[Any]], Any]


def folded(input: Any, within: str, dims: Sequence[int], fold: Fold, dtype: str) -> list[Any] | None:
    """The values of a reduction, when those of the input are known and the fold is exact."""
    data = cast_all(input.data, within)
    if data is None:
        return None
    try:
        return cast_all([fold(line) for line in lines(data, input.shape, dims)], dtype)
    except LOST:
        return None


def _exact_sum(values: list[Any]) -> Any:
    """The sum, if it does not depend on the order in which it is taken."""
    total = sum(values)
    whole = type(total) is not float or (all(value == math.trunc(value) for value in values) and sum(map(abs, values)) <= 1 << 24)
    if not whole and len(values) > 1:
        raise ArithmeticError("depends on the order of addition")
    return total


def _exact_product(values: list[Any]) -> Any:
    if values and type(values[0]) is float and len(values) > 1:
        raise ArithmeticError("depends on the order of multiplication")
    return math.prod(values)


def _accumulated(input: Any, dtype: Any, out: Any = None) -> str:
    """The type of a sum: whole numbers are summed as int64."""
    if dtype is not None:
        return element_type(dtype)  # type: ignore[return-value]
    if out is not None:
        return out.dtype
    return input.dtype if category_of(input.dtype) >= 2 else "int64"


def _reduced(name: str, input: Any, dim: Any, keepdim: Any, dtype: str, fold: Fold | None = None, within: str | None = None) -> Any:
    dims = several_axes(name, dim, len(input.shape))
    shape = without(input.shape, dims, truth(name, keepdim))
    data = None if fold is None or input.data is None else folded(input, within or dtype, dims, fold, dtype)
    made = input.like(shape, dtype, data)
    if name in _SUMMARIES and data is not None and input.data is not None and len(input.data) > 1 and RUN.get().modules:
        made.summary = True
    return made


#: Reductions that programs ask about their masks.
_SUMMARIES = {"sum", "all", "any"}
_UNSET: Any = object()


def _given(name: str, dim: Any, keepdim: Any) -> tuple[Any, bool]:
    """The axes and ``keepdim`` of overloads in which the one does not come without the other."""
    if dim is _UNSET:
        if keepdim is not _UNSET:
            refuse("TypeError", f"{name}() takes keepdim only with dim")
        return None, False
    return dim, False if keepdim is _UNSET else keepdim


def _one_given(name: str, input: Any, dim: Any, keepdim: Any) -> tuple[Any, bool]:
    """The same for one axis, which is a number when it is given."""
    dim, keepdim = _given(name, dim, keepdim) if dim is _UNSET else (one_axis(name, dim, len(input.shape)), keepdim)
    return dim, False if keepdim is _UNSET else keepdim


@reduction("sum")
def sum_(input: Any, dim: Any = _UNSET, keepdim: Any = _UNSET, *, dtype: Any = None, out: Any = None) -> Any:
    """The sum over some or all axes; whole numbers and truth values give int64.

    >>> sum_(T(2, 3, dtype="bool"), 0)
    int64[3]
    """
    return deliver(_reduced("sum", input, *_given("sum", dim, keepdim), _accumulated(input, dtype, out), _exact_sum), out)


@reduction("nansum")
def nansum(input: Any, dim: Any = None, keepdim: Any = False, *, dtype: Any = None, out: Any = None) -> Any:
    """The sum of what is not nan."""
    if category_of(input.dtype) == 3:
        refuse("RuntimeError", "nansum does not support complex inputs")
    return deliver(_reduced("nansum", input, dim, keepdim, _accumulated(input, dtype, out)), out)


def _mean_type(name: str, input: Any, dtype: Any) -> str:
    kind = element_type(dtype, input.dtype)
    if category_of(kind) < 2:  # type: ignore[arg-type]
        refuse("RuntimeError", f"{name}(): could not infer output dtype. It must be either a floating point or complex dtype. Got: {kind}")
    return kind  # type: ignore[return-value]


def _exact_mean(values: list[Any]) -> Any:
    return _exact_sum(values) / len(values)


@reduction("mean")
def mean(input: Any, dim: Any = _UNSET, keepdim: Any = _UNSET, *, dtype: Any = None, out: Any = None) -> Any:
    """The mean over some or all axes, of floating numbers.

    >>> mean(T(2, 3, 4), (1, 2), True)
    float32[2, 1, 1]
    """
    return deliver(_reduced("mean", input, *_given("mean", dim, keepdim), _mean_type("mean", input, dtype), _exact_mean), out)


@reduction("nanmean")
def nanmean(input: Any, dim: Any = None, keepdim: Any = False, *, dtype: Any = None, out: Any = None) -> Any:
    """The mean of what is not nan."""
    if category_of(input.dtype) != 2:
        refuse("RuntimeError", f"nanmean(): expected input to have floating point or complex dtype but got {input.dtype}")
    return deliver(_reduced("nanmean", input, dim, keepdim, _mean_type("nanmean", input, dtype)), out)


@reduction("prod")
def prod(input: Any, dim: Any = _UNSET, keepdim: Any = _UNSET, *, dtype: Any = None, out: Any = None) -> Any:
    """The product over one axis or all.

    >>> prod(T(2, 3), 1)
    float32[2]
    """
    dim, keepdim = _one_given("prod", input, dim, keepdim)
    return deliver(_reduced("prod", input, dim, keepdim, _accumulated(input, dtype, out), _exact_product), out)


def _spread_arguments(input: Any, dim: Any, unbiased: Any, keepdim: Any, correction: Any) -> Any:
    """The axes of ``std`` and ``var``, whose first positional argument may be ``unbiased``."""
    if category_of(input.dtype) < 2:
        refuse("RuntimeError", "std and var only support floating point and complex dtypes")
    if isinstance(dim, bool):
        if unbiased is not _UNSET or keepdim is not False or correction is not _UNSET:
            refuse("TypeError", "std() received an invalid combination of arguments")
        return None
    if unbiased is not _UNSET and (not isinstance(unbiased, bool) or correction is not _UNSET):
        refuse("TypeError", "std() received an invalid combination of arguments")
    return dim


def _deviation_family(name: str) -> None:
    @reduction(name)
    def function(input: Any, dim: Any = None, unbiased: Any = _UNSET, keepdim: Any = False, *, correction: Any = _UNSET,
                 out: Any = None) -> Any:  # fmt: skip
        dim = _spread_arguments(input, dim, unbiased, keepdim, correction)
        return deliver(_reduced(name, input, dim, keepdim, real_of(input.dtype)), out)

    @reduction(f".{name}_mean")
    def with_mean(input: Any, dim: Any = None, unbiased: Any = _UNSET, keepdim: Any = False, *, correction: Any = _UNSET) -> Any:
        dim = _spread_arguments(input, dim, unbiased, keepdim, correction)
        spread = _reduced(name, input, dim, keepdim, real_of(input.dtype))
        return spread, input.like(spread.shape)

    what = "standard deviation" if name == "std" else "variance"
    function.__doc__ = f"The {what} over some or all axes."
    with_mean.__doc__ = f"The {what} and the mean."


_deviation_family("std")
_deviation_family("var")


@op("torch.norm", "torch.functional.norm", "torch.Tensor.norm")
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: Any = False, out: Any = None, dtype: Any = None) -> Any:
    """The vector (or, by name, matrix) norm over some or all axes.

    >>> norm(T(2, 3), dim=1)
    float32[2]
    """
    kind = element_type(dtype, input.dtype)
    if category_of(kind) < 2 or category_of(input.dtype) < 2:  # type: ignore[arg-type]
        refuse("RuntimeError", f"norm: Expected a floating point or complex tensor as input. Got {input.dtype}")
    if category_of(kind) < category_of(input.dtype):  # type: ignore[arg-type]
        refuse("RuntimeError", f"linalg.vector_norm: dtype should be complex for complex inputs, but got {kind}")
    if isinstance(p, str):
        if p not in ("fro", "nuc"):
            refuse("RuntimeError", f"only valid string values are 'fro' and 'nuc', found {p}")
        count = len(input.shape) if dim is None else len(dim) if isinstance(dim, (tuple, list)) else 1
        if p == "nuc" and count != 2:
            refuse("RuntimeError", "the nuclear norm takes two axes")
    elif p is not None and number_category(p) is None:
        refuse("TypeError", f"norm(): argument 'p' must be Number, not {kind_name(p)}")
    elif p is not None and (p < 0 or p == math.inf):
        _not_empty("norm", input, several_axes("norm", dim, len(input.shape)))
    return deliver(_reduced("norm", input, dim, keepdim, real_of(kind)), out)  # type: ignore[arg-type]


def _orderable(name: str, input: Any, letters: str = REAL) -> None:
    if letter(input.dtype) not in letters:
        refuse("NotImplementedError", f'"{name}" not implemented for {input.dtype!r}')


def _not_empty(name: str, input: Any, dims: Sequence[int] | None) -> None:
    """Refuse the extreme of no elements at all."""
    for place in range(len(input.shape)) if dims is None else dims:
        if input.shape and same(input.shape[place], 0):
            kind = "IndexError" if dims is not None else "RuntimeError"
            refuse(kind, f"{name}(): Expected reduction dim {place} to have non-zero size.")


def _extreme(values: list[Any], best: Fold) -> Any:
    for value in values:
        if math.isnan(value):
            return value
    return best(values)


def _largest(values: list[Any]) -> Any:
    return _extreme(values, max)


def _smallest(values: list[Any]) -> Any:
    return _extreme(values, min)


def _place(best: Fold) -> Fold:
    def place(values: list[Any]) -> int:
        found = best(values)
        if values.count(found) != 1:
            raise ArithmeticError("one of several equal elements")
        return values.index(found)

    return place


def _one(name: str, input: Any, dim: Any, keepdim: Any, best: Fold | None, letters: str) -> Any:
    """The best value along an axis and where it is."""
    place = one_axis(name, dim, len(input.shape))
    _not_empty(name, input, (place,))
    _orderable(name, input, letters)
    values = _reduced(name, input, place, keepdim, input.dtype, best)
    indices = None if best is None else folded(input, input.dtype, (place,), _place(best), "int64")
    return ValuesIndices(values, input.like(values.shape, "int64", indices))


def _extreme_family(name: str, best: Fold, rule: Rule) -> None:
    @reduction(name)
    def function(input: Any, dim: Any = _UNSET, keepdim: Any = _UNSET, *, other: Any = None, out: Any = None) -> Any:
        pair = other if other is not None else dim
        if isinstance(pair, TorchTensor):
            return deliver(elementwise(rule, input, pair), out)
        place, keepdim = _one_given(name, input, dim, keepdim)
        if place is None:
            _not_empty(name, input, None)
            _orderable(name, input)
            return deliver(_reduced(name, input, None, False, input.dtype, best), out)
        found = _one(name, input, place, keepdim, best, REAL)
        return found if out is None else ValuesIndices(*map(deliver, found, out))

    @reduction(f"a{name}")
    def plain(input: Any, dim: Any = (), keepdim: Any = False, *, out: Any = None) -> Any:
        dims = several_axes(f"a{name}", dim, len(input.shape))
        _not_empty(f"a{name}", input, dims)
        _orderable(f"a{name}", input)
        return deliver(_reduced(f"a{name}", input, dim, keepdim, input.dtype, best), out)

    @reduction(f"arg{name}")
    def place(input: Any, dim: Any = None, keepdim: Any = False, *, out: Any = None) -> Any:
        if dim is not None:
            dim = one_axis(f"arg{name}", dim, len(input.shape))
        _not_empty(f"arg{name}", input, None if dim is None else (dim,))
        _orderable(f"arg{name}", input, NUMBERS)
        return deliver(_reduced(f"arg{name}", input, dim, keepdim, "int64", _place(best), input.dtype), out)

    word = "largest" if name == "max" else "smallest"
    function.__doc__ = f"The {word} element: of all, along an axis with its place, or of two tensors element by element."
    plain.__doc__ = f"The {word} element over some or all axes."
    place.__doc__ = f"Where the {word} element is."


_extreme_family("max", _largest, MAXIMUM)
_extreme_family("min", _smallest, MINIMUM)


@reduction("aminmax")
def aminmax(input: Any, *, dim: Any = None, keepdim: Any = False, out: Any = None) -> Any:
    """The smallest and the largest element.

    >>> aminmax(T(2, 3), dim=1).max
    float32[2]
    """
    place = None if dim is None else one_axis("aminmax", dim, len(input.shape))
    _not_empty("aminmax", input, None if place is None else (place,))
    _orderable("aminmax", input)
    found = [_reduced("aminmax", input, place, keepdim, input.dtype, best) for best in (_smallest, _largest)]
    return MinMax(*found) if out is None else MinMax(*map(deliver, found, out))


def _quantifier(name: str, fold: Fold) -> None:
    @reduction(name)
    def function(input: Any, dim: Any = None, keepdim: Any = False, *, out: Any = None) -> Any:
        dtype = "uint8" if input.dtype == "uint8" else "bool"
        if isinstance(dim, (tuple, list)) and not dim and input.shape:
            truth(name, keepdim)
            result = input.like(input.shape, dtype)  # unlike other reductions, no axes means none here
        else:
            result = _reduced(name, input, dim, keepdim, dtype, fold, "bool")
        return deliver(result, out)

    function.__doc__ = f"Whether {name} of the elements are not zero, over some or all axes."


_quantifier("any", any)
_quantifier("all", all)


@reduction("logsumexp", "special.logsumexp")
def logsumexp(input: Any, dim: Any, keepdim: Any = False, *, out: Any = None) -> Any:
    """The logarithm of the sum of exponentials.

    >>> logsumexp(T(2, 3), 1)
    float32[2]
    """
    if dim is None or (isinstance(dim, (tuple, list)) and not dim and input.shape and keepdim is False):
        refuse("TypeError", "logsumexp(): argument 'dim' must be tuple of ints")
    dtype = Rule("logsumexp", gives="float").result(input.dtype)
    return deliver(_reduced("logsumexp", input, dim, keepdim, dtype), out)


def _median_family(name: str) -> None:
    @reduction(name)
    def function(input: Any, dim: Any = _UNSET, keepdim: Any = _UNSET, *, out: Any = None) -> Any:
        _orderable(name, input, NUMBERS)
        place, keepdim = _one_given(name, input, dim, keepdim)
        if place is None:
            return _reduced(name, input, None, False, input.dtype)
        found = _one(name, input, place, keepdim, None, NUMBERS)
        return found if out is None else ValuesIndices(*map(deliver, found, out))

    function.__doc__ = f"The {name}, of all elements or along an axis with its place."


_median_family("median")
_median_family("nanmedian")


@reduction("mode")
def mode(input: Any, dim: Any = -1, keepdim: Any = False, *, out: Any = None) -> Any:
    """The most frequent element along an axis, and where it is.

    >>> mode(T(2, 3)).values
    float32[2]
    """
    found = _one("mode", input, dim, keepdim, None, REAL)
    return found if out is None else ValuesIndices(*map(deliver, found, out))


_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile_family(name: str) -> None:
    @reduction(name)
    def function(input: Any, q: Any, dim: Any = None, keepdim: Any = False, *, interpolation: str = "linear", out: Any = None) -> Any:
        if input.dtype not in ("float32", "float64"):
            refuse("RuntimeError", f"{name}() input tensor must be either float or double dtype")
        if interpolation not in _INTERPOLATIONS:
            refuse("RuntimeError", f"{name}() interpolation must be one of {_INTERPOLATIONS}, but got {interpolation}")
        _not_empty(name, input, None)
        place = None if dim is None else one_axis(name, dim, len(input.shape))
        rest = without(input.shape, several_axes(name, place, len(input.shape)), keepdim)
        return deliver(input.like((*_points(name, input, q), *rest)), out)

    function.__doc__ = "The value below which a fraction of the elements lies."


def _points(name: str, input: Any, q: Any) -> tuple[Any, ...]:
    if not isinstance(q, TorchTensor):
        if not isinstance(q, (int, float)) or not 0 <= q <= 1:
            refuse("RuntimeError", f"{name}() q must be in the range [0, 1] but got {q}")
        return ()
    if q.dtype != input.dtype:
        refuse("RuntimeError", f"{name}() q tensor must be same dtype as the input tensor")
    if len(q.shape) > 1:
        refuse("RuntimeError", f"{name}() q must be a scalar or 1D tensor")
    return tuple(q.shape)


_quantile_family("quantile")
_quantile_family("nanquantile")


@reduction("count_nonzero")
def count_nonzero(input: Any, dim: Any = None) -> Any:
    """How many elements are not zero.

    >>> count_nonzero(T(2, 3), 0)
    int64[3]
    """
    return _reduced("count_nonzero", input, dim, False, "int64", sum, "bool")


@reduction("bincount")
def bincount(input: Any, weights: Any = None, minlength: int = 0) -> Any:
    """How often every whole number occurs; as many as the largest one tells."""
    if len(input.shape) != 1 or category_of(input.dtype) != 1:
        refuse("RuntimeError", "bincount only supports 1-d non-negative integral inputs.")
    dtype = "int64" if weights is None else weights.dtype if weights.dtype == "float32" else "float64"
    if input.data is None:
        return input.like((fresh_size("torch.bincount"),), dtype)
    count = max(minlength, max(input.data, default=-1) + 1)
    return input.like((count,), dtype, [input.data.count(value) for value in range(count)] if weights is None else None)


@reduction("dist")
def dist(input: Any, other: Any, p: Any = 2) -> Any:
    """The norm of the difference of two tensors."""
    difference = scaled(SUBTRACT, input, other)
    return difference.like((), real_of(Rule("dist", FLOATS + "c").result(difference.dtype)))
