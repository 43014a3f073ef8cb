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
