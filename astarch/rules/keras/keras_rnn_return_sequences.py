"""Rule: a recurrent layer gives one step to another that wants a sequence."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import keras_layer
from ..rule import Rule, add_argument, argument, has_star


class KerasRnnReturnSequences(Rule):
    """A recurrent layer gives one step to another that wants a sequence.

    ## Why
    `expected ndim=3, found ndim=2` when the model is built.

    ## Fix
    Safe: `return_sequences=True`; the model could not be built before.
    """

    code = "MDL705"
    framework = "keras"
    bad = """
    def build():
        return keras.Sequential([keras.layers.LSTM(8), keras.layers.LSTM(8)])
    """
    good = """
    def build():
        return keras.Sequential([keras.layers.LSTM(8, return_sequences=True), keras.layers.LSTM(8)])
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call in [call for name in ("keras.Sequential", "keras.models.Sequential") for call in file.called.get(name, ())]:
            if not call.args or not isinstance(call.args[0], ast.List):
                continue
            for here, after in zip(call.args[0].elts, call.args[0].elts[1:], strict=False):
                if (
                    keras_layer(file, here) in _RECURRENT
                    and keras_layer(file, after) in _RECURRENT
                    and isinstance(here, ast.Call)
                    and not has_star(here)
                ) and argument(here, -1, "return_sequences") is None:
                    fix = add_argument(file, here, "return_sequences=True", "give the whole sequence", safe=True)
                    yield self.finding(
                        file,
                        here,
                        "this gives its last step only; the layer after it takes a sequence",
                        notes=[(after, "takes a sequence")],
                        fix=fix,
                    )


_RECURRENT = {"LSTM", "GRU", "SimpleRNN"}
