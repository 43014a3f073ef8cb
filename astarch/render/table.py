"""Laying the rows of a report out in columns that fit a page of any width."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..ir.dim import Dim
from ..ir.dim_polynomial import exact_quotient
from ..ir.span import Span
from .notation import arguments_text, count_text, shape_text, short_count, values_text
from .paint import Page, clean
from .rows import Row

_GAP = 2


@dataclass(frozen=True, slots=True)
class Table:
    """Painted lines, and what needs a word of explanation."""

    lines: list[str]
    notes: list[str]


@dataclass(slots=True)
class _Column:
    """One column: its heading, its cells, and how far it may shrink."""

    title: str
    cells: list[str]
    style: str = ""
    right: bool = False
    least: int = 0
    width: int = 0

    def measure(self) -> None:
        self.width = max(len(self.title), *(len(cell) for cell in self.cells))


def table(
    levels: Sequence[tuple[int, Row]], page: Page, *, forward: bool, heading: str = "", saved: bool = False, chosen: Sequence[str] = ()
) -> Table:
    """The rows as lines of at most the page's width.

    Args:
        levels: Rows with their level, in order.
        page: What they are written on.
        forward: Whether a forward was run, so that there are outputs to show.
        heading: The file that the heading names already.
        saved: Whether the rows are those of a saved model: tensors with their shapes and types.
        chosen: The columns beside the module, by their names in `COLUMNS`; without any, those that have something to say and fit.
    """
    shown = [row for _, row in levels]
    home = _home(shown)
    margins = _margins([level for level, _ in levels], page)
    if chosen:
        return _chosen(levels, chosen, page, home if home != heading else "")
    columns = [
        _Column("Module", [margin + _name(row, page, full=True) for margin, row in zip(margins, shown, strict=True)], "name", least=12),
        _Column("Type", [_type(row, page) for row in shown], "type", least=10),
        _Column("Line", [_line(row.place, home) for row in shown], "dim", right=True, least=4),
        _Column("Output", [_output(row, page, saved) for row in shown], least=8),
        _Column("Parameters", [_parameters(row, page) for row in shown], "number", right=True, least=6),
        _Column("MACs", [_macs(row, page) for row in shown], "number", right=True, least=4),
    ]
    if any(row.inbound is not None for row in shown) and not _is_chain(levels):
        columns.append(_Column("Connected to", [clean(", ".join(row.inbound or ())) for row in shown], "dim", least=10))
    if not forward:
        columns = [column for column in columns if column.title not in ("Output", "MACs")]
    columns = [
        column
        for column in columns
        if any(cell.strip() not in ("", page.glyphs.dash) for cell in column.cells) or column.title == "Parameters"
    ]
    short = [margin + _name(row, page, full=False) for margin, row in zip(margins, shown, strict=True)]
    _squeeze(columns, short, page)
    titles = {"Output": "Shape"} if saved else {}
    lines = [_joined([(titles.get(column.title, column.title), "dim", column) for column in columns], page)]
    lines += [_joined([(column.cells[number], _look(column, row), column) for column in columns], page) for number, row in enumerate(shown)]
    return Table(lines, _notes(shown, home if home != heading else ""))


#: What tells layers of Keras apart that bear the same name: Keras' own table does not.
_AGAIN = re.compile(r"#\d{1,9}$")
#: The columns that can be chosen, with the names by which torchinfo's users know them.
COLUMNS = {
    "type": (), "arguments": (), "line": (), "input": ("input_size",), "output": ("output_size",), "kernel": ("kernel_size",),
    "parameters": ("num_params", "params"), "share": ("params_percent",), "trainable": (), "macs": ("mult_adds",), "connected": (),
}  # fmt: skip


def _chosen(levels: Sequence[tuple[int, Row]], chosen: Sequence[str], page: Page, home: str) -> Table:
    """The columns that were asked for, in that order, as wide as they need to be."""
    shown = [row for _, row in levels]
    margins = _margins([level for level, _ in levels], page)
    total = sum(row.parameters * row.times for level, row in levels if level == 1)
    cells: dict[str, tuple[str, Callable[[Row], str], str, bool]] = {
        "type": ("Type", lambda row: clean(row.type), "type", False),
        "arguments": ("Arguments", lambda row: clean(arguments_text(dict(row.arguments), page.glyphs)), "type", False),
        "line": ("Line", lambda row: _line(row.place, _home(shown)), "dim", True),
        "input": ("Input", lambda row: _calls(row.inputs, page), "", False),
        "output": ("Output", lambda row: _output(row, page, False), "", False),
        "kernel": ("Kernel", lambda row: _kernel(row, page), "", False),
        "parameters": ("Parameters", lambda row: _parameters(row, page), "number", True),
        "share": ("Share", lambda row: _share(row, total, page), "number", True),
        "trainable": ("Trainable", lambda row: _trainable(row, page), "dim", False),
        "macs": ("MACs", lambda row: _macs(row, page), "number", True),
        "connected": ("Connected to", lambda row: clean(", ".join(row.inbound or ())), "dim", False),
    }
    names = [margin + _name(row, page, full=True) for margin, row in zip(margins, shown, strict=True)]
    columns = [_Column("Module", names, "name")]
    for title, cell, style, right in (cells[name] for name in chosen):
        columns.append(_Column(title, [cell(row) for row in shown], style, right))
    for column in columns:
        column.measure()
    lines = [_joined([(column.title, "dim", column) for column in columns], page)]
    lines += [_joined([(column.cells[number], _look(column, row), column) for column in columns], page) for number, row in enumerate(shown)]
    return Table(lines, _notes(shown, home))


def _kernel(row: Row, page: Page) -> str:
    size = dict(row.arguments).get("kernel_size")
    return page.glyphs.dash if size is None else page.glyphs.times.join(map(str, size if isinstance(size, (list, tuple)) else (size,)))


def _share(row: Row, total: int | Dim, page: Page) -> str:
    """Of all parameters, as far as both are numbers."""
    if not isinstance(row.parameters, int) or not isinstance(total, int) or not total or not row.parameters:
        return page.glyphs.dash
    share = f"{100 * row.parameters * row.times / total:.2f}%"
    return share if share != "0.00%" else "<0.01%"


def _trainable(row: Row, page: Page) -> str:
    whole = row.parameters + row.tied
    if isinstance(whole, int) and whole == 0:
        return page.glyphs.dash
    if isinstance(row.trainable, int) and row.trainable == 0:
        return "no"
    return "yes" if row.trainable == whole else "partly"


def _is_chain(levels: Sequence[tuple[int, Row]]) -> bool:
    """Whether each layer is fed by the one above it alone, so that nothing need be said."""
    latest: dict[int, str] = {}
    for level, row in levels:
        before = latest.get(level)
        latest = {other: name for other, name in latest.items() if other < level} | {level: row.name.rpartition("/")[2]}
        if row.inbound and before is not None and row.inbound != (before,):
            return False
    return True


def _squeeze(columns: list[_Column], short_names: list[str], page: Page) -> None:
    """Make the columns fit, the least telling loss first."""
    for column in columns:
        column.measure()
    by_title = {column.title: column for column in columns}

    def excess() -> int:
        return sum(column.width for column in columns) + _GAP * (len(columns) - 1) - page.width

    def shrink(title: str, least: int) -> None:
        column = by_title.get(title)
        if column in columns and excess() > 0:
            column.width = max(column.width - excess(), min(least, column.width))

    def drop(title: str) -> None:
        if excess() > 0 and by_title.get(title) in columns:
            columns.remove(by_title[title])

    def shorten() -> None:
        if excess() > 0:
            columns[0].cells = short_names
            columns[0].measure()

    steps: list[Callable[[], None]] = [
        lambda: shrink("Type", 34),
        shorten,
        lambda: shrink("Connected to", 30),
        lambda: shrink("Type", 20),
        lambda: shrink("Parameters", 24),
        lambda: shrink("Type", 16),
        lambda: shrink("Output", 18),
        lambda: drop("Line"),
        lambda: shrink("Connected to", 16),
        lambda: drop("MACs"),
        lambda: drop("Connected to"),
        lambda: shrink("Type", 9),
        lambda: shrink("Parameters", 16),
        lambda: shrink("Output", 12),
        lambda: drop("Type"),
        lambda: shrink("Parameters", 12),
        lambda: shrink("Module", 16),
        lambda: shrink("Module", 8),
        lambda: shrink("Output", 6),
        lambda: shrink("Parameters", 6),
    ]
    whole, all_columns = {column.title: column.width for column in columns}, list(columns)
    for step in steps:
        step()
    for title in ("Type", "Line", "Output"):  # room that a dropped column left
        column = by_title.get(title)
        if column in columns:
            column.width = min(whole[title], column.width + max(-excess(), 0))
        elif column is not None and excess() + column.width + _GAP <= 0:
            columns.insert(sum(one in columns for one in all_columns[: all_columns.index(column)]), column)


def _joined(cells: list[tuple[str, str, _Column]], page: Page) -> str:
    """One line: cells cut and filled to their columns' widths, painted after they are measured."""
    pieces: list[str] = []
    for text, style, column in cells:
        cut = page.fit(text, column.width)
        fill = " " * (column.width - len(cut))
        painted = page.paint(cut, style)
        pieces.append(f"{fill}{painted}" if column.right else f"{painted}{fill}")
    return (" " * _GAP).join(pieces).rstrip()


def _look(column: _Column, row: Row) -> str:
    if row.failed and column.title == "Output":
        return "error"
    return "dim" if row.kind != "module" and column.title in ("Module", "Type") else column.style


def _margins(levels: list[int], page: Page) -> list[str]:
    """The branches before each name; a level's line goes on while another row of it follows below the same parent."""
    margins: list[str] = []
    open_levels: set[int] = set()
    for level in reversed(levels):
        open_levels = {other for other in open_levels if other <= level}
        pieces = [page.glyphs.pipe if other in open_levels else page.glyphs.blank for other in range(2, level)]
        if level > 1:
            pieces.append(page.glyphs.branch if level in open_levels else page.glyphs.last)
        open_levels.add(level)
        margins.append("".join(pieces))
    return margins[::-1]


def _name(row: Row, page: Page, *, full: bool) -> str:
    if row.kind == "operation" and not row.name:
        return page.glyphs.dot
    name = _AGAIN.sub("", clean(row.name)) or "(root)"
    name = name if full else name.rpartition(".")[2]
    if not isinstance(row.repeats, int):
        return f"{name} {page.glyphs.times}{_count(row.repeats)}"
    if row.times == 1:
        return name
    first, last = row.name, row.last
    start = next(place for place in range(len(first), -1, -1) if not first[place - 1 : place].isdigit())
    return f"{name}{page.glyphs.dash}{last[start:]} {page.glyphs.times}{row.times}"


def _type(row: Row, page: Page) -> str:
    if row.kind == "module" and row.same_as is not None:
        return f"= {clean(row.same_as) or 'the model itself'}"
    if row.kind == "parameter":
        return f"= {clean(row.same_as)}" if row.same_as is not None else row.type
    arguments = arguments_text(dict(row.arguments), page.glyphs) if row.kind == "module" else ", ".join(text for _, text in row.arguments)
    return f"{clean(row.type)}({clean(arguments)})" if arguments or (row.kind == "operation" and not row.name) else clean(row.type)


def _home(shown: list[Row]) -> str:
    """The file most rows come from: their lines stand alone."""
    files = Counter(row.place.file for row in shown if row.place.line)
    return files.most_common(1)[0][0] if files else ""


def _line(place: Span, home: str) -> str:
    if not place.line:
        return ""
    if place.file == home:
        return str(place.line)
    return f"{clean(place.file.replace(chr(92), '/').rpartition('/')[2])}:{place.line}"


def _output(row: Row, page: Page, saved: bool) -> str:
    if saved:
        return shape_text(getattr(row.outputs[0][0], "shape", None), page.glyphs) if row.kind != "module" and row.outputs else ""
    if row.failed:
        return page.glyphs.cross
    if not row.outputs:
        return "" if row.same_as is not None else page.glyphs.dash
    return _calls(row.outputs, page)


def _calls(values: tuple[tuple[Any, ...], ...] | None, page: Page) -> str:
    """What the calls of a module were given, or gave: the first, and how many there are."""
    if not values:
        return page.glyphs.dash
    texts = [values_text(each, page.glyphs) for each in values]
    if len(texts) == 1:
        return texts[0]
    others = f", {page.glyphs.ellipsis}" if len(set(texts)) > 1 else ""
    return f"{texts[0]}{others} ({len(texts)} calls)"


def _parameters(row: Row, page: Page) -> str:
    if isinstance(row.parameters, int) and row.parameters == 0:
        tied = not (isinstance(row.tied, int) and row.tied == 0)
        return f"({count_text(row.tied)})" if tied else page.glyphs.dash
    return _times(row, count_text(one_of(row.parameters, row)), page)


def _macs(row: Row, page: Page) -> str:
    if row.macs is None or (isinstance(row.macs, int) and row.macs == 0):
        return page.glyphs.dash
    return _times(row, short_count(one_of(row.macs, row)), page)


def one_of(count: int | Dim, row: Row) -> int | Dim:
    """The share of one of the modules that a row's name stands for."""
    if isinstance(row.rounds, int):
        return count
    each = exact_quotient(count, row.rounds)
    return count if each is None else each


def _count(size: int | Dim) -> str:
    """A number of modules, in parentheses when it is a sum."""
    text = str(size)
    return f"({text})" if " " in text else text


def _times(row: Row, text: str, page: Page) -> str:
    """What one of the equal modules has, and how many there are."""
    if not isinstance(row.repeats, int):
        return f"{_count(row.repeats)}{page.glyphs.times}({text})"
    if row.times == 1:
        return text
    return f"{row.times}{page.glyphs.times}({text})" if " " in text else f"{row.times}{page.glyphs.times}{text}"


def _notes(shown: list[Row], home: str) -> list[str]:
    """A word for each sign the rows use that does not explain itself."""
    notes: list[str] = []
    if home:
        notes.append(f"lines are those of {home}")
    if any(row.tied and not row.parameters for row in shown if isinstance(row.parameters, int)):
        notes.append("(n): counted where the tied parameter stands first")
    return notes
