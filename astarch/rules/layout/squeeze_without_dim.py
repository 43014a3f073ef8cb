"""Rule: a squeeze does not say which axis."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule


class SqueezeWithoutDim(Rule):
    """A squeeze does not say which axis.

    ## Why
    With a batch of one the batch axis goes too, and everything after it fails or broadcasts.
    """

    code = "MDL605"
    severity = "info"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return x.squeeze()
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return x.squeeze(-1)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        forward = cls.forward
        for node in cls.file.within(forward, ast.Return) if forward is not None else []:
            call = node.value
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr == "squeeze"
                and not call.args
                and not call.keywords
            ):
                yield self.finding(
                    cls.file, call, "with a batch of one this drops the batch axis as well", help="name the axis: squeeze(-1)"
                )
