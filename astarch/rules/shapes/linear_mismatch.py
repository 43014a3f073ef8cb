"""Rule: a linear layer gets another number of features than it takes."""

from __future__ import annotations

from ..rule import Rule


class LinearMismatch(Rule):
    """A linear layer gets another number of features than it takes.

    ## Why
    `mat1 and mat2 shapes cannot be multiplied`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL207"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(8, 16)
            self.fc2 = nn.Linear(8, 4)

        def forward(self, x):
            return self.fc2(F.relu(self.fc1(x)))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(8, 16)
            self.fc2 = nn.Linear(16, 4)

        def forward(self, x):
            return self.fc2(F.relu(self.fc1(x)))
    """
