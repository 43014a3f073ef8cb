"""Rule: the last activation cannot give what the loss takes."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic, Note
from ...ir.program import File
from ..rule import Rule
from ..trainings import OF_CLASSES, OF_YES_AND_NO, called, outputs

#: Activations whose values are no probabilities, and that cut logits.
_UNFIT = frozenset({"relu", "relu6", "tanh", "elu", "selu", "leaky_relu", "prelu", "gelu", "silu", "swish", "softplus", "softsign",
                    "exponential", "hard_tanh"})  # fmt: skip


class OutputActivation(Rule):
    """The last activation cannot give what the loss takes.

    ## Why
    A crossentropy takes the logarithm of probabilities. A `relu` gives numbers below 0 as 0 and others above 1, a `tanh` gives negative
    ones: they are clipped, their gradient is 0, and the model stays as it is. A softmax of a softmax is nearly the same for every class.

    ## Known problems
    Only models that are put together from layers of Keras, and compiled with a loss by its name or class, are looked at.
    """

    code = "MDL625"
    framework = "keras"
    bad = """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1, activation="relu")])
        model.compile(loss="binary_crossentropy")
        return model
    """
    good = """
    def build():
        model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1, activation="sigmoid")])
        model.compile(loss="binary_crossentropy")
        return model
    """

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for output in outputs(file, architecture):
            end, loss = output.ending, output.loss
            if end.squashed is not None and end.activation in ("softmax", "sigmoid"):
                message = f"a {end.activation} of what are probabilities already"
                yield Diagnostic(self.code, self.name, self.severity, message, end.at, (Note(end.squashed, "these"),), "one is enough")
            if end.activation in _UNFIT and loss.name in OF_CLASSES | OF_YES_AND_NO:
                wanted = "sigmoid" if loss.name in OF_YES_AND_NO else "softmax"
                takes = "logits, of any size," if loss.logits else "probabilities"
                message = f"the model ends in a {end.activation}, and {called(loss)} takes {takes.rstrip(',')}"
                help = "let it end without an activation" if loss.logits else f"activation='{wanted}'"
                yield Diagnostic(self.code, self.name, self.severity, message, end.at, (Note(output.at, "the loss"),), help)
