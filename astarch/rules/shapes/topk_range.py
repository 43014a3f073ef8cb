"""Rule: more values are asked for than there are."""

from __future__ import annotations

from ..rule import Rule


class TopkRange(Rule):
    """More values are asked for than there are.

    ## Why
    `selected index k out of range`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL216"
