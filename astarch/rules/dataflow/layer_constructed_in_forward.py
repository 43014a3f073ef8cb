"""Rule: a layer with weights made in the forward."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..layers import WEIGHTED, torch_layer
from ..rule import Rule, constant


class LayerConstructedInForward(Rule):
    """A layer with weights is constructed in the forward and used at once.

    ## Why
    It has fresh random weights at every call, which nothing trains and nothing saves.

    ## Known problems
    A layer that is kept on `self` (made at the first call) is not reported, nor one whose weights are then set.
    """

    code = "MDL304"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return nn.Linear(8, 8)(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return self.fc(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.forward is None or cls.framework != "torch":
            return
        for call in cls.file.within(cls.forward, ast.Call):
            layer = torch_layer(cls.file, call)
            if layer in WEIGHTED and _used_at_once(cls, call) and not _without_weights(layer, call):
                yield self.finding(
                    cls.file,
                    call,
                    f"this `{layer}` is made anew at every call: its weights are random and never trained",
                    help="construct it in __init__",
                )


def _used_at_once(cls: ClassSource, call: ast.Call) -> bool:
    parent = cls.file.parents[call]
    if isinstance(parent, ast.Attribute) and parent.attr in ("to", "cuda"):
        parent = cls.file.parents[cls.file.parents[parent]]
    if isinstance(parent, ast.Call) and call not in parent.args:
        return not any(keyword.value is call for keyword in parent.keywords)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1 or not isinstance(parent.targets[0], ast.Name) or cls.forward is None:
        return False
    name = parent.targets[0].id
    uses = [
        node for node in cls.file.walk(cls.forward) if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
    ]
    return bool(uses) and all(isinstance(outer := cls.file.parents[use], ast.Call) and outer.func is use for use in uses)


def _without_weights(layer: str, call: ast.Call) -> bool:
    """A norm that is told to have none."""
    return any(keyword.arg in ("affine", "elementwise_affine") and constant(keyword.value) is False for keyword in call.keywords)
