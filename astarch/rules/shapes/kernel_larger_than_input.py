"""Rule: a window is larger than what is left of the input."""

from __future__ import annotations

from ..rule import Rule


class KernelLargerThanInput(Rule):
    """A window is larger than what is left of the input.

    ## Why
    `Kernel size can't be greater than actual input size`: the input is too small, or there are too many strides.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL210"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 8, 3)
            self.pool = nn.AdaptiveAvgPool2d(2)
            self.conv2 = nn.Conv2d(8, 8, 3)

        def forward(self, x):
            return self.conv2(self.pool(self.conv1(x)))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 8, 3)
            self.pool = nn.AdaptiveAvgPool2d(2)
            self.conv2 = nn.Conv2d(8, 8, 3, padding=1)

        def forward(self, x):
            return self.conv2(self.pool(self.conv1(x)))
    """
