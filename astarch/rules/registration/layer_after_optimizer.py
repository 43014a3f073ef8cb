"""Rule: a layer made after the optimizer that should train it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import has_weights
from ..rule import Rule


class LayerAfterOptimizer(Rule):
    """A model is given a layer after the optimizer was given its parameters.

    ## Why
    The optimizer keeps the parameters there are when it is made. It never updates those of a layer that comes later: a new head is not
    trained, and nothing says so.

    ## Known problems
    A layer that is frozen on purpose looks the same; where the optimizer is given more (`add_param_group`), nothing is said.
    """

    code = "MDL124"
    severity = "warning"
    confidence = "likely"
    bad = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Linear(8, 8)
            self.optimizer = torch.optim.Adam(self.parameters())
            self.head = nn.Linear(8, 2)
    """,
        """
    def finetune(model):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        model.fc = nn.Linear(8, 2)
        return optimizer
    """,
    )
    good = """
    def finetune(model):
        model.fc = nn.Linear(8, 2)
        return torch.optim.SGD(model.parameters(), lr=0.1)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if "torch.optim" not in file.text and "optim." not in file.text:
            return
        for function in (*file.all(ast.FunctionDef), file.tree):
            if not isinstance(function, ast.Module) and "add_param_group" in file.source(function):
                continue
            yield from self._in_order(file, function.body)

    def _in_order(self, file: File, block: list[ast.stmt]) -> Iterator[Diagnostic]:
        given: dict[str, ast.Call] = {}
        for statement in block:
            if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.Expr)) or statement.value is None:
                continue
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            for target in targets:
                owner = _owner(target)
                if owner in given and has_weights(file, statement.value):
                    message = f"the optimizer does not have the weights of `{file.source(target)}`, which is made after it"
                    yield self.finding(file, statement, message, notes=[(given[owner], "takes the parameters there are now")])
                elif isinstance(target, ast.Name):
                    given.pop(target.id, None)  # another model
            given.update(_taken(file, statement.value))


def _owner(target: ast.expr) -> str:
    """The name of the model in ``model.head`` or ``model.layers.head``; empty for a name alone."""
    if not isinstance(target, ast.Attribute):
        return ""
    value: ast.expr = target
    while isinstance(value, ast.Attribute):
        value = value.value
    return value.id if isinstance(value, ast.Name) else ""


def _taken(file: File, value: ast.expr) -> Iterator[tuple[str, ast.Call]]:
    """The models all of whose parameters an optimizer is given."""
    for call in file.walk(value):
        if isinstance(call, ast.Call) and file.resolve(call.func).startswith("torch.optim.") and call.args:
            first = call.args[0]
            held = first.func.value if isinstance(first, ast.Call) and isinstance(first.func, ast.Attribute) else None
            if isinstance(held, ast.Name) and isinstance(first, ast.Call) and file.source(first) == f"{held.id}.parameters()":
                yield held.id, call
