"""Rule: the parts of a split do not make up the axis."""

from __future__ import annotations

from ..rule import Rule


class SplitMismatch(Rule):
    """The parts of a split do not make up the axis.

    ## Why
    `split` with a list needs sizes that add up to that of the axis, and as many names as there are parts.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL223"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)

        def forward(self, x):
            a, b = self.fc(x).split([4, 4], dim=-1)
            return a + b
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)

        def forward(self, x):
            a, b = self.fc(x).split([5, 5], dim=-1)
            return a + b
    """
