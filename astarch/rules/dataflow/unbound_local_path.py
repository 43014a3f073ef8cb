"""Rule: a returned name that only one branch assigns."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, Definition, File
from ..rule import Rule


class UnboundLocalPath(Rule):
    """The forward returns a name that is assigned on one branch only.

    ## Why
    On the other branch Python raises `UnboundLocalError`.

    ## Known problems
    A condition that always holds in practice is not known to.
    """

    code = "MDL313"
    severity = "warning"
    confidence = "likely"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def forward(self, x, need_weights):
            out = x + 1
            if need_weights:
                weights = x.softmax(-1)
            return out, weights
    """
    good = """
    class Net(nn.Module):
        def forward(self, x, need_weights):
            out = x + 1
            weights = None
            if need_weights:
                weights = x.softmax(-1)
            return out, weights
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        forward = cls.forward
        last = forward.body[-1] if forward is not None else None
        if forward is None or not isinstance(last, ast.Return) or last.value is None:
            return
        for node in cls.file.walk(last.value):
            asked = any(isinstance(around, (ast.IfExp, ast.BoolOp)) for around in cls.file.up(node))
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and not asked:
                place = _only_branch(cls.file, forward, node.id)
                if place is not None:
                    yield self.finding(
                        cls.file,
                        node,
                        f"`{node.id}` is assigned on one branch only",
                        notes=[(place, "only when this is taken")],
                        help=f"give `{node.id}` a value on the other branch",
                    )
                    return


def _only_branch(file: File, function: Definition, name: str) -> ast.If | None:
    """The top-level ``if`` without ``else`` that holds every assignment to a name."""
    if name in {arg.arg for arg in file.within(function.args, ast.arg)}:
        return None
    stores = {node for node in file.within(function, ast.Name) if node.id == name and not isinstance(node.ctx, ast.Load)}
    kinds = (ast.Global, ast.Nonlocal, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)
    bound = any(node is not function for kind in kinds for node in file.within(function, kind))
    for statement in function.body:
        if isinstance(statement, ast.If) and not statement.orelse and stores and not bound:
            inside = stores.intersection(file.within(statement, ast.Name))
            if len(inside) == len(stores):
                direct = any(isinstance(one, ast.Assign) and not stores.isdisjoint(file.within(one, ast.Name)) for one in statement.body)
                leaves = any(isinstance(one, (ast.Return, ast.Raise)) for one in statement.body)
                return statement if direct and not leaves else None
    return None
