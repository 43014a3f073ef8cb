"""Rule: a hidden state of another shape than the recurrent layer keeps."""

from __future__ import annotations

from ..rule import Rule


class RnnHiddenShape(Rule):
    """A hidden state has another shape than the recurrent layer keeps.

    ## Why
    `Expected hidden size ...`: it is layers (twice as many when bidirectional) × batch × width, also with `batch_first=True`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL212"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 16, num_layers=2, batch_first=True)

        def forward(self, x):
            h = x.new_zeros(1, x.size(0), 16)
            return self.rnn(x, (h, h))[0]
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 16, num_layers=2, batch_first=True)

        def forward(self, x):
            h = x.new_zeros(2, x.size(0), 16)
            return self.rnn(x, (h, h))[0]
    """
