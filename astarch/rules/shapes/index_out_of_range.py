"""Rule: an index beyond the end."""

from __future__ import annotations

from ..rule import Rule


class IndexOutOfRange(Rule):
    """An index beyond the end.

    ## Why
    torch raises IndexError, on a GPU it stops the process.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL214"
