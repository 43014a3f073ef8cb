"""Rule: parameters kept in a plain list or dict."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File
from ..beside import held_beside
from ..containers import hidden_items, library_name
from ..layers import is_parameter
from ..rule import Rule, wrap


class ParametersInPythonContainer(Rule):
    """Parameters in a plain list or dict are not part of the model.

    ## Why
    The optimizer never gets them, they are never saved, and they stay where they were made when the model moves to a GPU.

    ## Fix
    Unsafe: `nn.ParameterList(...)` or `nn.ParameterDict(...)` around it. It adds keys to the state dict.
    """

    code = "MDL112"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scales = [nn.Parameter(torch.zeros(3)) for _ in range(4)]

        def forward(self, x):
            return [x * scale for scale in self.scales]
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.scales = nn.ParameterList([nn.Parameter(torch.zeros(3)) for _ in range(4)])

        def forward(self, x):
            return [x * scale for scale in self.scales]
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        file = cls.file
        kinds = (ast.List, ast.Tuple, ast.ListComp, ast.Dict, ast.DictComp)
        for name, place, item in hidden_items(cls, lambda node: is_parameter(file, node), kinds):
            right = "ParameterDict" if isinstance(place, (ast.Dict, ast.DictComp)) else "ParameterList"
            fix = wrap(file, place, f"{library_name(file)}.{right}(", ")", f"make it a `{right}`: its parameters join the state dict")
            message = f"the parameters in `self.{name}` are not registered: the optimizer never sees them"
            yield self.finding(file, place, message, notes=[(item, "never trained, never saved")], help=f"use nn.{right}", fix=fix)

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for one, place in held_beside(file, architecture, ("list", "tuple", "dict"), True, self.check_class):
            yield self.finding(file, place, f"the parameters in `self.{one.attribute}` are not registered: the optimizer never sees them")
