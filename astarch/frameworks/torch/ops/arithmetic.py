"""Arithmetic on two operands: functions, methods, in-place forms and the operators of the language."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ...describe import refuse
from ...dtypes import rounded
from ...scalars import divided
from ...shapes import broadcast
from ..tensor import TorchTensor
from .elementwise import ANY, FLOATS, NUMBERS, REAL, Rule, check_numbers, deliver, elementwise, place_of, store
from .nearly import Nearly
from .promotion import category_of, number_category, result_dtype
from .signatures import op
from .values import floored, not_zero

ADD = Rule("add", exact=operator.add, numbers="both")
SUBTRACT = Rule("sub", "ihfc", exact=operator.sub, numbers="both")
MULTIPLY = Rule("mul", exact=operator.mul, numbers="both")
DIVIDE = Rule("div", ANY, "float", divided, numbers="both")
FLOOR_DIVIDE = Rule("floor_divide", NUMBERS, exact=floored, numbers="both")
TRUNCATED_DIVIDE = Rule("div_trunc", NUMBERS, numbers="both")
REMAINDER = Rule("remainder", NUMBERS, exact=lambda a, b: a % b if b or not_zero(b) else math.nan, numbers="either")
POWER = Rule("pow", "ihfc", exact=lambda a, b: _general_power(a, b), numbers="either")  # noqa: PLW0108 - defined below


def both(rule: Rule, input: Any, other: Any) -> Any:
    """An elementwise op of two operands, after the checks of its rule."""
    if not isinstance(input, TorchTensor) or not isinstance(other, TorchTensor):
        check_numbers(rule, input, other)
    return elementwise(rule, input, other)


def _is_bool(value: Any) -> bool:
    return value.dtype == "bool" if isinstance(value, TorchTensor) else isinstance(value, bool)


def scaled(rule: Rule, input: Any, other: Any, alpha: Any = 1) -> Any:
    """``input ± alpha * other``: a whole result takes a whole ``alpha``."""
    if rule is SUBTRACT and (_is_bool(input) or _is_bool(other)):
        refuse("RuntimeError", "Subtraction, the `-` operator, with a bool tensor is not supported.")
    if type(alpha) is int and alpha == 1:
        return both(rule, input, other)
    result = both(rule, input, other)
    kind, rank = category_of(result.dtype), number_category(alpha)
    if rank is None or (rank == 0 and kind != 0) or (kind < 2 and rank == 2) or (rank == 3 and kind != 3):
        refuse("RuntimeError", f"argument alpha={alpha!r} does not suit a result of type {result.dtype}")
    if kind == 1 and result.data is not None:
        exact = (lambda a, b: a + alpha * b) if rule is ADD else (lambda a, b: a - alpha * b)
        return both(Rule(rule.name, exact=exact, numbers="both"), input, other)
    result.data = None
    return result


def power(input: Any, exponent: Any) -> Any:
    """``input ** exponent``; whole numbers have no negative powers that are whole."""
    if isinstance(input, TorchTensor) and not isinstance(exponent, TorchTensor):
        if type(exponent) is bool and input.dtype == "bool":
            return input.like()
        if type(exponent) is int and exponent < 0 and category_of(input.dtype) <= 1:
            refuse("RuntimeError", "Integers to negative integer powers are not allowed.")
        return both(Rule("pow", "ihfc", exact=_exact_power(input, exponent)), input, exponent)
    return both(POWER, input, exponent)


def _exact_power(input: Any, exponent: Any) -> Callable[[Any, Any], Any] | None:
    """Powers that torch computes by multiplication or square root."""
    if input.data is None:
        return None
    if type(exponent) is int and exponent >= 0 and category_of(input.dtype) <= 1:
        return operator.pow
    if input.dtype not in ("float32", "float64"):
        return None
    if exponent == 2:
        return lambda a, b: a * a
    if exponent == 0.5:
        return lambda a, b: math.sqrt(a)
    if exponent == -1:
        return lambda a, b: divided(1.0, a)
    return _general_power


def _general_power(a: Any, b: Any) -> Any:
    """A power by the general kernel."""
    if type(a) is int and type(b) is int and b >= 0:
        return a**b
    result = float(a) ** float(b)
    if type(b) is not Nearly and type(a) is not Nearly and float(b).is_integer() and abs(b) <= 64 and _is_power(a, int(b), result):
        return result
    return Nearly(result)


def _is_power(a: Any, b: int, result: float) -> bool:
    """Whether a power is exact in single precision: every kernel gives it exactly then."""
    return rounded(result, "float32") == result and math.isfinite(result) and a != 0 and Fraction(a) ** b == Fraction(result)


def divide(input: Any, other: Any, rounding_mode: Any = None) -> Any:
    """``input / other``, perhaps rounded down or towards zero."""
    if rounding_mode is None:
        return both(DIVIDE, input, other)
    if rounding_mode not in ("floor", "trunc"):
        refuse("RuntimeError", f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{rounding_mode}'")
    return both(FLOOR_DIVIDE if rounding_mode == "floor" else TRUNCATED_DIVIDE, input, other)


def _named(words: str, inplace: bool = False) -> list[str]:
    """The dotted names of a family; in-place forms are methods, with ``*`` functions as well."""
    if inplace:
        names = [f"torch.Tensor.{word.rstrip('*')}_" for word in words.split()]
        return names + [f"torch.{word[:-1]}_" for word in words.split() if word[-1] == "*"]
    return [name for word in words.split() for name in (f"torch.{word}", f"torch.Tensor.{word}")]


def _truncated_remainder(a: Any, b: Any) -> Any:
    if type(a) is float:
        return math.fmod(a, b)
    return abs(a) % abs(b or not_zero(b)) * (1 if a >= 0 else -1)


def _scaled_family(rule: Rule, words: str) -> None:
    @op(*_named(words))
    def function(input: Any, other: Any, *, alpha: Any = 1, out: Any = None) -> Any:
        return deliver(scaled(rule, input, other, alpha), out)

    @op(*_named(words, inplace=True))
    def inplace(input: Any, other: Any, *, alpha: Any = 1) -> Any:
        return store(input, scaled(rule, input, other, alpha))

    function.__doc__ = f"``{rule.name}`` of two operands, the second times ``alpha``."
    inplace.__doc__ = f"``{rule.name}`` in place, the second operand times ``alpha``."


def family(rule: Rule, words: str, inplace_words: str = "", apply: Callable[..., Any] | None = None) -> None:
    """Describe an op of two operands with ``out=``, under several names.

    Args:
        rule: What it does.
        words: Names as a function and a method; one with a dot is a function only.
        inplace_words: Names of its in-place form, without the underscore.
        apply: What does it, when the rule alone does not.
    """

    def function(input: Any, other: Any, *, out: Any = None) -> Any:
        return deliver(apply(input, other) if apply else both(rule, input, other), out)

    def inplace(input: Any, other: Any) -> Any:
        return store(input, apply(input, other) if apply else both(rule, input, other))

    function.__doc__ = f"``{rule.name}`` of two operands, which broadcast."
    inplace.__doc__ = f"``{rule.name}`` in place."
    op(*(name for word in words.split() for name in ([f"torch.{word}"] if "." in word else _named(word))))(function)
    if inplace_words:
        op(*_named(inplace_words, inplace=True))(inplace)


_scaled_family(ADD, "add")
_scaled_family(SUBTRACT, "sub subtract")
family(MULTIPLY, "mul multiply", "mul multiply")
family(DIVIDE, "true_divide", "true_divide")
family(FLOOR_DIVIDE, "floor_divide", "floor_divide")
family(REMAINDER, "remainder", "remainder")
family(Rule("fmod", NUMBERS, exact=_truncated_remainder,
            numbers="other"), "fmod", "fmod")  # fmt: skip
family(Rule("atan2", REAL, "float", numbers=""), "atan2 arctan2", "atan2 arctan2")
family(Rule("copysign", REAL, "float", math.copysign), "copysign", "copysign")
family(Rule("xlogy", REAL, "float", numbers="either"), "xlogy special.xlogy", "xlogy*")
family(Rule("xlog1py", REAL, "float", numbers="either"), "special.xlog1py")
family(Rule("hypot", FLOATS, numbers=""), "hypot", "hypot")
family(Rule("igamma", FLOATS, numbers=""), "igamma special.gammainc", "igamma")
family(Rule("igammac", FLOATS, numbers=""), "igammac special.gammaincc", "igammac")
family(Rule("logaddexp", "hfc", numbers=""), "logaddexp")
family(Rule("logaddexp2", FLOATS, numbers=""), "logaddexp2")
family(Rule("nextafter", FLOATS, numbers=""), "nextafter", "nextafter")
family(Rule("gcd", "i", exact=math.gcd, numbers=""), "gcd", "gcd*")
family(Rule("lcm", "i", exact=math.lcm, numbers=""), "lcm", "lcm*")
family(Rule("zeta", "bif", "float", numbers="either"), "special.zeta")
for _polynomial in [
    "chebyshev_polynomial_t", "chebyshev_polynomial_u", "chebyshev_polynomial_v", "chebyshev_polynomial_w",
    "hermite_polynomial_h", "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p",
    "shifted_chebyshev_polynomial_t", "shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w"]:  # fmt: skip
    family(Rule(_polynomial, "bif", "float", numbers="either"), f"special.{_polynomial}")


@op("torch.div", "torch.Tensor.div", "torch.divide", "torch.Tensor.divide")
def div(input: Any, other: Any, *, rounding_mode: Any = None, out: Any = None) -> Any:
    """``input / other``, perhaps rounded.

    >>> div(T(2, dtype="int64"), 2)
    float32[2]
    """
    return deliver(divide(input, other, rounding_mode), out)


@op("torch.Tensor.div_", "torch.Tensor.divide_")
def div_(input: Any, other: Any, *, rounding_mode: Any = None) -> Any:
    """``input / other``, in place."""
    return store(input, divide(input, other, rounding_mode))


@op("torch.rsub")
def rsub(input: Any, other: Any, alpha: Any = 1) -> Any:
    """``other - alpha * input``."""
    if not isinstance(input, TorchTensor):
        refuse("TypeError", "rsub(): argument 'input' must be a Tensor")
    return scaled(SUBTRACT, other, input, alpha)


@op("torch.pow", "torch.Tensor.pow")
def pow(input: Any, exponent: Any, *, out: Any = None) -> Any:
    """``input ** exponent``, either of which may be a number.

    >>> pow(T(2, 3), 2)
    float32[2, 3]
    """
    return deliver(power(input, exponent), out)


@op("torch.Tensor.pow_")
def pow_(input: Any, exponent: Any) -> Any:
    """``input ** exponent``, in place."""
    return store(input, power(input, exponent))


def _double_power(input: Any, exponent: Any) -> Any:
    dtype = "complex128" if category_of(result_dtype(input, exponent)) == 3 else "float64"
    check_numbers(POWER, input, exponent)
    result = elementwise(Rule("float_power"), input, exponent)
    return result.like(dtype=dtype)


@op("torch.float_power", "torch.Tensor.float_power")
def float_power(input: Any, exponent: Any, *, out: Any = None) -> Any:
    """``input ** exponent`` at double width.

    >>> float_power(T(2), 2)
    float64[2]
    """
    return deliver(_double_power(input, exponent), out)


@op("torch.Tensor.float_power_")
def float_power_(input: Any, exponent: Any) -> Any:
    """``input ** exponent`` at double width, in place."""
    result = _double_power(input, exponent)
    if result.dtype != input.dtype:
        refuse("RuntimeError", f"the base given to float_power_ has dtype {input.dtype} but the operation's result requires {result.dtype}")
    return store(input, result)


def _ldexp(input: Any, other: Any) -> Any:
    if not isinstance(input, TorchTensor) or not isinstance(other, TorchTensor):
        refuse("TypeError", "ldexp(): both arguments must be Tensors")
    if category_of(input.dtype) == 2 and category_of(other.dtype) < 2:
        if other.dtype == "bool":
            refuse("NotImplementedError", "ldexp is not implemented for exponents of type bool")
        return place_of((input, other)).like(broadcast(input.shape, other.shape), input.dtype)
    return both(MULTIPLY, input, power(2.0, other))


family(Rule("ldexp"), "ldexp", "ldexp*", _ldexp)
