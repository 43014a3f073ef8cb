"""Rule: a dense layer without an activation adds nothing to the one after it."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..rule import Rule
from ..trainings import trainings


class KerasMissingActivation(Rule):
    """A dense layer without an activation adds nothing to the dense layer after it.

    ## Why
    Two linear maps in a row are one. Unless the first one is narrower than both its sides, the model cannot compute more with it than
    without it: an activation was forgotten.

    ## Known problems
    Only models that are put together from layers of Keras and compiled are looked at.
    """

    code = "MDL806"
    severity = "warning"
    confidence = "likely"
    framework = "keras"
    bad = """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(64), keras.layers.Dense(1)])
        model.compile(loss="mse")
        return model
    """
    good = """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(64, activation="relu"), keras.layers.Dense(1)])
        model.compile(loss="mse")
        return model
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for training, _ in trainings(file, architecture):
            for pair in training.linear:
                inputs, inner, outputs = pair.inputs, pair.inner, pair.outputs
                if isinstance(inner, int) and isinstance(outputs, int) and (inner >= outputs or inputs == inner):
                    message = f"no activation: these {inner} units compute nothing that the {outputs} after them could not compute alone"
                    notes = (Note(pair.second, "the layer after it"),)
                    yield Diagnostic(self.code, self.name, self.severity, message, pair.first, notes, "give it an activation")
