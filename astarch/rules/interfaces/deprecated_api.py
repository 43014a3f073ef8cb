"""Rule: a function that torch has removed, or soon will."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule, constant, replace


class DeprecatedApi(Rule):
    """A function that torch has removed, or soon will.

    ## Why
    The next version of torch does not have it.

    ## Fix
    Safe where only the name changed.
    """

    code = "MDL811"
    severity = "warning"
    bad = """
    class Net(nn.Module):
        def forward(self, x):
            return F.upsample(x, scale_factor=2)
    """
    good = """
    class Net(nn.Module):
        def forward(self, x):
            return F.interpolate(x, scale_factor=2)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for name, new in _GONE.items():
            for call in file.called.get(name, ()):
                if any(isinstance(node, (ast.Try, ast.If)) for node in file.up(call)):
                    continue
                fix = (
                    replace(file, call.func, file.source(call.func).rpartition(".")[0] + "." + new, f"use {new}", safe=True)
                    if new.isidentifier() and isinstance(call.func, ast.Attribute)
                    else None
                )
                yield self.finding(file, call.func, f"`{name}` is gone, or soon will be", help=f"use {new}", fix=fix)
        for name, calls in file.called.items():
            if name in _GONE or not (name.startswith("torch.nn.functional.") or (name.startswith("torch.nn.") and name.endswith("Loss"))):
                continue
            for keyword in [keyword for call in calls for keyword in call.keywords]:
                if keyword.arg in ("size_average", "reduce") and isinstance(constant(keyword.value), bool):
                    yield self.finding(file, keyword.value, f"`{keyword.arg}` is deprecated", help="use reduction=")


_GONE = {
    "torch.nn.functional.upsample": "interpolate",
    "torch.nn.functional.upsample_bilinear": "interpolate(mode='bilinear', align_corners=True)",
    "torch.nn.functional.upsample_nearest": "interpolate(mode='nearest')",
    "torch.symeig": "torch.linalg.eigh",
    "torch.eig": "torch.linalg.eig",
    "torch.lstsq": "torch.linalg.lstsq",
    "torch.solve": "torch.linalg.solve",
    "torch.matrix_rank": "torch.linalg.matrix_rank",
}
