"""A review as GitHub's workflow commands: one annotation per change that matters, on the line that makes it."""

from __future__ import annotations

import os
from pathlib import Path

from ...ir.change import Change, Comparison, Review
from ..paint import clean
from .wording import sentence

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}

#: GitHub shows ten of each level per step; more would only hide them.
_MOST = 10


def to_github(result: Comparison | Review, *, root: str = "") -> str:
    """The commands, a line each.

    Args:
        result: What to annotate.
        root: The repository's folder, which paths are made relative to.
    """
    comparisons = result.comparisons if isinstance(result, Review) else (result,)
    lines: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for comparison in comparisons:
        level = {0: "error", 1: "error", 2: "warning", 3: "warning"}.get(comparison.verdict.rank, "notice")
        lines[level].append(_line(level, comparison.name, comparison.headline, _first(comparison), root))
        for change in comparison.changes:
            if change.severity != "info" and (change.after_at.line or change.before_at.line):
                lines[_LEVELS[change.severity]].append(
                    _line(_LEVELS[change.severity], comparison.name, f"{change.kind.title}: {sentence(change)}", change, root)
                )
    shown = [line for found in lines.values() for line in list(dict.fromkeys(found))[:_MOST]]
    return "".join(f"{line}\n" for line in shown)


def _first(comparison: Comparison) -> Change | None:
    return next((change for change in comparison.changes if change.after_at.line), None)


def _line(level: str, name: str, message: str, change: Change | None, root: str) -> str:
    place = ""
    if change is not None and change.after_at.line:
        file = os.path.relpath(change.after_at.file, root) if root and Path(change.after_at.file).is_absolute() else change.after_at.file
        place = f"file={_property(file)},line={change.after_at.line},"
    return f"::{level} {place}title={_property(f'astarch: {name}')}::{_data(message)}"


def _data(text: str) -> str:
    return clean(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
