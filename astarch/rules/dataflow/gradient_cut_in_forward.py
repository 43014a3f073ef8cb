"""Rule: a tensor rebuilt in the forward, without its gradient."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import own_call
from ..rule import Rule, replace


class GradientCutInForward(Rule):
    """`torch.tensor(...)` of a layer's result, in the forward.

    ## Why
    It copies the values and forgets where they come from: nothing before it is trained.

    ## Fix
    Unsafe: the value itself; the training changes.
    """

    code = "MDL314"
    severity = "warning"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            return torch.tensor(self.fc(x))
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
        if cls.forward is None:
            return
        for call in cls.file.within(cls.forward, ast.Call):
            if (
                len(call.args) == 1
                and cls.file.resolve(call.func) in ("torch.tensor", "torch.Tensor", "torch.FloatTensor")
                and own_call(cls, call.args[0])
            ):
                fix = replace(cls.file, call, cls.file.source(call.args[0]), "use the value itself")
                yield self.finding(cls.file, call, "this copies the values and cuts the gradient: nothing before it is trained", fix=fix)
