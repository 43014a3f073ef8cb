"""Rule: a softmax over one value."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..layers import keras_layers, torch_layer, torch_layers
from ..rule import Rule, argument, constant, replace
from ..trainings import outputs


class LastLayerWidth(Rule):
    """A softmax over a single unit.

    ## Why
    It is always 1: the model predicts the same for everything, and nothing is trained.

    ## Fix
    Unsafe: a sigmoid.
    """

    code = "MDL623"
    severity = "warning"
    framework = "both"
    bad = """
    def head():
        return nn.Sequential(nn.Linear(8, 1), nn.Softmax(dim=1))
    """
    good = """
    def head():
        return nn.Sequential(nn.Linear(8, 1), nn.Sigmoid())
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            for here, after in zip(call.args, call.args[1:], strict=False):
                if (
                    (
                        torch_layer(file, here) == "Linear"
                        and torch_layer(file, after) == "Softmax"
                        and isinstance(here, ast.Call)
                        and isinstance(after, ast.Call)
                    )
                    and constant(argument(here, 1, "out_features")) == 1
                    and constant(argument(after, 0, "dim")) in (1, -1)
                ):
                    fix = replace(file, after, file.source(after.func).replace("Softmax", "Sigmoid") + "()", "use a sigmoid")
                    yield self.finding(file, after, "a softmax over one value is always 1", notes=[(here, "gives one value")], fix=fix)
        for call, _ in keras_layers(file, ("Dense",)):
            if constant(argument(call, 0, "units")) == 1:
                activation = argument(call, 1, "activation")
                if activation is not None and constant(activation) == "softmax":
                    yield self.finding(
                        file, activation, "a softmax over one unit is always 1", fix=replace(file, activation, '"sigmoid"', "use a sigmoid")
                    )

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for output in outputs(file, architecture):
            end = output.ending
            if end.activation == "softmax" and end.units == 1 and end.layer != "Dense":
                notes = (Note(output.at, "the loss"),)
                yield Diagnostic(self.code, self.name, self.severity, "a softmax over one unit is always 1", end.at, notes, "use a sigmoid")
