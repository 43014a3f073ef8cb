"""Rule: a module assigned where a parameter belongs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..layers import WEIGHTED, torch_layer
from ..rule import Rule, replace


class ParameterSlotType(Rule):
    """A whole module is assigned to the `weight` of another.

    ## Why
    torch raises `TypeError: cannot assign ... as parameter 'weight'`. To tie two layers, assign the parameter.

    ## Fix
    Safe: `.weight` behind the module; the program could not run before.
    """

    code = "MDL122"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(9, 4)
            self.head = nn.Linear(4, 9, bias=False)
            self.head.weight = self.embed
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = nn.Embedding(9, 4)
            self.head = nn.Linear(4, 9, bias=False)
            self.head.weight = self.embed.weight
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        layers = {f"self.{one.name}": torch_layer(cls.file, one.value) for one in cls.assigned}
        for node in cls.file.within(cls.node, ast.Assign):
            target, value = node.targets[0], dotted_text(node.value)
            if (
                isinstance(target, ast.Attribute)
                and target.attr == "weight"
                and layers.get(dotted_text(target.value)) in WEIGHTED
                and layers.get(value) in WEIGHTED
            ):
                fix = replace(cls.file, node.value, f"{value}.weight", "assign its weight", safe=True)
                yield self.finding(cls.file, node.value, f"`{value}` is a module; `{dotted_text(target)}` takes a parameter", fix=fix)
