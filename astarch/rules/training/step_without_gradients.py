"""Rule: a step of an optimizer that has no gradients to follow."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule
from ..training_steps import has_helper, loops_around, method_calls, optimizer_of


class StepWithoutGradients(Rule):
    """An optimizer steps where its gradients are gone, or where none were ever made.

    ## Why
    `step` leaves a weight alone that has no gradient. Between `zero_grad` and `backward`, or where the loss leads back to none of
    the weights, nothing is trained, and no error says so.

    ## Known problems
    The order is judged where the three calls stand in one block; of programs that are run as a whole, any step that never finds a
    gradient is found.
    """

    code = "MDL662"
    bad = (
        """
        def train(model, loader, loss_fn):
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            for x, y in loader:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                optimizer.step()
                loss.backward()
        """,
        """
        def train(model, loader, loss_fn):
            optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
            for x, y in loader:
                optimizer.zero_grad()
                loss = loss_fn(model(x), y)
                optimizer.step()
        """,
    )
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
        if "zero_grad" not in file.text or has_helper(file):
            return
        for step in method_calls(file, file.tree, "step"):
            optimizer = optimizer_of(file, step)
            outer = file.parents.get(step)
            if optimizer is None or not isinstance(outer, ast.Expr):
                continue
            block = _block(file, outer)
            message = _wrong_order(file, block, outer) or self._never(file, step)
            if message:
                yield self.finding(file, step, message)

    def _never(self, file: File, step: ast.Call) -> str:
        """Of a loop that zeroes, computes a loss and steps, in a file that never goes backward."""
        loop = next(loops_around(file, step), None)
        if loop is None or "backward" in file.text or "autograd" in file.text or ".grad" in file.text or not _computes_loss(file, loop):
            return ""
        zeroed = method_calls(file, loop, "zero_grad")
        return "no gradient is ever made: nothing calls `backward`" if zeroed else ""


def _block(file: File, statement: ast.stmt) -> list[ast.stmt]:
    """The statements that one stands among."""
    outer = file.parents.get(statement)
    blocks = [getattr(outer, name, None) for name in ("body", "orelse", "finalbody")]
    return next((block for block in blocks if isinstance(block, list) and statement in block), [])


def _wrong_order(file: File, block: list[ast.stmt], step: ast.stmt) -> str:
    """What is wrong with the order of the only `zero_grad`, `backward` and `step` of a block; empty when nothing is."""
    found: dict[str, int] = {}
    for name in ("zero_grad", "backward", "step"):
        calls = [
            (place, call)
            for place, one in enumerate(block)
            for call in method_calls(file, one, name)
            if name != "step" or _is_step(file, call)
        ]
        if len(calls) != 1:
            return ""
        place, call = calls[0]
        direct = block[place]
        if not isinstance(direct, ast.Expr) or direct.value is not call or call.keywords or (call.args and name != "step"):
            return ""
        found[name] = place
    if block[found["step"]] is not step:
        return ""
    zero, back, stepped = found["zero_grad"], found["backward"], found["step"]
    if back < zero < stepped:
        return "the gradients are thrown away before this step follows them"
    if zero < stepped < back or stepped < back < zero:
        return "this step comes before the backward of its loss: its gradients are still zero"
    return ""


def _is_step(file: File, call: ast.Call) -> bool:
    return "sched" not in file.source(call.func).lower()


def _computes_loss(file: File, loop: ast.AST) -> bool:
    return any(
        isinstance(target, ast.Name) and "loss" in target.id.lower() and isinstance(node.value, ast.Call)
        for node in file.within(loop, ast.Assign)
        for target in node.targets
    )
