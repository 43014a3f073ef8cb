"""Rule: a norm over another shape than it gets."""

from __future__ import annotations

from ..rule import Rule


class NormalizedShapeMismatch(Rule):
    """A norm over another shape than it gets.

    ## Why
    torch refuses, or, where sizes happen to agree, normalizes the wrong axis.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL209"
