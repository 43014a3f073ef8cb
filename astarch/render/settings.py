"""A model at several settings, as one table: the formulas, and what they give for each."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..ir.architecture import Architecture
from ..ir.dim import Dim
from ..ir.settings import Preset, Settings
from .frames import wrapped
from .notation import bytes_text, count_text, plain_text, short_count, values_text
from .paint import Page, clean

#: A cell is cut beyond this.
_WIDEST = 30
_GAP = 2


def settings_text(settings: Settings, page: Page) -> str:
    """The table: a row per field that is set, then parameters, size, computation and outputs; as many columns as fit."""
    columns = [_column(preset, found, settings, page) for preset, found in settings.columns]
    titles = [*_fields(settings), *(title for title, _ in _facts(settings))]
    first = max(map(len, titles), default=0)
    lines: list[str] = []
    while columns:
        room, fitting = page.width - first, 0
        for column in columns:
            room -= _GAP + max(map(len, column))
            fitting += room >= 0
        block, columns = columns[: max(fitting, 1)], columns[max(fitting, 1) :]
        for place, title in enumerate(["", *titles]):
            cells = "".join(" " * _GAP + column[place].rjust(max(map(len, column))) for column in block)
            line = page.fit(f"{title.ljust(first)}{cells}".rstrip(), page.width)
            lines.append(page.paint(line, "title") if place == 0 else line)
        lines.append("")
    formula = _parameters(settings.formula)
    return "\n".join([*lines, *wrapped(f"Parameters = {formula}", page.width)] if re.search(r"[^\W\d]", formula) else lines[:-1])


def _fields(settings: Settings) -> list[str]:
    return list(dict.fromkeys(clean(name) for preset, _ in settings.columns for name in preset.values))


def _facts(settings: Settings) -> list[tuple[str, Callable[[Architecture], str]]]:
    return [(title, show) for title, show in _FACTS if any(show(found) for _, found in settings.columns)]


def _column(preset: Preset, found: Architecture, settings: Settings, page: Page) -> list[str]:
    values = {clean(name): plain_text(value) for name, value in preset.values.items()}
    failed = any(finding.severity == "error" for finding in found.diagnostics)
    facts = [page.glyphs.cross if failed else show(found) for _, show in _facts(settings)]
    cells = [clean(preset.name), *(values.get(name, "") for name in _fields(settings)), *facts]
    return [page.fit(cell, _WIDEST) for cell in cells]


def _parameters(found: Architecture) -> str:
    return count_text(found.parameter_count) if found.modules else ""


def _size(found: Architecture) -> str:
    total: int | Dim = sum(found.bytes.values())
    return bytes_text(total) if found.modules else ""


def _macs(found: Architecture) -> str:
    return short_count(found.macs) if found.calls and str(found.macs) != "0" else ""


def _outputs(found: Architecture) -> str:
    return values_text(found.outputs) if found.outputs is not None else ""


_FACTS: tuple[tuple[str, Callable[[Architecture], str]], ...] = (
    ("Parameters", _parameters), ("Size", _size), ("MACs", _macs), ("Output", _outputs),
)  # fmt: skip
