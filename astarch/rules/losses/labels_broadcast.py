"""Rule: labels and outputs of different shapes are made to fit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..rule import Rule
from ..trainings import trainings


class LabelsBroadcast(Rule):
    """The loss compares labels and outputs of different shapes, and repeats one to fit the other.

    ## Why
    Nothing fails: one label is compared with every step of a sequence, or every label with every output. The loss is small and means
    nothing. An LSTM that gives its whole sequence, or a missing `Flatten`, is the usual cause.

    ## Known problems
    One label that is meant for every step looks the same.
    """

    code = "MDL628"
    severity = "warning"
    confidence = "likely"
    framework = "keras"
    bad = """
    import numpy as np

    def train():
        model = keras.Sequential([keras.Input((10, 3)), keras.layers.LSTM(8, return_sequences=True), keras.layers.Dense(1)])
        model.compile(loss="mse")
        model.fit(np.zeros((64, 10, 3)), np.zeros((64, 1)))

    train()
    """
    good = """
    import numpy as np

    def train():
        model = keras.Sequential([keras.Input((10, 3)), keras.layers.LSTM(8), keras.layers.Dense(1)])
        model.compile(loss="mse")
        model.fit(np.zeros((64, 10, 3)), np.zeros((64, 1)))

    train()
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for training, _ in trainings(file, architecture):
            if training.spread is not None:
                labels, given = map(_shape, training.spread)
                message = f"the model gives {given} and the labels are {labels}: the loss repeats them until they fit"
                notes = tuple(Note(end.at, "what the model ends in") for end in training.endings if end is not None)
                yield Diagnostic(self.code, self.name, self.severity, message, training.at, notes)


def _shape(sizes: tuple[Any, ...]) -> str:
    return "×".join("batch" if place == 0 else "?" if size is None else str(size) for place, size in enumerate(sizes))
