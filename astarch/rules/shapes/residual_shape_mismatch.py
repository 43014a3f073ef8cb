"""Rule: a shortcut that does not have the shape of what it goes around."""

from __future__ import annotations

from ..rule import Rule


class ResidualShapeMismatch(Rule):
    """A shortcut is added to what it goes around, and their shapes do not fit.

    ## Why
    `The size of tensor a must match the size of tensor b`: the block changes the channels or the size, and the shortcut does
    not. The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL204"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Conv2d(3, 8, 3)
            self.two = nn.Conv2d(8, 16, 3, padding=1)

        def forward(self, x):
            x = self.one(x)
            return x + self.two(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.Conv2d(3, 8, 3)
            self.two = nn.Conv2d(8, 8, 3, padding=1)

        def forward(self, x):
            x = self.one(x)
            return x + self.two(x)
    """
