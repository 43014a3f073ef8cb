"""Questions about sizes: three-valued, and never wrong for any value the symbols can have under the assumptions."""

from __future__ import annotations

from contextvars import ContextVar
from functools import lru_cache
from itertools import product
from math import gcd, isfinite, lcm
from typing import TYPE_CHECKING, Any

from .dim_atoms import Quotient, Symbol
from .dim_bounds import is_nonzero, is_positive, span
from .dim_core import ACTIVE, Dim, Undecided, atom_size
from .dim_polynomial import common_monomial, divided
from .dim_real import Ratio, Real, ceil, floor, foreign
from .dim_values import rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .dim_atoms import Atom
    from .dim_core import Size

#: The two sides that `same` could not compare last.
_OPEN: ContextVar[tuple[Any, Any]] = ContextVar("open question", default=(0, 0))

#: A question about quotients by numbers is answered for each residue of the symbols, up to so many cases.
MOST_CASES = 128

NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


def same(left: Any, right: Any) -> bool | None:
    """Whether two sizes (or ratios of them) are equal; None if that depends."""
    if type(left) is int and type(right) is int:
        return left == right
    answer = _answer(left, right, _is_zero)
    if answer is None:
        _OPEN.set((left, right))
    return answer


def open_question() -> tuple[Any, Any]:
    """The two sides that `same` could not compare last."""
    return _OPEN.get()


def less(left: Any, right: Any) -> bool | None:
    """Whether `left < right`; None if that depends."""
    if type(left) is int and type(right) is int:
        return left < right
    return _answer(right, left, _is_positive)


def less_equal(left: Any, right: Any) -> bool | None:
    """Whether `left <= right`; None if that depends."""
    return _not(less(right, left))


def divides(divisor: Size, size: Size) -> bool | None:
    """Whether `size % divisor == 0`; None if that depends, also on whether the divisor is zero."""
    if isinstance(divisor, int) and divisor == 0:
        return False
    answer = same(size % divisor, 0)
    return answer if is_nonzero(divisor) else None


def holds(left: Any, sign: str, right: Any) -> bool | None:
    """Whether `left sign right`, for the six comparisons of Python; None if that depends."""
    if sign in ("==", "!="):
        answer = same(left, right)
        return answer if sign == "==" else _not(answer)
    if sign in (">", ">="):
        left, right = right, left
    return less(left, right) if sign in ("<", ">") else less_equal(left, right)


def decided(left: Any, sign: str, right: Any) -> bool:
    """The answer to a comparison that Python wants as a bool; raises Undecided if it depends."""
    if foreign(right):
        return NotImplemented
    answer = holds(left, sign, right)
    if answer is None:
        raise Undecided(f"{left} {sign} {right}", left, sign, right)
    return answer


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def lower(size: Any) -> int | None:
    """A whole number the size (or ratio) is never below, the best that is found, or None."""
    if isinstance(size, (int, Dim)):
        return span(size)[0]
    return None if isinstance(size, Real) else span(floor(size))[0]


def upper(size: Any) -> int | None:
    """A whole number the size (or ratio) is never above, the best that is found, or None."""
    if isinstance(size, (int, Dim)):
        return span(size)[1]
    return None if isinstance(size, Real) else span(ceil(size))[1]


# From two sides to one difference.


def _answer(left: Any, right: Any, question: Callable[[Size], bool | None]) -> bool | None:
    """Asks whether `left - right` is zero (or positive), brought to an integer."""
    if isinstance(left, (int, Dim)) and isinstance(right, (int, Dim)):
        return question(left - right)
    if any(isinstance(side, float) and not isfinite(side) for side in (left, right)):
        return _against_infinity(left, right, question)
    if isinstance(left, Real) or isinstance(right, Real):
        return True if question is _is_zero and left == right else None
    (upper, lower), (other, below) = map(_as_fraction, (left, right))
    denominator = lower * below
    if question is _is_zero:
        return question(upper * below - other * lower) if is_nonzero(denominator) else None
    difference = upper * below - other * lower
    if is_positive(denominator):
        return question(difference)
    return question(-difference) if is_positive(-denominator) else None


def _as_fraction(value: Any) -> tuple[Size, Size]:
    if isinstance(value, Ratio):
        return value.numerator, value.denominator
    if isinstance(value, float):
        return value.as_integer_ratio()
    return value, 1


def _against_infinity(left: Any, right: Any, question: Callable[[Size], bool | None]) -> bool | None:
    """Every size is finite: less than infinity, and neither equal to it nor to NaN."""
    if isinstance(left, Real) or isinstance(right, Real):
        return None
    left, right = (side if isinstance(side, float) and not isfinite(side) else 0.0 for side in (left, right))
    return left == right if question is _is_zero else left > right


# Whether an integer is zero, or positive.


def _is_zero(difference: Size) -> bool | None:
    return _asked(difference, "zero")


def _is_positive(difference: Size) -> bool | None:
    return _asked(difference, "positive")


def _asked(difference: Size, question: str) -> bool | None:
    if isinstance(difference, int):
        return difference == 0 if question == "zero" else difference > 0
    active = ACTIVE.get()
    if active is None:
        return _settled(difference, question)
    difference = active.simplified(difference)
    if isinstance(difference, int):
        return _asked(difference, question)
    if question == "zero" and active.implies_zero(difference):
        return True
    return _settle(difference, question)


def _settle(difference: Dim, question: str) -> bool | None:
    answer = _at_once(difference, question)
    return _by_residues(difference, question) if answer is None else answer


#: Without assumptions, the answer is a matter of the difference alone.
_settled = lru_cache(maxsize=4096)(_settle)


def _at_once(difference: Dim, question: str) -> bool | None:
    """An answer from bounds and divisibility."""
    low, high = span(difference)
    if question == "positive":
        if low is not None and low > 0:
            return True
        return False if high is not None and high <= 0 else None
    if low == high == 0:
        return True
    if is_nonzero(difference) or _residue_differs(difference):
        return False
    return _cofactor_nonzero(difference)


def _residue_differs(difference: Dim) -> bool:
    """Whether a number divides all terms but the constant, as in `2*a - 2*b + 1`, which is never zero."""
    constant = difference.constant
    if not constant:
        return False
    return constant % gcd(*[value for monomial, value in difference.terms.items() if monomial]) != 0


def _cofactor_nonzero(difference: Dim) -> bool | None:
    """False if both the common factor of all terms, and the rest, are known not to be zero."""
    shared = common_monomial(list(difference.terms))
    if not shared or len(difference.terms) == 1:
        return None
    if not all(is_nonzero(atom_size(atom)) for atom, _ in shared):
        return None
    rest, _ = divided(difference, Dim({shared: 1}))
    return False if isinstance(rest, Dim) and _at_once(rest, "zero") is False else None


# Quotients by numbers are polynomials once it is known what the symbols leave as remainders.


def _by_residues(difference: Dim, question: str) -> bool | None:
    """The answer that is the same for all residues of the symbols modulo the divisors, if there is one."""
    periods: dict[Symbol, int] = {}
    if not _collect_periods(difference, periods) or not periods:
        return None
    cases = 1
    for period in periods.values():
        cases *= period
        if cases > MOST_CASES:
            return None
    common = None
    for case in _residue_cases(difference, periods):
        answer = _asked(case, question) if isinstance(case, int) else _at_once(case, question)
        if answer is None or common not in (None, answer):
            return None
        common = answer
    return common


def _collect_periods(size: Size, periods: dict[Symbol, int], factor: int = 1) -> bool:
    """Notes by which number each symbol is divided, all in all; False if there is a symbolic divisor."""
    if isinstance(size, int):
        return True
    for atom in size.atoms():
        if isinstance(atom, Symbol):
            if factor > 1:
                periods[atom] = lcm(periods.get(atom, 1), factor)
            continue
        inner = factor
        operands = atom.operands
        if isinstance(atom, Quotient):
            if not isinstance(operands[1], int):
                return False
            inner *= operands[1]
            operands = operands[:1]
        if inner > MOST_CASES or not all(_collect_periods(operand, periods, inner) for operand in operands):
            return False
    return True


def _residue_cases(difference: Dim, periods: dict[Symbol, int]) -> Iterator[Size]:
    """The difference for each combination of residues that the symbols can have."""
    for residues in product(*map(range, periods.values())):
        values: dict[Atom, Size] | None = {}
        for (atom, period), residue in zip(periods.items(), residues, strict=True):
            value = _with_residue(atom, period, residue)
            if value is None:
                values = None
                break
            values[atom] = value
        if values is not None:
            yield rebuilt(difference, values)


def _with_residue(symbol: Symbol, period: int, residue: int) -> Size | None:
    """`period*t + residue` in place of the symbol; None if the symbol cannot be that."""
    low = None if symbol.minimum is None else -((residue - symbol.minimum) // period)
    high = None if symbol.maximum is None else (symbol.maximum - residue) // period
    if low is not None and high is not None and low > high:
        return None
    return Dim.symbol(f"{symbol.name}/{period}", minimum=low, maximum=high) * period + residue
