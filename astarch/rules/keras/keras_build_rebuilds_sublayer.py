"""Rule: a layer that was given is built once more."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule, wrap


class KerasBuildRebuildsSublayer(Rule):
    """A layer that was given is built once more.

    ## Why
    A model that is loaded hands on layers that are built: building one again raises `You cannot add new elements of state`, or
    replaces its weights.

    ## Fix
    Safe: it is built where it is not yet.
    """

    code = "MDL707"
    severity = "warning"
    confidence = "likely"
    framework = "keras"
    bad = """
    class Twice(keras.layers.Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def build(self, input_shape):
            self.inner.build(input_shape)

        def call(self, x):
            return self.inner(self.inner(x))
    """
    good = """
    class Twice(keras.layers.Layer):
        def __init__(self, inner, **kwargs):
            super().__init__(**kwargs)
            self.inner = inner

        def build(self, input_shape):
            if not self.inner.built: self.inner.build(input_shape)

        def call(self, x):
            return self.inner(self.inner(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        build, init = cls.methods.get("build"), cls.methods.get("__init__")
        if build is None or init is None:
            return
        parameters = {arg.arg for arg in (*init.args.args[1:], *init.args.kwonlyargs)}
        given = {one.name: one for one in cls.assigned
                 if one.method is init and isinstance(one.value, ast.Name) and one.value.id in parameters}  # fmt: skip
        for statement in build.body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            func = call.func if isinstance(call, ast.Call) else None
            if not (isinstance(func, ast.Attribute) and func.attr == "build" and isinstance(func.value, ast.Attribute)):
                continue
            owner = func.value
            if isinstance(owner.value, ast.Name) and owner.value.id == "self" and owner.attr in given:
                name = f"self.{owner.attr}"
                yield self.finding(
                    cls.file,
                    statement,
                    f"`{name}` was given, and may be built already",
                    notes=[(given[owner.attr].node, "given here")],
                    fix=wrap(cls.file, statement, f"if not {name}.built: ", "", "build it where it is not", safe=True),
                )
