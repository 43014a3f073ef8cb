"""Rule: the forward moves a tensor to a fixed device."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..rule import Rule, argument, constant


class HardcodedDevice(Rule):
    """The forward moves a tensor to a fixed device.

    ## Why
    It fails on machines without a GPU, and on the second GPU.
    """

    code = "MDL641"
    severity = "warning"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return x + torch.ones(3).cuda()
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return x + torch.ones(3).to(x.device)
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        for call in cls.file.within(cls.forward, ast.Call) if cls.forward is not None else []:
            if (
                isinstance(call.func, ast.Attribute)
                and call.func.attr == "cuda"
                and not call.args
                and not call.keywords
                and not cls.file.resolve(call.func)
            ):
                yield self.finding(
                    cls.file,
                    call,
                    "`.cuda()` in the forward needs a GPU, and always the first",
                    help="use the device of an input: x.device",
                )
            elif cls.file.resolve(call.func).startswith("torch."):
                device = argument(call, -1, "device")
                if device is not None and isinstance(constant(device), str) and str(constant(device)).startswith("cuda"):
                    yield self.finding(
                        cls.file, device, "a fixed device in the forward needs a GPU", help="use the device of an input: x.device"
                    )
