"""Rule: a linear layer gets another number of features than it takes."""

from __future__ import annotations

from ..rule import Rule


class LinearMismatch(Rule):
    """A linear layer gets another number of features than it takes.

    ## Why
    `mat1 and mat2 shapes cannot be multiplied`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL207"
