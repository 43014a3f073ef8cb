"""An error that a description predicts: the framework would raise it, so the program sees it raised."""

from __future__ import annotations


class Refusal(Exception):
    """The described function refuses its arguments.

    Args:
        kind: Name of the built-in exception the framework raises, e.g. ``"ValueError"``.
        message: What it says.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
