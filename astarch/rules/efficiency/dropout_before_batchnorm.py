"""Rule: a dropout stands directly before a batch norm."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import BATCH_NORMS, torch_layer, torch_layers
from ..rule import Rule


class DropoutBeforeBatchnorm(Rule):
    """A dropout stands directly before a batch norm.

    ## Why
    The variance differs between training and evaluation, and the batch norm keeps that of training.
    """

    code = "MDL804"
    severity = "info"
    bad = """
    def block():
        return nn.Sequential(nn.Dropout(0.5), nn.BatchNorm1d(8))
    """
    good = """
    def block():
        return nn.Sequential(nn.BatchNorm1d(8), nn.Dropout(0.5))
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            for here, after in zip(call.args, call.args[1:], strict=False):
                first, second = torch_layer(file, here), torch_layer(file, after)
                if first in {"Dropout", "Dropout2d"} and second in BATCH_NORMS:
                    yield self.finding(
                        file,
                        here,
                        "the batch norm after this dropout keeps a variance that evaluation does not have",
                        notes=[(after, "followed by this")],
                    )
