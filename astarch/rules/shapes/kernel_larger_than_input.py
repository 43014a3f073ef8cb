"""Rule: a window is larger than what is left of the input."""

from __future__ import annotations

from ..rule import Rule


class KernelLargerThanInput(Rule):
    """A window is larger than what is left of the input.

    ## Why
    `Kernel size can't be greater than actual input size`: the input is too small, or there are too many strides.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL210"
