"""Rule: gradients that no optimizer follows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule
from ..training_steps import has_helper, is_made_by_torch, loops_around, method_calls


class TrainingWithoutStep(Rule):
    """A loop zeroes and makes gradients, and its optimizer never steps.

    ## Why
    Only `step` changes weights: without it the model stays what it was, whatever the loss is.

    ## Known problems
    Silent where the file steps anything at all, or hands its optimizer on.
    """

    code = "MDL663"
    bad = """
    def train(model, loader, loss_fn):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
    """
    good = """
    def train(model, loader, loss_fn):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if "step(" in file.text or ".backward(" not in file.text or ".grad" in file.text or has_helper(file):
            return
        for zero in method_calls(file, file.tree, "zero_grad"):
            optimizer = zero.func.value if isinstance(zero.func, ast.Attribute) else None
            loop = next(loops_around(file, zero), None)
            if optimizer is None or loop is None or not is_made_by_torch(file, optimizer) or _is_handed_on(file, optimizer):
                continue
            for backward in method_calls(file, loop, "backward"):
                message = f"`{file.source(optimizer)}` never steps: these gradients change no weight"
                yield self.finding(file, backward, message, notes=[(zero, "its gradients are zeroed here")])


def _is_handed_on(file: File, optimizer: ast.expr) -> bool:
    """Whether its name is used for anything but a method of its own."""
    name = optimizer.id if isinstance(optimizer, ast.Name) else ""
    uses = [node for node in file.all(ast.Name) if node.id == name and isinstance(node.ctx, ast.Load)]
    return any(not isinstance(file.parents.get(use), ast.Attribute) for use in uses)
