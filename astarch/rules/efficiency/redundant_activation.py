"""Rule: the same activation stands twice in a row."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import torch_layer, torch_layers
from ..rule import Rule


class RedundantActivation(Rule):
    """The same activation stands twice in a row.

    ## Why
    The second does nothing, or something else was meant.
    """

    code = "MDL803"
    severity = "info"
    bad = """
    def block():
        return nn.Sequential(nn.ReLU(), nn.ReLU())
    """
    good = """
    def block():
        return nn.Sequential(nn.ReLU())
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            for here, after in zip(call.args, call.args[1:], strict=False):
                first, second = torch_layer(file, here), torch_layer(file, after)
                if first in {"ReLU", "ReLU6", "Softmax", "Sigmoid"} and second == first:
                    yield self.finding(file, here, "this activation stands here twice", notes=[(after, "followed by this")])
