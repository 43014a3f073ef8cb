"""Rule: a layer gets another number of channels than it takes."""

from __future__ import annotations

from ..rule import Rule


class ChannelMismatch(Rule):
    """A layer gets another number of channels than it takes.

    ## Why
    torch refuses: `expected input to have N channels, but got M`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL202"
