"""Rule: functional dropout that is never off."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..calls import reached
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

_ATTENTION = "torch.nn.functional.scaled_dot_product_attention"


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
        yield from self._partials(cls)
        calls = [(name, call) for name in (*sorted(_DROPOUTS), _ATTENTION) for call in cls.file.called.get(name, ())]
        if not calls:
            return
        own = [method for method in cls.methods.values() if method.args.args and method.args.args[0].arg == "self"]
        functions = reached(cls)
        for name, call in calls:
            around = [node for node in cls.file.up(call) if isinstance(node, ast.FunctionDef)]
            if not has_star(call) and not _is_guarded(cls, call) and any(node in own or node in functions for node in around):
                yield from self._judged(cls, name, call, any(node in own for node in around))

    def _judged(self, cls: ClassSource, name: str, call: ast.Call, in_method: bool) -> Iterator[Diagnostic]:
        rate = argument(call, 1, "p")
        if name in _DROPOUTS and argument(call, 2, "training") is None and (rate is None or constant(rate) != 0):
            yield self._found(cls, call, in_method)
        elif name == _ATTENTION:
            value = argument(call, 4, "dropout_p")
            if isinstance(constant(value), float) and constant(value) > 0:
                yield self.finding(
                    cls.file, call, "the dropout of this attention is also on in evaluation", help="dropout_p=p if self.training else 0.0"
                )

    def _partials(self, cls: ClassSource) -> Iterator[Diagnostic]:
        """`partial(F.dropout, p=0.1)` under a name with which the class calls it, never with the mode."""
        for made in cls.file.called.get("functools.partial", ()):
            dropout = made.args and cls.file.resolve(made.args[0]) in _DROPOUTS
            given = cls.file.parents[made]
            if not dropout or has_star(made) or argument(made, 3, "training") is not None or not isinstance(given, ast.Assign):
                continue
            name = dotted_text(given.targets[0])
            calls = [call for call in cls.file.within(cls.node, ast.Call) if dotted_text(call.func) == name] if name else []
            if calls and not any(argument(call, 2, "training") is not None or has_star(call) or _is_guarded(cls, call) for call in calls):
                message = f"the dropout of `{name}` is also on in evaluation: `training` is True by default"
                severity = "warning" if _is_meant(cls, made) else ""
                help = "hand on training=self.training"
                yield self.finding(cls.file, made, message, notes=[(calls[0], "called here")], help=help, severity=severity)

    def _found(self, cls: ClassSource, call: ast.Call, in_method: bool) -> Diagnostic:
        message = "this dropout is also on in evaluation: `training` is True by default"
        if _is_meant(cls, call):
            fix = add_argument(cls.file, call, "training=True", "say so", safe=True)
            help = "that it is meant is said in words only: training=True says it in the call"
            return self.finding(cls.file, call, message, help=help, fix=fix, severity="warning")
        if not in_method:
            return self.finding(cls.file, call, message, help="take `training` as an argument, and hand on `self.training`")
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
