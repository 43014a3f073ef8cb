"""Rule: tensors of different shapes are stacked."""

from __future__ import annotations

from ..rule import Rule


class StackMismatch(Rule):
    """Tensors of different shapes are stacked.

    ## Why
    `torch.stack` joins along a new axis: every tensor must have the same shape.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL218"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(8, 10)
            self.b = nn.Linear(8, 12)

        def forward(self, x):
            return torch.stack([self.a(x), self.b(x)])
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(8, 10)
            self.b = nn.Linear(8, 10)

        def forward(self, x):
            return torch.stack([self.a(x), self.b(x)])
    """
