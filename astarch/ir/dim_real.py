"""Real numbers that depend on sizes: exact ratios, and those of which only the text is known.

A float in a formula counts as the fraction of small numbers that it is nearest to, if there is one: `0.1` as 1/10. So
`int(width * 0.1)` is `width//10`, where Python itself would now and then be off by one for rounding.
"""

from __future__ import annotations

from hashlib import blake2b
from math import gcd, isfinite
from typing import TYPE_CHECKING, Any

from .dim_atoms import LARGEST_EXPONENT
from .dim_bounds import is_nonnegative, is_nonzero, is_positive
from .dim_core import OPERATIONS, Dim, Undecided, reads_negative
from .dim_division import cancelled, ceil_div, floor_divide, quotient
from .dim_extremes import absolute, maximum, minimum
from .dim_polynomial import content, exact_quotient
from .dim_text import ratio_text

if TYPE_CHECKING:
    from .dim_core import Size

#: A float is a fraction with a denominator of no more than this, or stays opaque.
LARGEST_DENOMINATOR = 10_000
#: Longer texts of opaque numbers are cut, and told apart by a digest.
LONGEST_TEXT = 200


class Number:
    """What ratios and opaque reals share: Python's arithmetic, and no single answer to Python's questions."""

    __slots__ = ()

    def __add__(self, other: Any) -> Any:
        return plus(self, other)

    def __radd__(self, other: Any) -> Any:
        return plus(other, self)

    def __sub__(self, other: Any) -> Any:
        return minus(self, other)

    def __rsub__(self, other: Any) -> Any:
        return minus(other, self)

    def __mul__(self, other: Any) -> Any:
        return times(self, other)

    def __rmul__(self, other: Any) -> Any:
        return times(other, self)

    def __truediv__(self, other: Any) -> Any:
        return divided_by(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return divided_by(other, self)

    def __floordiv__(self, other: Any) -> Any:
        return floor_quotient(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        return floor_quotient(other, self)

    def __mod__(self, other: Any) -> Any:
        return remainder(self, other)

    def __rmod__(self, other: Any) -> Any:
        return remainder(other, self)

    def __pow__(self, exponent: Any) -> Any:
        return real_power(self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return real_power(base, self)

    def __pos__(self) -> Any:
        return self

    def __copy__(self) -> Any:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        return self

    def __lt__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, "<", other)

    def __le__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, "<=", other)

    def __gt__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, ">", other)

    def __ge__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, ">=", other)

    def __bool__(self) -> bool:
        return OPERATIONS.decided(self, "!=", 0)

    def __int__(self) -> int:
        raise Undecided(f"int({self})", self, "int")

    def __float__(self) -> float:
        raise Undecided(f"float({self})", self, "float")


class Ratio(Number):
    """An exact quotient of two sizes, without common factors that are known not to be zero. Made by `ratio`."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, numerator: Size, denominator: Size) -> None:
        self.numerator, self.denominator = numerator, denominator

    def __reduce__(self) -> tuple[Any, ...]:
        return Ratio, (self.numerator, self.denominator)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Ratio):
            return NotImplemented
        return self.numerator == other.numerator and self.denominator == other.denominator

    def __hash__(self) -> int:
        return hash((Ratio, self.numerator, self.denominator))

    def __neg__(self) -> Ratio:
        return Ratio(-self.numerator, self.denominator)

    def __abs__(self) -> Any:
        return ratio(absolute(self.numerator), absolute(self.denominator))

    def __floor__(self) -> Size:
        return floor_divide(self.numerator, self.denominator)

    def __ceil__(self) -> Size:
        return ceil_div(self.numerator, self.denominator)

    def __trunc__(self) -> Size:
        down, up = self.__floor__(), self.__ceil__()
        if is_nonnegative(down):
            return down
        return maximum(down, 0) + minimum(up, 0)

    def __round__(self, digits: int | None = None) -> Size:
        if digits is not None:
            raise Undecided(f"round({self}, {digits})", self, "round", digits)
        return _half_to_even(self)

    def __str__(self) -> str:
        return ratio_text(self.numerator, self.denominator)

    __repr__ = __str__


class Real(Number):
    """A real number of which only the formula is known. Arithmetic with it gives more of the kind."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        if len(text) > LONGEST_TEXT:
            text = f"{text[: LONGEST_TEXT // 2]}...{blake2b(text.encode(), digest_size=8).hexdigest()}"
        self.text = text

    def __reduce__(self) -> tuple[Any, ...]:
        return Real, (self.text,)

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Real) else NotImplemented

    def __hash__(self) -> int:
        return hash((Real, self.text))

    def __neg__(self) -> Real:
        return Real(f"-{_grouped(self)}")

    def __abs__(self) -> Real:
        return Real(f"abs({self.text})")

    def __floor__(self) -> int:
        raise Undecided(f"floor({self.text})", self, "floor")

    def __ceil__(self) -> int:
        raise Undecided(f"ceil({self.text})", self, "ceil")

    def __trunc__(self) -> int:
        raise Undecided(f"int({self.text})", self, "int")

    def __round__(self, digits: int | None = None) -> int:
        raise Undecided(f"round({self.text})", self, "round", digits)

    def __str__(self) -> str:
        return self.text

    __repr__ = __str__


def foreign(value: Any) -> bool:
    """Whether arithmetic with a value is not known here."""
    return not isinstance(value, (int, float, Dim, Number))


def ratio(numerator: Size, denominator: Size) -> Ratio | float:
    """The quotient without common factors; a float if it is constant, as in Python."""
    if isinstance(denominator, int) and denominator == 0:
        raise ZeroDivisionError("division by zero")
    if reads_negative(denominator):
        numerator, denominator = -numerator, -denominator
    if isinstance(denominator, Dim):
        numerator, denominator = _cancelled(numerator, denominator)
    elif isinstance(numerator, Dim):
        common = gcd(denominator, content(numerator))
        numerator, denominator = quotient(numerator, common), denominator // common
    if isinstance(numerator, int) and isinstance(denominator, int):
        return numerator / denominator
    return Ratio(numerator, denominator)


def _cancelled(numerator: Size, denominator: Dim) -> tuple[Size, Size]:
    nonzero = is_nonzero(denominator)
    upper, lower = cancelled(numerator, denominator, nonzero)
    if not nonzero or isinstance(upper, int) or isinstance(lower, int):
        return upper, lower
    multiple = exact_quotient(upper, lower)
    if multiple is not None:
        return multiple, 1
    multiple = exact_quotient(lower, upper)
    return (upper, lower) if multiple is None else (1, multiple)


def _half_to_even(value: Ratio) -> Size:
    """The nearest integer, as `round` does it: of two that are equally near, the even one."""
    numerator, denominator = value.numerator, value.denominator
    if not is_positive(denominator):
        raise Undecided(f"round({value})", value, "round")
    if isinstance(denominator, int) and denominator % 2:
        return floor_divide(2 * numerator + denominator, 2 * denominator)  # never half way
    if isinstance(denominator, int):
        half = denominator // 2
    else:
        numerator, half = 2 * numerator, denominator
    # Rounding up is one too many half way to an odd number: where numerator - half is a multiple of 4*half. The
    # difference of the last two quotients is 1 there and 0 elsewhere.
    odd = numerator - half
    return floor_divide(numerator + half, 2 * half) - floor_divide(odd, 4 * half) + floor_divide(odd - 1, 4 * half)


# Arithmetic of all the kinds of numbers.


def as_ratio(value: Any) -> Ratio | None:
    """A number as an exact ratio; None if it is opaque."""
    if isinstance(value, Ratio):
        return value
    if isinstance(value, (int, Dim)):
        return Ratio(value, 1)
    if isinstance(value, float) and isfinite(value):
        found = _simplest_fraction(value)
        return Ratio(*found) if found else None
    return None


def _simplest_fraction(value: float) -> tuple[int, int] | None:
    """The fraction of small numbers that the float is nearest to: the first such of its continued fraction."""
    upper, lower = value.as_integer_ratio()
    before, found = (0, 1), (1, 0)
    while lower:
        whole, rest = divmod(upper, lower)
        before, found = found, (whole * found[0] + before[0], whole * found[1] + before[1])
        if found[1] > LARGEST_DENOMINATOR:
            return None
        if found[0] / found[1] == value:
            return found
        upper, lower = lower, rest
    return None


def plus(left: Any, right: Any) -> Any:
    """`left + right`, as a real number."""
    if foreign(left) or foreign(right):
        return NotImplemented
    first, second = as_ratio(left), as_ratio(right)
    if first is None or second is None:
        return Real(f"{left} + {_grouped(right)}")
    if first.denominator == second.denominator:
        return ratio(first.numerator + second.numerator, first.denominator)
    return ratio(
        first.numerator * second.denominator + second.numerator * first.denominator,
        first.denominator * second.denominator,
    )


def minus(left: Any, right: Any) -> Any:
    """`left - right`, as a real number."""
    return NotImplemented if foreign(right) else plus(left, -right)


def times(left: Any, right: Any) -> Any:
    """`left * right`, as a real number."""
    if foreign(left) or foreign(right):
        return NotImplemented
    first, second = as_ratio(left), as_ratio(right)
    if first is None or second is None:
        return Real(f"{_grouped(left)}*{_grouped(right)}")
    return ratio(first.numerator * second.numerator, first.denominator * second.denominator)


def divided_by(left: Any, right: Any) -> Any:
    """`left / right`."""
    if foreign(left) or foreign(right):
        return NotImplemented
    first, second = as_ratio(left), as_ratio(right)
    if first is None or second is None:
        return Real(f"{_grouped(left)}/{_grouped(right)}")
    return ratio(first.numerator * second.denominator, first.denominator * second.numerator)


def floor_quotient(left: Any, right: Any) -> Any:
    """`left // right`, where one of them is no integer: a float in Python."""
    exact = divided_by(left, right)
    if exact is NotImplemented or isinstance(exact, float):
        return exact if exact is NotImplemented else exact // 1
    if isinstance(exact, Real):
        return Real(f"{_grouped(left)}//{_grouped(right)}")
    return ratio(exact.__floor__(), 1)


def remainder(left: Any, right: Any) -> Any:
    """`left % right`, where one of them is no integer."""
    whole = floor_quotient(left, right)
    if whole is NotImplemented:
        return whole
    if isinstance(whole, Real):
        return Real(f"{_grouped(left)}%{_grouped(right)}")
    return minus(left, times(right, whole))


def real_power(base: Any, exponent: Any) -> Any:
    """`base ** exponent` where that is no integer; exact for ratios and small exponents."""
    if foreign(base) or foreign(exponent):
        return NotImplemented
    if isinstance(base, Ratio) and isinstance(exponent, int) and abs(exponent) <= LARGEST_EXPONENT:
        upper, lower = base.numerator, base.denominator
        return ratio(upper**exponent, lower**exponent) if exponent >= 0 else ratio(lower**-exponent, upper**-exponent)
    return Real(f"{_grouped(base)}**{exponent if isinstance(exponent, (int, float)) else _grouped(exponent)}")


def _grouped(value: Any) -> str:
    text = str(value)
    simple = text.replace(".", "").replace("_", "").isalnum() or (isinstance(value, float) and value >= 0)
    return text if simple else f"({text})"


# Rounding.


def floor(value: Any) -> Size:
    """The greatest integer that is not above the value, as `math.floor`."""
    return _rounded(value, "__floor__")


def ceil(value: Any) -> Size:
    """The least integer that is not below the value, as `math.ceil`."""
    return _rounded(value, "__ceil__")


def truncate(value: Any) -> Size:
    """The value without its fraction, as `int`."""
    return _rounded(value, "__trunc__")


def nearest(value: Any) -> Size:
    """The nearest integer, half way to the even one, as `round`."""
    return _rounded(value, "__round__")


def _rounded(value: Any, method: str) -> Size:
    return int(getattr(value, method)()) if isinstance(value, (int, float)) else getattr(value, method)()
