"""Rule: a layer that gives a tuple, used as if it gave a tensor."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic, Edit, Fix
from ...ir.program import ClassSource, File
from ...ir.span import Span
from ..calls import layer_of, own_call
from ..layers import RECURRENT, TUPLE_GIVING, WEIGHTED, torch_layer, torch_layers
from ..rule import Rule


class TupleOutputNotUnpacked(Rule):
    """An LSTM, GRU, RNN or attention layer gives a tuple, which goes on as a tensor.

    ## Why
    `TypeError: linear(): argument 'input' must be Tensor, not tuple`. In `nn.Sequential` it cannot work at all.

    ## Fix
    Safe: `[0]` takes the sequence; the program could not run before.
    """

    code = "MDL308"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(4, 8)
            self.fc = nn.Linear(8, 1)

        def forward(self, x):
            return self.fc(self.rnn(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(4, 8)
            self.fc = nn.Linear(8, 1)

        def forward(self, x):
            return self.fc(self.rnn(x)[0])
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            for here, after in zip(call.args, call.args[1:], strict=False):
                layer, then = torch_layer(file, here), torch_layer(file, after)
                if layer in TUPLE_GIVING and then:
                    message = f"`nn.{layer}` gives a tuple, and the `{then}` after it takes a tensor"
                    yield self.finding(file, here, message, notes=[(after, "gets the tuple")])

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.node, ast.Call):
            name = own_call(cls, call)
            if (
                not name
                or len(call.args) != 1
                or call.keywords
                or self._kind(cls, name) not in WEIGHTED - RECURRENT - {"MultiheadAttention"}
            ):
                continue
            inner = call.args[0]
            source = own_call(cls, inner)
            kind = self._kind(cls, source) if source else ""
            if kind in TUPLE_GIVING:
                at = cls.file.span(inner)
                fix = Fix(
                    "take its first item", (Edit(Span(at.file, at.end_line, at.end_column, at.end_line, at.end_column), "[0]"),), safe=True
                )
                yield self.finding(
                    cls.file, inner, f"`self.{source}` is an `nn.{kind}` and gives a tuple; `self.{name}` takes a tensor", fix=fix
                )

    def _kind(self, cls: ClassSource, name: str) -> str:
        made = layer_of(cls, name)
        return torch_layer(cls.file, made) if made is not None else ""
