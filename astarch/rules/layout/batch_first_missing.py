"""Rule: the last time step is taken from the batch axis."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..layers import RECURRENT, torch_layer
from ..rule import Rule, add_argument, argument, constant, has_star


class BatchFirstMissing(Rule):
    """The last time step is taken from the batch axis.

    ## Why
    Without `batch_first=True` an RNN takes `(time, batch, features)`; `out[:, -1]` is then the last example of
    the batch, not the last step.

    ## Fix
    Unsafe: `batch_first=True`.
    """

    code = "MDL601"
    severity = "warning"
    confidence = "likely"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 16)
            self.fc = nn.Linear(16, 2)

        def forward(self, x):
            out, _ = self.rnn(x)
            return self.fc(out[:, -1])
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
        forward = cls.forward
        for node in cls.file.within(forward, ast.Assign) if forward is not None else []:
            name = own_call(cls, node.value)
            made = layer_of(cls, name) if name else None
            target = node.targets[0]
            if (
                made is None
                or torch_layer(cls.file, made) not in RECURRENT
                or has_star(made)
                or argument(made, -1, "batch_first") is not None
                or len(made.args) > 4
            ):
                continue
            if forward is None or not isinstance(target, ast.Tuple) or not isinstance(target.elts[0], ast.Name):
                continue
            out = target.elts[0].id
            stores = [
                one for one in cls.file.walk(forward) if isinstance(one, ast.Name) and one.id == out and isinstance(one.ctx, ast.Store)
            ]
            for use in cls.file.within(forward, ast.Subscript):
                if len(stores) == 1 and isinstance(use.value, ast.Name) and use.value.id == out and _is_last_of_second(use.slice):
                    fix = add_argument(cls.file, made, "batch_first=True", "say that the batch comes first; results change")
                    yield self.finding(
                        cls.file,
                        use,
                        f"this takes the last example of the batch, not the last step: `self.{name}` gives (time, batch, features)",
                        notes=[(made, "batch_first is False")],
                        fix=fix,
                    )
                    return


def _is_last_of_second(index: ast.expr) -> bool:
    """``[:, -1]`` or ``[:, -1, :]``."""
    if not isinstance(index, ast.Tuple) or len(index.elts) not in (2, 3):
        return False
    first, second = index.elts[:2]
    return isinstance(first, ast.Slice) and first.lower is None and first.upper is None and constant(second) == -1
