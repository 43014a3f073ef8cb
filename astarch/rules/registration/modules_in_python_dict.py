"""Rule: modules kept in a plain dict."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File
from ..beside import held_beside
from ..containers import hidden_items, library_name
from ..layers import has_weights, makes_module
from ..rule import Rule, wrap


class ModulesInPythonDict(Rule):
    """Layers in a plain dict are not part of the model.

    ## Why
    As in a list: they are missing from `parameters()`, `state_dict()`, `.to(device)` and `.train()`, without an error.

    ## Known problems
    Keras tracks dicts; this is about torch. A dict of classes or functions is no dict of modules.

    ## Fix
    Unsafe: `nn.ModuleDict(...)` around the dict. It adds keys to the state dict.
    """

    code = "MDL111"
    references = ("https://github.com/pytorch/pytorch/issues/33236",)
    bad = """
    class Net(nn.Module):
        def __init__(self, tasks):
            super().__init__()
            self.heads = {name: nn.Linear(8, 2) for name in tasks}

        def forward(self, x, task):
            return self.heads[task](x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self, tasks):
            super().__init__()
            self.heads = nn.ModuleDict({name: nn.Linear(8, 2) for name in tasks})

        def forward(self, x, task):
            return self.heads[task](x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        file = cls.file
        for name, place, item in hidden_items(cls, lambda node: has_weights(file, node), (ast.Dict, ast.DictComp)):
            fix = wrap(file, place, f"{library_name(file)}.ModuleDict(", ")", "make it a `ModuleDict`: its parameters join the state dict")
            made = makes_module(file, item)
            message = f"the `{made}` in `self.{name}` is not registered: a plain dict hides it from parameters(), state_dict() and .to()"
            yield self.finding(file, place, message, notes=[(item, "never trained, never saved")], help="use nn.ModuleDict", fix=fix)

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for one, place in held_beside(file, architecture, ("dict",), False, self.check_class):
            message = f"the `{one.what}` in `self.{one.attribute}` is not registered: a plain dict hides it from parameters(), state_dict() and .to()"
            yield self.finding(file, place, message, help="use nn.ModuleDict")
