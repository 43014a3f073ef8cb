"""Rule: a comment silences nothing."""

from __future__ import annotations

from ..rule import Rule


class UnusedSuppression(Rule):
    """A comment silences nothing.

    ## Why
    What it silenced is mended, or its name is mistyped; it would hide the next finding.

    ## Known problems
    Where models are not run (`--no-read`, in flake8 and pylint) nothing is said of rules that look at these.

    ## Fix
    Safe: the comment goes, where it says nothing else.
    """

    code = "MDL901"
    severity = "warning"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return F.dropout(x, 0.5, self.training)  # astarch: ignore[functional-dropout-training]
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return F.dropout(x, 0.5, self.training)
    """
