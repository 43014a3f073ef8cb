"""Rule: tensors are joined whose other sizes differ."""

from __future__ import annotations

from ..rule import Rule


class ConcatMismatch(Rule):
    """Tensors are joined whose other sizes differ.

    ## Why
    `Sizes of tensors must match except in dimension`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL203"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)
            self.wide = nn.AdaptiveAvgPool2d(8)
            self.narrow = nn.AdaptiveAvgPool2d(7)

        def forward(self, x):
            x = self.conv(x)
            return torch.cat([self.wide(x), self.narrow(x)], 1)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3)
            self.wide = nn.AdaptiveAvgPool2d(8)
            self.narrow = nn.AdaptiveAvgPool2d(8)

        def forward(self, x):
            x = self.conv(x)
            return torch.cat([self.wide(x), self.narrow(x)], 1)
    """
