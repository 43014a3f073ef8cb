"""Rule: a loop over layers of which only the last has an effect."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File
from ..layers import torch_layer
from ..rule import Rule


class LoopResultOverwritten(Rule):
    """A loop gives every layer the same input and keeps only what the last one gives.

    ## Why
    `y = layer(x)` in a loop over layers does not send `x` through them: each result but the last is thrown away, and the weights of
    those layers get no gradient.

    ## Known problems
    Layers that are called for an effect beside their result look the same; methods with decorators, and files that speak of hooks, which
    catch what layers give, are left alone.
    """

    code = "MDL317"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])

        def forward(self, x):
            for layer in self.layers:
                y = layer(x)
            return y
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(8, 8) for _ in range(3)])

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.framework != "torch" or "hook" in cls.file.text:
            return
        for method in (one for one in cls.methods.values() if not one.decorator_list):
            for loop in cls.file.within(method, ast.For):
                call = _call_of_each(cls, loop) if not loop.orelse else None
                if call is None or not _is_straight(cls.file, loop) or _is_carried(loop):
                    continue
                statement = next(node for node in loop.body if call in cls.file.walk(node))
                name = cls.file.source(statement.targets[0]) if isinstance(statement, ast.Assign) else ""
                given = cls.file.source(call.args[0])
                yield self.finding(
                    cls.file,
                    statement,
                    f"only what the last layer gives stays in `{name}`: each of them is given the same `{given}`",
                    notes=[(loop.iter, "the layers")],
                    help=f"did you mean to hand `{given}` on from one to the next?",
                )


def _call_of_each(cls: ClassSource, loop: ast.For) -> ast.Call | None:
    """A call in a loop of one of the modules that the loop goes over, with one name for an argument."""
    calls = [node for statement in loop.body for node in cls.file.within(statement, ast.Call) if _is_of_a_list(cls, loop, node)]
    return next((call for call in calls if len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.Name)), None)


def _is_of_a_list(cls: ClassSource, loop: ast.For, call: ast.Call) -> bool:
    """``layer(x)`` in a loop over ``self.layers``, alone, enumerated or zipped; ``self.layers[i](x)``."""
    names = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    if isinstance(call.func, ast.Name):
        held = [loop.iter]
        if (
            isinstance(loop.iter, ast.Call)
            and isinstance(loop.iter.func, ast.Name)
            and loop.iter.func.id in ("enumerate", "zip", "reversed")
        ):
            held = loop.iter.args
        return call.func.id in names and any(_is_list_of_modules(cls, one) for one in held)
    index = call.func.slice if isinstance(call.func, ast.Subscript) else None
    return (
        isinstance(call.func, ast.Subscript)
        and isinstance(index, ast.Name)
        and index.id in names
        and _is_list_of_modules(cls, call.func.value)
    )


def _is_list_of_modules(cls: ClassSource, node: ast.expr) -> bool:
    if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"):
        return False
    made = {torch_layer(each.file, one.value) for each, one in cls.kept.get(node.attr, ())}
    return bool(made) and made <= {"ModuleList", "Sequential"}


def _is_straight(file: File, loop: ast.For) -> bool:
    """Whether the loop does nothing but give values to names."""
    for node in loop.body:
        if not isinstance(node, ast.Assign) or not all(isinstance(target, (ast.Name, ast.Tuple)) for target in node.targets):
            return False
        if any(isinstance(inner, (ast.NamedExpr, ast.Yield, ast.Await)) for inner in file.walk(node)):
            return False
        if any(isinstance(inner, (ast.Attribute, ast.Subscript)) and not isinstance(inner.ctx, ast.Load) for inner in file.walk(node)):
            return False
    return True


def _is_carried(loop: ast.For) -> bool:
    """Whether one round reads what an earlier one gave."""
    stored = {node.id for statement in loop.body for node in ast.walk(statement) if isinstance(node, ast.Name) and _is_store(node)}
    fresh = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
    for statement in loop.body:
        assert isinstance(statement, ast.Assign)
        read = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
        if (read & stored) - fresh:
            return True
        fresh |= {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and _is_store(node)}
    return False


def _is_store(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)
