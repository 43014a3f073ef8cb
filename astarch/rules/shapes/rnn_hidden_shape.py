"""Rule: a hidden state of another shape than the recurrent layer keeps."""

from __future__ import annotations

from ..rule import Rule


class RnnHiddenShape(Rule):
    """A hidden state has another shape than the recurrent layer keeps.

    ## Why
    `Expected hidden size ...`: it is layers (twice as many when bidirectional) × batch × width, also with `batch_first=True`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL212"
