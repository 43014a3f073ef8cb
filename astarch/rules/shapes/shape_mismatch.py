"""Rule: shapes that do not fit together."""

from __future__ import annotations

from ..rule import Rule


class ShapeMismatch(Rule):
    """Shapes that do not fit together.

    ## Why
    torch raises an error at this operation.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL200"
