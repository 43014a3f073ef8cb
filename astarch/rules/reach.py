"""Statements that are never run: what stands after a `return` or a `raise` of its block."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..ir.program import File

_ENDS = (ast.Return, ast.Raise, ast.Continue, ast.Break)


def never_run(file: File) -> frozenset[int]:
    """The lines of a file that are never run."""
    return frozenset(line for statement in _after_ends(file.tree) for line in range(statement.lineno, (statement.end_lineno or 0) + 1))


def _after_ends(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            end = next((place for place, one in enumerate(block) if isinstance(one, _ENDS)), len(block))
            yield from block[end + 1 :]
