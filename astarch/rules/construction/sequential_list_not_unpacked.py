"""Rule: ``nn.Sequential`` given one list."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import torch_layers
from ..rule import Rule, insert_before


class SequentialListNotUnpacked(Rule):
    """`nn.Sequential` takes its layers one by one, and is given a list.

    ## Why
    It raises `TypeError: list is not a Module subclass`. Keras' `Sequential` takes a list; torch's does not.

    ## Fix
    Safe: a star before the list.
    """

    code = "MDL104"
    bad = """
    def tower():
        layers = [nn.Linear(4, 4), nn.ReLU()]
        return nn.Sequential(layers)
    """
    good = """
    def tower():
        layers = [nn.Linear(4, 4), nn.ReLU()]
        return nn.Sequential(*layers)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            if len(call.args) != 1 or call.keywords:
                continue
            only = call.args[0]
            if isinstance(only, (ast.List, ast.Tuple, ast.ListComp)) or (isinstance(only, ast.Name) and _is_list(file, call, only.id)):
                fix = insert_before(file, only, "*", "unpack it", safe=True)
                yield self.finding(
                    file, only, "`nn.Sequential` is given one list; it takes the layers themselves", help="unpack it with a star", fix=fix
                )


def _is_list(file: File, call: ast.Call, name: str) -> bool:
    """Whether every assignment to the name in this function makes a list."""
    function = file.function_of(call)
    if function is None or name in {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}:
        return False
    stores = [node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)]
    values = [parent.value for node in stores if isinstance(parent := file.parents[node], (ast.Assign, ast.AnnAssign, ast.AugAssign))]
    return bool(stores) and len(values) == len(stores) and all(isinstance(value, (ast.List, ast.ListComp)) for value in values)
