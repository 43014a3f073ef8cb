"""Rule: a norm over another shape than it gets."""

from __future__ import annotations

from ..rule import Rule


class NormalizedShapeMismatch(Rule):
    """A norm over another shape than it gets.

    ## Why
    torch refuses, or, where sizes happen to agree, normalizes the wrong axis.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL209"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.norm = nn.LayerNorm(16)

        def forward(self, x):
            return self.norm(self.fc(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.norm = nn.LayerNorm(8)

        def forward(self, x):
            return self.norm(self.fc(x))
    """
