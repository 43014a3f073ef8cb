"""Text to the standard library's syntax; what Python would warn of, an escape that means nothing, is not ours to say."""

from __future__ import annotations

import ast
import symtable
import warnings
from typing import Any


class SourceError(Exception):
    """A file that is not Python, with the place and what to do.

    Args:
        message: What is wrong.
        file: Its path.
        line: From 1; 0 when it concerns the whole file.
        column: From 1.
    """

    def __init__(self, message: str, file: str, line: int = 0, column: int = 0) -> None:
        self.message, self.file, self.line, self.column = message, file, line, column
        super().__init__(f"{file}:{line}:{column}: {message}" if line else f"{file}: {message}")


def parsed(text: str) -> ast.Module:
    """The syntax of a text.

    Raises:
        SyntaxError: It is no Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


def literal(text: str) -> Any:
    """The value of a literal as it is written.

    Raises:
        SyntaxError: It is no Python.
        ValueError: It is no literal.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.literal_eval(text)


def scopes(text: str, path: str) -> symtable.SymbolTable:
    """The names of a text by scope.

    Raises:
        SyntaxError: It is no Python.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return symtable.symtable(text, path, "exec")
