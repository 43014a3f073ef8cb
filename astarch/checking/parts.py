"""A file in parts, by its text alone: its top-level functions and classes, and all the rest.

Most of what is found in other files does not depend on a whole file: readings run some of its definitions, rules look into its
classes. A change matters to them when it touches those. A part begins at a line that is not indented; what looks like one inside a
text in quotes only makes more parts, never fewer.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import msgspec

_START = re.compile(r"^(?=[^\s#)\]}])", re.MULTILINE)
_DEFINES = re.compile(r"(?:async\s+)?(def|class)\s+(\w+)")

#: Lines that are only a comment; what stands in a longer text looks like one and is none.
_COMMENT = re.compile(r"(\"\"\"[\s\S]*?\"\"\"|'''[\s\S]*?''')|^[ \t]*#.*$\n?", re.MULTILINE)

#: Wherever they stand, imports say what names mean; and a class in a function is found by its name as well.
_IMPORTS = re.compile(r"^.*\bimport\b[^\n(]*(?:\([^)]*\))?", re.MULTILINE)
_INNER = re.compile(r"^[ \t]+class\s+(\w+)", re.MULTILINE)


class Parts(msgspec.Struct, array_like=True, gc=False):
    """What a file is made of, each text by its digest.

    Args:
        frame: Everything but what stands in definitions: imports, constants, conditions, and the names of the definitions in order.
        definitions: By name, what stands in it.
    """

    frame: bytes
    definitions: dict[str, bytes]

    def changed(self, old: Parts) -> frozenset[str] | None:
        """The definitions that are not what they were; None where more than these changed."""
        if self.frame != old.frame:
            return None
        return frozenset(name for name, text in self.definitions.items() if text != old.definitions[name])


def parts_of(text: str) -> Parts:
    """The parts of a text."""
    frame: list[str] = []
    texts: dict[str, list[str]] = {}
    for kind, name, block in _blocks(text.replace("\\\n", "\0 ")):
        if not kind:
            frame.append(block)
            continue
        inner = _INNER.findall(block) if kind == "def" else []
        frame += [kind, name, *inner, *_IMPORTS.findall(block)]
        for each in (name, *inner):
            texts.setdefault(each, []).append(block)
    return Parts(_digest(frame), {name: _digest(blocks) for name, blocks in texts.items()})


def _blocks(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, name and text of every part; decorators belong to what they decorate."""
    before = ""
    if "#" in text:
        text = _COMMENT.sub(lambda found: found[1] or "", text)
    for piece in _START.split(text):
        block = before + piece.rstrip()
        if piece.startswith("@"):
            before = block + "\n"
            continue
        before = ""
        found = _DEFINES.match(piece)
        yield (found[1], found[2], block) if found is not None else ("", "", block)
    if before:
        yield "", "", before


def _digest(texts: Iterable[str]) -> bytes:
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
