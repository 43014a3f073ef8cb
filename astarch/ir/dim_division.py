"""Floor division and remainder, with Python's meaning.

A quotient is brought into one form: multiples of the divisor are taken out, common factors cancelled, a quotient of a
quotient merged, and the dividend given a positive leading term, since `(-a)//b` is `-((a - 1)//b) - 1`. So every way to
round up, `-(-a//b)`, `(a + b - 1)//b` and `(a - 1)//b + 1`, is the last of these.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from .dim_atoms import Quotient
from .dim_core import ACTIVE, ONE, Dim, TooLarge, composed, monomial_order, monomial_product, sum_of

if TYPE_CHECKING:
    from .dim_core import Monomial, Size, Terms

#: Long division by a polynomial gives up after so many steps.
DIVISION_STEPS = 100


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
    if divisor < 0:
        dividend, divisor = -dividend, -divisor
    whole, rest, constant = _multiples_taken_out(dividend.terms, divisor)
    if not rest:
        whole[ONE] = constant // divisor
        return sum_of(_without_zero_constant(whole))
    common = gcd(divisor, *rest.values())
    if common > 1:
        rest = {monomial: coefficient // common for monomial, coefficient in rest.items()}
        constant //= common  # the rest is a multiple of `common`, so only the floor of its part matters
        divisor //= common
    return sum_of(whole) + _without_multiples(rest, constant, divisor)


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


def _without_zero_constant(terms: Terms) -> Terms:
    if not terms[ONE]:
        del terms[ONE]
    return terms


def _without_multiples(rest: Terms, constant: int, divisor: int) -> Size:
    """`(rest + constant) // divisor` where nothing cancels: leading term positive, constant as small as can be."""
    if _leading_coefficient(rest) < 0:
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
    low, high = dim_bounds.span(dividend)
    if low is not None and high is not None and low // divisor == high // divisor:
        return low // divisor + (constant - kept) // divisor
    return composed(Quotient(dividend, divisor)) + (constant - kept) // divisor


def _leading_coefficient(terms: Terms) -> int:
    if len(terms) == 1:
        return next(iter(terms.values()))
    return terms[min(terms, key=monomial_order)]


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
        if not dim_bounds.is_positive(by):
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
    if _leading_coefficient(divisor.terms) < 0:
        dividend, divisor = -dividend, -divisor
    nonzero = dim_bounds.is_nonzero(divisor)
    dividend, divisor = cancelled(dividend, divisor, nonzero)
    if isinstance(divisor, int):
        return quotient(dividend, divisor)
    if not nonzero:
        return composed(Quotient(dividend, divisor))
    whole, rest = divided(dividend, divisor)
    if rest == 0:
        return whole
    multiple, left_over = divided(divisor, rest) if isinstance(rest, Dim) else (0, divisor)
    if left_over == 0 and dim_bounds.is_nonzero(rest):
        return whole + quotient(1, multiple)
    if not dim_bounds.is_positive(divisor):
        return whole + composed(Quotient(rest, divisor))
    return whole + _by_positive(rest, divisor)


def _by_positive(dividend: Size, divisor: Dim) -> Size:
    """`dividend // divisor` where the divisor is positive and divides no part of the dividend."""
    known = _known_quotient(dividend, divisor)
    if known is not None:
        return known
    rest = {ONE: dividend} if isinstance(dividend, int) else dict(dividend.terms)
    if _leading_coefficient(rest) < 0:
        return -quotient(-dividend - 1, divisor) - 1
    merged = _merged(rest, rest.pop(ONE, 0), divisor)
    return composed(Quotient(dividend, divisor)) if merged is None else merged


def _known_quotient(dividend: Size, divisor: Dim) -> int | None:
    """0 for a dividend from 0 up to the divisor, -1 for one below 0 by no more than the divisor."""
    low, high = dim_bounds.span(dividend)
    if low is not None and low >= 0 and dim_bounds.is_positive(divisor - dividend):
        return 0
    if high is not None and high < 0 and dim_bounds.is_positive(divisor + dividend + 1):
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


def common_monomial(monomials: list[Monomial]) -> Monomial:
    """The greatest product that is a factor of them all."""
    common = dict(monomials[0])
    for monomial in monomials[1:]:
        exponents = dict(monomial)
        common = {a: min(e, exponents[a]) for a, e in common.items() if a in exponents}
    return tuple(common.items())  # dictionaries keep the order in which monomials are sorted


def _each_divided(terms: Terms, monomial: Monomial, number: int) -> Size:
    return sum_of({monomial_quotient(other, monomial): c // number for other, c in terms.items() if c})


def monomial_quotient(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    """`monomial / divisor`, or None if that is not a product of atoms."""
    if not divisor:
        return monomial
    exponents = dict(monomial)
    for atom, exponent in divisor:
        left = exponents.get(atom, 0) - exponent
        if left < 0:
            return None
        exponents[atom] = left
    return tuple([(atom, exponent) for atom, exponent in exponents.items() if exponent])


def divided(dividend: Size, divisor: Size) -> tuple[Size, Size]:
    """A quotient and a rest with `dividend == quotient*divisor + rest`, where the rest is simpler than the dividend.

    The rest is not bounded by the divisor. If nothing is gained, the quotient is 0.
    """
    if isinstance(dividend, int) or isinstance(divisor, int):
        return 0, dividend
    if len(divisor.terms) == 1:
        ((monomial, coefficient),) = divisor.terms.items()
        return _divided_by_term(dividend, monomial, coefficient)
    whole, rest = _long_division(dividend, divisor)
    if rest == 0 or _symbolic_terms(rest) < _symbolic_terms(dividend):
        return whole, rest
    return 0, dividend


def _symbolic_terms(size: Size) -> int:
    return 0 if isinstance(size, int) else len(size.terms) - (ONE in size.terms)


def _divided_by_term(dividend: Dim, divisor: Monomial, coefficient: int) -> tuple[Size, Size]:
    whole: Terms = {}
    rest: Terms = {}
    for monomial, value in dividend.terms.items():
        left = None if value % coefficient else monomial_quotient(monomial, divisor)
        if left is None:
            rest[monomial] = value
        else:
            whole[left] = value // coefficient
    return sum_of(whole), sum_of(rest)


def _long_division(dividend: Dim, divisor: Dim) -> tuple[Size, Size]:
    (leading, coefficient), *_ = divisor.sorted_terms
    whole: Terms = {}
    rest = dict(dividend.terms)
    for _ in range(DIVISION_STEPS):
        reducible = [
            (monomial_order(monomial), monomial, left)
            for monomial, value in rest.items()
            if value % coefficient == 0 and (left := monomial_quotient(monomial, leading)) is not None
        ]
        if not reducible:
            return sum_of(whole), sum_of(rest)
        _, monomial, left = min(reducible)
        factor = rest[monomial] // coefficient
        whole[left] = factor
        try:
            _subtract_multiple(rest, divisor, left, factor)
        except TooLarge:
            break
    return 0, dividend


def _subtract_multiple(terms: Terms, size: Dim, monomial: Monomial, factor: int) -> None:
    for other, coefficient in size.terms.items():
        product = monomial_product(monomial, other)
        left = terms.get(product, 0) - coefficient * factor
        if left:
            terms[product] = left
        else:
            del terms[product]


def split(size: Dim, atom: object) -> tuple[Size, Size] | None:
    """A factor and a rest with `size == factor*atom + rest`, neither with the atom; None if it occurs as a power."""
    factor: Terms = {}
    rest: Terms = {}
    for monomial, coefficient in size.terms.items():
        exponent = next((e for a, e in monomial if a is atom or a == atom), 0)
        if exponent > 1:
            return None
        if exponent:
            factor[tuple([pair for pair in monomial if pair[0] != atom])] = coefficient
        else:
            rest[monomial] = coefficient
    return sum_of(factor), sum_of(rest)


def content(size: Dim) -> int:
    """The greatest number that divides every coefficient."""
    return gcd(*size.terms.values())


# Bounds are built upon quotients, and simplification asks for bounds.
from . import dim_bounds  # noqa: E402
