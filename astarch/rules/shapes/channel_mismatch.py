"""Rule: a layer gets another number of channels than it takes."""

from __future__ import annotations

from ..rule import Rule


class ChannelMismatch(Rule):
    """A layer gets another number of channels than it takes.

    ## Why
    torch refuses: `expected input to have N channels, but got M`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL202"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 16, 3)
            self.conv2 = nn.Conv2d(32, 8, 3)

        def forward(self, x):
            return self.conv2(F.relu(self.conv1(x)))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 16, 3)
            self.conv2 = nn.Conv2d(16, 8, 3)

        def forward(self, x):
            return self.conv2(F.relu(self.conv1(x)))
    """
