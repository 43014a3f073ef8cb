"""Findings as frames of source lines, in the style of rustc: what, where, the way the number took, what would mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..ir.cells import Cells
from ..ir.diagnostic import Diagnostic, Fix
from ..ir.span import Span
from .paint import Page, clean

_TAB = "    "


@dataclass(frozen=True, slots=True)
class _Mark:
    """A range of one line to underline, and what to say of it."""

    line: int
    start: int
    end: int
    message: str
    primary: bool


def frame(finding: Diagnostic, sources: Mapping[str, str], page: Page, cells: Mapping[str, Cells] | None = None) -> str:
    """One finding.

    Args:
        finding: What to show.
        sources: Text of the files it mentions, by path; a file that is missing is only named.
        page: What it is written on.
        cells: Of notebooks, where their cells stand in the text: lines are counted in them.
    """
    style = finding.severity if finding.severity in ("error", "warning") else "info"
    code = " ".join(part for part in (finding.code, finding.name) if part)
    label = f"{finding.severity}[{code}]" if code else finding.severity
    title = wrapped(f"{label}: {clean(finding.message)}", page.width)
    lines = [page.paint(label, style) + page.paint(title[0][len(label) :], "strong")]
    lines += [f"  {page.paint(piece, 'strong')}" for piece in title[1:]]
    lines += _places(finding, sources, page, style, cells or {})
    for assumption in finding.assumptions:
        lines += _remark("assumed", "strong", assumption, finding, page)
    if finding.help and finding.fix is None:  # what a fix does needs no saying twice
        lines += _remark("help", "help", finding.help, finding, page)
    if finding.fix is not None:
        lines += _remark("fix" if finding.fix.safe else "unsafe fix", "help", finding.fix.title, finding, page)
        lines += _mended(finding, finding.fix, sources, page, cells or {})
    return "\n".join(lines)


def frames(findings: Iterable[Diagnostic], sources: Mapping[str, str], page: Page, cells: Mapping[str, Cells] | None = None) -> str:
    """Several findings, an empty line between them."""
    return "\n\n".join(frame(finding, sources, page, cells) for finding in findings)


def _remark(word: str, style: str, text: str, finding: Diagnostic, page: Page) -> list[str]:
    """A line that hangs below the source lines, wrapped under its own beginning."""
    margin = " " * _gutter(finding)
    first, *more = wrapped(f"{word}: {clean(text)}", max(page.width - len(margin) - 3, 20))
    word = first[: len(word)]
    lines = [f"{margin} {page.paint('=', 'gutter')} {page.paint(word, style)}{first[len(word) :]}"]
    return lines + [f"{margin}     {piece}" for piece in more]


def _mended(finding: Diagnostic, fix: Fix, sources: Mapping[str, str], page: Page, cells: Mapping[str, Cells]) -> list[str]:
    """The lines as a fix would write them, when they are few."""
    text = sources.get(finding.span.file, "").splitlines()
    first, last = min(edit.span.line for edit in fix.edits), max(edit.span.end_line for edit in fix.edits)
    if last > len(text) or any(edit.span.file != finding.span.file for edit in fix.edits):
        return []
    mended = "\n".join(text[first - 1 : last])
    starts = [0]
    for line in text[first - 1 : last]:
        starts.append(starts[-1] + len(line) + 1)
    for edit in sorted(fix.edits, key=lambda edit: edit.span[1:], reverse=True):
        start, end = (starts[line - first] + column - 1 for line, column in (edit.span[1:3], edit.span[3:]))
        mended = mended[:start] + edit.text + mended[end:]
    new = mended.splitlines()
    while new and first <= last and new[0] == text[first - 1]:
        new, first = new[1:], first + 1
    while new and first <= last and new[-1] == text[last - 1]:
        new, last = new[:-1], last - 1
    if len(new) > _MOST_MENDED:
        return []
    width, before = _gutter(finding), _home(finding.span, cells)[1]
    room = max(page.width - width - 3, 20)
    shown = [page.fit(clean(line.replace("\t", _TAB)), room) for line in new]
    return [
        f"{page.paint(f'{first - before + place:>{width}} +', 'help')} {page.paint(line, 'help')}".rstrip()
        for place, line in enumerate(shown)
    ]


#: More lines than these of a fix are not shown.
_MOST_MENDED = 5


def _gutter(finding: Diagnostic) -> int:
    return len(str(max([finding.span.line, *(note.span.line for note in finding.notes)])))


def _places(finding: Diagnostic, sources: Mapping[str, str], page: Page, style: str, cells: Mapping[str, Cells]) -> list[str]:
    """The places file by file, that of the finding first, each file's lines in order; of a notebook, cell by cell."""
    by_file: dict[tuple[str, int], list[tuple[Span, str, bool]]] = {}
    own = [note.message for note in finding.notes if note.span == finding.span]
    if finding.span.line:
        by_file[_home(finding.span, cells)] = [(finding.span, "; ".join(own), True)]
    loose: list[str] = []
    for note in finding.notes:
        if not note.span.line:
            loose.append(note.message)
        elif note.span != finding.span:
            by_file.setdefault(_home(note.span, cells), []).append((note.span, note.message, False))
    width = _gutter(finding)
    lines: list[str] = []
    for number, ((file, before), spans) in enumerate(by_file.items()):
        opening = page.glyphs.tee if number else page.glyphs.corner
        first = spans[0][0]
        cell = f"cell {cells[file].of(first.line).number}:" if file in cells else ""
        lines.append(f"{' ' * width} {page.paint(opening, 'gutter')} {clean(file)}:{cell}{first.line - before}:{first.column}")
        lines += _excerpt(spans, sources.get(file), page, style, width, before)
    for message in loose:
        lines += _remark("note", "strong", message, finding, page)
    return lines


def _home(span: Span, cells: Mapping[str, Cells]) -> tuple[str, int]:
    """The file of a span, and how many lines of its text come before those it is counted in."""
    return span.file, cells[span.file].of(span.line).first - 1 if span.file in cells else 0


def _excerpt(spans: list[tuple[Span, str, bool]], source: str | None, page: Page, style: str, width: int, before: int) -> list[str]:
    text = source.splitlines() if source is not None else []
    bar = page.paint(page.glyphs.bar, "gutter")
    marks: dict[int, list[_Mark]] = {}
    lines: list[str] = []
    for span, message, primary in spans:
        if span.line > len(text):
            lines += [f"{' ' * width} {bar} line {span.line - before}: {clean(message)}"] if message else []
            continue
        marks.setdefault(span.line, []).append(_mark(span, text[span.line - 1], message, primary))
    previous = 0
    for number in sorted(marks):
        if previous and number > previous + 1:
            lines.append(f"{' ' * width} {page.paint(page.glyphs.dot, 'gutter')}")
        previous = number
        lines += _marked_line(number - before, text[number - 1], marks[number], page, style, width)
    return lines


def _mark(span: Span, line: str, message: str, primary: bool) -> _Mark:
    """Columns as they are printed, tabs widened."""
    start = len(line[: span.column - 1].replace("\t", _TAB))
    last = span.end_column - 1 if span.end_line == span.line else len(line.rstrip())
    end = len(line[:last].replace("\t", _TAB))
    return _Mark(span.line, start, max(end, start + 1), message, primary)


def _marked_line(number: int, line: str, marks: list[_Mark], page: Page, style: str, width: int) -> list[str]:
    bar = page.paint(page.glyphs.bar, "gutter")
    text = clean(line.rstrip().replace("\t", _TAB))
    room = max(page.width - width - 3, 20)
    shift = _shift(text, marks, room)
    shown = page.fit(text[shift:], room)
    lines = [f"{page.paint(f'{number:>{width}}', 'gutter')} {bar} {shown}"]
    for mark in sorted(marks, key=lambda mark: (mark.start, not mark.primary)):
        start, end = max(mark.start - shift, 0), max(min(mark.end - shift, room), mark.start - shift + 1)
        drawn = ("^" if mark.primary else "-") * (end - start)
        label, over = _label(mark.message, start, end, room)
        look = style if mark.primary else "info"
        lines.append(f"{' ' * width} {bar} {' ' * start}{page.paint(drawn, look)}{page.paint(label, look)}")
        lines += [f"{' ' * width} {bar} {piece}" for piece in over]
    return lines


def _shift(text: str, marks: list[_Mark], room: int) -> int:
    """How many leading characters to leave out so that the first mark can be seen: the indentation first."""
    if len(text) <= room:
        return 0
    first = min(mark.start for mark in marks)
    return min(len(text) - len(text.lstrip()), first) if first < room else max(first - room // 3, 0)


def _label(message: str, start: int, end: int, room: int) -> tuple[str, list[str]]:
    """The message beside its mark, or on lines of its own below it when there is no room."""
    message = clean(message)
    if not message:
        return "", []
    if end + 1 + len(message) <= room:
        return f" {message}", []
    indent = min(start, max(room - len(message), 0))
    return "", [" " * indent + piece for piece in wrapped(message, room - indent)]


def wrapped(text: str, width: int) -> list[str]:
    """The text in lines of at most the width, broken between words."""
    lines: list[str] = []
    line = ""
    for word in text.split(" "):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line]
