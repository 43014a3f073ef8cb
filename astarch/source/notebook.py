"""Notebooks as one Python text: the code cells in order, magics and shell lines blanked."""

from __future__ import annotations

import json
from typing import Any

from .index import SourceError

_MAGIC = ("%", "!", "?")


def code_of(text: str, file: str) -> str:
    """The code of a notebook; every cell starts on a line of its own.

    Raises:
        SourceError: The text is not a notebook.
    """
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        return "\n".join(_cell(cell) for cell in cells if cell.get("cell_type") == "code") + "\n"
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise SourceError(f"not a notebook: {type(error).__name__}: {error}", file) from None


def _cell(cell: dict[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    lines = ("".join(source) if isinstance(source, list) else str(source)).split("\n")
    if lines and lines[0].lstrip().startswith("%%"):
        return "\n".join("" for _ in lines)
    return "\n".join(_blanked(line) for line in lines)


def _blanked(line: str) -> str:
    stripped = line.lstrip()
    return line[: len(line) - len(stripped)] + "pass" if stripped.startswith(_MAGIC) else line
