"""Rule: an axis that is not 1 is expanded."""

from __future__ import annotations

from ..rule import Rule


class ExpandMismatch(Rule):
    """An axis that is not 1 is expanded to another size.

    ## Why
    `expand` repeats axes of size 1 only; torch refuses any other.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL219"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)

        def forward(self, x):
            return self.fc(x).expand(-1, 20)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)

        def forward(self, x):
            return self.fc(x).expand(-1, 10)
    """
