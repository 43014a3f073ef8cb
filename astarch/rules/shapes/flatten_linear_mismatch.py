"""Rule: a linear layer after a flatten takes another number of features than it gets."""

from __future__ import annotations

from ..rule import Rule


class FlattenLinearMismatch(Rule):
    """A linear layer after a flatten takes another number of features than it gets.

    ## Why
    The size was counted for another input. torch raises `mat1 and mat2 shapes cannot be multiplied` at the first call.

    ## Known problems
    Needs a forward with known sizes: give an input.
    """

    code = "MDL201"
