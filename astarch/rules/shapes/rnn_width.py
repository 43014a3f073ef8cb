"""Rule: a recurrent layer takes another number of features than it gets."""

from __future__ import annotations

from ..rule import Rule


class RnnWidth(Rule):
    """A recurrent layer takes another number of features than it gets.

    ## Why
    `input.size(-1) must be equal to input_size`. Mostly the layer before is bidirectional, and gives twice its width.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL208"
