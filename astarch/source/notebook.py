"""Notebooks: their code as one Python text, where each cell stands in it, and edits that leave the rest of the file as it is.

What only IPython understands becomes Python of the same number of lines: a magic or a shell line is a `pass`, what a name is
assigned from one is asked of IPython, which nobody knows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from json.decoder import JSONDecoder
from typing import NamedTuple

from ..ir.cells import Cell, Cells
from ..ir.diagnostic import Edit
from .index import SourceError

#: Magics of a whole cell that run it as Python in the notebook's own names; the code of any other is for something else.
_PYTHON_CELLS = re.compile(r"%%(time|timeit|capture|prun|debug)\b")
_LINE = re.compile(r"(\s*)(?:[%!?]|,\w|;\w)")
_HELP = re.compile(r"\s*[%\w.\[\]'\"*]+\?{1,2}\s*$")
_ASSIGNED = re.compile(r"(\s*[\w., ]+?\s*=\s*)[%!](?!=)")
_TIMED = re.compile(r"(\s*)%time (?=\w)")
_SPECIAL = re.compile(r"^\s*[%!?,;]|\?\s*$|=\s*[%!]|\b(?:display|get_ipython)\b", re.MULTILINE)
_TOKEN = re.compile(r"\\.|\"\"\"|'''|\"|'|#|[(\[{]|[)\]}]", re.DOTALL)

#: What a notebook has without an import; a line of its own, which belongs to no cell.
_GIVEN = "from IPython import get_ipython; from IPython.display import display"


class _Raw(NamedTuple):
    """A cell with code as the file holds it: its number, its lines, and where its source begins and ends in the file."""

    number: int
    lines: list[str]
    start: int
    end: int


def code_of(text: str, file: str) -> str:
    """The code of a notebook; every cell starts on a line of its own.

    Raises:
        SourceError: The text is not a notebook.
    """
    cells = _cells(text, file)
    found = "\n".join("\n".join(_as_python(cell.lines)) for cell in cells) + "\n"
    return f"{_GIVEN}\n{found}" if _is_given(cells) else found


def cells_of(text: str, file: str) -> Cells:
    """Where the cells of a notebook stand in its code.

    Raises:
        SourceError: The text is not a notebook.
    """
    cells = _cells(text, file)
    first, found = 1 + _is_given(cells), list[Cell]()
    for cell in cells:
        found.append(Cell(cell.number, first, tuple(_file_lines(text, cell))))
        first += len(cell.lines)
    return Cells(tuple(found))


def edited(text: str, file: str, edits: Iterable[Edit]) -> str:
    """A notebook with edits of its code; the cells without one, the outputs and the form of the file stay as they are.

    Raises:
        SourceError: The text is not a notebook.
    """
    cells, places = _cells(text, file), cells_of(text, file)
    by_cell: dict[int, list[Edit]] = {}
    for edit in edits:
        number, span = places.counted(edit.span)
        by_cell.setdefault(number, []).append(Edit(span, edit.text))
    for cell in reversed(cells):
        if cell.number in by_cell:
            source = _written("\n".join(cell.lines), by_cell[cell.number])
            text = text[: cell.start] + _as_before(text[cell.start : cell.end], source) + text[cell.end :]
    return text


# --- the file -------------------------------------------------------------------------------------------------------------


def _cells(text: str, file: str) -> list[_Raw]:
    """The cells with code, where they stand in the file."""
    try:
        notebook = json.loads(text)
        top = dict(_members(text, _past(text, 0)))
        if "cells" not in notebook:
            top = dict(_members(text, next(_elements(text, top["worksheets"]))))
        found: list[_Raw] = []
        for number, start in enumerate(_elements(text, top["cells"]), 1):
            cell, _ = _JSON.raw_decode(text, start)
            if cell.get("cell_type") != "code":
                continue
            members = dict(_members(text, start))
            place = members.get("source", members.get("input", start))
            source, end = _JSON.raw_decode(text, place)
            code = "".join(map(str, source)) if isinstance(source, list) else str(source)
            found.append(_Raw(number, str(code).split("\n"), place, end))
        return found
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, StopIteration, RecursionError) as error:
        raise SourceError(f"not a notebook: {type(error).__name__}: {error}", file) from None


_JSON = JSONDecoder()
_BLANK = re.compile(r"[ \t\n\r]*")


def _past(text: str, at: int) -> int:
    """Where the blanks end."""
    found = _BLANK.match(text, at)
    return at if found is None else found.end()


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """The keys of an object of JSON, and where their values begin."""
    at = _past(text, start + 1)
    while text[at] == '"':
        key, at = _JSON.raw_decode(text, at)
        at = _past(text, _past(text, at) + 1)
        yield key, at
        at = _next(text, at)


def _elements(text: str, start: int) -> Iterator[int]:
    """Where the elements of an array of JSON begin."""
    at = _past(text, start + 1)
    while text[at] != "]":
        yield at
        at = _next(text, at)


def _next(text: str, at: int) -> int:
    """Where what follows a value begins."""
    at = _past(text, _JSON.raw_decode(text, at)[1])
    return _past(text, at + 1) if text[at] == "," else at


def _file_lines(text: str, cell: _Raw) -> Iterator[int]:
    """For each line of a cell, the line of the file."""
    line = text.count("\n", 0, cell.start) + 1
    if text[cell.start : cell.start + 1] != "[":
        yield from [line] * len(cell.lines)
        return
    at, rest = cell.start, len(cell.lines)
    for place in _elements(text, cell.start):
        line, at = line + text.count("\n", at, place), place
        for _ in range(min(str(_JSON.raw_decode(text, place)[0]).count("\n"), rest)):
            rest -= 1
            yield line
    yield from [line] * rest


def _written(source: str, edits: list[Edit]) -> str:
    starts = [0]
    for line in source.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(edits, key=lambda edit: edit.span[1:], reverse=True):
        start, end = starts[edit.span.line - 1] + edit.span.column - 1, starts[edit.span.end_line - 1] + edit.span.end_column - 1
        source = source[:start] + edit.text + source[end:]
    return source


def _as_before(old: str, source: str) -> str:
    """A source written as another was: a text, or a list of lines, each on a line of its own or not."""
    plain = old.isascii() and "\\u" in old
    if not old.startswith("["):
        return json.dumps(source, ensure_ascii=plain)
    lines = [json.dumps(line, ensure_ascii=plain) for line in source.splitlines(keepends=True)]
    opening, closing = re.match(r"\[(\s*)", old), re.search(r"(\s*)\]$", old)
    before, after = opening[1] if opening else "", closing[1] if closing else ""
    between = f",{before}" if before else ", " if '", "' in old else ","
    return f"[{before}{between.join(lines)}{after}]"


# --- the code -------------------------------------------------------------------------------------------------------------


def _is_given(cells: list[_Raw]) -> bool:
    return any(_SPECIAL.search("\n".join(cell.lines)) for cell in cells)


def _as_python(lines: list[str]) -> list[str]:
    """The lines of a cell, those for IPython in other words."""
    if not _SPECIAL.search("\n".join(lines)):
        return lines
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if lines[start].lstrip().startswith("%%"):
        if not _PYTHON_CELLS.match(lines[start].lstrip()):
            return [""] * len(lines)
        lines = [*lines[:start], "", *lines[start + 1 :]]
    found: list[str] = []
    quote, depth, goes_on, blank = "", 0, False, False
    for line in lines:
        if blank:
            found.append("")
            blank = line.endswith("\\")
            continue
        new = line if quote or depth or goes_on else _in_other_words(line)
        blank = new is not line and line.endswith("\\")
        found.append(new)
        quote, depth = _open_after(new, quote, depth)
        goes_on = not blank and new.endswith("\\") and not quote
    return found


def _in_other_words(line: str) -> str:
    """A line that begins a statement, without what only IPython understands."""
    timed = _TIMED.match(line)
    if timed is not None:
        return f"{timed[1]}if 1: {line[timed.end() :]}"  # as many characters: columns stay
    special = _LINE.match(line)
    if special is not None or _HELP.match(line):
        return line[: len(line) - len(line.lstrip())] + "pass"
    assigned = _ASSIGNED.match(line)
    return f"{assigned[1]}get_ipython().getoutput({line[assigned.end() :]!r})" if assigned is not None else line


def _open_after(line: str, quote: str, depth: int) -> tuple[str, int]:
    """The quote of a text that goes on after a line, and how many brackets are open."""
    for token in _TOKEN.findall(line):
        if quote:
            quote = "" if token == quote else quote
        elif token == "#":
            break
        elif token in ('"', "'", '"""', "'''"):
            quote = token
        elif token in "([{":
            depth += 1
        elif token in ")]}":
            depth = max(depth - 1, 0)
    return quote if len(quote) == 3 else "", depth
