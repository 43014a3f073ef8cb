"""Rule: scores whose negative half is cut off."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..fed_losses import fed_losses
from ..rule import Rule

_LOSSES = ("cross_entropy", "binary_cross_entropy_with_logits")


class RectifiedLogits(Rule):
    """A model ends in a ReLU, and its loss takes logits.

    ## Why
    Logits are any numbers. Without the negative ones no class can be ruled out, a binary model never says no, and a score that falls
    below zero has no gradient to come back.

    ## Known problems
    The model and the loss are followed by names that mean one thing in the file.
    """

    code = "MDL668"
    severity = "warning"
    confidence = "likely"
    bad = """
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3), nn.ReLU())
    criterion = nn.CrossEntropyLoss()

    def loss_of(x, y):
        return criterion(model(x), y)
    """
    good = """
    model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3))
    criterion = nn.CrossEntropyLoss()

    def loss_of(x, y):
        return criterion(model(x), y)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for fed in fed_losses(file) if "ReLU" in file.text or "relu" in file.text else ():
            if fed.loss in _LOSSES and fed.ending == "relu" and fed.home is file:
                message = "the loss takes logits, and this cuts off those below zero"
                yield self.finding(file, fed.place, message, notes=[(fed.call, "the loss")])
