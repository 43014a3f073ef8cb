"""Rule: a dropout layer made in the forward."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..containers import library_name
from ..layers import DROPOUTS, torch_layer
from ..rule import Rule, argument, constant, replace

_FUNCTIONS = {
    "Dropout": "dropout",
    "Dropout1d": "dropout1d",
    "Dropout2d": "dropout2d",
    "Dropout3d": "dropout3d",
    "AlphaDropout": "alpha_dropout",
    "FeatureAlphaDropout": "feature_alpha_dropout",
}


class DropoutModuleCreatedInForward(Rule):
    """A dropout layer is made in the forward and called at once.

    ## Why
    A new module is in training mode: the dropout is never off, and predictions are random.

    ## Fix
    Safe for training: the functional form with `self.training`.
    """

    code = "MDL612"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return nn.Dropout(0.5)(x)
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return nn.functional.dropout(x, 0.5, self.training)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.forward is None:
            return
        for call in cls.file.within(cls.forward, ast.Call):
            layer = torch_layer(cls.file, call.func)
            if layer not in DROPOUTS or len(call.args) != 1 or not isinstance(call.func, ast.Call):
                continue
            rate = argument(call.func, 0, "p")
            if constant(rate) == 0:
                continue
            given = f"{cls.file.source(call.args[0])}, {cls.file.source(rate) if rate is not None else 0.5}, self.training"
            text = f"{library_name(cls.file)}.functional.{_FUNCTIONS[layer]}({given})"
            yield self.finding(
                cls.file,
                call,
                f"this new `{layer}` is always in training mode: it is never off",
                fix=replace(cls.file, call, text, "use the functional form", safe=True),
            )
