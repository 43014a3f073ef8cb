"""Powers of sizes, whole and not."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any

from .dim_atoms import LARGEST_EXPONENT, Power
from .dim_bounds import composed, is_nonnegative, is_positive
from .dim_core import Dim, opaque
from .dim_extremes import absolute
from .dim_real import divided_by, ratio, real_power

if TYPE_CHECKING:
    from .dim_core import Size


def power(base: Any, exponent: Any) -> Any:
    """`base ** exponent` for sizes and numbers; a real number if the exponent is no integer or may be negative."""
    if isinstance(exponent, int) and isinstance(base, (int, Dim)):
        if exponent >= 0:
            return base**exponent if isinstance(base, int) else _integer_power(base, exponent)
        return divided_by(1, power(base, -exponent))
    if isinstance(exponent, Dim) and isinstance(base, (int, Dim)):
        if is_nonnegative(base) and is_nonnegative(exponent):
            return _symbolic_power(base, exponent)
        return real_power(base, exponent)
    if exponent == 0.5 and isinstance(base, Dim):
        root = _exact_root(base)
        if root is not None:
            return ratio(root, 1)
    return real_power(base, exponent)


def _integer_power(base: Dim, exponent: int) -> Size:
    """By repeated squaring; an opaque symbol where the exponent is beyond the limits."""
    if exponent > LARGEST_EXPONENT:
        return opaque("**", base, exponent)
    result: Size = 1
    square: Size = base
    while exponent:
        if exponent & 1:
            result = square * result
        exponent >>= 1
        if exponent:
            square = square * square
    return result


def _symbolic_power(base: Size, exponent: Dim) -> Size:
    if isinstance(base, int) and base < 2:
        if base == 1 or is_positive(exponent):
            return base
        return composed(Power(base, exponent))
    number = exponent.constant
    if 0 < number <= LARGEST_EXPONENT and is_nonnegative(exponent - number):
        return power(base, number) * composed(Power(base, exponent - number))
    return composed(Power(base, exponent))


def _exact_root(size: Dim) -> Size | None:
    """The square root of a product of even powers."""
    if len(size.terms) != 1:
        return None
    ((monomial, coefficient),) = size.terms.items()
    if coefficient < 0 or isqrt(coefficient) ** 2 != coefficient or any(exponent % 2 for _, exponent in monomial):
        return None
    root = Dim({tuple([(atom, exponent // 2) for atom, exponent in monomial]): isqrt(coefficient)})
    return absolute(root)
