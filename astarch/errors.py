"""What astarch raises: only for the caller's own mistakes. What is wrong with a model is a `Diagnostic`, a value."""

from __future__ import annotations


class AstarchError(Exception):
    """The caller asked for something that cannot be done.

    Args:
        message: What is wrong, in one line.
        hint: What would mend it.
    """

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class ReadError(AstarchError):
    """A file is missing, unreadable, or not what it claims to be."""


class TargetError(AstarchError):
    """A target does not say what to analyse."""


class InputError(AstarchError):
    """An input is not a shape, or does not fit the model's signature."""


class ConfigError(AstarchError):
    """The project's configuration says something astarch does not understand."""
