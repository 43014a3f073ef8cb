"""Rule: a module registered under an impossible name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import makes_module, torch_layer
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
        for call in file.all(ast.Call):
            names: list[ast.expr | None] = []
            if (
                isinstance(call.func, ast.Attribute)
                and call.func.attr == "add_module"
                and len(call.args) == 2
                and makes_module(file, call.args[1])
            ):
                names = [call.args[0]]
            elif torch_layer(file, call) == "ModuleDict" and call.args and isinstance(call.args[0], ast.Dict):
                names = list(call.args[0].keys)
            for name in names:
                if isinstance(name, ast.Constant) and isinstance(name.value, str) and ("." in name.value or not name.value):
                    fix = (
                        replace(file, name, repr(name.value.replace(".", "_")).replace("'", '"'), "use an underscore", safe=True)
                        if name.value
                        else None
                    )
                    yield self.finding(file, name, f"a module cannot be called {name.value!r}", fix=fix)
