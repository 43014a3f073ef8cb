"""Rule: a layer constructed with a tensor where it should be called with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, first_parameter
from ..assignments import only_value
from ..calls import own_call
from ..layers import STATELESS, torch_layer
from ..rule import Rule


class LayerGivenATensor(Rule):
    """A layer is constructed with a tensor in `forward`: `nn.ReLU(x)`.

    ## Why
    That makes a layer, whose first setting is the tensor, and not what the layer computes. The next step gets a module.

    ## Known problems
    Only what a layer of the class gave, and the first argument of `forward`, is known to be a tensor.
    """

    code = "MDL312"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)

        def forward(self, x):
            return nn.ReLU(self.fc(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)

        def forward(self, x):
            return nn.ReLU()(self.fc(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.forward, ast.Call) if cls.forward is not None and cls.framework == "torch" else []:
            layer = torch_layer(cls.file, call)
            if layer in STATELESS and len(call.args) == 1 and not call.keywords and self._is_tensor(cls, call.args[0], call):
                help = f"`nn.{layer}()(...)` computes it" if layer != "Dropout" else "make the layer in `__init__`, and call it"
                yield self.finding(cls.file, call, f"this makes an `nn.{layer}` whose setting is a tensor: it is not called", help=help)

    def _is_tensor(self, cls: ClassSource, value: ast.expr, use: ast.Call) -> bool:
        if isinstance(value, ast.Name):
            assert cls.forward is not None
            names = [one.arg for one in cls.forward.args.args]
            stores = [one for one in cls.file.within(cls.forward, ast.Name) if one.id == value.id and not isinstance(one.ctx, ast.Load)]
            if names[:2] == [first_parameter(cls.forward), value.id] and all(self._holds_tensor(cls, one) for one in stores):
                return True
            given = only_value(cls.file, value, use)
            return given is not None and bool(own_call(cls, given))
        return bool(own_call(cls, value))

    def _holds_tensor(self, cls: ClassSource, name: ast.Name) -> bool:
        outer = next(cls.file.up(name), None)
        return isinstance(outer, ast.Assign) and bool(own_call(cls, outer.value))
