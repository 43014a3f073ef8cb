"""Rule: a step, or the mean of all steps, is taken from the batch axis."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..layers import RECURRENT, torch_layer
from ..rule import Rule, add_argument, argument, constant, has_star

#: Layers with ``batch_first``, and the place of that argument; those that give a tuple give what is meant first.
_PLACES = dict.fromkeys(RECURRENT, 4) | {"TransformerEncoderLayer": 6, "TransformerDecoderLayer": 6, "MultiheadAttention": 8}
_STACKS = frozenset({"TransformerEncoder", "TransformerDecoder"})
_TUPLES = RECURRENT | {"MultiheadAttention"}

_REDUCTIONS = frozenset({"mean", "sum", "amax", "logsumexp"})


class BatchFirstMissing(Rule):
    """A step, or the mean of all steps, is taken from the batch axis.

    ## Why
    Without `batch_first=True` an RNN, an attention or a transformer of torch takes `(time, batch, features)`; `out[:, -1]` is then the
    last example of the batch, not the last step, and `out.mean(1)` mixes the examples. What comes from an embedding of
    `(batch, time)` is the wrong way round already when it goes in.

    ## Fix
    Unsafe: `batch_first=True`.
    """

    code = "MDL601"
    severity = "warning"
    confidence = "likely"
    bad = (
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 16)
            self.fc = nn.Linear(16, 2)

        def forward(self, x):
            out, _ = self.rnn(x)
            return self.fc(out[:, -1])
    """,
        """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.words = nn.Embedding(100, 8)
            layer = nn.TransformerEncoderLayer(8, 2)
            self.encoder = nn.TransformerEncoder(layer, 2)
            self.fc = nn.Linear(8, 2)

        def forward(self, tokens):
            x = self.words(tokens)
            x = self.encoder(x)
            return self.fc(x.mean(dim=1))
    """,
    )
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
            made = _time_first(cls, name) if name else None
            out = _given_name(cls, node, name)
            use = _batch_as_time(cls, node, out) if made is not None and out else None
            if use is None or made is None:
                continue
            fix = add_argument(cls.file, made, "batch_first=True", "say that the batch comes first; results change")
            step = "takes one example of the batch, not one step" if isinstance(use, ast.Subscript) else "mixes the examples of the batch"
            message = f"this {step}: `self.{name}` gives (time, batch, features)"
            yield self.finding(cls.file, use, message, notes=[(made, "batch_first is False")], fix=fix)
            return


def _time_first(cls: ClassSource, name: str) -> ast.Call | None:
    """What makes the layer take the time first: its construction, or that of the layer it stacks; None when it does not, or may not."""
    made = layer_of(cls, name)
    if made is not None and torch_layer(cls.file, made) in _STACKS:
        stacked = argument(made, 0, "encoder_layer") or argument(made, 0, "decoder_layer")
        if isinstance(stacked, ast.Name):
            method = cls.file.function_of(made)
            values = [node.value for node in cls.file.within(method, ast.Assign) if _names(node.targets[0], stacked.id)] if method else []
            stacked = values[0] if len(values) == 1 else None
        made = stacked if isinstance(stacked, ast.Call) else None
    place = _PLACES.get(torch_layer(cls.file, made)) if made is not None else None
    if made is None or place is None or has_star(made) or len(made.args) > place:
        return None
    return made if argument(made, -1, "batch_first") is None else None


def _names(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _given_name(cls: ClassSource, node: ast.Assign, layer: str) -> str:
    """The name that the steps get: the first of the tuple that an RNN or an attention gives, all that a transformer gives."""
    target = node.targets[0]
    made = layer_of(cls, layer) if layer else None
    if torch_layer(cls.file, made) in _TUPLES:
        target = target.elts[0] if isinstance(target, ast.Tuple) else None
    return target.id if isinstance(target, ast.Name) else ""


def _batch_as_time(cls: ClassSource, node: ast.Assign, name: str) -> ast.AST | None:
    """Where the batch is taken for the time, before the name gets another value."""
    around = cls.file.parents[node]
    block = next((value for _, value in ast.iter_fields(around) if isinstance(value, list) and node in value), [node])
    for after in block[block.index(node) + 1 :]:
        stores = any(_names(one, name) and not isinstance(one.ctx, ast.Load) for one in cls.file.within(after, ast.Name))
        if stores and not isinstance(after, (ast.Assign, ast.AnnAssign)):
            return None
        for use in cls.file.walk(after):
            if (isinstance(use, ast.Subscript) and _names(use.value, name) and _is_one_of_second(use.slice)) or (
                isinstance(use, ast.Call) and _is_over_second(cls, use, name)
            ):
                return use
        if stores:
            return None
    return None


def _is_one_of_second(index: ast.expr) -> bool:
    """``[:, -1]``, ``[:, 0]`` or ``[:, 0, :]``."""
    if not isinstance(index, ast.Tuple) or len(index.elts) not in (2, 3):
        return False
    first, second = index.elts[:2]
    return isinstance(first, ast.Slice) and first.lower is None and first.upper is None and constant(second) in (-1, 0)


def _is_over_second(cls: ClassSource, call: ast.Call, name: str) -> bool:
    """``x.mean(1)`` or ``torch.mean(x, dim=1)``."""
    function = cls.file.resolve(call.func).removeprefix("torch.")
    if function in _REDUCTIONS:
        return bool(call.args) and _names(call.args[0], name) and constant(argument(call, 1, "dim")) == 1
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in _REDUCTIONS:
        return False
    return _names(call.func.value, name) and constant(argument(call, 0, "dim")) == 1
