"""Rule: a forward that gives nothing back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource, dotted_text
from ...ir.span import Span
from ..calls import own_call
from ..rule import Rule


class ForwardMissingReturn(Rule):
    """The forward computes something and returns nothing.

    ## Why
    The caller gets `None`; the error shows up somewhere else.

    ## Known problems
    A forward that stores its result on `self` or in an argument is left alone.

    ## Fix
    Unsafe: `return` of the name that the last statement assigns.
    """

    code = "MDL307"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            x = self.fc(x)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            x = self.fc(x)
            return x
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        forward = cls.forward
        if forward is None or forward.decorator_list or cls.file.path.rpartition("/")[2].startswith("modular_"):
            return
        last = forward.body[-1]
        if not isinstance(last, ast.Assign) or len(last.targets) != 1 or not isinstance(last.targets[0], ast.Name):
            return
        for node in cls.file.walk(forward):
            if isinstance(node, (ast.Yield, ast.YieldFrom, ast.Raise)) or (isinstance(node, ast.Return) and node.value is not None):
                return
            if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
                return
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and dotted_text(node.value.func) != "print":
                return
        if not any(own_call(cls, node) for node in cls.file.walk(forward)):
            return
        at = cls.file.span(last)
        end = Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column)
        fix = Fix(f"return `{last.targets[0].id}`", (Edit(end, "\n" + " " * last.col_offset + f"return {last.targets[0].id}"),))
        yield self.finding(
            cls.file,
            forward,
            f"`{forward.name}` of `{cls.name}` returns nothing: its callers get None",
            notes=[(last, "computed, then dropped")],
            fix=fix,
        )
