"""Rule: a layer with weights is made in `call`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..layers import KERAS_WEIGHTED, keras_layer
from ..rule import Rule


class KerasLayerCreatedInCall(Rule):
    """A layer with weights is made in `call`.

    ## Why
    Keras raises at the second call of a traced function, or the layer has fresh weights every time: nothing is trained.
    """

    code = "MDL701"
    framework = "keras"
    bad = """
    class Block(keras.layers.Layer):
        def call(self, x):
            return keras.layers.Dense(4)(x)
    """
    good = """
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(4)

        def call(self, x):
            return self.dense(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.forward, ast.Call) if cls.forward is not None else []:
            layer = keras_layer(cls.file, call.func)
            if layer in KERAS_WEIGHTED:
                yield self.finding(
                    cls.file, call.func, f"this `{layer}` is made anew at every call: nothing trains it", help="make it in __init__"
                )
