"""Rule: ``forward`` called by name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of
from ..rule import Rule, replace


class ForwardCalledDirectly(Rule):
    """A submodule's `forward` is called by its name.

    ## Why
    Hooks do not run: not those of quantization, pruning, profilers or `DistributedDataParallel`.

    ## Fix
    Safe: the module itself is called.
    """

    code = "MDL309"
    severity = "info"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return self.fc.forward(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return self.fc(x)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.node, ast.Call):
            func = call.func
            if (
                isinstance(func, ast.Attribute)
                and func.attr == "forward"
                and isinstance(func.value, ast.Attribute)
                and layer_of(cls, func.value.attr) is not None
            ):
                yield self.finding(
                    cls.file,
                    func,
                    "calling `forward` by name skips the hooks of the module",
                    fix=replace(cls.file, func, cls.file.source(func.value), "call the module", safe=True),
                )
