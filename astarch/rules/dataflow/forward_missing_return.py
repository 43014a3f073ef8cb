"""Rule: a forward that gives nothing back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource, Definition, dotted_text
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
    Unsafe: `return` of what the last statement computes, or of the name that it assigns.
    """

    code = "MDL307"
    framework = "both"
    bad = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            x = self.fc(x)
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def features(self, x):
            x = F.relu(x)
            x + self.fc(x)

        def forward(self, x):
            return self.features(x).mean(1)
    """,
    )
    good = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def forward(self, x):
            x = self.fc(x)
            return x
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 8)

        def features(self, x):
            x = F.relu(x)
            return x + self.fc(x)

        def forward(self, x):
            return self.features(x).mean(1)
    """,
    )

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.file.path.rpartition("/")[2].startswith("modular_"):
            return
        forward = cls.forward
        for method in cls.methods.values():
            if method.decorator_list or _returns(cls, method) or not (method is forward or _is_used(cls, method.name)):
                continue
            last = method.body[-1]
            if isinstance(last, ast.Assign) and method is forward:
                yield from self._assigned(cls, method, last)
            elif isinstance(last, ast.Expr) and (_computes(cls, last.value) or (method is forward and _names_results(method, last.value))):
                at = cls.file.span(last)
                fix = Fix("return it", (Edit(Span(at.file, at.line, at.column, at.line, at.column), "return "),))
                yield self._finding(cls, method, last, fix)

    def _assigned(self, cls: ClassSource, forward: Definition, last: ast.Assign) -> Iterator[Diagnostic]:
        """A forward whose last statement names its result."""
        if len(last.targets) != 1 or not isinstance(last.targets[0], ast.Name):
            return
        for node in cls.file.walk(forward):
            if isinstance(node, (ast.Attribute, ast.Subscript)) and isinstance(node.ctx, ast.Store):
                return
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and dotted_text(node.value.func) != "print":
                return
        if any(own_call(cls, node) for node in cls.file.walk(forward)):
            at = cls.file.span(last)
            end = Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column)
            name = last.targets[0].id
            fix = Fix(f"return `{name}`", (Edit(end, "\n" + " " * last.col_offset + f"return {name}"),))
            yield self._finding(cls, forward, last, fix)

    def _finding(self, cls: ClassSource, method: Definition, last: ast.stmt, fix: Fix) -> Diagnostic:
        message = f"`{method.name}` of `{cls.name}` returns nothing: its callers get None"
        return self.finding(cls.file, method, message, notes=[(last, "computed, then dropped")], fix=fix)


def _returns(cls: ClassSource, method: Definition) -> bool:
    """Whether it gives something, or never comes back."""
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom, ast.Raise)) or (isinstance(node, ast.Return) and node.value is not None)
        for node in cls.file.walk(method)
    )


def _is_used(cls: ClassSource, name: str) -> bool:
    """Whether the class computes with what its own method gives."""
    for node in cls.reads.get(name, []):
        call = cls.file.parents[node]
        if (
            isinstance(call, ast.Call)
            and call.func is node
            and isinstance(cls.file.parents[call], (ast.Assign, ast.Call, ast.BinOp, ast.Return, ast.Attribute))
        ):
            return True
    return False


def _names_results(forward: Definition, node: ast.expr) -> bool:
    """Whether a statement only names what was computed before: ``x``, ``mean, spread``."""
    names = node.elts if isinstance(node, ast.Tuple) else [node]
    stored = {found.id for found in ast.walk(forward) if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store)}
    return bool(names) and all(isinstance(name, ast.Name) and name.id in stored for name in names)


def _computes(cls: ClassSource, node: ast.expr) -> bool:
    """Whether an expression is a result, and nothing that is done for its effect."""
    if isinstance(node, ast.Tuple):
        return any(_computes(cls, item) for item in node.elts)
    if isinstance(node, (ast.BinOp, ast.Subscript)):
        return True
    if isinstance(node, ast.Call):
        name = cls.file.resolve(node.func)
        if name.startswith("torch."):
            return not name.endswith("_") and name.startswith(("torch.nn.functional.", "torch.cat", "torch.stack", "torch.flatten"))
        if isinstance(node.func, ast.Attribute) and not node.func.attr.endswith("_") and _is_own(cls, node.func.value):
            return True
        return bool(own_call(cls, node))
    return False


def _is_own(cls: ClassSource, node: ast.expr) -> bool:
    """Whether a method is called on what a layer of its own gives: ``self.head(x).flatten(1)``."""
    while isinstance(node, ast.Call):
        if own_call(cls, node):
            return True
        node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    return False
