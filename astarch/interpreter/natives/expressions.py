"""How long a regular expression may take: an upper bound read off its parse tree, before the host runs it."""

from __future__ import annotations

import re
from functools import lru_cache
from math import comb
from typing import Any

try:
    from re import _parser as parser  # type: ignore[attr-defined]
except ImportError:  # Python 3.10
    import sre_parse as parser  # type: ignore[no-redef]

#: ASCII, and one more for everything beyond.
_ALL = frozenset(range(129))
#: The longest text for an expression that can take exponential time.
_EXPONENTIAL_TEXT = 20
_LARGEST_COST = 300_000_000

_CATEGORIES = {
    "CATEGORY_DIGIT": frozenset(range(48, 58)), "CATEGORY_SPACE": frozenset(map(ord, " \t\n\r\f\v")),
    "CATEGORY_WORD": frozenset(c for c in range(128) if chr(c).isalnum() or c == 95),
}  # fmt: skip


def _category(name: str) -> frozenset[int]:
    if name in _CATEGORIES:
        return _CATEGORIES[name] | {128}
    positive = _CATEGORIES.get(name.replace("_NOT_", "_"))
    return _ALL if positive is None else _ALL - positive


def _literal(code: int) -> frozenset[int]:
    if code > 127:
        return frozenset((128,))
    return frozenset((code, ord(chr(code).swapcase()))) | frozenset((128,) if chr(code) in "iIkKsS" else ())


def _of_set(items: Any) -> frozenset[int]:
    found: frozenset[int] = frozenset()
    negated = False
    for op, argument in items:
        name = str(op)
        if name == "NEGATE":
            negated = True
        elif name == "LITERAL":
            found |= _literal(argument)
        elif name == "RANGE":
            found |= frozenset().union(*(_literal(code) for code in range(argument[0], min(argument[1], 128) + 1)))
        elif name == "CATEGORY":
            found |= _category(str(argument))
    return (_ALL - found) | {128} if negated else found


def _bodies(name: str, argument: Any) -> list[Any]:
    """The sequences inside one item of a parse tree."""
    if name == "SUBPATTERN":
        return [argument[-1]]
    if name == "ATOMIC_GROUP":
        return [argument]
    if name == "BRANCH":
        return list(argument[1])
    if name == "GROUPREF_EXISTS":
        return [part for part in argument[1:] if part is not None]
    return [argument[2]] if name.endswith("REPEAT") else []


def _first(items: Any) -> tuple[frozenset[int], bool]:
    """The characters a sequence can begin with, and whether it can be empty."""
    found: frozenset[int] = frozenset()
    for op, argument in items:
        chars, empty = _first_of(str(op), argument)
        found |= chars
        if not empty:
            return found, False
    return found, True


def _first_of(name: str, argument: Any) -> tuple[frozenset[int], bool]:
    if name == "LITERAL":
        return _literal(argument), False
    if name in ("NOT_LITERAL", "ANY"):
        return _ALL, False
    if name == "IN":
        return _of_set(argument), False
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return frozenset(), True
    bodies = [_first(body) for body in _bodies(name, argument)]
    if not bodies:
        return _ALL, True
    chars = frozenset().union(*(chars for chars, _ in bodies))
    empty = any(empty for _, empty in bodies) or (name.endswith("REPEAT") and argument[0] == 0)
    return chars, empty or (name == "GROUPREF_EXISTS" and len(bodies) < 2)


class _Count:
    """What was found: choices that can be taken back at any length, and whether they multiply."""

    def __init__(self) -> None:
        self.degree = 0
        self.exponential = False


def _walk(items: Any, follow: frozenset[int], looped: bool, count: _Count) -> None:
    """Count the repetitions whose end is not told by the character that follows."""
    for op, argument in reversed(list(items)):
        name = str(op)
        chars, empty = _first_of(name, argument)
        if name.endswith("REPEAT"):
            least, most, body = argument
            if least != most:
                if chars & follow or _first(body)[1]:  # a body that may be empty can be left at any time
                    count.exponential |= looped
                    count.degree += 1
                _walk(body, follow | chars, looped or most > 1, count)
            else:
                _walk(body, follow | chars, looped, count)
        elif name in ("ASSERT", "ASSERT_NOT"):
            _walk(argument[1], _ALL, looped, count)
        else:
            bodies = _bodies(name, argument)
            if name == "BRANCH":
                firsts = [_first(body) for body in bodies]
                starts = [chars | follow if empty else chars for chars, empty in firsts]
                if any(a & b for i, a in enumerate(starts) for b in starts[:i]):
                    count.exponential |= looped
                    count.degree += 1
            for body in bodies:
                _walk(body, follow, looped, count)
        follow = chars | follow if empty else chars


@lru_cache(maxsize=1000)
def _measured(pattern: Any, flags: int) -> tuple[int, bool]:
    count = _Count()
    _walk(parser.parse(pattern, flags), frozenset(), False, count)
    return count.degree, count.exponential


def is_affordable(expression: re.Pattern[Any], length: int) -> bool:
    """Whether searching a text of that length ends soon, whatever the text."""
    degree, exponential = _measured(expression.pattern, expression.flags)
    if exponential:
        return length <= _EXPONENTIAL_TEXT
    return comb(length + degree + 2, degree + 2) <= _LARGEST_COST
