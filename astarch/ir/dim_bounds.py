"""The least and the greatest value of a size, from those of its symbols and from the current assumptions.

Interval arithmetic alone knows little: `h*w - h` or `x - n*(x//n)` would be unbounded. So a symbol that is at least m
is written m + s with s >= 0, after which only negative terms can pull a bound down; and a quotient is replaced by
`(p - q + 1)/q <= p//q <= p/q`, a minimum by each of its operands. Whatever is found is a bound; the best one counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .dim_atoms import Greatest, Least, Quotient
from .dim_core import ACTIVE, LARGEST_ATOM, LARGEST_DEPTH, ONE, Dim, TooLarge, atom_size, monomial_product, opaque
from .dim_polynomial import divided, replaced, split, symbolic_terms

if TYPE_CHECKING:
    from .dim_atoms import Atom, Span
    from .dim_core import Monomial, Size, Terms

#: How many quotients and minima are replaced one after another in search of a better bound.
EFFORT = 4
#: In sizes of more numbers and names than this, none are: each replacement makes more of them.
HEAVIEST = 60
#: Larger sizes get interval arithmetic only.
LARGEST_EXPANSION = 64
LARGEST_SHIFTED_EXPONENT = 6
#: Opaque symbols are not bounded by larger numbers, which would be squared over and over.
LARGEST_BOUND = 2**64
#: A minimum of more operands is not taken apart.
LARGEST_CHOICE = 4


def is_positive(size: Size) -> bool:
    """Whether the size is known to be 1 or more."""
    low = span(size)[0]
    return low is not None and low > 0


def is_nonnegative(size: Size) -> bool:
    """Whether the size is known to be 0 or more."""
    low = span(size)[0]
    return low is not None and low >= 0


def is_nonzero(size: Size) -> bool:
    """Whether the size is known not to be 0: by its bounds, as a product of such, or by assumption."""
    low, high = span(size)
    if (low is not None and low > 0) or (high is not None and high < 0):
        return True
    if isinstance(size, int):
        return False
    active = ACTIVE.get()
    if active is not None and active.excludes_zero(size):
        return True
    if len(size.terms) == 1:
        ((monomial, _),) = size.terms.items()
        return len(monomial) > 1 and all(is_nonzero(atom_size(atom)) for atom, _ in monomial)
    return False


def span(size: Size) -> Span:
    """The bounds of a size."""
    if isinstance(size, int):
        return size, size
    active = ACTIVE.get()
    if active is not None:
        return active.span(size)
    if size.span is None:
        size.span = bounds(size)
    return size.span


def atom_span(atom: Atom) -> Span:
    """The bounds of an atom."""
    active = ACTIVE.get()
    if active is not None:
        return active.atom_span(atom)
    if atom.span is None:
        atom.span = atom.bounds([span(operand) for operand in atom.operands])
    return atom.span


def bounds(size: Dim) -> Span:
    """Works the bounds of a size out."""
    if symbolic_terms(size) < 2 or len(size.terms) > LARGEST_EXPANSION:
        return _interval(size.terms)  # of a single term, the interval is exact
    effort = EFFORT if size.weight <= HEAVIEST else 0
    negated = _refined(-size, effort)
    return _refined(size, effort), None if negated is None else -negated


def interval(size: Dim) -> Span:
    """The bounds of a size as far as those of its parts tell."""
    return _interval(size.terms)


def rough_bounds(sign: str, operands: tuple[Size, ...]) -> Span:
    """Bounds of a sum, product or power beyond the limits, from those of its operands."""
    first, second = map(span, operands)
    if sign == "+":
        low, high = _sum(first, second)
    elif sign == "*":
        low, high = _product(first, second)
    else:
        return (None if first[0] is None or first[0] < 0 else min(first[0], 1)), None
    if low is not None and abs(low) > LARGEST_BOUND:
        low = LARGEST_BOUND if low > 0 else None
    if high is not None and abs(high) > LARGEST_BOUND:
        high = -LARGEST_BOUND if high < 0 else None
    return low, high


def composed(atom: Atom) -> Dim:
    """The size that is one new composite atom, or an opaque symbol if that would be nested too deeply or too long."""
    if atom.depth > LARGEST_DEPTH or atom.weight > LARGEST_ATOM:
        return opaque(atom.sign, *atom.operands, limits=atom_span(atom))
    return atom_size(atom)


# Interval arithmetic; None stands for an infinite bound.


def _greater(first: int | None, second: int | None) -> int | None:
    """The better of two lower bounds."""
    if first is None or second is None:
        return second if first is None else first
    return max(first, second)


def _sum(left: Span, right: Span) -> Span:
    low = None if left[0] is None or right[0] is None else left[0] + right[0]
    return low, None if left[1] is None or right[1] is None else left[1] + right[1]


def _interval(terms: Terms) -> Span:
    total: Span = (0, 0)
    for monomial, coefficient in terms.items():
        total = _sum(total, _product(_monomial_interval(monomial), (coefficient, coefficient)))
        if total == (None, None):
            break
    return total


def _monomial_interval(monomial: Monomial) -> Span:
    total: Span = (1, 1)
    for atom, exponent in monomial:
        total = _product(total, _power(atom_span(atom), exponent))
    return total


def _product(left: Span, right: Span) -> Span:
    (a, b), (c, d) = left, right
    if a is not None and a >= 0 and c is not None and c >= 0:
        return a * c, None if (b is None and d != 0) or (d is None and b != 0) else (b or 0) * (d or 0)
    corners = [_corner(x, i, y, j) for x, i in ((a, -1), (b, 1)) for y, j in ((c, -1), (d, 1))]
    sides = {side for side, _ in corners}
    finite = [value for side, value in corners if not side]
    return None if -1 in sides else min(finite), None if 1 in sides else max(finite)


def _corner(left: int | None, left_side: int, right: int | None, right_side: int) -> tuple[int, int]:
    """The product of two bounds, as (-1 or 1, 0) where infinite and (0, product) where not; sides tell which bounds."""
    if left == 0 or right == 0:
        return 0, 0
    if left is not None and right is not None:
        return 0, left * right
    left_sign = left_side if left is None else (1 if left > 0 else -1)
    right_sign = right_side if right is None else (1 if right > 0 else -1)
    return left_sign * right_sign, 0


def _power(base: Span, exponent: int) -> Span:
    low, high = base
    if exponent == 1:
        return base
    if exponent % 2 or (low is not None and low >= 0):
        return None if low is None else low**exponent, None if high is None else high**exponent
    if high is not None and high <= 0:
        return high**exponent, None if low is None else low**exponent
    return 0, None if low is None or high is None else max(low**exponent, high**exponent)


# Better lower bounds.


def _refined(size: Size, effort: int) -> int | None:
    """The best lower bound found by shifting symbols to their bounds, and by replacing quotients and minima."""
    if isinstance(size, int):
        return size
    best = _greater(_interval(size.terms)[0], _shifted_bound(size.terms))
    if not effort or len(size.terms) > LARGEST_EXPANSION:
        return best
    choices = [atom for atom in size.atoms() if isinstance(atom, (Quotient, Least, Greatest))]
    for atom in sorted(choices, key=lambda atom: -atom.depth)[:EFFORT]:
        if isinstance(atom, Quotient):
            found = _without_quotient(size, atom, effort - 1)
        else:
            found = _without_extreme(size, atom, max(effort - len(atom.operands) // 2, 0))
        if found is not None:
            best = _greater(best, found)
            break
    return best


def _shifted_bound(terms: Terms) -> int | None:
    """The bound seen after every atom is written as its least value plus something that is not negative."""
    room: dict[Atom, int | None] = {}
    try:
        expanded = _shifted_terms(terms, room)
    except TooLarge:
        return None
    if expanded is None:
        return None
    total = expanded.pop(ONE, 0)
    for monomial, coefficient in expanded.items():
        if coefficient < 0:
            for atom, exponent in monomial:
                most = room[atom]
                if most is None:
                    return None
                coefficient *= most**exponent
            total += coefficient
    return total


def _shifted_terms(terms: Terms, room: dict[Atom, int | None]) -> Terms | None:
    """The terms in the shifted atoms, which then range from 0 to their `room`; None if an atom has no bound."""
    result: Terms = {}
    for monomial, coefficient in terms.items():
        partial: Terms = {ONE: coefficient}
        for atom, exponent in monomial:
            low, high = atom_span(atom)
            room[atom] = None if low is None or high is None else high - low
            base, sign = (high, -1) if low is None else (low, 1)
            if base is None or exponent > LARGEST_SHIFTED_EXPONENT:
                return None
            for _ in range(exponent):
                partial = _times_shifted(partial, atom, base, sign)
        for product, value in partial.items():
            result[product] = result.get(product, 0) + value
        if len(result) > 2 * LARGEST_EXPANSION:
            return None
    return result


def _times_shifted(terms: Terms, atom: Atom, base: int, sign: int) -> Terms:
    """`terms * (base + sign*atom)`."""
    result = {monomial: value * base for monomial, value in terms.items()} if base else {}
    for monomial, value in terms.items():
        product = monomial_product(monomial, ((atom, 1),))
        result[product] = result.get(product, 0) + sign * value
    return result


def _without_quotient(size: Dim, atom: Quotient, effort: int) -> int | None:
    """A lower bound of `factor*(p//q) + rest` that depends on the sign of the factor; None if that is not known."""
    parts = split(size, atom)
    if parts is None:
        return None
    factor, rest = parts
    dividend, divisor = atom.operands
    if not is_positive(divisor):
        return None
    low, high = span(factor)
    if low is None or low < 0:
        if high is None or high > 0:
            return None
        replacement = dividend
    else:
        replacement = dividend - divisor + 1
    if isinstance(divisor, int):
        bound = _refined(factor * replacement + rest * divisor, effort)
        return None if bound is None else -(-bound // divisor)
    return _without_symbolic_quotient(factor, rest, replacement, atom, effort)


def _without_symbolic_quotient(factor: Size, rest: Size, replacement: Size, atom: Quotient, effort: int) -> int | None:
    dividend, divisor = atom.operands
    multiple, left_over = divided(factor, divisor)
    if left_over == 0:
        return _refined(multiple * replacement + rest, effort)
    if replacement is dividend and is_nonnegative(dividend):
        return _refined(factor * dividend + rest, effort)  # dividing by 1 or more does not make it greater
    return None


def _without_extreme(size: Dim, atom: Least | Greatest, effort: int) -> int | None:
    """A lower bound with a minimum (or maximum) replaced by its operands.

    It is one of them, so the worst of these bounds holds. A maximum with a positive factor, or a minimum with a
    negative one, is pulled down by each, so then the best holds.
    """
    if len(atom.operands) > LARGEST_CHOICE:
        return None
    found = [_refined(replaced(size, atom, operand), effort) for operand in atom.operands]
    known = [bound for bound in found if bound is not None]
    parts = split(size, atom)
    if parts is not None and is_nonnegative(parts[0] if isinstance(atom, Greatest) else -parts[0]):
        return max(known, default=None)
    return min(known) if len(known) == len(found) else None
