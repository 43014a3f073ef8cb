"""Rule: shapes that do not fit together."""

from __future__ import annotations

from ..rule import Rule


class ShapeMismatch(Rule):
    """Shapes that do not fit together.

    ## Why
    torch raises an error at this operation.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL200"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 6, 3)
            self.up = nn.PixelShuffle(2)

        def forward(self, x):
            return self.up(self.conv(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)
            self.up = nn.PixelShuffle(2)

        def forward(self, x):
            return self.up(self.conv(x))
    """
