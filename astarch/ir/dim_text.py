"""Sizes as Python expressions: `8*dim**2 + 5*dim`, `(h - 1)//32 + 1`, `config.n_embd//config.n_head`.

The text depends on the canonical form alone, never on assumptions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from .dim_atoms import Greatest, Least, Power, Quotient, Symbol
from .dim_bounds import is_positive
from .dim_core import ACTIVE, ONE, Dim, atom_size, monomial_order, reads_negative, under
from .dim_polynomial import (
    common_monomial,
    content,
    divided,
    exact_quotient,
    sole_atom,
    split,
    symbolic_terms,
    term_count,
)

if TYPE_CHECKING:
    from .dim_atoms import Atom, Order
    from .dim_core import Monomial, Size

#: In longer sums nobody looks for remainders and common factors.
LONGEST_SUM = 40
#: Larger numbers are written in hexadecimal: Python refuses to write them in decimal.
DECIMAL_BITS = 12_000


class Piece(NamedTuple):
    """One summand as it is written: where it comes in the sum, its sign, and its text without that."""

    order: tuple[int, list[tuple[Order, int]]]
    negative: bool
    text: str
    #: Whether the text is a product or quotient that needs parentheses after a minus sign at the very beginning.
    loose: bool = False


def size_text(size: Dim) -> str:
    """The size as an expression: highest degree first, the constant last, a positive term in front if there is one."""
    if ACTIVE.get() is not None:
        with under(None):  # the text is kept with the size, which outlives the assumptions
            return size_text(size)
    reflected = _reflected(size)
    if reflected is not None:
        return reflected
    remainders, rest = _remainders(size)
    pieces = [_remainder_piece(*found) for found in remainders]
    if isinstance(rest, int):
        pieces += [_piece(ONE, rest)] if rest else []
    else:
        pieces += [_piece(monomial, coefficient) for monomial, coefficient in rest.terms.items()]
    return _joined(sorted(pieces))


def _joined(pieces: list[Piece]) -> str:
    first = next((piece for piece in pieces if not piece.negative), pieces[0])
    parts = [first.text]
    if first.negative:
        parts = [f"-({first.text})" if first.loose else f"-{first.text}"]
    for piece in pieces:
        if piece is not first:
            text = f"({piece.text})" if piece.text.startswith("-") else piece.text
            parts += ["-" if piece.negative else "+", text]
    return " ".join(parts)


def _piece(monomial: Monomial, coefficient: int) -> Piece:
    text = product_text(monomial, abs(coefficient))
    loose = len(monomial) == 1 and abs(coefficient) == 1 and isinstance(monomial[0][0], Quotient)
    return Piece(monomial_order(monomial), coefficient < 0, text, loose)


def product_text(monomial: Monomial, coefficient: int) -> str:
    """A product, its number first."""
    if not monomial:
        return number_text(coefficient)
    if len(monomial) == 1 and coefficient == 1 and monomial[0][1] == 1:
        return atom_text(monomial[0][0])
    factors = [] if coefficient == 1 else [number_text(coefficient)]
    for atom, exponent in monomial:
        text = atom_text(atom)
        if isinstance(atom, Quotient) or (isinstance(atom, Power) and exponent > 1):
            text = f"({text})"
        factors.append(text if exponent == 1 else f"{text}**{exponent}")
    return "*".join(factors)


def number_text(number: int) -> str:
    """A number, as Python reads it."""
    return str(number) if number.bit_length() < DECIMAL_BITS else hex(number)


# Atoms.


def atom_text(atom: Atom) -> str:
    """An atom as an expression; a quotient without parentheses around it."""
    if isinstance(atom, Symbol):
        return atom.name
    if isinstance(atom, Quotient):
        dividend, divisor = atom.operands
        return f"{_dividend_text(dividend)}//{grouped(divisor)}"
    if isinstance(atom, Power):
        base, exponent = atom.operands
        return f"{grouped(base)}**{grouped(exponent)}"
    first, *others = atom.operands
    if isinstance(atom, Greatest) and others == [-first]:
        return f"abs({others[0] if reads_negative(first) else first})"
    return f"{atom.sign}({', '.join(map(operand_text, atom.operands))})"


def operand_text(size: Size) -> str:
    """A size or number, on its own."""
    return number_text(size) if isinstance(size, int) else str(size)


def grouped(size: Size) -> str:
    """A size in parentheses, unless it is a name, a number or a call."""
    text = operand_text(size)
    if isinstance(size, int):
        return text if size >= 0 else f"({text})"
    return text if isinstance(sole_atom(size), (Symbol, Least, Greatest)) else f"({text})"


def _dividend_text(size: Size) -> str:
    """A size in front of `//`: products need no parentheses there."""
    if isinstance(size, int):
        return number_text(size)
    if len(size.terms) > 1 or isinstance(sole_atom(size), Quotient) or isinstance(sole_atom(-size), Quotient):
        return f"({size})"
    return str(size)


# Remainders, which the canonical form has as `x - n*(x//n)`.


def _remainders(size: Size) -> tuple[list[tuple[Size, Size, Size]], Size]:
    """The remainders in a sum, each with its factor, dividend and divisor; and the rest of the sum."""
    found: list[tuple[Size, Size, Size]] = []
    if isinstance(size, Dim) and len(size.terms) <= LONGEST_SUM:
        for atom in size.atoms():
            if isinstance(atom, Quotient) and isinstance(size, Dim):
                taken = _remainder(size, atom)
                if taken is not None:
                    factor, dividend, size = taken
                    found.append((factor, dividend, atom.operands[1]))
    return found, size


def _remainder(size: Dim, atom: Quotient) -> tuple[Size, Size, Size] | None:
    """Factor, dividend and rest, with `size == factor*(dividend % divisor) + rest` for the divisor of a quotient."""
    parts = split(size, atom)
    if parts is None or parts[0] == 0:
        return None
    dividend, divisor = atom.operands
    factor = exact_quotient(parts[0], divisor)
    if factor is None or (isinstance(factor, Dim) and len(factor.terms) > 1):
        return None
    taken = -factor * dividend
    rest = parts[1] - taken
    whole = symbolic_terms(rest) == symbolic_terms(parts[1]) - symbolic_terms(taken)
    if not whole or term_count(rest) >= term_count(size):
        return None  # more would be written, not less
    if isinstance(factor, int) and factor > 0 and is_positive(divisor):
        simpler = rest - factor * (divisor - 1)
        reads_better = rest != 0 and isinstance(dividend, Dim) and dividend.constant == -1
        if reads_better or term_count(simpler) < term_count(rest):
            return factor, -dividend - 1, simpler  # -(p % n) is (-p - 1) % n - (n - 1)
    return -factor, dividend, rest


def _remainder_piece(factor: Size, dividend: Size, divisor: Size) -> Piece:
    text = f"{_dividend_text(dividend)}%{grouped(divisor)}"
    if isinstance(factor, int):
        monomial, coefficient = ONE, factor
    else:
        ((monomial, coefficient),) = factor.terms.items()
    leading = factor * dividend
    order = monomial_order(leading.sorted_terms[0][0] if isinstance(leading, Dim) else ONE)
    if factor in (1, -1):
        return Piece(order, coefficient < 0, text, loose=True)
    front = _piece(monomial, coefficient)
    return Piece(order, front.negative, f"({front.text})*({text})" if front.loose else f"{front.text}*({text})")


def _reflected(size: Dim) -> str | None:
    """`255 - (h - 1)//2` as `(512 - h)//2`, which is how people write half of what is left."""
    if len(size.terms) != 2 or not size.constant:
        return None
    atom = sole_atom(size.constant - size)
    if not isinstance(atom, Quotient):
        return None
    dividend, divisor = atom.operands
    if isinstance(divisor, int) and isinstance(dividend, Dim) and dividend.constant:
        return f"({divisor - 1 - dividend + divisor * size.constant})//{divisor}"
    return None


# Common factors.


def factored(size: Size) -> str:
    """The size with common factors in front: `n_layer*(12*n_embd**2 + 13*n_embd)`. An expression of the same value."""
    if isinstance(size, int):
        return number_text(size)
    if len(size.terms) > LONGEST_SUM:
        return str(size)
    with under(None):
        return _factored(size)


def _factored(size: Dim) -> str:
    factors = _factors(size)
    if len(factors) > 1:
        return _factors_text(factors)
    group = _largest_group(size)
    if group is None:
        return str(size)
    rest = factored(size - group)
    return f"{factored(group)} + {f'({rest})' if rest.startswith('-') else rest}"


def _factors(size: Size) -> list[Size]:
    """Sizes whose product is the size: numbers and symbols that all terms have, and sums found by exact division."""
    if isinstance(size, int) or len(size.terms) == 1:
        return [size]
    shared = tuple([factor for factor in common_monomial(list(size.terms)) if _uniform(size, factor)])
    if shared:
        factor = Dim({shared: 1})
        return [factor, *_factors(divided(size, factor)[0])]
    for atom in size.atoms():
        parts = split(size, atom)
        if parts is None or isinstance(parts[0], int) or len(parts[0].terms) < 2:
            continue
        other = exact_quotient(parts[1], parts[0])
        if other is not None:
            return [*_factors(parts[0]), atom_size(atom) + other]
    number = content(size)
    return [size] if number == 1 else [number, divided(size, number)[0]]


def _uniform(size: Dim, factor: tuple[Atom, int]) -> bool:
    """Whether the atom has the same exponent in all terms: what is left does not depend on it."""
    return all(factor in monomial for monomial in size.terms)


def _factors_text(factors: list[Size]) -> str:
    single = [factor for factor in factors if isinstance(factor, int) or len(factor.terms) == 1]
    product: Size = 1
    for factor in single:
        product = product * factor
    sums = [factor for factor in factors if isinstance(factor, Dim) and len(factor.terms) > 1]
    texts = [f"({factor})" for factor in sorted(sums, key=lambda factor: monomial_order(factor.sorted_terms[0][0]))]
    if product == -1:
        return "-" + "*".join(texts)
    return "*".join(([] if product == 1 else [str(product)]) + texts)


def _largest_group(size: Dim) -> Dim | None:
    """The terms that share a symbol, if that makes a product of it; the symbol that most terms have."""
    best = None
    for atom in size.atoms():
        terms = {monomial: c for monomial, c in size.terms.items() if any(a == atom for a, _ in monomial)}
        group = Dim(terms)
        uniform = all((atom, 1) in monomial for monomial in terms)
        if uniform and 1 < len(terms) < len(size.terms) and (best is None or len(terms) > len(best.terms)):
            best = group
    return best


def ratio_text(numerator: Size, denominator: Size) -> str:
    """A quotient of real numbers."""
    if denominator == 1:
        return operand_text(numerator)
    return f"{_dividend_text(numerator)}/{grouped(denominator)}"
