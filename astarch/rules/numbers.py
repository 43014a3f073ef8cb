"""Numbers that source says outright: literals, sums and products of them, names bound to them once."""

from __future__ import annotations

import ast

from ..ir.program import File


def known_number(file: File, node: ast.AST | None, depth: int = 0) -> int | None:
    """The whole number that an expression certainly is, or None."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, int) and not isinstance(node.value, bool) else None
    if isinstance(node, ast.BinOp) and depth < 8:
        left, right = known_number(file, node.left, depth + 1), known_number(file, node.right, depth + 1)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Add):
            return left + right
        if isinstance(node.op, ast.Sub):
            return left - right
        if isinstance(node.op, ast.Mult):
            return left * right
        return left // right if isinstance(node.op, ast.FloorDiv) and right else None
    if isinstance(node, ast.Name) and depth < 8:
        return _bound_once(file, node, depth)
    return None


def _bound_once(file: File, name: ast.Name, depth: int) -> int | None:
    """The number a name is bound to, when one assignment in its function is all there is."""
    function = file.function_of(name)
    if function is None:
        return None
    if any(isinstance(arg, ast.arg) and arg.arg == name.id for arg in ast.walk(function.args)):
        return None
    stores = [
        node for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name.id and not isinstance(node.ctx, ast.Load)
    ]
    if len(stores) != 1:
        return None
    parent = file.parents[stores[0]]
    direct = isinstance(parent, ast.Assign) and parent.targets == [stores[0]] and parent in function.body
    return known_number(file, parent.value, depth + 1) if direct and isinstance(parent, ast.Assign) else None
