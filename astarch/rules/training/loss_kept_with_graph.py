"""Rule: losses summed up or collected with all that they were computed from."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule, replace
from ..training_steps import loops_around, method_calls


class LossKeptWithGraph(Rule):
    """A running total of losses, or a list of them, keeps the graph of every step.

    ## Why
    A loss leads back to all that it was computed from. Added to a total that outlives the step it keeps that in memory, round after
    round, until there is none left.

    ## Known problems
    Only losses that went backward in the same loop, and totals that never do.

    ## Fix
    Safe: `.item()`, where the total is a number.
    """

    code = "MDL664"
    severity = "warning"
    confidence = "likely"
    bad = """
    def train(model, loader, optimizer, loss_fn):
        total = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss
        return total / len(loader)
    """
    good = """
    def train(model, loader, optimizer, loss_fn):
        total = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item()
        return total / len(loader)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for backward in method_calls(file, file.tree, "backward") if ".backward(" in file.text else ():
            loss = backward.func.value if isinstance(backward.func, ast.Attribute) else None
            loop = next(loops_around(file, backward), None)
            if (
                not isinstance(loss, ast.Name)
                or loop is None
                or backward.args
                or backward.keywords
                or not _is_only_a_loss(file, loss, loop)
            ):
                continue
            for kept, holder in _kept(file, loop, loss.id):
                if not _outlives(file, loop, holder, backward):
                    continue
                message = f"`{holder}` keeps the graph of every `{loss.id}`: it wants its number"
                yield self.finding(file, kept, message, fix=replace(file, kept, f"{loss.id}.item()", "keep the number"))


def _is_only_a_loss(file: File, loss: ast.Name, loop: ast.AST) -> bool:
    """Whether the name is given tensors only: what calls and sums give, never a number."""
    around = file.function_of(loop) or file.tree
    assigned = [
        node for node in file.within(around, ast.Assign) if any(isinstance(one, ast.Name) and one.id == loss.id for one in node.targets)
    ]
    stores = [node for node in file.within(around, ast.Name) if node.id == loss.id and not isinstance(node.ctx, ast.Load)]
    inside = {id(node) for node in file.within(loop, ast.Assign)}
    if len(assigned) != 1 or len(stores) != 1 or id(assigned[0]) not in inside or not isinstance(assigned[0].value, ast.Call):
        return False
    text = file.source(assigned[0].value)
    return not any(word in text for word in (".item()", ".detach()", ".data", "float(", "no_grad"))


def _kept(file: File, loop: ast.AST, loss: str) -> Iterator[tuple[ast.expr, str]]:
    """Where the loss itself is added to a name, or appended to one."""
    for node in file.within(loop, ast.AugAssign):
        if (
            isinstance(node.op, ast.Add)
            and isinstance(node.target, ast.Name)
            and isinstance(node.value, ast.Name)
            and node.value.id == loss
        ):
            yield node.value, node.target.id
    for call in method_calls(file, loop, "append"):
        given = call.args[0] if len(call.args) == 1 else None
        holder = call.func.value if isinstance(call.func, ast.Attribute) else None
        if isinstance(given, ast.Name) and given.id == loss and isinstance(holder, ast.Name):
            yield given, holder.id


def _outlives(file: File, loop: ast.AST, holder: str, backward: ast.Call) -> bool:
    """Whether the total is made before the loop, in the same function, and nothing it goes into goes backward."""
    around = file.function_of(loop) or file.tree
    inside = {id(node) for node in file.walk(loop)}
    stores = [
        node for node in file.within(around, ast.Assign) if any(isinstance(one, ast.Name) and one.id == holder for one in node.targets)
    ]
    if not stores or any(id(node) in inside for node in stores):
        return False
    return all(one is backward for one in method_calls(file, around, "backward")) and "requires_grad" not in file.source(stores[0])
