"""Polynomial arithmetic that asks nothing about the values of symbols: factors, exact division, parts of a sum."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from .dim_core import ONE, Dim, TooLarge, monomial_order, monomial_product, sum_of

if TYPE_CHECKING:
    from .dim_atoms import Atom
    from .dim_core import Monomial, Size, Terms

#: Long division by a polynomial gives up after so many steps.
DIVISION_STEPS = 100


def split(size: Dim, atom: Atom) -> tuple[Size, Size] | None:
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


def sole_atom(size: Size) -> Atom | None:
    """The atom that the size is, if it is just that."""
    if isinstance(size, int) or len(size.terms) != 1:
        return None
    ((monomial, coefficient),) = size.terms.items()
    ((atom, exponent), *others) = monomial
    return atom if coefficient == exponent == 1 and not others else None


def content(size: Dim) -> int:
    """The greatest number that divides every coefficient."""
    return gcd(*size.terms.values())


def replaced(size: Dim, atom: Atom, value: Size) -> Size:
    """The size with a value in place of an atom of its terms (not of atoms within those)."""
    total: Size = 0
    for monomial, coefficient in size.terms.items():
        exponent = next((e for a, e in monomial if a == atom), 0)
        rest = tuple([pair for pair in monomial if pair[0] != atom])
        total = total + (Dim({rest: coefficient}) if rest else coefficient) * value**exponent
    return total


def term_count(size: Size) -> int:
    """How many terms there are."""
    return int(size != 0) if isinstance(size, int) else len(size.terms)


def symbolic_terms(size: Size) -> int:
    """How many terms there are but the constant."""
    return 0 if isinstance(size, int) else len(size.terms) - (ONE in size.terms)


# Factors and division.


def common_monomial(monomials: list[Monomial]) -> Monomial:
    """The greatest product that is a factor of them all."""
    common = dict(monomials[0])
    for monomial in monomials[1:]:
        exponents = dict(monomial)
        common = {a: min(e, exponents[a]) for a, e in common.items() if a in exponents}
    return tuple(common.items())  # dictionaries keep the order in which monomials are sorted


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

    Terms are taken as a whole: the rest is what is left of them, and may be greater than the divisor. If nothing is
    gained, the quotient is 0.
    """
    if isinstance(dividend, int):
        exact = isinstance(divisor, int) and dividend % divisor == 0
        return (dividend // divisor, 0) if exact else (0, dividend)
    if isinstance(divisor, int):
        return _divided_by_term(dividend, ONE, divisor)
    if len(divisor.terms) == 1:
        ((monomial, coefficient),) = divisor.terms.items()
        return _divided_by_term(dividend, monomial, coefficient)
    whole, rest = _long_division(dividend, divisor)
    if rest == 0 or symbolic_terms(rest) < symbolic_terms(dividend):
        return whole, rest
    return 0, dividend


def exact_quotient(size: Size, divisor: Size) -> Size | None:
    """`size / divisor`, if that is a polynomial."""
    whole, rest = divided(size, divisor)
    return whole if rest == 0 else None


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
