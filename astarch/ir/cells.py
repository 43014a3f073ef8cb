"""The cells of a notebook: where the lines of its code stand, which rules and the interpreter see as one text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from .span import Span


class Cell(NamedTuple):
    """One cell with code.

    Args:
        number: Its place among all cells of the notebook, from 1.
        first: Its first line in the one text.
        lines: For each of its lines, the line of the notebook's file that holds it.
    """

    number: int
    first: int
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells with code, in order.

    >>> cells = Cells((Cell(2, 1, (9, 10)), Cell(3, 3, (20,))))
    >>> cells.counted(Span("a.ipynb", 3, 5, 3, 8))
    (3, Span(file='a.ipynb', line=1, column=5, end_line=1, end_column=8))
    >>> cells.in_file(2)
    10
    """

    cells: tuple[Cell, ...]

    def of(self, line: int) -> Cell:
        """The cell of a line of the one text."""
        return next((cell for cell in reversed(self.cells) if cell.first <= line), self.cells[0] if self.cells else Cell(1, 1, (1,)))

    def counted(self, span: Span) -> tuple[int, Span]:
        """The number of the cell a span stands in, and the span with the lines of that cell."""
        cell = self.of(span.line)
        before = cell.first - 1
        return cell.number, span._replace(line=max(span.line - before, 1), end_line=max(span.end_line - before, 1))

    def in_file(self, line: int) -> int:
        """The line of the notebook's file that holds a line of the one text."""
        cell = self.of(line)
        return cell.lines[min(max(line - cell.first, 0), len(cell.lines) - 1)]
