"""Rule: more values are asked for than there are."""

from __future__ import annotations

from ..rule import Rule


class TopkRange(Rule):
    """More values are asked for than there are.

    ## Why
    `selected index k out of range`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL216"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 4)

        def forward(self, x):
            return self.fc(x).topk(5).values
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 4)

        def forward(self, x):
            return self.fc(x).topk(4).values
    """
