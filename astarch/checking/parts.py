"""A file in parts, by its text alone: its top-level functions and classes, and all the rest.

Most of what is found in other files does not depend on a whole file: readings run some of its definitions, rules look into its
classes. A change matters to them when it touches those. A part begins at a line that is not indented; what looks like one inside a
text in quotes only makes more parts, never fewer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator

import msgspec

_START = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
_DEFINES = re.compile(r"(?:async\s+)?(def|class)\s+(\w+)")
_COMMENT = re.compile(r"^[ \t]*#.*$\n?", re.MULTILINE)


class Parts(msgspec.Struct, array_like=True, gc=False):
    """What a file is made of, each text by its digest.

    Args:
        rest: Everything but definitions: imports, constants, conditions.
        functions: By name, what stands in it, and what of it says what it gives.
        classes: By name, what stands in it.
    """

    rest: str
    functions: dict[str, tuple[str, str]]
    classes: dict[str, str]

    def fingerprint(self, names: Collection[str]) -> str:
        """What changes when something does that a reading met which ran these definitions."""
        defined = [*self.functions, "", *self.classes]
        texts = [self.functions[name][0] if name in self.functions else self.classes.get(name, "") for name in sorted(names)]
        return _digest([self.rest, *defined, *texts])

    def changed(self, old: Parts) -> frozenset[str] | None:
        """The names of what rules may see differently in other files; None when that may be anything."""
        if self.rest != old.rest:
            return None
        names = self.classes.keys() | old.classes.keys() | self.functions.keys() | old.functions.keys()
        seen = lambda parts, name: (parts.classes.get(name), parts.functions.get(name, ("", ""))[1])  # noqa: E731
        return frozenset(name for name in names if seen(self, name) != seen(old, name))


def parts_of(text: str) -> Parts:
    """The parts of a text."""
    rest: list[str] = []
    functions: dict[str, tuple[str, str]] = {}
    classes: dict[str, str] = {}
    for kind, name, block in _blocks(text):
        if kind == "class":
            classes[name] = _digest([classes.get(name, ""), block])
        elif kind == "def":
            before = functions.get(name, ("", ""))
            functions[name] = _digest([before[0], block]), _digest([before[1], *_giving(block)])
        else:
            rest.append(block)
    return Parts(_digest(rest), functions, classes)


def classes_in(text: str) -> Iterator[tuple[str, str]]:
    """The top-level classes of a text, and what stands in each."""
    return ((name, block) for kind, name, block in _blocks(text) if kind == "class")


def _blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, name and text of every part; decorators belong to what they decorate."""
    before = ""
    for piece in _START.split(text):
        block = before + _COMMENT.sub("", piece).rstrip()
        if piece.startswith("@"):
            before = block + "\n"
            continue
        before = ""
        found = _DEFINES.match(piece)
        yield (found[1], found[2], block) if found is not None else ("", "", block)
    if before:
        yield "", "", before


def _giving(block: str) -> Iterator[str]:
    """The lines of a function that say what it takes and gives: its head, what it returns, and what names it binds."""
    lines = block.split("\n")
    yield lines[0]
    yield from (line for line in lines if "return" in line or re.match(r"\s+\w+\s*=[^=]", line))


def _digest(texts: Iterable[str]) -> str:
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()
