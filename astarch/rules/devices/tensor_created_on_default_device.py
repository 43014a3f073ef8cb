"""Rule: the forward makes a tensor on the default device."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule, argument, constant, has_star


class TensorCreatedOnDefaultDevice(Rule):
    """The forward makes a tensor on the default device.

    ## Why
    With the model on a GPU it fails as soon as both meet.
    """

    code = "MDL642"
    severity = "info"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return x + torch.arange(3)
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return x + torch.arange(3, device=x.device)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for node in cls.file.within(cls.forward, ast.BinOp) if cls.forward is not None else []:
            for call in (node.left, node.right):
                if (
                    isinstance(call, ast.Call)
                    and not has_star(call)
                    and cls.file.resolve(call.func) in _FACTORIES
                    and argument(call, -1, "device") is None
                    and constant(call.args[0] if call.args else None) != ()
                ):
                    yield self.finding(
                        cls.file, call, "this tensor is made on the default device, not on that of the input", help="device=x.device"
                    )


_FACTORIES = {f"torch.{name}" for name in ("arange", "linspace", "zeros", "ones", "rand", "randn", "eye")}
