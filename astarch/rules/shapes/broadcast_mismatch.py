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
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.shift = nn.Parameter(torch.zeros(1, 9))

        def forward(self, x):
            return self.fc(x) + self.shift
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.shift = nn.Parameter(torch.zeros(1, 8))

        def forward(self, x):
            return self.fc(x) + self.shift
    """
