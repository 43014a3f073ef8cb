"""Rule: a pooling layer pads more than half of its window."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import torch_layers
from ..rule import Rule, argument, constant


class PaddingLargerThanHalfWindow(Rule):
    """A pooling layer pads more than half of its window.

    ## Why
    torch raises `pad should be at most half of effective kernel size` at the first call.
    """

    code = "MDL406"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.pool = nn.MaxPool2d(3, 2, padding=2)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.pool = nn.MaxPool2d(3, 2, padding=1)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, layer in torch_layers(file, _POOLING):
            window, padding = constant(argument(call, 0, "kernel_size")), constant(argument(call, 2, "padding"))
            dilation = argument(call, 3, "dilation") if layer.startswith("Max") else None
            if isinstance(window, int) and isinstance(padding, int) and dilation is None and padding > window // 2:
                yield self.finding(
                    file, call, f"a padding of {padding} is more than half of the window of {window}", help=f"at most {window // 2}"
                )


_POOLING = frozenset(f"{kind}Pool{dim}" for kind in ("Max", "Avg") for dim in ("1d", "2d", "3d"))
