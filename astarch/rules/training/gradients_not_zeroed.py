"""Rule: steps on gradients that are never zeroed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule, insert_before
from ..training_steps import has_helper, is_made_by_torch, loops_around, method_calls, optimizer_of


class GradientsNotZeroed(Rule):
    """A loop goes backward and steps, and no round forgets the gradients of the one before.

    ## Why
    `backward` adds to the gradients there are. Without `zero_grad` every step follows the sum of all gradients so far: the loss
    falls at first, then swings or grows.

    ## Known problems
    Silent where anything in the file touches gradients by itself, or a helper library may zero them. A warning where the optimizer is an
    argument: one that is not torch's own may zero them in its step.

    ## Fix
    Unsafe: `zero_grad()` before `backward()`.
    """

    code = "MDL661"
    confidence = "likely"
    bad = """
    def train(model, loader, loss_fn):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            loss = loss_fn(model(x), y)
            loss.backward()
            optimizer.step()
    """
    good = """
    def train(model, loader, loss_fn):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for x, y in loader:
            loss = loss_fn(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if ".backward(" not in file.text or _TOUCHED.search(file.text) or has_helper(file):
            return
        zeroed = method_calls(file, file.tree, "zero_grad")
        for step in method_calls(file, file.tree, "step"):
            optimizer, loops = optimizer_of(file, step), list(loops_around(file, step))
            if optimizer is None or not loops or any(file.function_of(one) is not file.function_of(step) for one in zeroed):
                continue
            innermost = loops[0]
            backward = [one for one in method_calls(file, innermost, "backward") if next(loops_around(file, one), None) is innermost]
            within = {id(one) for one in file.within(innermost, ast.Call)}
            if len(backward) != 1 or any(id(one) in within for one in zeroed):
                continue
            name = file.source(optimizer)
            statement = file.parents.get(backward[0])
            fix = None
            if isinstance(statement, ast.Expr):
                fix = insert_before(file, statement, f"{name}.zero_grad()\n{' ' * statement.col_offset}", "zero them before")
            severity = "" if is_made_by_torch(file, optimizer) else "warning"  # one that is handed in may zero them by itself
            notes = [(one, "zeroed here, outside of this loop") for one in zeroed[:1]] or [(backward[0], "added to what there is")]
            message = "the gradients of the rounds before are never zeroed: each step follows their sum"
            yield self.finding(file, step, message, notes=notes, fix=fix, severity=severity)


_TOUCHED = re.compile(r"\.grad\b|set_to_none|zero_gradients|clear_grad|zero_grad_|\w+_zero_grad")
