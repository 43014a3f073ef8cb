"""Rule: a functional batch norm that always takes the statistics of the batch."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule, argument, constant, has_star, replace


class FunctionalBatchnormTraining(Rule):
    """`F.batch_norm` with `training=True` and running statistics.

    ## Why
    In evaluation, too, it takes the statistics of the batch, and changes the running ones: a prediction depends on what else is in
    the batch, and evaluating a model changes it.

    ## Known problems
    Without running statistics it is a norm of its own, as style transfer uses it: that is left alone.

    ## Fix
    Unsafe: `training=self.training`.
    """

    code = "MDL613"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.zeros(8))
            self.register_buffer("var", torch.ones(8))

        def forward(self, x):
            return F.batch_norm(x, self.mean, self.var, training=True)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("mean", torch.zeros(8))
            self.register_buffer("var", torch.ones(8))

        def forward(self, x):
            return F.batch_norm(x, self.mean, self.var, training=self.training)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.called.get("torch.nn.functional.batch_norm", ()):
            method = cls.file.function_of(call)
            if cls.file.class_of(call) is not cls or method is None or has_star(call) or not method.args.args:
                continue
            statistics, mode = argument(call, 1, "running_mean"), argument(call, 5, "training")
            if mode is None or constant(mode) is not True or statistics is None or _is_none(statistics):
                continue
            if any(isinstance(node, ast.If) for node in cls.file.up(call)):
                continue
            yield self.finding(
                cls.file,
                mode,
                "this batch norm takes the statistics of the batch in evaluation, too, and changes the running ones",
                fix=replace(cls.file, mode, f"{method.args.args[0].arg}.training", "hand on the mode"),
            )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
