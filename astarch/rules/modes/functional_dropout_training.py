"""Rule: functional dropout that is never off."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule, add_argument, argument, constant, has_star

_DROPOUTS = {
    f"torch.nn.functional.{name}" for name in ("dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_alpha_dropout")
}


#: How people say that a dropout is meant to go on.
_MEANT = re.compile(
    r"\bnon[- ]?deterministic|\bmonte[- ]?carlo|\bmc[- ]?dropout|\balways?\s+(?:appl\w+|uses?|active|on)\b|\bkeeps?\s+(?:the\s+)?dropout"
    r"|\b(?:even|also|still)\s+(?:applied\s+)?(?:in|at|during|for)\s+(?:eval|inference|test|validation|prediction|generation)",
    re.IGNORECASE,
)


class FunctionalDropoutTraining(Rule):
    """`F.dropout` without `training=`, or attention with a constant `dropout_p`.

    ## Why
    Its default is `training=True`: the dropout goes on in evaluation, and predictions are random.

    ## Known problems
    Monte-Carlo dropout is meant to go on; say `training=True`. Where only a comment or the docstring of the class says so, it is a
    warning.

    ## Fix
    Safe for training: `training=self.training`.
    """

    code = "MDL611"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return F.dropout(x, 0.5)
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return F.dropout(x, 0.5, training=self.training)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for method in cls.methods.values():
            if not method.args.args or method.args.args[0].arg != "self":
                continue
            for call in cls.file.within(method, ast.Call):
                name = cls.file.resolve(call.func)
                if not name.startswith("torch.nn.functional.") or has_star(call) or _is_guarded(cls, call):
                    continue
                rate = argument(call, 1, "p")
                if name in _DROPOUTS and argument(call, 2, "training") is None and (rate is None or constant(rate) != 0):
                    yield self._found(cls, call)
                elif name == "torch.nn.functional.scaled_dot_product_attention":
                    value = argument(call, 4, "dropout_p")
                    if isinstance(constant(value), float) and constant(value) > 0:
                        yield self.finding(
                            cls.file,
                            call,
                            "the dropout of this attention is also on in evaluation",
                            help="dropout_p=p if self.training else 0.0",
                        )

    def _found(self, cls: ClassSource, call: ast.Call) -> Diagnostic:
        message = "this dropout is also on in evaluation: `training` is True by default"
        if _is_meant(cls, call):
            fix = add_argument(cls.file, call, "training=True", "say so", safe=True)
            help = "that it is meant is said in words only: training=True says it in the call"
            return self.finding(cls.file, call, message, help=help, fix=fix, severity="warning")
        return self.finding(
            cls.file, call, message, fix=add_argument(cls.file, call, "training=self.training", "hand on the mode", safe=True)
        )


def _is_meant(cls: ClassSource, call: ast.Call) -> bool:
    """Whether the docstring of the class, or a comment at the call, says that it goes on in evaluation."""
    first = max(cls.node.lineno, call.lineno - 3)
    lines = cls.file.lines[first - 1 : call.end_lineno or call.lineno]
    comments = [line.partition("#")[2] for line in lines if "#" in line]
    return any(_MEANT.search(text) for text in (ast.get_docstring(cls.node) or "", *comments))


def _is_guarded(cls: ClassSource, call: ast.Call) -> bool:
    """Whether a condition around it asks for the mode."""
    for node in cls.file.up(call):
        test = node.test if isinstance(node, (ast.If, ast.IfExp)) else None
        if test is not None and any(
            (isinstance(part, ast.Attribute) and "train" in part.attr) or (isinstance(part, ast.Name) and "train" in part.id)
            for part in ast.walk(test)
        ):
            return True
    return False
