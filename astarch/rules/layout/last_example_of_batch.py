"""Rule: the last example of a batch, where the last step is meant."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..layers import RECURRENT, torch_layer
from ..rule import Rule, argument, constant, replace


class LastExampleOfBatch(Rule):
    """`out[-1]` is taken of what an RNN with `batch_first=True` gives.

    ## Why
    The batch comes first: `out[-1]` holds all steps of the last example, not the last step of every example, which is `out[:, -1]`.

    ## Known problems
    Of a single sequence without a batch `out[-1]` is the last step.

    ## Fix
    Unsafe: `out[:, -1]`.
    """

    code = "MDL609"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 16, batch_first=True)
            self.fc = nn.Linear(16, 2)

        def forward(self, x):
            out, _ = self.rnn(x)
            return self.fc(out[-1])
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 16, batch_first=True)
            self.fc = nn.Linear(16, 2)

        def forward(self, x):
            out, _ = self.rnn(x)
            return self.fc(out[:, -1])
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        file, forward = cls.file, cls.forward
        for node in file.within(forward, ast.Assign) if forward is not None else []:
            name = own_call(cls, node.value)
            made = layer_of(cls, name) if name else None
            if made is None or torch_layer(file, made) not in RECURRENT or constant(argument(made, -1, "batch_first")) is not True:
                continue
            target = node.targets[0]
            first = target.elts[0] if isinstance(target, ast.Tuple) and target.elts else None
            if not isinstance(first, ast.Name) or forward is None or _is_given_again(cls, forward, first):
                continue
            for use in file.within(forward, ast.Subscript):
                if (
                    isinstance(use.value, ast.Name)
                    and use.value.id == first.id
                    and isinstance(use.slice, ast.UnaryOp)
                    and _number(use.slice) == -1
                ):
                    fix = replace(file, use.slice, ":, -1", "the last step of every example")
                    message = f"this is the last example of the batch, not the last step: `self.{name}` gives (batch, time, features)"
                    yield self.finding(file, use, message, notes=[(made, "batch_first=True")], fix=fix)


def _number(node: ast.UnaryOp) -> object:
    """The number of ``-1``."""
    value = node.operand.value if isinstance(node.operand, ast.Constant) else None
    return -value if isinstance(node.op, ast.USub) and isinstance(value, int) else None


def _is_given_again(cls: ClassSource, forward: ast.AST, name: ast.Name) -> bool:
    """Whether the name has another value somewhere: it may have been turned about."""
    return any(one.id == name.id and isinstance(one.ctx, ast.Store) and one is not name for one in cls.file.within(forward, ast.Name))
