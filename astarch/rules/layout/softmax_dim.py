"""Rule: a softmax does not say over which axis."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import torch_layers
from ..rule import Rule, add_argument, argument, has_star


class SoftmaxDim(Rule):
    """A softmax does not say over which axis.

    ## Why
    torch then guesses: axis 0 for 1-D and 3-D tensors, 1 for others. For `(batch, time, channel)` that is the batch.

    ## Fix
    Unsafe: the last axis, which may not be the one that torch guesses.
    """

    code = "MDL604"
    severity = "warning"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return F.softmax(x)
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return F.softmax(x, dim=-1)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, layer in torch_layers(file, ("Softmax", "LogSoftmax", "Softmin")):
            if not has_star(call) and argument(call, 0, "dim") is None:
                yield self.finding(
                    file,
                    call,
                    f"this `nn.{layer}` does not say over which axis",
                    fix=add_argument(file, call, "dim=-1", "take the last axis"),
                )
        for call in [call for name in _FUNCTIONS for call in file.called.get(name, ())]:
            if not has_star(call) and call.args and argument(call, 1, "dim") is None:
                name = file.resolve(call.func)
                yield self.finding(
                    file,
                    call,
                    f"this `{name.rpartition('.')[2]}` does not say over which axis",
                    fix=add_argument(file, call, "dim=-1", "take the last axis"),
                )


_FUNCTIONS = {"torch.nn.functional.softmax", "torch.nn.functional.log_softmax", "torch.nn.functional.softmin"}
