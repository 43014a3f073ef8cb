"""Rule: a forward that keeps a tensor on ``self``."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import own_call
from ..rule import Rule


class StateMutatedInForward(Rule):
    """The forward stores the result of a layer on `self`.

    ## Why
    The graph of the last batch stays alive, `DataParallel` loses it, exported models drop it.
    """

    code = "MDL310"
    severity = "info"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            self.hidden = self.fc(x)
            return self.hidden
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            hidden = self.fc(x)
            return hidden
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for one in cls.assigned:
            if one.method is cls.forward and one.value is not None and own_call(cls, one.value):
                yield self.finding(cls.file, one.node, f"`self.{one.name}` keeps a tensor with its graph from one call to the next")
