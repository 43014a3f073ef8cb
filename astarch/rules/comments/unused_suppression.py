"""Rule: a comment silences nothing."""

from __future__ import annotations

from ..rule import Rule


class UnusedSuppression(Rule):
    """A comment silences nothing.

    ## Why
    What it silenced is mended, or its name is mistyped; it would hide the next finding.
    """

    code = "MDL901"
    severity = "warning"
    framework = "both"
