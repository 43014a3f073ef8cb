"""Rule: matrices whose inner sizes differ."""

from __future__ import annotations

from ..rule import Rule


class MatmulMismatch(Rule):
    """Matrices whose inner sizes differ.

    ## Why
    They cannot be multiplied: a transpose is missing, or the heads are counted wrong.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL206"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 16)
            self.mix = nn.Parameter(torch.zeros(8, 4))

        def forward(self, x):
            return self.fc(x) @ self.mix
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 16)
            self.mix = nn.Parameter(torch.zeros(16, 4))

        def forward(self, x):
            return self.fc(x) @ self.mix
    """
