"""Rule: raw scores given to a loss that takes probabilities."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..fed_losses import fed_losses
from ..rule import Rule


class BceWithoutSigmoid(Rule):
    """The result of a `Linear` goes into `binary_cross_entropy`.

    ## Why
    It takes probabilities: of numbers below 0 or above 1 torch raises `all elements of input should be between 0 and 1`, on the first
    batch or much later.

    ## Known problems
    The model and the loss are followed by names that mean one thing in the file.
    """

    code = "MDL667"
    bad = """
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
    criterion = nn.BCELoss()

    def loss_of(x, y):
        return criterion(model(x), y)
    """
    good = """
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 1))
    criterion = nn.BCEWithLogitsLoss()

    def loss_of(x, y):
        return criterion(model(x), y)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for fed in fed_losses(file) if "BCELoss" in file.text or "binary_cross_entropy" in file.text else ():
            if fed.loss == "binary_cross_entropy" and fed.ending in ("linear", "relu") and fed.home is file:
                message = "the loss takes probabilities, and this gives any number"
                yield self.finding(
                    file, fed.call, message, notes=[(fed.place, "what the model gives")], help="BCEWithLogitsLoss takes these"
                )
