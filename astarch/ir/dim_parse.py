"""Reads sizes back from the expressions they are written as. Nothing is evaluated but sums, products and the like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NoReturn

from .dim_core import Dim
from .dim_extremes import absolute, maximum, minimum
from .dim_real import ceil, floor, nearest, truncate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .dim_core import Size

LONGEST_SOURCE = 200_000
DEEPEST_NESTING = 100
#: Longer numbers are none that a size has.
MOST_DIGITS = 4000
MOST_BITS = 100_000

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>0x[0-9a-f]+|\d+)|
    (?P<name>[^\W\d]\w*(?:\.[^\W\d]\w*|\[\d+\])*)|
    (?P<sign>//|\*\*|[-+*/%(),])
    )""",
    re.VERBOSE,
)
_FUNCTIONS = {
    "min": minimum,
    "max": maximum,
    "abs": absolute,
    "ceil": ceil,
    "floor": floor,
    "int": truncate,
    "round": nearest,
}
#: How tightly the binary operators bind; all but ``**`` group to the left.
_BINDING = {"+": 1, "-": 1, "*": 2, "/": 2, "//": 2, "%": 2, "**": 4}
_UNARY = 3


def parse(text: str, symbols: Mapping[str, Dim] | None = None) -> Size:
    """The size that an expression stands for; ValueError if it is none.

    Names are looked up in `symbols`, and are sizes of at least 1 where they are not there.
    """
    if len(text) > LONGEST_SOURCE:
        raise ValueError(f"a size of {len(text)} characters is too long to read")
    reader = _Reader(text, symbols or {})
    size = reader.expression(0)
    if reader.sign() != "":
        reader.refuse(f"unexpected {reader.token()!r}")
    if isinstance(size, (int, Dim)):
        return size
    raise ValueError(f"not an integer: {text[:200]}")


class _Reader:
    """Precedence climbing: an operand, then operators for as long as they bind tightly enough."""

    def __init__(self, text: str, symbols: Mapping[str, Dim]) -> None:
        self.text, self.symbols = text, dict(symbols)
        self.tokens = list(self._tokens(text))
        self.position = 0
        self.depth = 0

    @staticmethod
    def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
        """Kind, text and place of each token."""
        start, end = 0, len(text.rstrip())
        while start < end:
            match = _TOKEN.match(text, start)
            if match is None:
                raise ValueError(f"not a size at column {start + 1}: {text[start : start + 40]!r}")
            kind = match.lastgroup or ""
            yield kind, match[kind], start
            start = match.end()
        yield "end", "", end

    def token(self) -> str:
        """The text of the next token."""
        return self.tokens[self.position][1]

    def sign(self) -> str | None:
        """The next token if it is an operator or bracket; None for a name or number; empty at the end."""
        kind, text, _ = self.tokens[self.position]
        return text if kind in ("sign", "end") else None

    def refuse(self, why: str) -> NoReturn:
        raise ValueError(f"{why} at column {self.tokens[self.position][2] + 1} of {self.text[:200]!r}")

    def expect(self, sign: str) -> None:
        """Steps over a bracket."""
        if self.sign() != sign:
            self.refuse(f"expected {sign!r}")
        self.position += 1

    def expression(self, weakest: int) -> Any:
        """An expression of operators that bind more tightly than `weakest`."""
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            self.refuse("nested too deeply")
        left = self.operand()
        while (binding := _BINDING.get(self.sign() or "", 0)) > weakest:
            sign = self.token()
            self.position += 1
            # -x**-y**z: a power groups to the right, and takes a signed exponent
            right = self.expression(_UNARY if sign == "**" else binding)
            left = self.applied(left, sign, right)
        self.depth -= 1
        return left

    def operand(self) -> Any:
        """A number, name, call, bracketed or signed expression."""
        kind, text, _ = self.tokens[self.position]
        if kind == "end" or (kind == "sign" and text not in ("(", "+", "-")):
            self.refuse("expected a size")
        self.position += 1
        if kind == "number":
            return self.number(text)
        if kind == "name":
            return self.call(text) if self.sign() == "(" else self.symbol(text)
        if text == "(":
            value = self.expression(0)
            self.expect(")")
            return value
        value = self.expression(_UNARY)
        return -value if text == "-" else value

    def number(self, text: str) -> int:
        """A number of bounded length."""
        if not text.startswith("0x") and len(text) > MOST_DIGITS:
            self.refuse("a number too long to read")
        return int(text, 0) if text.startswith("0x") else int(text)

    def symbol(self, name: str) -> Dim:
        """The symbol of a name."""
        found = self.symbols.get(name)
        if found is None:
            found = self.symbols[name] = Dim.symbol(name)
        return found

    def call(self, name: str) -> Any:
        """A call of one of the few functions that sizes are written with."""
        function = _FUNCTIONS.get(name)
        if function is None:
            self.refuse(f"{name} is no function of sizes")
        self.position += 1
        arguments = [self.expression(0)]
        while self.sign() == ",":
            self.position += 1
            arguments.append(self.expression(0))
        self.expect(")")
        if len(arguments) > 1 and name not in ("min", "max"):
            self.refuse(f"{name}() takes one size")
        return function(*arguments)

    def applied(self, left: Any, sign: str, right: Any) -> Any:
        """The result of one operator."""
        if sign == "**":
            if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MOST_BITS:
                self.refuse("a power too large to work out")
            return left**right
        try:
            return _APPLY[sign](left, right)
        except ZeroDivisionError:
            self.refuse("division by zero")


_APPLY = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": lambda left, right: left / right,
    "//": lambda left, right: left // right,
    "%": lambda left, right: left % right,
}
