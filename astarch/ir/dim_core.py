"""The size itself: an integer polynomial over atoms, with the operators of a Python integer.

A `Dim` maps monomials to coefficients; a monomial is a tuple of (atom, exponent), sorted by the atoms' order. Every
operation returns the canonical form, and a plain `int` whenever the result is constant.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from .dim_atoms import LARGEST_EXPONENT, Atom, Symbol, key_text

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from .dim_assumptions import Assumptions
    from .dim_atoms import Order, Span

Size: TypeAlias = "int | Dim"
Monomial = tuple[tuple[Atom, int], ...]
Terms = dict[Monomial, int]

#: The monomial of constants.
ONE: Monomial = ()

#: What is larger than this stands as one opaque symbol; nobody reads a formula of that length.
LARGEST_TERMS = 2000
LARGEST_WEIGHT = 20_000
LARGEST_MONOMIAL = 32
LARGEST_ATOM = 1000
LARGEST_DEPTH = 32
#: A product of more terms than this is not even worked out.
LARGEST_PRODUCT = 40_000
#: Up to this many terms the weight is not worth a look.
FEW_TERMS = 64

#: The facts that simplification and comparison may use. Without any, everything is cached.
ACTIVE: ContextVar[Assumptions | None] = ContextVar("assumptions", default=None)


@contextmanager
def under(assumptions: Assumptions | None) -> Generator[None]:
    """A block in which just these assumptions count, or none."""
    token = ACTIVE.set(assumptions)
    try:
        yield
    finally:
        ACTIVE.reset(token)


class Operations:
    """What the modules built upon the class do for its operators. `dim.py` puts them here, so none is imported back."""

    floor_divide: Callable[[Size, Size], Size]
    remainder: Callable[[Size, Size], Size]
    power: Callable[[Any, Any], Any]
    absolute: Callable[[Size], Size]
    decided: Callable[[Any, str, Any], bool]
    size_text: Callable[[Dim], str]
    real_sum: Callable[[Any, Any], Any]
    real_difference: Callable[[Any, Any], Any]
    real_product: Callable[[Any, Any], Any]
    real_quotient: Callable[[Any, Any], Any]
    real_floor_quotient: Callable[[Any, Any], Any]
    real_remainder: Callable[[Any, Any], Any]
    rough_bounds: Callable[[str, tuple[Size, ...]], Span]


OPERATIONS = Operations()


class Undecided(Exception):
    """A question about sizes whose answer depends on them. Carries the question: text, and operands with operator.

    ``elements`` says that the elements of a tensor decide it, which a traced program does not see.
    """

    elements = False

    def __init__(self, condition: str, left: Any = None, op: str = "", right: Any = None) -> None:
        super().__init__(condition)
        self.condition, self.left, self.op, self.right = condition, left, op, right

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.condition, self.left, self.op, self.right)


class TooLarge(Exception):
    """Within this package: a result is beyond the limits, and an opaque symbol takes its place."""


class Dim:
    """A symbolic integer. `==` compares canonical forms (see `same` for values); `<` raises `Undecided` if it must."""

    __slots__ = ("_hash", "_key", "_sorted", "_text", "span", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms  # never changed again, and never constant
        self.span: Span | None = None  # its bounds without assumptions, once someone asked
        self._hash: int | None = None
        self._sorted: list[tuple[Monomial, int]] | None = None
        self._key: str | None = None
        self._text: str | None = None

    @classmethod
    def symbol(cls, name: str, *, origin: str = "", minimum: int | None = 1, maximum: int | None = None) -> Dim:
        """A named size, not below `minimum` nor above `maximum` (None: unbounded)."""
        if minimum is not None and maximum is not None and minimum > maximum:
            raise ValueError(f"{name} cannot be at least {minimum} and at most {maximum}")
        return cls({((Symbol(name, minimum, maximum, origin), 1),): 1})

    # What it is.

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not Dim:
            return NotImplemented
        return len(self.terms) == len(other.terms) and hash(self) == hash(other) and self.terms == other.terms

    def __reduce__(self) -> tuple[Any, ...]:
        return Dim, (self.terms,)

    def __copy__(self) -> Dim:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Dim:
        return self

    def __str__(self) -> str:
        if self._text is None:
            self._text = OPERATIONS.size_text(self)
        return self._text

    __repr__ = __str__

    @property
    def key_text(self) -> str:
        """A text for sorting: not the nicest, but the same for the same size whatever is assumed."""
        if self._key is None:
            terms = []
            for monomial, coefficient in self.sorted_terms:
                factors = [f"{atom.order[1]}**{exponent}" for atom, exponent in monomial]
                terms.append("*".join([*factors, hex(coefficient)]))
            self._key = "+".join(terms)
        return self._key

    @property
    def sort_key(self) -> tuple[int, str]:
        """Sorts sizes the same way everywhere: slower growing ones first."""
        return self.degree, self.key_text

    @property
    def sorted_terms(self) -> list[tuple[Monomial, int]]:
        """The terms, highest degree first and the constant last."""
        if self._sorted is None:
            self._sorted = sorted(self.terms.items(), key=lambda term: monomial_order(term[0]))
        return self._sorted

    @property
    def constant(self) -> int:
        """The term without symbols."""
        return self.terms.get(ONE, 0)

    @property
    def depth(self) -> int:
        """How deeply quotients, minima and maxima are nested."""
        return max([atom.depth for monomial in self.terms for atom, _ in monomial])

    @property
    def weight(self) -> int:
        """How many numbers and names its text has, about."""
        return len(self.terms) + sum([atom.weight for monomial in self.terms for atom, _ in monomial])

    @property
    def degree(self) -> int:
        """How fast it grows in its symbols."""
        return max(map(monomial_degree, self.terms))

    def atoms(self) -> dict[Atom, None]:
        """The atoms of its terms, in order of appearance; not those within them."""
        return {atom: None for monomial, _ in self.sorted_terms for atom, _ in monomial}

    def symbol_atoms(self) -> dict[Symbol, None]:
        """The symbols it depends on, in order of first appearance."""
        found: dict[Symbol, None] = {}
        for atom in self.atoms():
            if isinstance(atom, Symbol):
                found[atom] = None
            for operand in atom.operands:
                if not isinstance(operand, int):
                    found.update(operand.symbol_atoms())
        return found

    @property
    def is_signed(self) -> bool:
        """Whether it depends on a number that has no lower bound: no size, but an element of a tensor, say."""
        return any(atom.minimum is None for atom in self.symbol_atoms())

    # Ring operations.

    def __add__(self, other: Any) -> Any:
        if isinstance(other, Dim):
            return added(self, other)
        if isinstance(other, int):
            return shifted(self, other)
        return OPERATIONS.real_sum(self, other)

    __radd__ = __add__

    def __neg__(self) -> Dim:
        return Dim({monomial: -coefficient for monomial, coefficient in self.terms.items()})

    def __pos__(self) -> Dim:
        return self

    def __sub__(self, other: Any) -> Any:
        if isinstance(other, Dim):
            return added(self, -other)
        if isinstance(other, int):
            return shifted(self, -other)
        return OPERATIONS.real_difference(self, other)

    def __rsub__(self, other: Any) -> Any:
        return -self + other

    def __mul__(self, other: Any) -> Any:
        if isinstance(other, Dim):
            return multiplied(self, other)
        if isinstance(other, int):
            return scaled(self, other)
        return OPERATIONS.real_product(self, other)

    __rmul__ = __mul__

    def __pow__(self, exponent: Any) -> Any:
        return OPERATIONS.power(self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return OPERATIONS.power(base, self)

    def __lshift__(self, count: Any) -> Any:
        return self * OPERATIONS.power(2, count) if isinstance(count, (int, Dim)) else NotImplemented

    def __rlshift__(self, value: Any) -> Any:
        return value * OPERATIONS.power(2, self) if isinstance(value, int) else NotImplemented

    def __rshift__(self, count: Any) -> Any:
        return self // OPERATIONS.power(2, count) if isinstance(count, (int, Dim)) else NotImplemented

    # Division.

    def __floordiv__(self, other: Any) -> Any:
        if isinstance(other, (int, Dim)):
            return OPERATIONS.floor_divide(self, other)
        return OPERATIONS.real_floor_quotient(self, other)

    def __rfloordiv__(self, other: Any) -> Any:
        if isinstance(other, int):
            return OPERATIONS.floor_divide(other, self)
        return OPERATIONS.real_floor_quotient(other, self)

    def __mod__(self, other: Any) -> Any:
        if isinstance(other, (int, Dim)):
            return OPERATIONS.remainder(self, other)
        return OPERATIONS.real_remainder(self, other)

    def __rmod__(self, other: Any) -> Any:
        if isinstance(other, int):
            return OPERATIONS.remainder(other, self)
        return OPERATIONS.real_remainder(other, self)

    def __divmod__(self, other: Any) -> tuple[Any, ...]:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> tuple[Any, ...]:
        return other // self, other % self

    def __truediv__(self, other: Any) -> Any:
        return OPERATIONS.real_quotient(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return OPERATIONS.real_quotient(other, self)

    # Rounding: it is an integer already.

    def __abs__(self) -> Size:
        return OPERATIONS.absolute(self)

    def __floor__(self) -> Dim:
        return self

    def __ceil__(self) -> Dim:
        return self

    def __trunc__(self) -> Dim:
        return self

    def __round__(self, digits: int | None = None) -> Dim:
        if digits is not None and digits < 0:
            raise Undecided(f"round({self}, {digits})", self, "round", digits)
        return self

    # Questions that Python wants one answer to.

    def __lt__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, "<", other)

    def __le__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, "<=", other)

    def __gt__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, ">", other)

    def __ge__(self, other: Any) -> bool:
        return OPERATIONS.decided(self, ">=", other)

    def __bool__(self) -> bool:
        return OPERATIONS.decided(self, "!=", 0)

    def __int__(self) -> int:
        raise Undecided(f"int({self})", self, "int")

    def __float__(self) -> float:
        raise Undecided(f"float({self})", self, "float")


# Order and products of monomials.

#: After every atom, so that of two terms of one degree the one with more factors comes first and the constant last.
_END = ((9, "", ()), 0)


def monomial_degree(monomial: Monomial) -> int:
    """How fast a product grows in its symbols."""
    return sum([atom.degree * exponent for atom, exponent in monomial])


def monomial_order(monomial: Monomial) -> tuple[int, list[tuple[Order, int]]]:
    """Graded lexicographic order: it respects multiplication, so that polynomial division by leading terms ends."""
    factors = [(atom.order, -exponent) for atom, exponent in monomial]
    return -monomial_degree(monomial), [*factors, _END]


def reads_negative(size: Size) -> bool:
    """Whether most terms are negative, or as many as not and the leading one; of a size and its negation, one does."""
    if isinstance(size, int):
        return size < 0
    signs = sum([1 if coefficient > 0 else -1 for monomial, coefficient in size.terms.items() if monomial])
    return signs < 0 if signs else size.sorted_terms[0][1] < 0


def monomial_product(left: Monomial, right: Monomial) -> Monomial:
    """The product, its atoms sorted; TooLarge beyond the limits."""
    if not left:
        return right
    if not right:
        return left
    if len(left) == len(right) == 1:
        first, second = left[0][0], right[0][0]
        if first is not second and first != second:
            return left + right if first.order < second.order else right + left
    exponents = dict(left)
    for atom, exponent in right:
        total = exponents.get(atom, 0) + exponent
        if total > LARGEST_EXPONENT:
            raise TooLarge
        exponents[atom] = total
    if len(exponents) > LARGEST_MONOMIAL:
        raise TooLarge
    return tuple(sorted(exponents.items(), key=_factor_order))


def _factor_order(factor: tuple[Atom, int]) -> Order:
    return factor[0].order


# The arithmetic behind the operators.


def collapsed(terms: Terms) -> Size:
    """A size of these terms, none of which is zero: an int if constant; TooLarge beyond the limits."""
    count = len(terms)
    if count <= 1:
        if not terms:
            return 0
        if ONE in terms:
            return terms[ONE]
    elif count > FEW_TERMS and (count > LARGEST_TERMS or Dim(terms).weight > LARGEST_WEIGHT):
        raise TooLarge
    return Dim(terms)


def atom_size(atom: Atom) -> Dim:
    """The size that is this one atom."""
    return Dim({((atom, 1),): 1})


def shifted(size: Dim, number: int) -> Dim:
    """`size + number`."""
    if not number:
        return size
    terms = size.terms.copy()
    constant = terms.get(ONE, 0) + number
    if constant:
        terms[ONE] = constant
    else:
        terms.pop(ONE, None)
    return Dim(terms)


def scaled(size: Dim, factor: int) -> Size:
    """`size * factor`."""
    if not factor:
        return 0
    if factor == 1:
        return size
    product = Dim({monomial: coefficient * factor for monomial, coefficient in size.terms.items()})
    active = ACTIVE.get()
    return product if active is None else active.folded(product)


def added(left: Dim, right: Dim) -> Size:
    """`left + right`."""
    if len(left.terms) < len(right.terms):
        left, right = right, left
    terms = left.terms.copy()
    for monomial, coefficient in right.terms.items():
        total = terms.get(monomial, 0) + coefficient
        if total:
            terms[monomial] = total
        else:
            del terms[monomial]
    try:
        return collapsed(terms)
    except TooLarge:
        return opaque("+", left, right)


def multiplied(left: Dim, right: Dim) -> Size:
    """`left * right`."""
    if len(left.terms) * len(right.terms) > LARGEST_PRODUCT:
        return opaque("*", left, right)
    terms: Terms = {}
    try:
        for monomial, coefficient in left.terms.items():
            for other, factor in right.terms.items():
                product = monomial_product(monomial, other)
                terms[product] = terms.get(product, 0) + coefficient * factor
        result = collapsed({monomial: coefficient for monomial, coefficient in terms.items() if coefficient})
    except TooLarge:
        return opaque("*", left, right)
    active = ACTIVE.get()
    return result if active is None or isinstance(result, int) else active.folded(result)


def sum_of(terms: Terms) -> Size:
    """A size of these terms, none of which is zero."""
    try:
        return collapsed(terms)
    except TooLarge:
        return opaque("+", Dim(terms))


def opaque(sign: str, *operands: Size, limits: Span | None = None) -> Dim:
    """A symbol in place of a result beyond the limits: the same operands always give the same symbol."""
    texts = [key_text(operand) for operand in operands]
    if sign in ("+", "*"):
        texts.sort()
    digest = blake2b("\n".join([sign, *texts]).encode(), digest_size=8).hexdigest()
    low, high = OPERATIONS.rough_bounds(sign, operands) if limits is None else limits
    return Dim.symbol(f"opaque_{digest}", origin="a formula too large to keep", minimum=low, maximum=high)
