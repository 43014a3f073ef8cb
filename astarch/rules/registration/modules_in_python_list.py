"""Rule: modules kept in a plain list, where ``nn.Module`` does not see them."""

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


class ModulesInPythonList(Rule):
    """Layers in a plain list, tuple or set are not part of the model.

    ## Why
    `nn.Module` registers modules that are assigned themselves. Those in a list are missing from `parameters()`,
    `state_dict()`, `.to(device)` and `.train()`: they are never trained, never saved, and stay on the CPU, without an error.

    ## Known problems
    A list whose modules are registered in another way (`add_module`, `nn.ModuleList(self.x)`, `setattr`) is left alone.

    ## Fix
    Unsafe: `nn.ModuleList(...)` around the list. It adds keys to the state dict.
    """

    code = "MDL110"
    references = ("https://github.com/pytorch/pytorch/issues/1053", "https://github.com/pytorch/pytorch/issues/8017")
    bad = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = [nn.Conv1d(8, 8, 3) for _ in range(3)]

        def forward(self, x):
            for conv in self.convs:
                x = conv(x)
            return x
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = []
            for _ in range(3):
                self.convs.append(nn.Conv1d(8, 8, 3))

        def forward(self, x):
            for conv in self.convs:
                x = conv(x)
            return x
    """,
    )
    good = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = nn.ModuleList([nn.Conv1d(8, 8, 3) for _ in range(3)])

        def forward(self, x):
            for conv in self.convs:
                x = conv(x)
            return x
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.convs = nn.ModuleList([])
            for _ in range(3):
                self.convs.append(nn.Conv1d(8, 8, 3))

        def forward(self, x):
            for conv in self.convs:
                x = conv(x)
            return x
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        file = cls.file
        for name, place, item in hidden_items(
            cls, lambda node: has_weights(file, node), (ast.List, ast.Tuple, ast.Set, ast.ListComp, ast.SetComp, ast.BinOp)
        ):
            fix = wrap(file, place, f"{library_name(file)}.ModuleList(", ")", "make it a `ModuleList`: its parameters join the state dict")
            if isinstance(place, (ast.Set, ast.SetComp, ast.Name)):
                fix = None
            made = makes_module(file, item)
            message = f"the `{made}` in `self.{name}` is not registered: a plain list hides it from parameters(), state_dict() and .to()"
            yield self.finding(
                file,
                place,
                message,
                notes=[(item, "never trained, never saved")] if item is not place else [],
                help="use nn.ModuleList",
                fix=fix,
            )

    def check_run(self, file: File, architecture: Architecture) -> Iterator[Diagnostic]:
        for one, place in held_beside(file, architecture, ("list", "tuple"), False, self.check_class):
            hides = f"a plain {one.container} hides it from parameters(), state_dict() and .to()"
            message = f"the `{one.what}` in `self.{one.attribute}` is not registered: {hides}"
            yield self.finding(file, place, message, help="use nn.ModuleList")
