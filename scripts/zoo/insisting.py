"""What tests say about one model: exact, or everything that is not, as `scripts/zoo --detail` prints it."""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from . import report
from .reading import read_model
from .records import Record
from .scoring import ASPECTS

#: Seconds a model may take in a test, on the slowest machine that runs them.
SECONDS = 120.0


def complaint(record: Record, search_path: list[Path], scratch: Path) -> str:
    """Nothing when the model of a record is read exactly, else the report of what differs."""
    reading = read_model(record, search_path, scratch, SECONDS, ASPECTS)
    if reading.status == "exact":
        return ""
    text = io.StringIO()
    report.detail(Console(file=text, width=180), reading, each=6)
    return text.getvalue()
