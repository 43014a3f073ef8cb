"""Rule: a linear layer after a flatten takes another number of features than it gets."""

from __future__ import annotations

from ..rule import Rule


class FlattenLinearMismatch(Rule):
    """A linear layer after a flatten takes another number of features than it gets.

    ## Why
    The size was counted for another input. torch raises `mat1 and mat2 shapes cannot be multiplied` at the first call.

    ## Known problems
    Needs a forward with known sizes: give an input.
    """

    code = "MDL201"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)
            self.pool = nn.AdaptiveAvgPool2d(4)
            self.fc = nn.Linear(8 * 5 * 5, 10)

        def forward(self, x):
            x = self.pool(self.conv(x))
            return self.fc(x.flatten(1))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)
            self.pool = nn.AdaptiveAvgPool2d(4)
            self.fc = nn.Linear(8 * 4 * 4, 10)

        def forward(self, x):
            x = self.pool(self.conv(x))
            return self.fc(x.flatten(1))
    """
