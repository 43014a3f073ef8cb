"""Rule: an axis that is to be halved has an odd size."""

from __future__ import annotations

from ..rule import Rule


class OddSize(Rule):
    """An axis that is to be halved has an odd size.

    ## Why
    torch raises an error.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL215"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 7)

        def forward(self, x):
            return F.glu(self.fc(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2 * 7)

        def forward(self, x):
            return F.glu(self.fc(x))
    """
