"""Rule: a metric counts something that the model does not give."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ...ir.training import Ending, Loss
from ..rule import Rule
from ..trainings import called, outputs

_NUMBERS = frozenset({"mean_squared_error", "mean_absolute_error", "mean_absolute_percentage_error", "mean_squared_logarithmic_error",
                      "huber", "log_cosh", "poisson"})  # fmt: skip


class MetricOfAnotherKind(Rule):
    """A metric counts something that the model does not give.

    ## Why
    The accuracy of a regression counts predictions that are exactly right: it is 0, or says nothing. The accuracy for labels as numbers
    beside a loss for labels as vectors, or the other way round, compares things that are never equal.

    ## Known problems
    Only models that are put together from layers of Keras, and compiled with a loss by its name or class, are looked at.
    """

    code = "MDL627"
    severity = "warning"
    framework = "keras"
    bad = """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
        model.compile(loss="mse", metrics=["accuracy"])
        return model
    """
    good = """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1)])
        model.compile(loss="mse", metrics=["mae"])
        return model
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for output in outputs(file, architecture):
            for metric in output.training.metrics:
                message = _mismatch(metric, output.ending, output.loss)
                if message:
                    notes = (Note(output.ending.at, "what the model ends in"),)
                    yield Diagnostic(self.code, self.name, self.severity, message, output.training.at, notes)


def _mismatch(metric: str, end: Ending, loss: Loss) -> str:
    said = metric.replace("_", " ")
    if loss.name in _NUMBERS and end.activation in ("linear", "relu") and metric in ("accuracy", "binary_accuracy", "categorical_accuracy"):
        return f"the model is trained on numbers ({called(loss)}), and {said} counts those that are exactly right"
    if loss.name == "sparse_categorical_crossentropy" and metric in ("categorical_accuracy", "top_k_categorical_accuracy"):
        return f"the loss takes labels as numbers, and {said} takes them as vectors"
    if loss.name == "categorical_crossentropy" and metric in ("sparse_categorical_accuracy", "sparse_top_k_categorical_accuracy"):
        return f"the loss takes labels as vectors, and {said} takes them as numbers"
    many = isinstance(end.units, int) and end.units > 2
    if metric == "binary_accuracy" and many and end.activation == "softmax":
        return f"the model gives one class of {end.units}, and {said} counts {end.units} answers of yes or no"
    return ""
