"""A pylint plugin: ``load-plugins = ["astarch.integrations.pylint"]``. Models are not built, only their source is read.

Pylint's message ids are a letter and four digits: ``MDL110`` is ``E9110``, or ``W9…`` for a warning; the names are the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pylint.checkers import BaseRawFileChecker  # pyright: ignore[reportMissingImports]

from ..checking import check_text, listed

if TYPE_CHECKING:
    from pylint.lint import PyLinter  # pyright: ignore[reportMissingImports]

_LETTERS = {"error": "E", "warning": "W", "info": "R"}


def _messages() -> dict[str, tuple[str, str, str]]:
    return {
        f"{_LETTERS[rule['severity']]}9{rule['code'][3:]}": ("%s", rule["name"], rule["summary"]) for rule in listed() if rule["default"]
    }


class ModelChecker(BaseRawFileChecker):  # type: ignore[misc]
    """Asks the rules about each file."""

    name = "astarch"
    msgs: Any = _messages()

    def process_module(self, node: Any) -> None:
        """Report what is found in a file."""
        with node.stream() as stream:
            text = stream.read().decode("utf-8", errors="replace")
        for finding in check_text(text, node.file):
            if finding.name != "syntax-error":
                self.add_message(finding.name, line=finding.span.line, args=(finding.message,), col_offset=finding.span.column - 1)


def register(linter: PyLinter) -> None:
    """What pylint calls."""
    linter.register_checker(ModelChecker(linter))
