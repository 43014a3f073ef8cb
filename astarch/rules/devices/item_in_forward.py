"""Rule: the forward takes a number out of a tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule


class ItemInForward(Rule):
    """The forward takes a number out of a tensor.

    ## Why
    It waits for the GPU, and breaks compiled and exported graphs.
    """

    code = "MDL643"
    severity = "info"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return x * x.sum().item()
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return x * x.sum()
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.forward, ast.Call) if cls.forward is not None else []:
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("item", "tolist") and not call.args:
                yield self.finding(cls.file, call, f"`.{call.func.attr}()` in the forward waits for the device and breaks the graph")
