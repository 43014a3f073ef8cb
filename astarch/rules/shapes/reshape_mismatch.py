"""Rule: a view or reshape asks for another number of elements."""

from __future__ import annotations

from ..rule import Rule


class ReshapeMismatch(Rule):
    """A view or reshape asks for another number of elements than there are.

    ## Why
    torch raises `shape ... is invalid for input of size ...`; with a `-1` the other sizes must divide the number of elements.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL217"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 100)

        def forward(self, x):
            return self.fc(x).view(x.size(0), 3, 7)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 100)

        def forward(self, x):
            return self.fc(x).view(x.size(0), 4, 25)
    """
