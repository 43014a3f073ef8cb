"""The table of an Architecture as CSV, one line per module, nothing folded, numbers in full."""

from __future__ import annotations

import csv
import io

from ..ir.architecture import Architecture
from .notation import arguments_text, values_text
from .rows import flat, rows

COLUMNS = ("name", "kind", "type", "arguments", "file", "line", "calls", "output", "parameters", "tied_parameters", "macs")


def to_csv(architecture: Architecture, *, depth: int | None = None, operations: bool = False) -> str:
    """The table.

    >>> to_csv(Architecture("net.py:Net")).splitlines()[0]
    'name,kind,type,arguments,file,line,calls,output,parameters,tied_parameters,macs'
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for _, row in flat(rows(architecture, fold=False, operations=operations), depth):
        arguments = arguments_text(dict(row.arguments)) if row.kind == "module" else ", ".join(value for _, value in row.arguments)
        output = values_text(row.outputs[0]) if row.outputs else ""
        calls = "" if row.outputs is None else len(row.outputs)
        place = (row.place.file, row.place.line) if row.place.line else ("", "")
        counts = (row.parameters, row.tied, "" if row.macs is None else row.macs)
        writer.writerow([_safe(row.name), row.kind, row.type, _safe(arguments), _safe(place[0]), place[1], calls, output, *counts])
    return text.getvalue()


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
