"""Rule: layers are frozen, or freed, without effect."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..rule import Rule
from ..trainings import trainings


class KerasTrainableWithoutCompile(Rule):
    """Layers are frozen, or freed, after a first `fit` and without another `compile`.

    ## Why
    The step of training was made by the first `fit`, and the next one goes on with it: the same weights are trained as before, silently.
    Fine-tuning of a base that was frozen at first then trains nothing of it.

    ## Known problems
    Only models that are made and trained in one run of the file are looked at.
    """

    code = "MDL716"
    framework = "keras"
    bad = """
    import numpy as np

    base = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8)])
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(1)])
    model.compile(loss="mse")
    model.fit(np.zeros((32, 8)), np.zeros((32, 1)))
    base.trainable = True
    model.fit(np.zeros((32, 8)), np.zeros((32, 1)))
    """
    good = """
    import numpy as np

    base = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8)])
    base.trainable = False
    model = keras.Sequential([base, keras.layers.Dense(1)])
    model.compile(loss="mse")
    model.fit(np.zeros((32, 8)), np.zeros((32, 1)))
    base.trainable = True
    model.compile(loss="mse")
    model.fit(np.zeros((32, 8)), np.zeros((32, 1)))
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for training, _ in trainings(file, architecture):
            if training.stale is not None:
                notes = (Note(training.at, "this goes on with the step that was made before"),)
                message = "this has no effect: the model was trained before, and is not compiled again"
                yield Diagnostic(self.code, self.name, self.severity, message, training.stale, notes, "call `compile` again after it")
