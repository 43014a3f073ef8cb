"""Rule: the loss is made for another kind of output than the model has."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..rule import Rule
from ..trainings import OF_CLASSES, OF_YES_AND_NO, Output, called, outputs

_REGRESSION = frozenset({"mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
                         "huber", "log_cosh"})  # fmt: skip


class LossOfAnotherKind(Rule):
    """The loss is made for another kind of output than the model has.

    ## Why
    Over a single number, categorical crossentropy is always 0. Over a softmax of many classes, binary crossentropy counts each class as a
    question of its own, and `accuracy` beside it looks better than it is. Sigmoids do not add up to 1, as the losses over classes
    expect. The squared error of class probabilities hardly trains a classifier.

    ## Known problems
    Only models that are put together from layers of Keras, and compiled with a loss by its name or class, are looked at. A softmax over
    two classes with binary crossentropy is right. The squared error of a softmax is reported only where `accuracy` is asked for.
    """

    code = "MDL626"
    severity = "warning"
    confidence = "likely"
    framework = "keras"
    bad = (
        """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1, activation="sigmoid")])
        model.compile(loss="categorical_crossentropy")
        return model
    """,
        """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(10, activation="softmax")])
        model.compile(loss="binary_crossentropy")
        return model
    """,
    )
    good = (
        """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1, activation="sigmoid")])
        model.compile(loss="binary_crossentropy")
        return model
    """,
        """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(10, activation="softmax")])
        model.compile(loss="categorical_crossentropy")
        return model
    """,
    )

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for output in outputs(file, architecture):
            found = _mismatch(output)
            if found is not None:
                message, help = found
                notes = (Note(output.ending.at, "what the model ends in"),)
                severity = "error" if output.ending.units == 1 else self.severity
                yield Diagnostic(self.code, self.name, severity, message, output.at, notes, help)


def _mismatch(output: Output) -> tuple[str, str] | None:
    end, loss = output.ending, output.loss
    units, activation = end.units, end.activation
    many = isinstance(units, int) and units > 1
    if loss.name in OF_CLASSES:
        if units == 1 and activation != "softmax":
            return f"{called(loss)} over a single number is always the same: nothing is trained", "binary_crossentropy is for one number"
        if many and activation in ("sigmoid", "hard_sigmoid") and not loss.logits:
            return (
                f"{called(loss)} takes probabilities of classes, and sigmoids do not add up to 1",
                "end in a softmax, or use binary_crossentropy",
            )
    elif loss.name in OF_YES_AND_NO:
        if isinstance(units, int) and units > 2 and activation == "softmax" and not loss.logits:
            return (
                f"{called(loss)} takes {units} answers of yes or no, and the model gives one class of {units}",
                "use categorical_crossentropy",
            )
    elif loss.name in _REGRESSION and many and activation == "softmax" and "accuracy" in output.training.metrics:
        return f"{called(loss)} is for numbers, and the model gives probabilities of {units} classes", "use categorical_crossentropy"
    return None
