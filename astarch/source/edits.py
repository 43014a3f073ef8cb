"""Edits of source by place: everything else stays as it is written, and what is no longer Python is not kept."""

from __future__ import annotations

from collections.abc import Iterable

from ..ir.diagnostic import Edit, Fix
from ..ir.parsing import parsed


def apply(text: str, fixes: Iterable[Fix]) -> tuple[str, list[Fix]]:
    """A text with fixes applied, and the fixes that were: one that overlaps another, or breaks the syntax, is left out.

    >>> from astarch.ir.span import Span
    >>> apply("a = [1]\\n", [Fix("call", (Edit(Span("", 1, 5, 1, 5), "("),))])[0]
    'a = [1]\\n'
    """
    done: list[Fix] = []
    taken: list[tuple[int, int]] = []
    edits: list[tuple[int, int, str]] = []
    starts = _line_starts(text)
    for fix in fixes:
        places = [(*_range(starts, edit, len(text)), edit.text) for edit in fix.edits]
        if any(_overlap(place, other) for place in places for other in taken):
            continue
        if _parses(_written(text, [*edits, *places])):
            edits += places
            taken += [(start, end) for start, end, _ in places]
            done.append(fix)
    return _written(text, edits), done


def _written(text: str, edits: list[tuple[int, int, str]]) -> str:
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], edit[1]), reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _overlap(place: tuple[int, int, str], other: tuple[int, int]) -> bool:
    start, end, _ = place
    return (start < other[1] and other[0] < end) or (start, end) == other


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _range(starts: list[int], edit: Edit, length: int) -> tuple[int, int]:
    start = starts[edit.span.line - 1] + edit.span.column - 1
    end = starts[min(edit.span.end_line, len(starts)) - 1] + edit.span.end_column - 1
    return min(start, length), min(end, length)


def _parses(text: str) -> bool:
    try:
        parsed(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
