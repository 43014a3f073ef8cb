"""A file in parts, by its text alone: what it defines and binds at its top level, name by name, and all the rest.

Most of what is found in other files does not depend on a whole file: readings run some of its definitions and ask for some of its
names, rules look into its classes. A change matters to them when it touches those. A part begins at a line that is not indented and
not inside of a text in quotes.
"""

from __future__ import annotations

import builtins
import hashlib
import re
from collections.abc import Iterable, Iterator
from keyword import iskeyword
from pathlib import Path
from typing import NamedTuple

import msgspec

from ..ir.dependence import ALL_NAMES, ANYTHING
from .stamps import content_of

#: Names that say what other names of a module mean, or which there are.
_RULING = frozenset({"__all__", "__getattr__", "__path__"})

#: Code with short texts in it; a long text; a comment; a sign that begins neither.
_SCANNED = re.compile(
    r"""((?:[^"'#]+|"(?!"")[^"\\\n]*(?:\\.[^"\\\n]*)*"|'(?!'')[^'\\\n]*(?:\\.[^'\\\n]*)*')+)"""
    r'''|("""[^"\\]*(?:(?:\\.|"(?!""))[^"\\]*)*"""|\'\'\'[^'\\]*(?:(?:\\.|'(?!''))[^'\\]*)*\'\'\')'''
    r"|(\#[^\n]*)|.",
    re.DOTALL,
)
_START = re.compile(r"^(?=[^\s)\]}])", re.MULTILINE)
_DEFINES = re.compile(r"(?:async\s+)?(?:def|class)\s+(\w+)")
_HEAD = re.compile(r"(?:@(?s:.)*?^)?(?:(?:async\s+)?def\b|class\b[^:]*)", re.MULTILINE)
_BINDS = re.compile(r"(\w+)\s*(?::[^=]*=(?!=)|=(?!=)|(?:[-+*/%@&|^]|//|\*\*|<<|>>)=)")
_WORD = re.compile(r"\w+")

#: Wherever they stand, imports say what names mean; and a class in a function is found by its name as well.
_IMPORTS = re.compile(r"^[ \t]*(?:from[ \t]+([.\w \t]+?)[ \t]+)?import\b[ \t]*(\([^)]*\)|[^\n;(]*)(.*)$", re.MULTILINE)
_ALIAS = re.compile(r"([\w.]+)(?:\s+as\s+(\w+))?\Z")
_INNER = re.compile(r"^[ \t]+class\s+(\w+)", re.MULTILINE)


class Parts(msgspec.Struct, array_like=True, gc=False):
    """What a file is made of, each text by its digest.

    Args:
        frame: What neither defines nor binds names for all to see: conditions, calls, imports of everything.
        heads: Decorators, and what classes inherit from: these may put definitions into registries.
        order: The names in the order in which they are bound; empty ones for what stands between.
        definitions: By name, what defines or binds it.
    """

    frame: bytes
    heads: bytes
    order: list[str]
    definitions: dict[str, bytes]

    def changed(self, old: Parts, text: str) -> frozenset[str] | None:
        """The names of which something is not what it was; None where more than these changed.

        Args:
            old: What the file was made of before.
            text: What stands in it now.
        """
        both = self.definitions.keys() & old.definitions.keys()
        moved = [name for name in self.order if not name or name in both] != [name for name in old.order if not name or name in both]
        if moved or self.frame != old.frame:
            return None
        others = self.definitions.keys() ^ old.definitions.keys()
        names = others | {name for name in both if self.definitions[name] != old.definitions[name]}
        if not _RULING.isdisjoint(names) or any(hasattr(builtins, name) for name in others):
            return None
        found = _with_what_mentions(names, others, text)
        if found is None:
            return None
        listed = others or self.heads != old.heads
        return frozenset({*found, *([ALL_NAMES] if listed else []), *([ANYTHING] if names else [])})


def taken_apart(path: str | Path) -> tuple[str, bytes]:
    """The name of the content of a file, and its parts as they are kept; empty for one that cannot be read."""
    try:
        data = Path(path).read_bytes()
    except OSError:
        return "", b""
    return content_of(data), msgspec.msgpack.encode(parts_of(data.decode("utf-8", "replace")))


def parts_of(text: str) -> Parts:
    """The parts of a text."""
    frame: list[str] = []
    heads: list[str] = []
    order: list[str] = []
    texts: dict[str, list[str]] = {}
    for piece in _pieces(text):
        if not piece.names:
            frame.append(piece.text)
            order.append("")
        for name, said in piece.names:
            texts.setdefault(name, []).append(said)
            order.append(name)
        heads += _HEAD.findall(piece.text)[:1] if piece.defines else []
    return Parts(_digest(frame), _digest(heads), order, {name: _digest(said) for name, said in texts.items()})


def _with_what_mentions(names: set[str], others: set[str], text: str) -> set[str] | None:
    """Names, and those whose definitions mean something else by them; None where what stands between does.

    A function that does something else is run, or looked into, by whom that matters to; a name that is bound to something else, that
    is new or gone, changes what stands there unchanged.
    """
    pieces = list(_pieces(text))
    defined = {name for piece in pieces if piece.defines for name, _ in piece.names}
    bound = {name for name in names if name in others or name not in defined}
    words = [frozenset(_WORD.findall(piece.text)) for piece in pieces] if bound else []
    while bound:
        found: set[str] = set()
        for piece, mentioned in zip(pieces, words, strict=True):
            if bound.isdisjoint(mentioned):
                continue
            if not piece.names:
                return None
            new = {name for name, said in piece.names if not bound.isdisjoint(_WORD.findall(said))} - names
            names = names | new
            found |= set() if piece.defines else new
        bound = found
    return names


class _Piece(NamedTuple):
    """A statement at the top level.

    Args:
        text: It.
        names: The names that it binds, each with what it is bound to.
        defines: Whether it is a function or a class.
    """

    text: str
    names: list[tuple[str, str]]
    defines: bool


def _pieces(text: str) -> Iterator[_Piece]:
    """What stands at the top level, and imports wherever they stand; decorators belong to what they decorate."""
    before = ""
    for piece in _START.split(_bare(text)):
        block = before + piece.rstrip()
        if piece.startswith("@"):
            before = block + "\n"
            continue
        before = ""
        found = _DEFINES.match(piece)
        if found is not None:
            inner = _INNER.findall(block) if found[0][0] != "c" and "class" in block else []
            yield _Piece(block, [(name, block) for name in (found[1], *inner)], True)
            for each in _IMPORTS.finditer(block) if "import" in block else ():
                yield _Piece(each[0], _imported(each), False)
        elif block:
            yield _Piece(block, _bound(block), False)
    if before:
        yield _Piece(before, [], False)


def _bare(text: str) -> str:
    """A text without comments and empty lines, every long text in it on one line."""
    parts: list[str] = []
    for found in _SCANNED.finditer(text):
        if found.lastindex == 2:
            parts.append(found[0].replace("\n", "\0"))
        elif found.lastindex != 3:
            parts.append(found[0].replace("\\\n", "\0 "))
        elif parts:
            parts[-1] = parts[-1].rstrip()
    bare = "".join(parts)
    while "\n\n" in bare:
        bare = bare.replace("\n\n", "\n")
    return bare


def _bound(block: str) -> list[tuple[str, str]]:
    """The names that a statement binds; none for one that does more than that."""
    if block[0] in "\"'" and "\n" not in block:
        return [("__doc__", block)]
    imports = _IMPORTS.match(block)
    if imports is not None:
        return _imported(imports) if imports.end() == len(block) else []
    names: list[str] = []
    rest = block
    while (found := _BINDS.match(rest)) is not None:
        names.append(found[1])
        rest = rest[found.end() :].lstrip()
    return [] if ";" in block or any(map(iskeyword, names)) else [(name, block) for name in names]


def _imported(found: re.Match[str]) -> list[tuple[str, str]]:
    """The names that an import binds; none for all that a module has, and for what is not understood."""
    module, listed, rest = found.groups()
    names: list[tuple[str, str]] = []
    for text in listed.strip("() \t\n").rstrip(", \t\n").split(","):
        alias = _ALIAS.match(text.strip())
        if alias is None or rest.strip():
            return []
        name = alias[2] or (alias[1] if module else alias[1].partition(".")[0])
        names.append((name, f"{module or ''} import {text.strip()}"))
    return names


def _digest(texts: Iterable[str]) -> bytes:
    return hashlib.blake2b("\0".join(texts).encode("utf-8", "surrogatepass"), digest_size=8).digest()
