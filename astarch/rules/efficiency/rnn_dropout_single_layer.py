"""Rule: the dropout of an RNN with one layer has no effect."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import RECURRENT, torch_layers
from ..rule import Rule, argument, constant, has_star


class RnnDropoutSingleLayer(Rule):
    """The dropout of an RNN with one layer has no effect.

    ## Why
    It stands between layers, and there is one: torch only warns.
    """

    code = "MDL805"
    severity = "info"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 8, dropout=0.5)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.rnn = nn.LSTM(8, 8, num_layers=2, dropout=0.5)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, RECURRENT):
            if not has_star(call):
                rate, layers = argument(call, -1, "dropout"), argument(call, 2, "num_layers")
                if isinstance(constant(rate), float) and constant(rate) > 0 and (layers is None or constant(layers) == 1):
                    yield self.finding(file, call, "this dropout has no effect: it stands between layers, and there is one")
