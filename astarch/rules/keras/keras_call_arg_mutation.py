"""Rule: a call that keeps tensors of its own run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..calls import own_call
from ..rule import Rule


class KerasCallArgMutation(Rule):
    """The `call` of a layer keeps what it computes on `self`.

    ## Why
    `call` is traced once and run many times: what it keeps is a symbol of the trace, not a value, and leaks from it.
    """

    code = "MDL712"
    severity = "info"
    framework = "keras"
    bad = """
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(4)
            self.features = []

        def call(self, x):
            y = self.dense(x)
            self.features.append(y)
            return y
    """
    good = """
    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(4)

        def call(self, x):
            y = self.dense(x)
            return y, [y]
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.forward is None:
            return
        made = {
            target.id
            for node in cls.file.within(cls.forward, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name) and own_call(cls, node.value)
        }
        for call in cls.file.within(cls.forward, ast.Call):
            name, value = dotted_text(call.func), call.args[0] if len(call.args) == 1 else None
            if not (name.startswith("self.") and name.endswith(".append") and name.count(".") == 2):
                continue
            if own_call(cls, value) or (isinstance(value, ast.Name) and value.id in made):
                message = f"`{name.removesuffix('.append')}` keeps a tensor of the trace, and grows with every one"
                yield self.finding(cls.file, call, message, help="return it, or use add_loss or a metric")
        for one in cls.assigned:
            if one.method is cls.forward and own_call(cls, one.value):
                yield self.finding(cls.file, one.node, f"`self.{one.name}` keeps a tensor of the trace", help="return it")
