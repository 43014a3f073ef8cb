"""Where something stands in a source file."""

from __future__ import annotations

from typing import NamedTuple


class Span(NamedTuple):
    """A range of text: lines count from 1, columns from 1, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


#: The place of what no source wrote: a described layer's own parts, an input given on the command line.
NOWHERE = Span("", 0, 0, 0, 0)
