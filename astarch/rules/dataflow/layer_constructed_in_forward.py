"""Rule: a layer with weights made in the forward."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition, File
from ..calls import callee, reached
from ..layers import WEIGHTED, torch_layer, torch_layers
from ..rule import Rule, constant


class LayerConstructedInForward(Rule):
    """A layer with weights is constructed in the forward and used at once.

    ## Why
    It has fresh random weights at every call, which nothing trains and nothing saves.

    ## Known problems
    A layer that is kept on `self` (made at the first call) is not reported, nor one whose weights are then set. Methods and functions
    of the same file through which the forward comes are looked at as well.
    """

    code = "MDL304"
    bad = (
        """
    class Net(nn.Module):
        def forward(self, x):
            return nn.Linear(8, 8)(x)
    """,
        """
    def project(x, width):
        return nn.Linear(x.shape[-1], width)(x)

    class Net(nn.Module):
        def forward(self, x):
            return project(x, 8)
    """,
        """
    def norm(width):
        return nn.LayerNorm(width)

    class Net(nn.Module):
        def forward(self, x):
            return norm(8)(x)
    """,
    )
    good = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return self.fc(x)
    """,
        """
    class Explainer(nn.Module):
        def forward(self, x):
            self.layers = []
            self.layers.append(nn.Linear(8, 8).to(x.device))
            return nn.ModuleList(self.layers)
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.forward is None or cls.framework != "torch":
            return
        places = {call: cls.file.function_of(call) for call, _ in torch_layers(cls.file, WEIGHTED)}
        if all(function is None or function.name == "__init__" for function in places.values()):
            return
        functions = reached(cls)
        for call, function in places.items():
            if function in functions and function is not None and _used_at_once(cls.file, call, function):
                yield from self._said(cls, call, call)
        for function in functions:
            for call in cls.file.within(function, ast.Call):
                maker = callee(cls, call)
                made = _returned(maker) if maker is not None else None
                if made in places and _used_at_once(cls.file, call, function):
                    yield from self._said(cls, call, made)

    def _said(self, cls: ClassSource, call: ast.Call, made: ast.Call) -> Iterator[Diagnostic]:
        layer = torch_layer(cls.file, made)
        if not _without_weights(layer, made):
            yield self.finding(
                cls.file,
                call,
                f"this `{layer}` is made anew at every call: its weights are random and never trained",
                notes=[] if made is call else [(made, "made here")],
                help="construct it in __init__",
            )


def _returned(function: Definition) -> ast.Call | None:
    """The call whose value is all that a function gives."""
    last = function.body[-1]
    return last.value if isinstance(last, ast.Return) and isinstance(last.value, ast.Call) else None


def _used_at_once(file: File, call: ast.Call, function: Definition) -> bool:
    made: ast.AST = call
    parent = file.parents[call]
    if isinstance(parent, ast.Attribute) and parent.attr in ("to", "cuda"):
        made = file.parents[parent]
        parent = file.parents[made]
    if isinstance(parent, ast.Call) and made not in parent.args:
        return not any(keyword.value is made for keyword in parent.keywords)
    if not isinstance(parent, ast.Assign) or len(parent.targets) != 1 or not isinstance(parent.targets[0], ast.Name):
        return False
    name = parent.targets[0].id
    uses = [node for node in file.walk(function) if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)]
    return bool(uses) and all(isinstance(outer := file.parents[use], ast.Call) and outer.func is use for use in uses)


def _without_weights(layer: str, call: ast.Call) -> bool:
    """A norm that is told to have none."""
    return any(keyword.arg in ("affine", "elementwise_affine") and constant(keyword.value) is False for keyword in call.keywords)
