"""Rule: raw scores given to a loss that takes log-probabilities."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File
from ..assignments import only_value
from ..calls import layer_of, own_call
from ..layers import torch_layer
from ..rule import Rule, replace


class NllWithoutLogSoftmax(Rule):
    """The result of a `Linear` goes into `nll_loss`.

    ## Why
    `nll_loss` takes log-probabilities; on raw scores it has no lower bound, and training runs away.

    ## Fix
    Unsafe: `cross_entropy`, which is both steps in one.
    """

    code = "MDL624"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 3)

        def forward(self, x, y):
            return F.nll_loss(self.fc(x), y)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 3)

        def forward(self, x, y):
            return F.cross_entropy(self.fc(x), y)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.node, ast.Call):
            by_function = cls.file.resolve(call.func) == "torch.nn.functional.nll_loss"
            loss = layer_of(cls, name) if not by_function and (name := own_call(cls, call)) else None
            if call.args and (by_function or (loss is not None and torch_layer(cls.file, loss) == "NLLLoss")):
                name = own_call(cls, _value(cls.file, call.args[0], call))
                made = layer_of(cls, name) if name else None
                if made is not None and torch_layer(cls.file, made) == "Linear":
                    text = cls.file.source(call.func).replace("nll_loss", "cross_entropy")
                    fix = replace(cls.file, call.func, text, "use cross_entropy") if by_function else None
                    yield self.finding(cls.file, call, f"`nll_loss` takes log-probabilities and gets what `self.{name}` gives", fix=fix)


def _value(file: File, node: ast.expr, call: ast.Call) -> ast.expr | None:
    """What is given: a name means what it was given, when that is only one thing."""
    return only_value(file, node, call) if isinstance(node, ast.Name) else node
