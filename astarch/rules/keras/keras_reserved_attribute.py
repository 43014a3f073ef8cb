"""Rule: an attribute that Keras keeps for itself."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule


class KerasReservedAttribute(Rule):
    """An attribute that Keras keeps for itself.

    ## Why
    These are properties of every layer: assigning them raises `AttributeError`.
    """

    code = "MDL704"
    framework = "keras"
    bad = """
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.weights = []
    """
    good = """
    class Block(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.own_weights = []
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for one in cls.assigned:
            if one.name in _RESERVED and cls.closed and not any(one.name in each.methods for each in cls.lineage):
                yield self.finding(cls.file, one.target, f"`{one.name}` belongs to Keras: it cannot be assigned", help="use another name")


_RESERVED = {
    "weights",
    "variables",
    "trainable_variables",
    "non_trainable_variables",
    "trainable_weights",
    "non_trainable_weights",
    "input",
    "output",
    "losses",
}
