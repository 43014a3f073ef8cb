"""Rule: the program raises an error while the model is built or run."""

from __future__ import annotations

from ..rule import Rule


class ProgramError(Rule):
    """The program raises an error while the model is built or run.

    ## Why
    It cannot be built, or its forward fails, with these arguments and inputs.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL001"
