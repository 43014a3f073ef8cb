"""Rule: a ``ModuleList`` called as if it were a ``Sequential``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..rule import Rule


class ModulelistCalled(Rule):
    """An `nn.ModuleList` or `nn.ModuleDict` is called.

    ## Why
    It only holds modules and has no forward: torch raises `NotImplementedError: Module [ModuleList] is missing the required
    "forward" function`.
    """

    code = "MDL305"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.ModuleList([nn.Linear(8, 8), nn.ReLU()])

        def forward(self, x):
            return self.blocks(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.blocks = nn.Sequential(nn.Linear(8, 8), nn.ReLU())

        def forward(self, x):
            return self.blocks(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.node, ast.Call):
            name = own_call(cls, call)
            made = layer_of(cls, name) if name else None
            kind = cls.file.resolve(made.func).rpartition(".")[2] if made is not None else ""
            if made is not None and cls.file.resolve(made.func) in ("torch.nn.ModuleList", "torch.nn.ModuleDict"):
                yield self.finding(
                    cls.file,
                    call,
                    f"`self.{name}` is an `nn.{kind}`, which cannot be called",
                    notes=[(made, "made here")],
                    help="use nn.Sequential, or loop over it",
                )
