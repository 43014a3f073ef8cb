"""Minimum, maximum, absolute value and powers of sizes."""

from __future__ import annotations

from math import gcd, isqrt
from typing import TYPE_CHECKING, Any

from .dim_atoms import LARGEST_EXPONENT, Greatest, Least, Power, degree
from .dim_core import Dim, composed, opaque

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .dim_core import Size

#: Among more operands than this, only numbers are compared: each is compared with each.
MANY_OPERANDS = 16


def minimum(*sizes: Size) -> Size:
    """The least of the sizes."""
    return _extreme(Least, sizes)


def maximum(*sizes: Size) -> Size:
    """The greatest of the sizes."""
    return _extreme(Greatest, sizes)


def absolute(size: Size) -> Size:
    """The size without its sign."""
    return abs(size) if isinstance(size, int) else maximum(size, -size)


def _extreme(kind: type[Least | Greatest], sizes: Iterable[Size]) -> Size:
    operands = _flattened(kind, sizes)
    if not operands:
        raise ValueError(f"{kind.sign}() of no sizes")
    kept = _without_beaten(kind, operands)
    if len(kept) == 1:
        return kept[0]
    number = gcd(*(dim_division.content(size) if isinstance(size, Dim) else size for size in kept))
    if number > 1:
        return number * _extreme(kind, [dim_division.quotient(size, number) for size in kept])
    if all(_is_negative_form(size) for size in kept):
        return -_extreme(Greatest if kind is Least else Least, [-size for size in kept])
    return composed(kind(*sorted(kept, key=_reading_order)))


def _flattened(kind: type[Least | Greatest], sizes: Iterable[Size]) -> list[Size]:
    """The operands, with those of operands of the same kind in their place; each once, numbers as a single one."""
    symbolic: dict[Size, None] = {}
    numbers: list[int] = []
    waiting = list(sizes)[::-1]
    while waiting:
        size = waiting.pop()
        if isinstance(size, int):
            numbers.append(int(size))
            continue
        atom = _sole_atom(size)
        if isinstance(atom, kind):
            waiting.extend(reversed(atom.operands))
        else:
            symbolic[size] = None
    if numbers:
        symbolic[min(numbers) if kind is Least else max(numbers)] = None
    return list(symbolic)


def _sole_atom(size: Dim) -> Any:
    """The atom that the size is, if it is just that."""
    if len(size.terms) != 1:
        return None
    ((monomial, coefficient),) = size.terms.items()
    return monomial[0][0] if coefficient == 1 and len(monomial) == 1 and monomial[0][1] == 1 else None


def _without_beaten(kind: type[Least | Greatest], sizes: list[Size]) -> list[Size]:
    """The sizes of which no other is known to be at least as extreme."""
    if len(sizes) > MANY_OPERANDS:
        return sizes
    kept: list[Size] = []
    for size in sizes:
        if any(_beats(kind, other, size) for other in kept):
            continue
        kept = [other for other in kept if not _beats(kind, size, other)]
        kept.append(size)
    return kept


def _beats(kind: type[Least | Greatest], size: Size, other: Size) -> bool:
    return dim_bounds.is_nonnegative(other - size if kind is Least else size - other)


def _is_negative_form(size: Size) -> bool:
    return size < 0 if isinstance(size, int) else size.sorted_terms[0][1] < 0


def _reading_order(size: Size) -> tuple[bool, int, str]:
    """Formulas first, numbers last."""
    return isinstance(size, int), -degree(size), str(size)


# Powers.


def power(base: Any, exponent: Any) -> Any:
    """`base ** exponent` for sizes and numbers; a real number if the exponent is no integer or may be negative."""
    if isinstance(exponent, int) and isinstance(base, (int, Dim)):
        if exponent >= 0:
            return base**exponent if isinstance(base, int) else _integer_power(base, exponent)
        return dim_real.divided_by(1, power(base, -exponent))
    if isinstance(exponent, Dim) and isinstance(base, (int, Dim)):
        if dim_bounds.is_nonnegative(base) and dim_bounds.is_nonnegative(exponent):
            return _symbolic_power(base, exponent)
        return dim_real.real_power(base, exponent)
    if exponent == 0.5 and isinstance(base, Dim):
        root = _exact_root(base)
        if root is not None:
            return dim_real.ratio(root, 1)
    return dim_real.real_power(base, exponent)


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
        if base == 1 or dim_bounds.is_positive(exponent):
            return base
        return composed(Power(base, exponent))
    number = exponent.constant
    if 0 < number <= LARGEST_EXPONENT and dim_bounds.is_nonnegative(exponent - number):
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


from . import dim_bounds, dim_division, dim_real  # noqa: E402
