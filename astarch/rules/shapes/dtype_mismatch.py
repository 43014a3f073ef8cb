"""Rule: element types that do not go together."""

from __future__ import annotations

from ..rule import Rule


class DtypeMismatch(Rule):
    """Element types that do not go together.

    ## Why
    torch refuses to mix them here.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL211"
