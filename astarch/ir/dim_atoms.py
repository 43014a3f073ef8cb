"""What a size is made of: named symbols, floor quotients, least and greatest, powers with a symbolic exponent.

There is no atom for the remainder: `x % n` is kept as `x - n*(x//n)`, which is what makes `n*(x//n) + x % n` collapse
to `x`, and a size padded to a multiple of 8 to `8*((x - 1)//8 + 1)`. The printer finds remainders again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .dim_core import Dim

    Size = int | Dim
    Span = tuple[int | None, int | None]

#: Where an atom stands among others: 0 for symbols, which come first in a product, and 1 for composites; a text; and
#: what tells apart symbols of one name.
Order = tuple[int, str, tuple[Any, ...]]


class Atom:
    """One indivisible factor. Equal atoms have equal values; composite ones keep their operands in canonical form."""

    __slots__ = ("_hash", "_order", "degree", "depth", "operands", "span", "weight")
    #: Its operation, as Python writes it.
    sign = ""

    operands: tuple[Size, ...]
    depth: int  #: how many composites are nested within one another here
    weight: int  #: how many numbers and names its text has, about
    degree: int  #: how fast it grows, for writing the largest terms first
    span: Span | None  #: its bounds without assumptions, once someone asked
    _hash: int
    _order: Order | None

    def _compose(self, operands: tuple[Size, ...], identity: tuple[Any, ...]) -> None:
        self.operands = operands
        self._hash = hash(identity)
        self._order = self.span = None
        symbolic = [operand for operand in operands if not isinstance(operand, int)]
        self.depth = 1 + max(operand.depth for operand in symbolic)
        self.weight = 1 + len(operands) - len(symbolic) + sum(operand.weight for operand in symbolic)
        self.degree = max(operand.degree for operand in symbolic)

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Atom) or type(self) is not type(other):
            return False
        return self._hash == other._hash and self.operands == other.operands

    def __copy__(self) -> Atom:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Atom:
        return self

    @property
    def order(self) -> Order:
        """A key that sorts atoms the same way in every process."""
        if self._order is None:
            text = self.sign.join([key_text(operand) for operand in self.operands])
            told_apart = tuple(sorted({atom.order for operand in self.operands for atom in symbol_atoms(operand)}))
            self._order = (1, f"({text})", told_apart)
        return self._order

    def value(self, operands: Sequence[int]) -> int:
        """Its value for values of its operands."""
        raise NotImplementedError

    def bounds(self, spans: Sequence[Span]) -> Span:
        """Its least and greatest value, from those of its operands."""
        raise NotImplementedError


class Symbol(Atom):
    """A named size. Its origin is told to people and is no part of what it is."""

    __slots__ = ("maximum", "minimum", "name", "origin")

    def __init__(self, name: str, minimum: int | None, maximum: int | None, origin: str = "") -> None:
        self.name, self.minimum, self.maximum, self.origin = name, minimum, maximum, origin
        self.operands, self.depth, self.weight, self.degree = (), 0, 1, 1
        self.span = (minimum, maximum)
        self._hash = hash((name, minimum, maximum))
        self._order = (0, name, (_orderable(minimum), _orderable(maximum)))

    __hash__ = Atom.__hash__

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if type(other) is not Symbol:
            return False
        return self.name == other.name and self.minimum == other.minimum and self.maximum == other.maximum

    def __reduce__(self) -> tuple[Any, ...]:
        return Symbol, (self.name, self.minimum, self.maximum, self.origin)

    def bounds(self, spans: Sequence[Span]) -> Span:
        return self.minimum, self.maximum


class Quotient(Atom):
    """`dividend // divisor`, which nothing is known to simplify."""

    __slots__ = ()
    sign = "//"

    def __init__(self, dividend: Size, divisor: Size) -> None:
        self._compose((dividend, divisor), ("//", dividend, divisor))
        self.degree = max(degree(dividend) - degree(divisor), 0)

    def __reduce__(self) -> tuple[Any, ...]:
        return Quotient, self.operands

    def value(self, operands: Sequence[int]) -> int:
        return operands[0] // operands[1]

    def bounds(self, spans: Sequence[Span]) -> Span:
        (low, high), (least, greatest) = spans
        if least is None or least < 1:
            return None, None
        if low is not None:
            if low < 0:
                low //= least
            else:
                low = 0 if greatest is None else low // greatest
        if high is not None:
            if high >= 0:
                high //= least
            else:
                high = -1 if greatest is None else high // greatest
        return low, high


class Least(Atom):
    """The least of two or more sizes, of which none is known to be it."""

    __slots__ = ()
    sign = "min"

    def __init__(self, *operands: Size) -> None:
        self._compose(operands, ("min", operands))

    def __reduce__(self) -> tuple[Any, ...]:
        return Least, self.operands

    def value(self, operands: Sequence[int]) -> int:
        return min(operands)

    def bounds(self, spans: Sequence[Span]) -> Span:
        lows, highs = zip(*spans, strict=True)
        return (None if None in lows else min(lows)), min([high for high in highs if high is not None], default=None)


class Greatest(Atom):
    """The greatest of two or more sizes, of which none is known to be it."""

    __slots__ = ()
    sign = "max"

    def __init__(self, *operands: Size) -> None:
        self._compose(operands, ("max", operands))

    def __reduce__(self) -> tuple[Any, ...]:
        return Greatest, self.operands

    def value(self, operands: Sequence[int]) -> int:
        return max(operands)

    def bounds(self, spans: Sequence[Span]) -> Span:
        lows, highs = zip(*spans, strict=True)
        return max([low for low in lows if low is not None], default=None), (None if None in highs else max(highs))


class Power(Atom):
    """`base ** exponent` with a symbolic exponent, both known not to be negative."""

    __slots__ = ()
    sign = "**"

    def __init__(self, base: Size, exponent: Dim) -> None:
        self._compose((base, exponent), ("**", base, exponent))

    def __reduce__(self) -> tuple[Any, ...]:
        return Power, self.operands

    def value(self, operands: Sequence[int]) -> int:
        return operands[0] ** operands[1]

    def bounds(self, spans: Sequence[Span]) -> Span:
        (low, high), (least, greatest) = spans
        if low is None or low < 1 or least is None or least < 0:
            return 0, None
        low = low**least if least <= LARGEST_EXPONENT else 1
        if high is None or greatest is None or greatest > LARGEST_EXPONENT:
            return low, None
        return low, high**greatest


#: Exponents beyond this are not worked out.
LARGEST_EXPONENT = 64


def degree(size: Size) -> int:
    """How fast a size grows in its symbols."""
    return 0 if isinstance(size, int) else size.degree


def key_text(size: Size) -> str:
    """A text for sorting: not the nicest, but the same for the same size whatever is assumed."""
    return hex(size) if isinstance(size, int) else size.key_text


def symbol_atoms(size: Size) -> dict[Symbol, None]:
    """The symbols a size depends on, in order of first appearance."""
    return {} if isinstance(size, int) else size.symbol_atoms()


def _orderable(bound: int | None) -> tuple[Any, ...]:
    return () if bound is None else (bound,)
