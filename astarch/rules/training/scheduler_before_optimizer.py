"""Rule: the learning rate is changed before the first step."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..endings import values_of
from ..rule import Rule
from ..training_steps import loops_around, method_calls, optimizer_of


class SchedulerBeforeOptimizer(Rule):
    """A schedule steps before the optimizer does.

    ## Why
    Since torch 1.1 the schedule comes after the steps it counts: before, the first value of the learning rate is skipped. torch warns
    of it when it runs.
    """

    code = "MDL665"
    severity = "warning"
    references = ("https://docs.pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate",)
    bad = """
    def train(model, loader, loss_fn):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
        for epoch in range(90):
            scheduler.step()
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
    """
    good = """
    def train(model, loader, loss_fn):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 10)
        for epoch in range(90):
            for x, y in loader:
                optimizer.zero_grad()
                loss_fn(model(x), y).backward()
                optimizer.step()
            scheduler.step()
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if "lr_scheduler" not in file.text:
            return
        for call in method_calls(file, file.tree, "step"):
            schedule = call.func.value if isinstance(call.func, ast.Attribute) else None
            loop = next(loops_around(file, call), None)
            statement = file.parents.get(call)
            if not isinstance(schedule, ast.Name) or call.args or call.keywords or loop is None or statement not in loop.body:
                continue
            values = values_of(file, schedule.id)
            made = values[0] if len(values) == 1 and isinstance(values[0], ast.Call) else None
            if made is None or not file.resolve(made.func).startswith("torch.optim.lr_scheduler.") or not made.args:
                continue
            optimizer = made.args[0].id if isinstance(made.args[0], ast.Name) else ""
            around = file.function_of(call) or file.tree
            steps = [one for one in method_calls(file, around, "step") if _is_of(file, one, optimizer)]
            if steps and min(one.lineno for one in steps) > call.lineno and all(one in file.within(loop, ast.Call) for one in steps):
                message = "the schedule steps before the optimizer: the first value of the learning rate is skipped"
                yield self.finding(file, call, message, notes=[(steps[0], "the optimizer steps here")])


def _is_of(file: File, call: ast.Call, name: str) -> bool:
    optimizer = optimizer_of(file, call)
    return isinstance(optimizer, ast.Name) and optimizer.id == name
