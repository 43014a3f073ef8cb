"""Rule: a recurrent layer takes another number of features than it gets."""

from __future__ import annotations

from ..rule import Rule


class RnnWidth(Rule):
    """A recurrent layer takes another number of features than it gets.

    ## Why
    `input.size(-1) must be equal to input_size`. Mostly the layer before is bidirectional, and gives twice its width.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL208"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.LSTM(8, 16, bidirectional=True)
            self.two = nn.LSTM(16, 16)

        def forward(self, x):
            x, _ = self.one(x)
            return self.two(x)[0]
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.one = nn.LSTM(8, 16, bidirectional=True)
            self.two = nn.LSTM(2 * 16, 16)

        def forward(self, x):
            x, _ = self.one(x)
            return self.two(x)[0]
    """
