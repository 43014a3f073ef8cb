"""Rule: tensors are joined whose other sizes differ."""

from __future__ import annotations

from ..rule import Rule


class ConcatMismatch(Rule):
    """Tensors are joined whose other sizes differ.

    ## Why
    `Sizes of tensors must match except in dimension`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL203"
