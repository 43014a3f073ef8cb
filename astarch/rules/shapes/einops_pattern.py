"""Rule: an einops pattern does not fit."""

from __future__ import annotations

from ..rule import Rule


class EinopsPattern(Rule):
    """An einops pattern does not fit the tensor it is given.

    ## Why
    einops raises an error: the axes of the pattern are not those of the tensor, or an axis does not divide into the sizes given.
    The sizes come from running the source on shapes; the notes say where they were made.
    """

    code = "MDL221"
    bad = """
    from einops import rearrange


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)

        def forward(self, x):
            return rearrange(self.fc(x), "b (h d) -> b h d", h=4)
    """
    good = """
    from einops import rearrange


    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 10)

        def forward(self, x):
            return rearrange(self.fc(x), "b (h d) -> b h d", h=5)
    """
