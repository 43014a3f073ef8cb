"""A flake8 plugin: the findings of ``astarch check`` under their ``MDL`` codes. Models are not built, only their source is read."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from ..checking import check_text
from ..version import VERSION


class Plugin:
    """What flake8 makes for each file.

    Args:
        tree: Its syntax, which flake8 has parsed.
        filename: Its path.
        lines: Its text.
    """

    name = "astarch"
    version = VERSION

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        self.filename, self.text = filename, "".join(lines)

    def run(self) -> Iterator[tuple[int, int, str, type[Any]]]:
        """Line, column from 0, text, and whose it is."""
        for finding in check_text(self.text, self.filename):
            if finding.name != "syntax-error":
                yield finding.span.line, finding.span.column - 1, f"{finding.code} {finding.message} ({finding.name})", type(self)
