"""Rule: a submodule called with arguments that its forward does not take."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..layers import own_module, torch_layer
from ..rule import Rule, has_star
from ..signatures import FORWARD_COUNTS, complaint, signature_of, written


class CallArity(Rule):
    """A submodule is called with too many, too few or unknown arguments.

    ## Why
    Python raises `TypeError` in the forward. `nn.Sequential` takes one value, whatever its layers take.

    ## Known problems
    Only attributes are judged that are assigned once, to a class whose base classes are all known.
    """

    code = "MDL306"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(8, 8), nn.ReLU())

        def forward(self, x, memory):
            return self.layers(x, memory)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Linear(8, 8), nn.ReLU())

        def forward(self, x, memory):
            return self.layers(x + memory)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if not cls.closed or cls.framework != "torch":
            return
        for method in cls.methods.values():
            for call in cls.file.within(method, ast.Call):
                name = own_call(cls, call)
                made = layer_of(cls, name) if name and not has_star(call) else None
                wrong = _wrong(cls, made, call) if made is not None else ""
                if made is not None and wrong:
                    yield self.finding(cls.file, call, f"`self.{name}` {wrong}", notes=[(made, "made here")], help=_takes(cls, made))


def _takes(cls: ClassSource, made: ast.Call) -> str:
    """What the forward takes, in words."""
    if torch_layer(cls.file, made) == "Sequential":
        return "it hands one value from layer to layer; a module of its own can take more"
    own = own_module(cls.file, made)
    found = own.find("forward") if own is not None else None
    return f"it is {written('forward', signature_of(found[1]))}" if found is not None else ""


def _wrong(cls: ClassSource, made: ast.Call, call: ast.Call) -> str:
    layer = torch_layer(cls.file, made)
    if layer in FORWARD_COUNTS:
        least, most = FORWARD_COUNTS[layer]
        given = len(call.args) + len(call.keywords)
        if given > most:
            return f"is an `nn.{layer}`: it takes {most} argument{'s' * (most > 1)} and gets {given}"
        return f"is an `nn.{layer}`: it needs {least} argument{'s' * (least > 1)} and gets {given}" if given < least else ""
    own = own_module(cls.file, made)
    if own is None or not own.closed or any(each.dynamic or "__call__" in each.methods or "forward" in each.bound for each in own.lineage):
        return ""
    found = own.find("forward")
    if found is None or found[1].decorator_list or any(one.name == "forward" for each in own.lineage for one in each.assigned):
        return ""
    wrong = complaint(signature_of(found[1]), call)
    return f"is a `{own.name}`, whose forward {wrong}" if wrong else ""
