"""Rule: an input that the forward ignores."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import own_call
from ..rule import Rule


class InputUnused(Rule):
    """A required argument of the forward is never read.

    ## Why
    Whoever passes a mask or a skip connection believes that it counts.

    ## Known problems
    Arguments that only keep an interface look the same; a name that starts with an underscore says so.
    """

    code = "MDL311"
    severity = "info"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x, mask):
            return self.fc(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x, mask):
            return self.fc(x * mask)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        forward = cls.forward
        if forward is None or not any(own_call(cls, node) for node in cls.file.walk(forward)):
            return
        read = {node.id for node in cls.file.walk(forward) if isinstance(node, ast.Name)}
        names = [*forward.args.posonlyargs, *forward.args.args]
        for arg in names[1 : len(names) - len(forward.args.defaults)]:
            if arg.arg not in read and not arg.arg.startswith("_") and "locals" not in read:
                yield self.finding(cls.file, arg, f"`{arg.arg}` has no effect: the forward never reads it")
