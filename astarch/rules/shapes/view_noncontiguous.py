"""Rule: a view that the places of the values in memory do not allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic
from ..rule import Rule


class ViewNoncontiguous(Rule):
    """A `view` of a tensor whose axes were moved joins axes that lie apart in memory.

    ## Why
    `transpose` and `permute` move no values, and `view` moves none either: torch raises `view size is not compatible with input
    tensor's size and stride`. `reshape` copies where it must.
    """

    code = "MDL224"
    references = ("https://github.com/pytorch/pytorch/issues/141107",)
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 32)
            self.scale = nn.Parameter(torch.ones(4, 8))

        def forward(self, x):
            return self.fc(x) * self.scale.t().view(-1)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 32)
            self.scale = nn.Parameter(torch.ones(4, 8))

        def forward(self, x):
            return self.fc(x) * self.scale.t().reshape(-1)
    """

    def check_architecture(self, architecture: Architecture) -> Iterator[Diagnostic]:
        for one in architecture.diagnostics:
            if one.name == "program-error" and "view size is not compatible with input tensor's size and stride" in one.message:
                message = "this view joins axes that lie apart in memory: they were moved by a transpose or permute"
                yield replace(one, code=self.code, name=self.name, message=message, help="reshape copies where it must; view never does")
