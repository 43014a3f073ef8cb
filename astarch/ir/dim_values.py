"""Putting values in place of symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .dim_atoms import Atom, Greatest, Least, Power, Quotient, Symbol
from .dim_core import Dim, atom_size
from .dim_division import floor_divide
from .dim_extremes import maximum, minimum
from .dim_power import power
from .dim_real import Ratio, Real, divided_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from .dim_core import Size

#: How each composite is made anew from other operands.
OPERATIONS: dict[type[Atom], Callable[..., Size]] = {
    Quotient: floor_divide,
    Least: minimum,
    Greatest: maximum,
    Power: power,
}


def symbols(value: Any) -> tuple[str, ...]:
    """The names a size depends on, in order of first appearance."""
    if isinstance(value, Ratio):
        return tuple(dict.fromkeys([*symbols(value.numerator), *symbols(value.denominator)]))
    if not isinstance(value, Dim):
        return ()
    return tuple(dict.fromkeys(atom.name for atom in value.symbol_atoms()))


def origin_of(value: Any) -> str:
    """Where a symbol came from, as was said when it was made; of a formula, the first origin that is known."""
    if not isinstance(value, Dim):
        return ""
    return next((atom.origin for atom in value.symbol_atoms() if atom.origin), "")


def substitute(value: Any, mapping: Mapping[str, Size]) -> Any:
    """The value with sizes in place of names, all at once; simplified anew."""
    if isinstance(value, Ratio):
        return divided_by(substitute(value.numerator, mapping), substitute(value.denominator, mapping))
    if not isinstance(value, Dim):
        return value
    values: dict[Atom, Size] = {atom: mapping[atom.name] for atom in value.symbol_atoms() if atom.name in mapping}
    return rebuilt(value, values) if values else value


def rebuilt(size: Size, values: dict[Atom, Size]) -> Size:
    """The size with values in place of atoms, at any depth. `values` also collects what became of the other atoms."""
    if isinstance(size, int):
        return size
    total: Size = 0
    for monomial, coefficient in size.terms.items():
        product: Size = coefficient
        for atom, exponent in monomial:
            product = product * rebuilt_atom(atom, values) ** exponent
        total = total + product
    return total


def rebuilt_atom(atom: Atom, values: dict[Atom, Size]) -> Size:
    """The value for an atom, worked out once."""
    found = values.get(atom)
    if found is None:
        operands = [rebuilt(operand, values) for operand in atom.operands]
        found = OPERATIONS[type(atom)](*operands) if operands else atom_size(atom)
        values[atom] = found
    return found


def evaluate(value: Any, mapping: Mapping[str, int]) -> Any:
    """The value for numbers in place of all names. KeyError tells the first name without one."""
    if isinstance(value, Ratio):
        return evaluate(value.numerator, mapping) / evaluate(value.denominator, mapping)
    if isinstance(value, Real):
        return float(value)
    return _evaluated(value, mapping, {}) if isinstance(value, Dim) else value


def _evaluated(size: Size, mapping: Mapping[str, int], known: dict[Atom, int]) -> int:
    if isinstance(size, int):
        return size
    total = 0
    for monomial, coefficient in size.sorted_terms:
        for atom, exponent in monomial:
            value = known.get(atom)
            if value is None:
                if isinstance(atom, Symbol):
                    value = mapping[atom.name]
                else:
                    value = atom.value([_evaluated(operand, mapping, known) for operand in atom.operands])
                known[atom] = value
            coefficient *= value**exponent
        total += coefficient
    return total
