"""Rule: an attention mask has another shape."""

from __future__ import annotations

from ..rule import Rule


class MaskMismatch(Rule):
    """An attention mask has another shape than the scores it masks.

    ## Why
    torch refuses a mask that is not queries × keys, or does not have an example for each of the batch.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL222"
