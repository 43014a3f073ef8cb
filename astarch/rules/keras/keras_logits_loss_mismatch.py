"""Rule: the last activation and the loss do not agree on logits."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import keras_layer
from ..rule import Rule, argument, constant, replace


class KerasLogitsLossMismatch(Rule):
    """The last activation and the loss do not agree on logits.

    ## Why
    With a softmax and `from_logits=True` the loss applies a second one, and the model hardly trains.

    ## Fix
    Unsafe: `from_logits=False`; the loss changes.
    """

    code = "MDL622"
    framework = "keras"
    bad = """
    def build():
        model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model
    """
    good = """
    def build():
        model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
        return model
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call in file.all(ast.Call):
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "compile" and isinstance(call.func.value, ast.Name)):
                continue
            loss = argument(call, 1, "loss")
            if not isinstance(loss, ast.Call) or "Crossentropy" not in file.resolve(loss.func):
                continue
            scope: ast.AST = file.function_of(call) or file.tree
            made = [
                node.value
                for node in ast.walk(scope)
                if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == call.func.value.id for t in node.targets)
            ]
            last = _last_dense(file, made[0]) if len(made) == 1 else None
            if last is None:
                continue
            activation, logits = constant(argument(last, 1, "activation")), argument(loss, 0, "from_logits")
            if activation in ("softmax", "sigmoid") and logits is not None and constant(logits) is True:
                yield self.finding(
                    file,
                    logits,
                    f"the loss takes logits, and the model gives what a {activation} makes of them",
                    notes=[(last, f"ends in a {activation}")],
                    fix=replace(file, logits, "False", "say that they are probabilities"),
                )


def _last_dense(file: File, node: ast.expr) -> ast.Call | None:
    """The last layer of a Sequential written as a list, when it is dense."""
    if (
        isinstance(node, ast.Call)
        and file.resolve(node.func) in ("keras.Sequential", "keras.models.Sequential")
        and node.args
        and isinstance(node.args[0], ast.List)
    ):
        last = node.args[0].elts[-1] if node.args[0].elts else None
        return last if isinstance(last, ast.Call) and keras_layer(file, last) == "Dense" else None
    return None
