"""Marker blocks in documents, whose contents are made from source and kept fresh.

    <!-- astarch:begin model=net.py:Net input=1,3,32,32 view=table -->
    whatever stood here is replaced
    <!-- astarch:end -->

Blocks inside fenced code are left alone, so that documents can explain themselves.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..ir.architecture import Architecture
from .views import SHORT, VIEWS, view

_BEGIN = re.compile(r"<!--\s*astarch:begin\b(.*?)-->", re.DOTALL)
_END = re.compile(r"<!--\s*astarch:end\s*-->")
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)", re.MULTILINE)
_OPTIONS = ("model", "view", "input", "depth", "direction", "with")


class BlockError(ValueError):
    """A marker that cannot be understood; says the line."""


@dataclass(frozen=True, slots=True)
class Block:
    """One pair of markers.

    Args:
        line: That of the opening marker.
        start: Where what is between the markers begins.
        end: Where it ends.
        options: What the opening marker says; ``input`` and ``with`` may come several times.
    """

    line: int
    start: int
    end: int
    options: Mapping[str, str] = field(default_factory=dict[str, str])
    inputs: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def view(self) -> str:
        """What it shows."""
        return self.options.get("view", "table")


@dataclass(frozen=True, slots=True)
class Stale:
    """A block whose contents are not what they should be."""

    line: int
    was: str
    is_now: str


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a document, in order.

    Raises:
        BlockError: A marker is not closed, or asks for what there is not.
    """
    fenced = _fenced(text)
    for begin in _BEGIN.finditer(text):
        if any(start <= begin.start() < end for start, end in fenced):
            continue
        line = text.count("\n", 0, begin.start()) + 1
        end = _END.search(text, begin.end())
        if end is None:
            raise BlockError(f"line {line}: `astarch:begin` has no `astarch:end`")
        yield _block(begin[1], line, begin.end(), end.start())


def _block(words: str, line: int, start: int, end: int) -> Block:
    options: dict[str, str] = {}
    inputs: list[str] = []
    names: list[str] = []
    for word in shlex.split(words):
        key, sign, value = word.partition("=")
        if not sign or key not in _OPTIONS:
            raise BlockError(f"line {line}: `{word}` is none of {', '.join(_OPTIONS)}")
        if key in ("input", "with"):
            (inputs if key == "input" else names).append(value)
        else:
            options[key] = value
    if "model" not in options:
        raise BlockError(f"line {line}: `model=` is missing")
    found = Block(line, start, end, options, tuple(inputs), tuple(names))
    if found.view not in VIEWS:
        raise BlockError(f"line {line}: there is no view `{found.view}`; there are {', '.join(VIEWS)}")
    depth = options.get("depth")
    if depth is not None and not depth.isdecimal():
        raise BlockError(f"line {line}: the depth `{depth}` is no number")
    return found


def _fenced(text: str) -> list[tuple[int, int]]:
    """Where fenced code stands."""
    found: list[tuple[int, int]] = []
    start, sign = -1, ""
    inside_block = False
    spans = sorted([(m.start(), "begin", "") for m in _BEGIN.finditer(text)] + [(m.start(), "end", "") for m in _END.finditer(text)]
                   + [(m.start(), "fence", m[1]) for m in _FENCE.finditer(text)])  # fmt: skip
    for place, kind, mark in spans:
        if kind == "fence" and not inside_block:
            if start < 0:
                start, sign = place, mark[:3]
            elif mark.startswith(sign):
                found.append((start, place))
                start = -1
        elif start < 0 and kind != "fence":
            inside_block = kind == "begin"
    return [*found, (start, len(text))] if start >= 0 else found


def refreshed(
    text: str,
    read: Callable[[Block], Architecture],
    sources: Callable[[Architecture], Mapping[str, str]] = lambda architecture: {},
) -> tuple[str, list[Stale]]:
    """The document with fresh contents, and what was stale.

    Args:
        text: The document.
        read: Reads the model that a block names.
        sources: Text of the files that the findings of a model stand in.
    """
    pieces: list[str] = []
    stale: list[Stale] = []
    done = 0
    for block in blocks(text):
        depth = block.options.get("depth")
        architecture = read(block)
        made = view(
            architecture,
            block.view,
            depth=int(depth) if depth else None,
            direction=block.options.get("direction", "TB"),
            sources=sources(architecture),
        )
        was = text[block.start : block.end]
        fresh = made if block.view in SHORT and "\n" not in was else f"\n\n{made}\n\n"
        if fresh != was:
            stale.append(Stale(block.line, was.strip(), made))
        pieces += [text[done : block.start], fresh]
        done = block.end
    return "".join([*pieces, text[done:]]), stale
