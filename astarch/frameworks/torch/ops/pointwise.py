"""Functions of one tensor, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ...describe import refuse
from ...dtypes import real_of
from ...scalars import divided
from .elementwise import ANY, FLOATS, NUMBERS, REAL, Rule, deliver, elementwise, letter, store
from .nearly import nearly
from .promotion import category_of
from .signatures import op


def _sign(a: Any) -> Any:
    return (a > 0) - (a < 0) if not math.isnan(a) else 0


def _whole(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Rounding of one kind, which keeps the sign of zero."""
    return lambda a: a if type(a) is int else math.copysign(float(function(a)), a) if math.isfinite(a) else a


#: Rule and names: ``*`` after a name means in-place forms in both places, ``_`` only as a method, nothing means none.
_UNARY = [
    (Rule("abs", "ihfc", "real", abs), "abs* absolute_"),
    (Rule("ceil", NUMBERS, exact=_whole(math.ceil)), "ceil*"),
    (Rule("floor", NUMBERS, exact=_whole(math.floor)), "floor*"),
    (Rule("trunc", NUMBERS, exact=_whole(math.trunc)), "trunc* fix*"),
    (Rule("acos", ANY, "float", nearly(math.acos)), "acos* arccos*"),
    (Rule("acosh", ANY, "float"), "acosh* arccosh*"),
    (Rule("asin", ANY, "float", nearly(math.asin)), "asin* arcsin*"),
    (Rule("asinh", ANY, "float"), "asinh* arcsinh*"),
    (Rule("atan", ANY, "float", nearly(math.atan)), "atan* arctan*"),
    (Rule("atanh", ANY, "float"), "atanh* arctanh*"),
    (Rule("cos", ANY, "float", nearly(math.cos)), "cos*"),
    (Rule("cosh", ANY, "float", nearly(math.cosh)), "cosh*"),
    (Rule("exp", ANY, "float", nearly(math.exp)), "exp*"),
    (Rule("exp2", ANY, "float"), "exp2* special.exp2"),
    (Rule("expm1", ANY, "float", nearly(math.expm1)), "expm1* special.expm1"),
    (Rule("log", ANY, "float", nearly(math.log)), "log*"),
    (Rule("log10", ANY, "float", nearly(math.log10)), "log10*"),
    (Rule("log1p", ANY, "float", nearly(math.log1p)), "log1p* special.log1p"),
    (Rule("log2", ANY, "float", nearly(math.log2)), "log2*"),
    (Rule("reciprocal", ANY, "float", lambda a: divided(1.0, a)), "reciprocal*"),
    (Rule("rsqrt", ANY, "float", nearly(lambda a: 1.0 / math.sqrt(a))), "rsqrt*"),
    (Rule("sigmoid", ANY, "float"), "sigmoid* special.expit"),
    (Rule("sin", ANY, "float", nearly(math.sin)), "sin*"),
    (Rule("sinc", ANY, "float"), "sinc* special.sinc"),
    (Rule("sinh", ANY, "float", nearly(math.sinh)), "sinh*"),
    (Rule("sqrt", ANY, "float", math.sqrt), "sqrt*"),
    (Rule("tan", ANY, "float", nearly(math.tan)), "tan*"),
    (Rule("tanh", ANY, "float", nearly(math.tanh)), "tanh*"),
    (Rule("deg2rad", REAL, "float"), "deg2rad*"),
    (Rule("rad2deg", REAL, "float"), "rad2deg*"),
    (Rule("digamma", REAL, "float"), "digamma_ special.digamma special.psi"),
    (Rule("erf", REAL, "float", nearly(math.erf)), "erf* special.erf"),
    (Rule("erfc", REAL, "float", nearly(math.erfc)), "erfc* special.erfc"),
    (Rule("erfinv", REAL, "float"), "erfinv_ special.erfinv"),
    (Rule("i0", REAL, "float"), "i0* special.i0"),
    (Rule("lgamma", REAL, "float"), "lgamma_ special.gammaln"),
    (Rule("frac", FLOATS, exact=lambda a: a - math.trunc(a)), "frac*"),
    (Rule("neg", "ihfc", exact=lambda a: -a), "neg* negative*"),
    (Rule("sgn", ANY, exact=_sign), "sgn_"),
    (Rule("sign", REAL, exact=_sign), "sign_"),
    (Rule("bitwise_not", "bi", exact=lambda a: not a if type(a) is bool else ~a), "bitwise_not_"),
    (Rule("logical_not", ANY, "bool", lambda a: not a), "logical_not_"),
    (Rule("isneginf", REAL, "bool", lambda a: a == -math.inf), "isneginf"),
    (Rule("isposinf", REAL, "bool", lambda a: a == math.inf), "isposinf"),
    (Rule("signbit", REAL, "bool", lambda a: math.copysign(1, a) < 0), "signbit"),
    (Rule("conj_physical", ANY, exact=lambda a: a), "conj_physical*"),
    (Rule("entr", REAL, "float"), "special.entr"),
    (Rule("i0e", REAL, "float"), "special.i0e"),
    (Rule("i1", REAL, "float"), "special.i1"),
    (Rule("i1e", REAL, "float"), "special.i1e"),
    (Rule("ndtr", REAL, "float"), "special.ndtr"),
    *((Rule(name, "bif", "float"), f"special.{name}") for name in [
        "airy_ai", "bessel_j0", "bessel_j1", "bessel_y0", "bessel_y1", "erfcx", "log_ndtr", "modified_bessel_i0",
        "modified_bessel_i1", "modified_bessel_k0", "modified_bessel_k1", "ndtri", "scaled_modified_bessel_k0",
        "scaled_modified_bessel_k1", "spherical_bessel_j0"]),
]  # fmt: skip

#: The same without ``out=``.
_BARE = [
    (Rule("isfinite", ANY, "bool", math.isfinite), "isfinite"),
    (Rule("isinf", ANY, "bool", math.isinf), "isinf"),
    (Rule("isnan", ANY, "bool", math.isnan), "isnan"),
    (Rule("isreal", ANY, "bool", lambda a: True), "isreal"),
    (Rule("positive", "ihfc", exact=lambda a: a), "positive"),
]  # fmt: skip


def names_of(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of an op and those of its in-place form, from one word of a table."""
    name = word.rstrip("*_")
    if name.startswith("special."):
        return (f"torch.{name}",), ()
    inplace = {"*": (f"torch.Tensor.{name}_", f"torch.{name}_"), "_": (f"torch.Tensor.{name}_",)}
    return (f"torch.{name}", f"torch.Tensor.{name}"), inplace.get(word[len(name) :], ())


def _unary(rule: Rule, words: str) -> None:
    def function(input: Any, *, out: Any = None) -> Any:
        return deliver(elementwise(rule, input), out)

    _register(rule, words, function)


def _bare(rule: Rule, words: str) -> None:
    def function(input: Any) -> Any:
        return elementwise(rule, input)

    _register(rule, words, function)


def _register(rule: Rule, words: str, function: Callable[..., Any]) -> None:
    def inplace(input: Any) -> Any:
        if rule.gives == "real" and category_of(input.dtype) == 3:
            refuse("RuntimeError", f"In-place {rule.name} is not supported for complex tensors.")
        return store(input, elementwise(rule, input))

    function.__doc__ = f"``{rule.name}`` of every element."
    inplace.__doc__ = f"``{rule.name}`` of every element, in place."
    every = [names_of(word) for word in words.split()]
    op(*(name for names, _ in every for name in names))(function)
    if changed := [name for _, names in every for name in names]:
        op(*changed)(inplace)


for _rule, _words in _UNARY:
    _unary(_rule, _words)
for _rule, _words in _BARE:
    _bare(_rule, _words)


@op("torch.angle", "torch.Tensor.angle")
def angle(input: Any, *, out: Any = None) -> Any:
    """The angle of a complex number in radians; 0 or pi for a real one."""
    dtype = real_of(Rule("angle", ANY, "float").result(input.dtype))
    return deliver(input.like(dtype=dtype), out)


@op("torch.square", "torch.Tensor.square")
def square(input: Any, *, out: Any = None) -> Any:
    """Every element times itself; truth values become whole numbers.

    >>> square(T(2, dtype="bool"))
    int64[2]
    """
    if input.dtype == "bool":
        input = input.like(dtype="int64", data=None if input.data is None else list(map(int, input.data)))
    return deliver(elementwise(_SQUARE, input), out)


_SQUARE = Rule("square", exact=lambda a: a * a)


@op("torch.Tensor.square_", "torch.square_")
def square_(input: Any) -> Any:
    """Every element times itself, in place."""
    return store(input, elementwise(Rule("pow", "ihfc", exact=lambda a: a * a), input))


def _rounding(decimals: int) -> Rule:
    return Rule("round", NUMBERS, exact=_whole(round) if decimals == 0 else None)


@op("torch.round", "torch.Tensor.round")
def round_(input: Any, *, decimals: int = 0, out: Any = None) -> Any:
    """The nearest whole number, of two equally near the even one.

    >>> round_(T(2, 3))
    float32[2, 3]
    """
    return deliver(_rounded(input, decimals), out)


def _rounded(input: Any, decimals: int) -> Any:
    if decimals != 0 and category_of(input.dtype) != 2:
        refuse("NotImplementedError", f"round with decimals is not implemented for {input.dtype}")
    return elementwise(_rounding(decimals), input)


@op("torch.special.round")
def special_round(input: Any, *, decimals: int = 0, out: Any = None) -> Any:
    """The nearest number with so many decimals."""
    if category_of(input.dtype) != 2:
        refuse("NotImplementedError", f'"round_vml_cpu" not implemented for {input.dtype!r}')
    return deliver(_rounded(input, decimals), out)


@op("torch.Tensor.round_", "torch.round_")
def round_inplace(input: Any, *, decimals: int = 0) -> Any:
    """The nearest whole number, in place."""
    return store(input, _rounded(input, decimals))


_LOGIT = Rule("logit", REAL, "float")


@op("torch.logit", "torch.Tensor.logit", "torch.special.logit")
def logit(input: Any, eps: Any = None, *, out: Any = None) -> Any:
    """``log(x / (1 - x))``, with ``x`` kept ``eps`` away from 0 and 1."""
    return deliver(elementwise(_LOGIT, input), out)


@op("torch.Tensor.logit_", "torch.logit_")
def logit_(input: Any, eps: Any = None) -> Any:
    """``log(x / (1 - x))``, in place."""
    return store(input, elementwise(_LOGIT, input))


@op("torch.nan_to_num", "torch.Tensor.nan_to_num")
def nan_to_num(input: Any, nan: Any = None, posinf: Any = None, neginf: Any = None, *, out: Any = None) -> Any:
    """The tensor with numbers in place of nan and the infinities."""
    return deliver(input.like(data=_finite(input)), out)


@op("torch.Tensor.nan_to_num_", "torch.nan_to_num_")
def nan_to_num_(input: Any, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Any:
    """Numbers in place of nan and the infinities, in place."""
    return store(input, input.like(data=_finite(input)))


def _finite(input: Any) -> list[Any] | None:
    data = input.data
    return list(data) if data is not None and all(type(a) is not float or math.isfinite(a) for a in data) else None


@op("torch.frexp", "torch.Tensor.frexp")
def frexp(input: Any, *, out: Any = None) -> Any:
    """Mantissa and binary exponent of every element.

    >>> frexp(T(3))
    (float32[3], int32[3])
    """
    if category_of(input.dtype) != 2:
        refuse("RuntimeError", "torch.frexp() only supports floating-point dtypes")
    mantissa, exponent = input.like(), input.like(dtype="int32")
    return (mantissa, exponent) if out is None else (deliver(mantissa, out[0]), deliver(exponent, out[1]))


@op("torch.polygamma", "torch.special.polygamma")
def polygamma(n: Any, input: Any, *, out: Any = None) -> Any:
    """The ``n``-th derivative of `digamma`."""
    if n < 0:
        refuse("RuntimeError", "polygamma(n, x) does not support negative n.")
    return deliver(elementwise(Rule("polygamma", REAL, "float"), input), out)


@op("torch.Tensor.polygamma")
def polygamma_method(input: Any, n: Any) -> Any:
    """The ``n``-th derivative of `digamma`."""
    return polygamma(n, input)


@op("torch.Tensor.polygamma_")
def polygamma_(input: Any, n: Any) -> Any:
    """The ``n``-th derivative of `digamma`, in place."""
    return store(input, polygamma(n, input))


@op("torch.mvlgamma", "torch.Tensor.mvlgamma", "torch.special.multigammaln")
def mvlgamma(input: Any, p: int, *, out: Any = None) -> Any:
    """The logarithm of the multivariate gamma function."""
    if p < 1:
        refuse("RuntimeError", "p has to be greater than or equal to 1")
    return deliver(elementwise(Rule("mvlgamma", REAL, "float"), input), out)


@op("torch.Tensor.mvlgamma_")
def mvlgamma_(input: Any, p: int) -> Any:
    """The logarithm of the multivariate gamma function, in place."""
    return store(input, mvlgamma(input, p))


@op("torch.conj", "torch.Tensor.conj", "torch.resolve_conj", "torch.Tensor.resolve_conj", "torch.resolve_neg", "torch.Tensor.resolve_neg")
def conj(input: Any) -> Any:
    """The complex conjugate; a real tensor is its own."""
    return input if category_of(input.dtype) < 3 else input.like()


@op("torch.real")
def real(input: Any) -> Any:
    """The real part; a real tensor is its own.

    >>> real(T(2, dtype="complex64"))
    float32[2]
    """
    return input if category_of(input.dtype) < 3 else input.like(dtype=real_of(input.dtype))


@op("torch.imag")
def imag(input: Any) -> Any:
    """The imaginary part of a complex tensor."""
    if letter(input.dtype) != "c":
        refuse("RuntimeError", "imag is not implemented for tensors with non-complex dtypes.")
    return input.like(dtype=real_of(input.dtype))
