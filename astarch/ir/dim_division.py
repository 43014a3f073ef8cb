"""Floor division and remainder, with Python's meaning.

A quotient is brought into one form: multiples of the divisor are taken out, common factors cancelled, a quotient of a
quotient merged, and the dividend turned so that most terms are positive, since `(-a)//b` is `-((a - 1)//b) - 1`. So
every way to round up, `-(-a//b)`, `(a + b - 1)//b` and `(a - 1)//b + 1`, is the last of these.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from .dim_atoms import Quotient
from .dim_bounds import composed, is_nonzero, is_positive, span
from .dim_core import ACTIVE, ONE, Dim, atom_size, reads_negative, sum_of
from .dim_polynomial import common_monomial, divided, monomial_quotient

if TYPE_CHECKING:
    from .dim_core import Monomial, Size, Terms


def floor_divide(dividend: Size, divisor: Size) -> Size:
    """`dividend // divisor`, under the current assumptions."""
    if isinstance(dividend, int) and isinstance(divisor, int):
        return dividend // divisor
    active = ACTIVE.get()
    return quotient(dividend, divisor) if active is None else active.floor_divide(dividend, divisor)


def remainder(dividend: Size, divisor: Size) -> Size:
    """`dividend % divisor`: there is no atom for it."""
    return dividend - divisor * floor_divide(dividend, divisor)


def ceil_div(dividend: Size, divisor: Size) -> Size:
    """`dividend / divisor`, rounded up."""
    return -floor_divide(-dividend, divisor)


def quotient(dividend: Size, divisor: Size) -> Size:
    """The canonical form of `dividend // divisor`."""
    if isinstance(divisor, int):
        return dividend // divisor if isinstance(dividend, int) else _by_integer(dividend, divisor)
    return _by_polynomial(dividend, divisor)


# By a number.


def _by_integer(dividend: Dim, divisor: int) -> Size:
    if divisor == 0:
        raise ZeroDivisionError("integer division or modulo by zero")
    if divisor == 1:
        return dividend
    if divisor < 0:
        dividend, divisor = -dividend, -divisor
    whole, rest, constant = _multiples_taken_out(dividend.terms, divisor)
    if not rest:
        return _rounded_up(sum_of(whole) + constant // divisor)
    common = gcd(divisor, *rest.values())
    if common > 1:
        rest = {monomial: coefficient // common for monomial, coefficient in rest.items()}
        constant //= common  # the rest is a multiple of `common`, so only the floor of its part matters
        divisor //= common
    return sum_of(whole) + _without_multiples(rest, constant, divisor)


def _rounded_up(size: Size) -> Size:
    """`n - n//2` as `(n + 1)//2`: what every second one of an even number of items, padded by `n % 2`, comes to."""
    if isinstance(size, int):
        return size
    for monomial, coefficient in size.terms.items():
        if coefficient in (1, -1) and len(monomial) == 1 and monomial[0][1] == 1 and isinstance(monomial[0][0], Quotient):
            half = atom_size(monomial[0][0])
            whole = half - coefficient * size
            if quotient(whole, 2) == half:
                return -coefficient * quotient(whole + 1, 2)
    return size


def _multiples_taken_out(terms: Terms, divisor: int) -> tuple[Terms, Terms, int]:
    """What the terms that are multiples of the divisor give; the other terms; the constant."""
    whole: Terms = {}
    rest: Terms = {}
    for monomial, coefficient in terms.items():
        if coefficient % divisor:
            rest[monomial] = coefficient
        else:
            whole[monomial] = coefficient // divisor
    outside = whole.pop(ONE, 0) * divisor
    return whole, rest, rest.pop(ONE, outside)


def _without_multiples(rest: Terms, constant: int, divisor: int) -> Size:
    """`(rest + constant) // divisor` where nothing cancels: brought to positive terms and a small constant."""
    if reads_negative(Dim(rest)):
        negated = {monomial: -coefficient for monomial, coefficient in rest.items()}
        return -_without_multiples(negated, -constant - 1, divisor) - 1
    merged = _merged(rest, constant, divisor)
    if merged is not None:
        return merged
    half = divisor // 2
    kept = (constant + half) % divisor - half  # from -half on, so that (h + 31)//32 reads (h - 1)//32 + 1
    if kept:
        rest[ONE] = kept
    dividend = Dim(rest)
    low, high = span(dividend)
    if low is not None and high is not None and low // divisor == high // divisor:
        return low // divisor + (constant - kept) // divisor
    return composed(Quotient(dividend, divisor)) + (constant - kept) // divisor


def _merged(rest: Terms, constant: int, divisor: Size) -> Size | None:
    """`(a//b + c) // d` as `(a + b*c) // (b*d)`, for positive d, if the dividend has just one quotient."""
    found = _sole_quotient(rest)
    if found is None:
        return None
    monomial, sign = found
    inner, by = monomial[0][0].operands
    others = {other: coefficient for other, coefficient in rest.items() if other != monomial}
    if others and not isinstance(by, int):
        return None  # true as well, but the products would be harder to read than the two quotients
    if sign < 0:
        if not is_positive(by):
            return None
        inner = by - 1 - inner  # -(a//b) is a/b rounded up, negated: (b - 1 - a)//b
    return quotient(inner + by * (sum_of(others) + constant), by * divisor)


def _sole_quotient(rest: Terms) -> tuple[Monomial, int] | None:
    """The one term that has a quotient in it, if it is just that quotient, once."""
    found = None
    for monomial, coefficient in rest.items():
        for atom, exponent in monomial:
            if isinstance(atom, Quotient):
                if found or exponent != 1 or len(monomial) != 1 or coefficient not in (1, -1):
                    return None
                found = monomial, coefficient
    return found


# By a polynomial.


def _by_polynomial(dividend: Size, divisor: Dim) -> Size:
    if reads_negative(divisor):
        dividend, divisor = -dividend, -divisor
    nonzero = is_nonzero(divisor)
    dividend, by = cancelled(dividend, divisor, nonzero)
    if isinstance(by, int):
        return quotient(dividend, by)
    if not nonzero:
        return composed(Quotient(dividend, by))
    whole, rest = divided(dividend, by)
    if rest == 0:
        return whole
    multiple, left_over = divided(by, rest) if isinstance(rest, Dim) else (0, by)
    if left_over == 0 and is_nonzero(rest):
        return whole + quotient(1, multiple)
    return whole + (_by_positive(rest, by) if is_positive(by) else composed(Quotient(rest, by)))


def _by_positive(dividend: Size, divisor: Dim) -> Size:
    """`dividend // divisor` where the divisor is positive and divides no part of the dividend."""
    known = _known_quotient(dividend, divisor)
    if known is not None:
        return known
    if reads_negative(dividend):
        return -quotient(-dividend - 1, divisor) - 1
    rest = {ONE: dividend} if isinstance(dividend, int) else dict(dividend.terms)
    merged = _merged(rest, rest.pop(ONE, 0), divisor)
    return composed(Quotient(dividend, divisor)) if merged is None else merged


def _known_quotient(dividend: Size, divisor: Dim) -> int | None:
    """0 for a dividend from 0 up to the divisor, -1 for one below 0 by no more than the divisor."""
    low, high = span(dividend)
    if low is not None and low >= 0 and is_positive(divisor - dividend):
        return 0
    if high is not None and high < 0 and is_positive(divisor + dividend + 1):
        return -1
    return None


def cancelled(dividend: Size, divisor: Dim, nonzero: bool) -> tuple[Size, Size]:
    """Both without their common factor. A symbolic factor is cancelled only of a divisor that cannot be zero."""
    upper = {ONE: dividend} if isinstance(dividend, int) else dividend.terms
    number = gcd(*upper.values(), *divisor.terms.values())
    shared = ONE
    if nonzero and ONE not in upper and ONE not in divisor.terms:
        shared = common_monomial([*upper, *divisor.terms])
    if number == 1 and not shared:
        return dividend, divisor
    return _each_divided(upper, shared, number), _each_divided(divisor.terms, shared, number)


def _each_divided(terms: Terms, monomial: Monomial, number: int) -> Size:
    """Terms of which all are multiples of the monomial and the number."""
    found: Terms = {}
    for other, coefficient in terms.items():
        left = monomial_quotient(other, monomial)
        if coefficient and left is not None:
            found[left] = coefficient // number
    return sum_of(found)
