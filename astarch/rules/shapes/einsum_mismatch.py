"""Rule: an einsum gives one letter two sizes."""

from __future__ import annotations

from ..rule import Rule


class EinsumMismatch(Rule):
    """An einsum gives one letter two sizes.

    ## Why
    A letter stands for one axis in all operands; torch raises `operands do not broadcast`.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL220"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)
            self.mix = nn.Parameter(torch.zeros(8, 4))

        def forward(self, x):
            return torch.einsum("bi,ij->bj", self.fc(x), self.mix)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)
            self.mix = nn.Parameter(torch.zeros(10, 4))

        def forward(self, x):
            return torch.einsum("bi,ij->bj", self.fc(x), self.mix)
    """
