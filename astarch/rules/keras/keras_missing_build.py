"""Rule: a layer is built that does not say how."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..layers import has_weights, own_module
from ..rule import Rule


class KerasMissingBuild(Rule):
    """`build` is called on a layer of the project that has layers, and no `build`.

    ## Why
    Keras marks it as built, and warns: its layers are not. They have no weights to count, to save or to load until the layer is called,
    and weights that are loaded before are missing.

    ## Known problems
    A layer without a `build` that is only called is built by that, where Keras can trace its `call`; it is left alone.
    """

    code = "MDL713"
    severity = "warning"
    framework = "keras"
    references = ("https://github.com/keras-team/keras/issues/19229", "https://github.com/keras-team/keras/issues/18823")
    bad = """
    class Inner(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = keras.layers.Dense(4)

        def call(self, x):
            return self.dense(x)


    class Outer(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = Inner()

        def build(self, input_shape):
            self.inner.build(input_shape)

        def call(self, x):
            return self.inner(x)
    """
    good = """
    class Inner(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = keras.layers.Dense(4)

        def build(self, input_shape):
            self.dense.build(input_shape)

        def call(self, x):
            return self.dense(x)


    class Outer(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.inner = Inner()

        def build(self, input_shape):
            self.inner.build(input_shape)

        def call(self, x):
            return self.inner(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        build = cls.methods.get("build")
        for call in cls.file.within(build, ast.Call) if build is not None else ():
            owner, _, method = dotted_text(call.func).rpartition(".")
            if method != "build" or not owner.startswith("self."):
                continue
            kept = cls.kept.get(owner.removeprefix("self."), [])
            inner = own_module(kept[0][0].file, kept[0][1].value) if len(kept) == 1 else None
            unbuilt = _unbuilt(inner) if inner is not None else None
            if inner is not None and unbuilt is not None:
                yield self.finding(
                    cls.file,
                    call,
                    f"`{inner.name}` has no `build`: this marks it as built, and its layers are not",
                    notes=[(kept[0][1].node, f"a `{inner.name}`")] if kept[0][0] is cls else (),
                    help=f"give `{inner.name}` a `build` that builds its layers, or leave it to the first call",
                )


def _unbuilt(inner: ClassSource) -> ast.stmt | None:
    """Where a layer keeps a layer that has weights, and that nothing of its own builds."""
    if not inner.outside <= {"keras.layers.Layer", "keras.Layer"} or inner.dynamic or inner.find("build") or "build" in inner.class_names:
        return None
    init = inner.methods.get("__init__")
    if init is None or any(dotted_text(call.func).endswith(".build") for call in inner.file.within(init, ast.Call)):
        return None
    return next((one.node for one in inner.assigned if one.method is init and has_weights(inner.file, one.value)), None)
