"""Rule: element types that do not go together."""

from __future__ import annotations

from ..rule import Rule


class DtypeMismatch(Rule):
    """Element types that do not go together.

    ## Why
    torch refuses to mix them here.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL211"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.table = nn.Embedding(8, 4)

        def forward(self, x):
            return self.table(self.fc(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)
            self.table = nn.Embedding(8, 4)

        def forward(self, x):
            return self.table(self.fc(x).argmax(-1))
    """
