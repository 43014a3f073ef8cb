"""Facts about sizes that simplification and comparison may use.

A fact is learnt as what can be done with it: an equality solved for a symbol replaces that symbol; `d % heads == 0`
makes `d` an exact product `heads*(d//heads)`; an inequality of one atom bounds it. The rest is kept and looked up.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from .dim_atoms import Quotient, Symbol
from .dim_bounds import atom_span, bounds, interval, span
from .dim_compare import NEGATED
from .dim_core import ACTIVE, Dim, Undecided, atom_size, sum_of, under
from .dim_division import quotient
from .dim_parse import parse
from .dim_polynomial import content, divided, exact_quotient, monomial_quotient, split
from .dim_values import rebuilt

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping

    from .dim_atoms import Atom, Span
    from .dim_core import Size
    from .dim_real import Ratio

#: Caches start anew beyond this many entries.
LARGEST_CACHE = 10_000
#: Replacing symbols may bring up others that have a replacement; this many rounds are enough or given up.
MOST_ROUNDS = 4
#: Bounds of one size ask for those of others, these for more, under every fact again; after so many the rest get interval arithmetic only.
MOST_ASKED = 50


class Fact(NamedTuple):
    """A comparison that is taken to be true."""

    left: Size | Ratio
    sign: str
    right: Size | Ratio

    def __str__(self) -> str:
        return f"{self.left} {self.sign} {self.right}"

    @property
    def negation(self) -> Fact:
        """The fact that holds if this one does not."""
        return Fact(self.left, NEGATED[self.sign], self.right)


class Multiple(NamedTuple):
    """A size known to be `divisor * quotient`, where the quotient is the atom `size//divisor`."""

    size: Dim
    divisor: Size
    quotient: Quotient


class Assumptions:
    """An immutable set of facts, extended to a larger one by its methods. `assuming` makes one count."""

    __slots__ = (
        "_asked",
        "_caches",
        "_limits",
        "_multiples",
        "_nonnegative",
        "_nonzero",
        "_replacements",
        "_unfolded",
        "_zeros",
        "facts",
    )

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        self.facts = tuple(dict.fromkeys(facts))
        self._replacements: dict[Atom, Size] = {}
        self._multiples: list[Multiple] = []
        self._limits: dict[Atom, Span] = {}
        self._nonnegative: list[Dim] = []
        self._nonzero: list[Dim] = []
        self._zeros: list[Dim] = []
        self._caches: tuple[dict[Dim, Size], dict[Dim, Span], dict[Atom, Span]] = ({}, {}, {})
        self._unfolded: Assumptions | None = None
        self._asked: int | None = None  # for the bounds of how many sizes the question in progress has asked
        with under(None):
            for fact in self.facts:
                self._learn(fact)
        self._forget()
        self._unfolded = self._without_multiples() if self._multiples else self

    @classmethod
    def of(cls, *facts: Any, symbols: Mapping[str, Dim] | None = None) -> Assumptions:
        """The assumptions of facts, of texts such as ``"d % heads == 0"``, and of Undecided questions taken as true."""
        return cls().extended(*facts, symbols=symbols)

    def extended(self, *facts: Any, symbols: Mapping[str, Dim] | None = None) -> Assumptions:
        """These and more."""
        more = [found for fact in facts for found in _facts(fact, symbols)]
        return Assumptions([*self.facts, *more]) if more else self

    def given(self, left: Size, sign: str, right: Size) -> Assumptions:
        """With one comparison more."""
        return self.extended(Fact(left, sign, right))

    def divisible(self, size: Size, divisor: Size) -> Assumptions:
        """With `size % divisor == 0`."""
        with under(None):
            return self.given(size % divisor, "==", 0)

    def equal(self, left: Size, right: Size) -> Assumptions:
        """With `left == right`."""
        return self.given(left, "==", right)

    def at_least(self, size: Size, least: Size) -> Assumptions:
        """With `size >= least`."""
        return self.given(size, ">=", least)

    def at_most(self, size: Size, greatest: Size) -> Assumptions:
        """With `size <= greatest`."""
        return self.given(size, "<=", greatest)

    def __eq__(self, other: object) -> bool:
        return set(self.facts) == set(other.facts) if isinstance(other, Assumptions) else NotImplemented

    def __hash__(self) -> int:
        return hash(frozenset(self.facts))

    def __bool__(self) -> bool:
        return bool(self.facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    def __reduce__(self) -> tuple[Any, ...]:
        return Assumptions, (self.facts,)

    def __str__(self) -> str:
        return ", ".join(map(str, self.facts))

    def __repr__(self) -> str:
        return f"Assumptions({self})"

    # What the rest of the package asks for.

    def span(self, size: Dim) -> Span:
        """The bounds of a size under these assumptions."""
        cache = self._caches[1]
        found = cache.get(size)
        if found is None:
            if self._asked is not None:
                self._asked += 1
                return interval(size) if self._asked > MOST_ASKED else self._worked_out(size)
            self._asked = 0
            try:
                return self._worked_out(size)
            finally:
                self._asked = None
        return found

    def _worked_out(self, size: Dim) -> Span:
        cache, found = self._caches[1], bounds(size)
        _remember(cache, size, found)  # so that the facts below are not asked about themselves
        for fact in self._nonnegative:
            found = _narrowed(found, _span_by_fact(size, fact))
        cache[size] = found
        return found

    def atom_span(self, atom: Atom) -> Span:
        """The bounds of an atom under these assumptions."""
        cache = self._caches[2]
        found = cache.get(atom)
        if found is None:
            found = atom.bounds([span(operand) for operand in atom.operands])
            found = _narrowed(found, self._limits.get(atom, (None, None)))
            _remember(cache, atom, found)
        return found

    def excludes_zero(self, size: Dim) -> bool:
        """Whether a size is assumed not to be zero, or divides one that is."""
        return any(exact_quotient(known, size) is not None for known in self._nonzero)

    def implies_zero(self, size: Dim) -> bool:
        """Whether a size is a multiple of one assumed to be zero."""
        return any(exact_quotient(size, known) is not None for known in self._zeros)

    def simplified(self, size: Size) -> Size:
        """The size, with everything in it done anew under these assumptions."""
        if isinstance(size, int) or not (self._replacements or self._multiples or self._limits):
            return size
        cache = self._caches[0]
        found = cache.get(size)
        if found is None:
            found = size
            for _ in range(MOST_ROUNDS):
                before, found = found, self._folded(rebuilt(found, dict(self._replacements)))
                if found == before:
                    break
            _remember(cache, size, found)
        return found

    def floor_divide(self, dividend: Size, divisor: Size) -> Size:
        """`dividend // divisor`, where the dividend may be a known multiple of something."""
        dividend, divisor = self._replaced(dividend), self._replaced(divisor)
        best = quotient(dividend, divisor)
        for known in self._multiples:
            with under(self._unfolded):
                upper, lower = _expanded(dividend, known), _expanded(divisor, known)
                if upper == dividend and lower == divisor:
                    continue
                found = quotient(upper, lower)
            found = self._folded(found)
            if _weight(found) <= _weight(best):
                best = found
        return self._replaced(best)

    def folded(self, product: Size) -> Size:
        """A product in which `divisor * (size//divisor)` is the size again, where it is known to be a multiple."""
        return self._folded(product) if self._multiples else product

    # How that is worked out.

    def _without_multiples(self) -> Assumptions:
        """The same for the time when a multiple is written out, and must not be folded at once."""
        twin = Assumptions()
        for slot in ("facts", "_replacements", "_limits", "_nonnegative", "_nonzero", "_zeros"):
            setattr(twin, slot, getattr(self, slot))
        return twin

    def _folded(self, size: Size) -> Size:
        for known in self._multiples:
            if isinstance(size, int):
                break
            parts = split(size, known.quotient)
            if parts is None or parts[0] == 0:
                continue
            factor, rest = divided(parts[0], known.divisor)
            if factor != 0:
                size = parts[1] + rest * atom_size(known.quotient) + factor * known.size
        return size

    def _replaced(self, size: Size) -> Size:
        """The size with replacements, if some of its own atoms have one."""
        if isinstance(size, int) or self._replacements.keys().isdisjoint(size.atoms()):
            return size
        return rebuilt(size, dict(self._replacements))

    def _forget(self) -> None:
        """Empties the caches, which a new fact makes stale."""
        for cache in self._caches:
            cache.clear()

    def _learn(self, fact: Fact) -> None:
        if not isinstance(fact.left, (int, Dim)) or not isinstance(fact.right, (int, Dim)):
            return  # facts about real numbers are kept for people to read
        with under(self):
            difference = self.simplified(fact.left - fact.right)
        self._forget()
        if isinstance(difference, int):
            return
        if fact.sign == "==":
            self._learn_zero(difference, fact)
        elif fact.sign == "!=":
            self._learn_nonzero(difference)
        elif fact.sign in (">", ">="):
            self._learn_nonnegative(difference - (fact.sign == ">"))
        else:
            self._learn_nonnegative(-difference - (fact.sign == "<"))

    def _learn_nonnegative(self, size: Size) -> None:
        if isinstance(size, int):
            return
        symbolic = [(monomial, coefficient) for monomial, coefficient in size.terms.items() if monomial]
        (monomial, coefficient), constant = symbolic[0], size.constant
        if len(symbolic) == len(monomial) == 1 and monomial[0][1] == 1:
            atom = monomial[0][0]
            limit = (-(constant // coefficient), None) if coefficient > 0 else (None, constant // -coefficient)
            self._limits[atom] = _narrowed(self._limits.get(atom, (None, None)), limit)
        else:
            self._nonnegative.append(size)

    def _learn_nonzero(self, size: Dim) -> None:
        self._nonzero.append(size)
        with under(self):
            low, high = span(size)
        if low == 0:
            self._learn_nonnegative(size - 1)
        elif high == 0:
            self._learn_nonnegative(-size - 1)

    def _learn_zero(self, size: Dim, fact: Fact) -> None:
        number = content(size)
        size = Dim({monomial: coefficient // number for monomial, coefficient in size.terms.items()})
        multiple = _multiple(size)
        if multiple is not None:
            self._multiples.append(multiple)
            return
        solution = _solved(size, fact)
        if solution is None:
            self._zeros.append(size)
            return
        atom, value = solution
        low, high = atom_span(atom)
        self._replacements = {other: rebuilt(was, {atom: value}) for other, was in self._replacements.items()}
        self._replacements[atom] = value
        if low is not None:
            self._learn_nonnegative(value - low)
        if high is not None:
            self._learn_nonnegative(high - value)


# Making assumptions count.


@contextmanager
def assuming(*facts: Any) -> Generator[Assumptions]:
    """Within this block, sizes are simplified and compared under these facts too (see `Assumptions.of`)."""
    assumptions = (ACTIVE.get() or Assumptions()).extended(*facts)
    with under(assumptions or None):
        yield assumptions


def _facts(fact: Any, symbols: Mapping[str, Dim] | None) -> list[Fact]:
    """The facts that a value stands for."""
    if isinstance(fact, Fact):
        return [fact]
    if isinstance(fact, str):
        return [_read(fact, symbols)]
    if isinstance(fact, Undecided):
        if fact.op not in NEGATED:
            raise ValueError(f"{fact} is no comparison")
        return [Fact(fact.left, fact.op, fact.right)]
    return [found for each in fact for found in _facts(each, symbols)]


def _read(text: str, symbols: Mapping[str, Dim] | None) -> Fact:
    for sign in ("==", "!=", "<=", ">=", "<", ">"):
        left, found, right = text.partition(sign)
        if found:
            with under(None):
                return Fact(parse(left, symbols), sign, parse(right, symbols))
    raise ValueError(f"{text!r} is no comparison")


# Helpers.


def _remember(cache: dict[Any, Any], key: Any, value: Any) -> None:
    if len(cache) >= LARGEST_CACHE:
        cache.clear()
    cache[key] = value


def _weight(size: Size) -> int:
    return 0 if isinstance(size, int) else size.weight


def _narrowed(first: Span, second: Span) -> Span:
    lows = [low for low in (first[0], second[0]) if low is not None]
    highs = [high for high in (first[1], second[1]) if high is not None]
    return max(lows, default=None), min(highs, default=None)


def _span_by_fact(size: Dim, fact: Dim) -> Span:
    """Bounds of a size that is a nonnegative one, or its negation, and something bounded."""
    above, below = size - fact, -size - fact
    low = above if isinstance(above, int) else bounds(above)[0]
    high = below if isinstance(below, int) else bounds(below)[0]
    return low, None if high is None else -high


def _expanded(size: Size, known: Multiple) -> Size:
    """The size with `divisor * quotient` in place of the leading term of a known multiple."""
    if isinstance(size, int):
        return size
    leading, number = known.size.sorted_terms[0]
    value = known.divisor * atom_size(known.quotient) - (known.size - Dim({leading: number}))
    total: Size = 0
    for monomial, coefficient in size.terms.items():
        left = None if coefficient % number else monomial_quotient(monomial, leading)
        if left is None:
            total = total + (Dim({monomial: coefficient}) if monomial else coefficient)
        else:
            total = total + value * sum_of({left: coefficient // number})
    return total


def _multiple(size: Dim) -> Multiple | None:
    """`p - q*(p//q)`, or its negation, as the knowledge that p is a multiple of q."""
    for atom in size.atoms():
        if not isinstance(atom, Quotient):
            continue
        parts = split(size, atom)
        if parts is None:
            continue
        dividend, divisor = atom.operands
        factor = exact_quotient(parts[0], divisor)
        if factor in (1, -1) and isinstance(dividend, Dim) and parts[1] == -factor * dividend:
            return Multiple(dividend, divisor, atom)
    return None


def _solved(size: Dim, fact: Fact) -> tuple[Atom, Size] | None:
    """An atom, and what it is if the size is zero. A symbol on the left of the fact is preferred, then on its right."""
    solvable = []
    for atom in size.atoms():
        parts = split(size, atom)
        if parts is None or parts[0] not in (1, -1):
            continue
        value = -parts[1] if parts[0] == 1 else parts[1]
        if isinstance(value, int) or atom not in _all_atoms(value):
            solvable.append((atom, value))
    for side in (fact.left, fact.right):
        for atom, value in solvable:
            if isinstance(side, Dim) and side == atom_size(atom):
                return atom, value
    symbolic = [pair for pair in solvable if isinstance(pair[0], Symbol)]
    return next(iter(symbolic or solvable), None)


def _all_atoms(size: Dim) -> set[Atom]:
    found = set()
    for atom in size.atoms():
        found.add(atom)
        for operand in atom.operands:
            if isinstance(operand, Dim):
                found |= _all_atoms(operand)
    return found
