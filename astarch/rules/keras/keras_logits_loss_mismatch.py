"""Rule: the last activation and the loss do not agree on logits."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..layers import keras_layer
from ..rule import Rule, add_argument, argument, constant, replace
from ..trainings import OF_CLASSES, OF_YES_AND_NO, outputs

#: Losses over classes by the names that `compile` takes: they want probabilities.
_NAMED = ("categorical_crossentropy", "sparse_categorical_crossentropy")
_CLASSES = ("CategoricalCrossentropy", "SparseCategoricalCrossentropy")


class KerasLogitsLossMismatch(Rule):
    """The last activation and the loss do not agree on logits.

    ## Why
    With a softmax and `from_logits=True` the loss applies a second one, and the model hardly trains. Without any, and a loss that takes
    probabilities, it trains on the logarithm of numbers that are none.

    ## Known problems
    Losses that the program defines itself are not looked at.

    ## Fix
    Unsafe: what the loss takes; it changes.
    """

    code = "MDL622"
    framework = "keras"
    bad = (
        """
    def build():
        model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model
    """,
        """
    def build():
        inputs = keras.Input((8,))
        outputs = keras.layers.Dense(10)(inputs)
        model = keras.Model(inputs, outputs)
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy())
        return model
    """,
    )
    good = (
        """
    def build():
        model = keras.Sequential([keras.layers.Dense(10, activation="softmax")])
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=False))
        return model
    """,
        """
    def build():
        inputs = keras.Input((8,))
        outputs = keras.layers.Dense(10)(inputs)
        model = keras.Model(inputs, outputs)
        model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        return model
    """,
    )

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call in file.all(ast.Call):
            if not (isinstance(call.func, ast.Attribute) and call.func.attr == "compile" and isinstance(call.func.value, ast.Name)):
                continue
            loss = argument(call, 1, "loss")
            scope = file.function_of(call) or file.tree
            model = _only(scope, call.func.value.id, call.lineno)
            last = _last_dense(file, model, scope) if model is not None else None
            if last is not None and loss is not None:
                yield from self._paired(file, last, loss)

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for output in outputs(file, architecture):
            end, loss = output.ending, output.loss
            if loss.name not in OF_CLASSES | OF_YES_AND_NO or (loss.name in OF_CLASSES and end.units == 1):
                continue
            if loss.logits and end.activation in ("softmax", "sigmoid"):
                message = f"the loss takes logits, and the model gives what a {end.activation} makes of them"
                note = Note(end.at, f"ends in a {end.activation}")
                yield Diagnostic(self.code, self.name, self.severity, message, output.logits, (note,))
            elif not loss.logits and end.activation == "linear":
                wanted = "sigmoid" if loss.name in OF_YES_AND_NO else "softmax"
                message = f"the loss takes probabilities, and the model gives numbers that no {wanted} has made any"
                help = f"give the last layer activation='{wanted}', or the loss from_logits=True"
                note = Note(end.at, "ends without an activation")
                yield Diagnostic(self.code, self.name, self.severity, message, output.at, (note,), help)

    def _paired(self, file: File, last: ast.Call, loss: ast.expr) -> Iterator[Diagnostic]:
        given = argument(last, 1, "activation")
        activation = constant(given) if given is not None else None
        kind = file.resolve(loss.func).rpartition(".")[2] if isinstance(loss, ast.Call) else ""
        logits = argument(loss, 0, "from_logits") if isinstance(loss, ast.Call) else None
        if activation in ("softmax", "sigmoid") and "Crossentropy" in kind and logits is not None and constant(logits) is True:
            message = f"the loss takes logits, and the model gives what a {activation} makes of them"
            fix = replace(file, logits, "False", "say that they are probabilities")
            yield self.finding(file, logits, message, notes=[(last, f"ends in a {activation}")], fix=fix)
            return
        units = constant(argument(last, 0, "units"))
        bare = given is None or (isinstance(given, ast.Constant) and (given.value is None or given.value == "linear"))
        named = constant(loss) in _NAMED or (kind in _CLASSES and (logits is None or constant(logits) is False))
        if not bare or not named or not isinstance(units, int) or units < 2:
            return
        fix = None
        if isinstance(loss, ast.Call):
            title = "say that they are logits"
            fix = replace(file, logits, "True", title) if logits is not None else add_argument(file, loss, "from_logits=True", title)
        message = "the loss takes probabilities, and the model gives numbers that no softmax has made any"
        help = "give the last layer activation='softmax', or the loss from_logits=True"
        yield self.finding(file, loss, message, notes=[(last, "ends without an activation")], help=help, fix=fix)


def _only(scope: ast.AST, name: str, before: int) -> ast.expr | None:
    """The value of a name that is assigned once in a scope, before a line."""
    found = [node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)]
    values = [
        node.value for node in ast.walk(scope) if isinstance(node, ast.Assign) and len(node.targets) == 1 and node.targets[0] in found
    ]
    return values[0] if len(found) == len(values) == 1 and values[0].lineno < before else None


def _last_value(scope: ast.AST, name: str, before: int) -> ast.expr | None:
    """What a name holds at a line of straight code: what the last assignment gave it; None when it may be another."""
    body = getattr(scope, "body", [])
    found = [node for node in ast.walk(scope) if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)]
    plain = [node for node in body if isinstance(node, ast.Assign) and len(node.targets) == 1 and node.targets[0] in found]
    earlier = [node for node in plain if node.lineno < before]
    return earlier[-1].value if earlier and len(plain) == len(found) else None


def _last_dense(file: File, node: ast.expr, scope: ast.AST) -> ast.Call | None:
    """The last layer of a Sequential written as a list, or of a functional model, when it is dense."""
    if not isinstance(node, ast.Call):
        return None
    kind = file.resolve(node.func)
    if kind in ("keras.Sequential", "keras.models.Sequential") and node.args and isinstance(node.args[0], ast.List) and node.args[0].elts:
        last: ast.AST | None = node.args[0].elts[-1]
    elif kind in ("keras.Model", "keras.models.Model") and isinstance(outputs := argument(node, 1, "outputs"), ast.Name):
        value = _last_value(scope, outputs.id, node.lineno)
        last = value.func if isinstance(value, ast.Call) else None
    else:
        return None
    return last if isinstance(last, ast.Call) and keras_layer(file, last) == "Dense" else None
