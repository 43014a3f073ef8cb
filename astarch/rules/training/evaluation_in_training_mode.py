"""Rule: a model is judged while its dropout is on."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import BATCH_NORMS, DROPOUTS, torch_layers
from ..rule import Rule
from ..training_steps import has_helper


class EvaluationInTrainingMode(Rule):
    """A file trains a model with dropout or batch norm, and judges it without ever calling `eval()`.

    ## Why
    `no_grad` only saves memory. Dropout goes on dropping, and batch norm follows the statistics of the data it is judged on, and keeps
    them: what is measured is not the model.

    ## Known problems
    Silent where anything in the file is put in a mode, and where a helper library may do it.
    """

    code = "MDL666"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)
            self.drop = nn.Dropout(0.5)

        def forward(self, x):
            return self.fc(self.drop(x))

    def run(loader, test_loader, optimizer):
        model = Net()
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        right = 0
        with torch.no_grad():
            for x, y in test_loader:
                right += (model(x).argmax(1) == y).sum().item()
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc = nn.Linear(8, 2)
            self.drop = nn.Dropout(0.5)

        def forward(self, x):
            return self.fc(self.drop(x))

    def run(loader, test_loader, optimizer):
        model = Net()
        for x, y in loader:
            optimizer.zero_grad()
            F.cross_entropy(model(x), y).backward()
            optimizer.step()
        right = 0
        model.eval()
        with torch.no_grad():
            for x, y in test_loader:
                right += (model(x).argmax(1) == y).sum().item()
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if ".backward(" not in file.text or _MODES.search(file.text) or has_helper(file) or "no_grad" not in file.text:
            return
        layer = next((call for call, _ in torch_layers(file, BATCH_NORMS | DROPOUTS)), None)
        if layer is None:
            return
        models = _models(file)
        for block in file.all(ast.With):
            if not any(
                isinstance(one.context_expr, ast.Call) and file.resolve(one.context_expr.func) == "torch.no_grad" for one in block.items
            ):
                continue
            for loop in (one for statement in block.body for one in (statement, *file.walk(statement)) if isinstance(one, ast.For)):
                call = next((one for one in file.within(loop, ast.Call) if isinstance(one.func, ast.Name) and one.func.id in models), None)
                if call is not None and _judges(file, loop) and not any(isinstance(one, ast.For) for one in _below(file, loop, call)):
                    message = f"`{file.source(call.func)}` is judged in training mode: nothing calls `eval()`"
                    yield self.finding(file, call, message, notes=[(layer, "does something else in training mode")])


_MODES = re.compile(r"\beval\b|\.train\(\s*(mode\s*=\s*)?(False|\w*(mode|train|phase)\w*)|\.training\s*=|MC|[Mm]onte")


def _models(file: File) -> set[str]:
    """Names that a model of the file is given, and arguments that are called so."""
    own = {cls.name for cls in file.classes if cls.framework == "torch"}
    made = {
        target.id
        for node in file.all(ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name) and any(isinstance(one, ast.Name) and one.id in own for one in file.walk(node.value))
    }
    return made | {
        arg.arg for function in file.all(ast.FunctionDef) for arg in function.args.args if arg.arg in ("model", "net", "network")
    }


def _judges(file: File, loop: ast.AST) -> bool:
    """Whether what a loop does looks like judging: it compares, or sums up a loss."""
    return any(isinstance(one, ast.Eq) for node in file.within(loop, ast.Compare) for one in node.ops) or "loss" in file.source(loop)


def _below(file: File, loop: ast.AST, call: ast.Call) -> Iterator[ast.AST]:
    """What stands between a loop and a call in it."""
    for outer in file.up(call):
        if outer is loop:
            return
        yield outer
