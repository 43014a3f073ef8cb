"""Text to the standard library's syntax; what Python would warn of, an escape that means nothing, is not ours to say."""

from __future__ import annotations

import ast
import symtable
import warnings
from typing import Any


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
