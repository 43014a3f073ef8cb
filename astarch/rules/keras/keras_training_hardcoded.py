"""Rule: a mode is fixed in `call`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule, argument, constant


class KerasTrainingHardcoded(Rule):
    """A mode is fixed in `call`.

    ## Why
    `training=True` keeps dropout and batch statistics on in prediction.
    """

    code = "MDL706"
    severity = "info"
    framework = "keras"
    bad = """
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.drop = keras.layers.Dropout(0.5)

        def call(self, x, training=False):
            return self.drop(x, training=True)
    """
    good = """
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.drop = keras.layers.Dropout(0.5)

        def call(self, x, training=False):
            return self.drop(x, training=training)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.forward, ast.Call) if cls.forward is not None else []:
            value = argument(call, -1, "training")
            if value is not None and constant(value) is True and isinstance(call.func, ast.Attribute):
                yield self.finding(cls.file, value, "this layer is in training mode for ever", help="hand on `training`")
