"""What a local name holds, as far as one function says."""

from __future__ import annotations

import ast

from ..ir.program import File


def only_value(file: File, name: ast.Name, use: ast.expr) -> ast.expr | None:
    """What a name was given in the function around a use, when that is the only assignment to it and comes before."""
    function = file.function_of(use)
    if function is None:
        return None
    stores = [node for node in file.within(function, ast.Name) if node.id == name.id and not isinstance(node.ctx, ast.Load)]
    values = [node.value for node in file.within(function, ast.Assign) if len(node.targets) == 1 and node.targets[0] in stores]
    return values[0] if len(stores) == len(values) == 1 and values[0].lineno < use.lineno else None


def last_value(file: File, function: ast.FunctionDef, name: ast.Name, use: ast.expr) -> ast.expr | None:
    """What a name was given last before a use in a function; None when a branch or a loop leaves that open."""
    stores = [node for node in file.within(function, ast.Name) if node.id == name.id and isinstance(node.ctx, ast.Store)]
    before = [node for node in stores if node.lineno < use.lineno]
    last = file.parents[max(before, key=lambda node: node.lineno)] if before else None
    return last.value if isinstance(last, ast.Assign) and len(last.targets) == 1 and last in function.body else None
