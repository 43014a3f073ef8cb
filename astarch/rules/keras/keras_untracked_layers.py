"""Rule: layers inside of an object that Keras does not look into."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..holders import held_layers
from ..layers import keras_layer
from ..rule import Rule


class KerasUntrackedLayers(Rule):
    """Layers inside of an object that Keras does not look into.

    ## Why
    Keras tracks layers, and lists, tuples and dicts of them. The layers of any other object are neither trained nor saved.
    """

    code = "MDL709"
    framework = "keras"
    references = ("https://github.com/keras-team/keras/issues/16797",)
    bad = """
    class Branch:
        def __init__(self):
            self.dense = keras.layers.Dense(4)

        def __call__(self, x):
            return self.dense(x)


    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.branch = Branch()

        def call(self, x):
            return self.branch(x)
    """
    good = """
    class Branch(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(4)

        def call(self, x):
            return self.dense(x)


    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.branch = Branch()

        def call(self, x):
            return self.branch(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for one, other, layer in held_layers(cls):
            kind = keras_layer(other.file, layer.value)
            if not kind:
                continue
            yield Diagnostic(
                self.code,
                self.name,
                self.severity,
                f"`{other.name}` holds a `{kind}` and is no layer: what is in `self.{one.name}` is neither trained nor saved",
                cls.file.span(one.node),
                notes=self.places((other.file, other.node, "is no layer"), (other.file, layer.node, "never tracked")),
                help=f"let `{other.name}` inherit from keras.layers.Layer, and name its method `call`",
            )
