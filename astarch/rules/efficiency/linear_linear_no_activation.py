"""Rule: two linear layers follow each other without anything between."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import torch_layer, torch_layers
from ..rule import Rule


class LinearLinearNoActivation(Rule):
    """Two linear layers follow each other without anything between.

    ## Why
    Together they compute what one of them could.
    """

    code = "MDL802"
    severity = "info"
    bad = """
    def block():
        return nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 2))
    """
    good = """
    def block():
        return nn.Sequential(nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 2))
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            for here, after in zip(call.args, call.args[1:], strict=False):
                first, second = torch_layer(file, here), torch_layer(file, after)
                if first == "Linear" and second == "Linear":
                    yield self.finding(file, here, "two linear layers in a row compute what one could", notes=[(after, "followed by this")])
