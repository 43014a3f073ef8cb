"""Rule: the program raises an error while the model is built or run."""

from __future__ import annotations

from ..rule import Rule


class ProgramError(Rule):
    """The program raises an error while the model is built or run.

    ## Why
    It cannot be built, or its forward fails, with these arguments and inputs.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL001"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 4)

        def forward(self, x):
            x, y = self.fc(x), 3
            return x + y.mean()
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 4)

        def forward(self, x):
            x = y = self.fc(x)
            return x + y.mean()
    """
