"""Rule: a module registered under an impossible name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import makes_module, torch_layers
from ..rule import Rule, replace


class ModuleNameWithDot(Rule):
    """A module is registered under a name with a dot, or an empty one.

    ## Why
    torch raises `KeyError: module name can't contain "."`.

    ## Fix
    Safe: the dot becomes an underscore; the program could not run before.
    """

    code = "MDL120"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("conv.1", nn.Conv2d(3, 8, 3))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.add_module("conv_1", nn.Conv2d(3, 8, 3))
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for name in _names_given(file):
            if isinstance(name, ast.Constant) and isinstance(name.value, str) and ("." in name.value or not name.value):
                why = "a dot leads from a module to one inside" if name.value else "it needs a name"
                better = repr(name.value.replace(".", "_")).replace("'", '"')
                fix = replace(file, name, better, "use an underscore", safe=True) if name.value else None
                yield self.finding(file, name, f"a module cannot be called {name.value!r}: {why}", fix=fix)


def _names_given(file: File) -> Iterator[ast.expr | None]:
    if "add_module" in file.text:
        for call in file.all(ast.Call):
            added = isinstance(call.func, ast.Attribute) and call.func.attr == "add_module" and len(call.args) == 2
            if added and makes_module(file, call.args[1]):
                yield call.args[0]
    for call, _ in torch_layers(file, ("ModuleDict",)):
        if call.args and isinstance(call.args[0], ast.Dict):
            yield from call.args[0].keys
