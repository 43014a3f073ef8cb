"""Rule: a dropout after the last layer."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..rule import Rule
from ..trainings import trainings


class DropoutAfterOutput(Rule):
    """What a model gives goes through a dropout.

    ## Why
    While it is trained, parts of its answer are replaced by 0 and the rest is made larger: the loss is taken of something else than the
    answer, and a probability may be 0 or more than 1.

    ## Known problems
    Only models that are put together from layers of Keras and compiled are looked at.
    """

    code = "MDL630"
    severity = "warning"
    framework = "keras"
    bad = """
    def build():
        layers = [keras.Input((8,)), keras.layers.Dense(3, activation="softmax"), keras.layers.Dropout(0.5)]
        model = keras.Sequential(layers)
        model.compile(loss="categorical_crossentropy")
        return model
    """
    good = """
    def build():
        layers = [keras.Input((8,)), keras.layers.Dropout(0.5), keras.layers.Dense(3, activation="softmax")]
        model = keras.Sequential(layers)
        model.compile(loss="categorical_crossentropy")
        return model
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for training, _ in trainings(file, architecture):
            for ending in training.endings:
                if ending is not None and ending.dropped is not None:
                    notes = (Note(ending.at, "the last layer"),)
                    message = "this drops parts of what the model gives while it is trained"
                    yield Diagnostic(self.code, self.name, self.severity, message, ending.dropped, notes, "put it before the last layer")
