"""Rule: matrices whose inner sizes differ."""

from __future__ import annotations

from ..rule import Rule


class MatmulMismatch(Rule):
    """Matrices whose inner sizes differ.

    ## Why
    They cannot be multiplied: a transpose is missing, or the heads are counted wrong.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL206"
