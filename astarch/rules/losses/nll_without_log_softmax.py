"""Rule: raw scores given to a loss that takes log-probabilities."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Fix
from ...ir.program import ClassSource, File
from ..assignments import only_value
from ..calls import layer_of, own_call
from ..fed_losses import fed_losses
from ..layers import torch_layer
from ..rule import Rule, replace

#: What models give by what they end in.
_GIVEN = {"linear": "raw scores", "relu": "raw scores", "softmax": "probabilities", "sigmoid": "probabilities"}


class NllWithoutLogSoftmax(Rule):
    """The result of a `Linear`, or a softmax without its logarithm, goes into `nll_loss`.

    ## Why
    `nll_loss` takes log-probabilities; on raw scores it has no lower bound, and training runs away.

    ## Fix
    Unsafe: `cross_entropy`, which is both steps in one; a log-softmax for a softmax.
    """

    code = "MDL624"
    bad = (
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(8, 3)

            def forward(self, x, y):
                return F.nll_loss(self.fc(x), y)
        """,
        """
        model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3), nn.Softmax(dim=1))
        criterion = nn.NLLLoss()

        def loss_of(x, y):
            return criterion(model(x), y)
        """,
    )
    good = (
        """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(8, 3)

            def forward(self, x, y):
                return F.cross_entropy(self.fc(x), y)
        """,
        """
        model = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3), nn.LogSoftmax(dim=1))
        criterion = nn.NLLLoss()

        def loss_of(x, y):
            return criterion(model(x), y)
        """,
    )

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for fed in fed_losses(file) if "NLLLoss" in file.text or "nll_loss" in file.text else ():
            if fed.loss == "nll_loss" and fed.ending in _GIVEN and fed.home is file:
                message = f"the loss takes log-probabilities, and this gives {_GIVEN[fed.ending]}"
                yield self.finding(file, fed.place, message, notes=[(fed.call, "the loss")], fix=_with_logarithm(file, fed.place))

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.node, ast.Call):
            by_function = cls.file.resolve(call.func) == "torch.nn.functional.nll_loss"
            loss = layer_of(cls, name) if not by_function and (name := own_call(cls, call)) else None
            if call.args and (by_function or (loss is not None and torch_layer(cls.file, loss) == "NLLLoss")):
                name = own_call(cls, _value(cls.file, call.args[0], call))
                made = layer_of(cls, name) if name else None
                if made is not None and torch_layer(cls.file, made) == "Linear":
                    text = cls.file.source(call.func).replace("nll_loss", "cross_entropy")
                    fix = replace(cls.file, call.func, text, "use cross_entropy") if by_function else None
                    yield self.finding(cls.file, call, f"`nll_loss` takes log-probabilities and gets what `self.{name}` gives", fix=fix)


def _with_logarithm(file: File, place: ast.expr) -> Fix | None:
    """The softmax as a log-softmax, where it stands as a call of its own."""
    if not isinstance(place, ast.Call):
        return None
    text = file.source(place.func)
    if text.endswith("Softmax"):
        return replace(file, place.func, text.replace("Softmax", "LogSoftmax"), "take its logarithm")
    return replace(file, place.func, text.replace("softmax", "log_softmax"), "take its logarithm") if text.endswith(".softmax") else None


def _value(file: File, node: ast.expr, call: ast.Call) -> ast.expr | None:
    """What is given: a name means what it was given, when that is only one thing."""
    return only_value(file, node, call) if isinstance(node, ast.Name) else node
