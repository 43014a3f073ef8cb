"""Rule: one batch norm applied at several places."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..layers import BATCH_NORMS, torch_layer
from ..rule import Rule


class SharedNormState(Rule):
    """One `BatchNorm` is applied at several places of the forward.

    ## Why
    Its running statistics mix what differs: evaluation is worse than training says.

    ## Known problems
    Siamese networks share on purpose.
    """

    code = "MDL614"
    severity = "info"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(8, 8)
            self.b = nn.Linear(8, 8)
            self.bn = nn.BatchNorm1d(8)

        def forward(self, x):
            x = self.bn(self.a(x))
            return self.bn(self.b(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(8, 8)
            self.b = nn.Linear(8, 8)
            self.bn1 = nn.BatchNorm1d(8)
            self.bn2 = nn.BatchNorm1d(8)

        def forward(self, x):
            x = self.bn1(self.a(x))
            return self.bn2(self.b(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        seen: dict[str, ast.Call] = {}
        for call in cls.file.within(cls.forward, ast.Call) if cls.forward is not None else []:
            name = own_call(cls, call)
            made = layer_of(cls, name) if name else None
            if (
                made is None
                or torch_layer(cls.file, made) not in BATCH_NORMS
                or any(isinstance(node, ast.If) for node in cls.file.up(call))
            ):
                continue
            if name in seen:
                yield self.finding(
                    cls.file,
                    call,
                    f"`self.{name}` is applied twice: its running statistics mix both",
                    notes=[(seen[name], "also here")],
                    help="give each place a norm of its own",
                )
            seen.setdefault(name, call)
