"""Rule: as many keys as values are needed."""

from __future__ import annotations

from ..rule import Rule


class AttentionMismatch(Rule):
    """As many keys as values are needed.

    ## Why
    The attention cannot be computed.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL213"
