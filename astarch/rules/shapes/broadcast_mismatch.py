"""Rule: shapes that cannot be broadcast."""

from __future__ import annotations

from ..rule import Rule


class BroadcastMismatch(Rule):
    """Shapes that cannot be broadcast.

    ## Why
    `The size of tensor a must match the size of tensor b`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL205"
