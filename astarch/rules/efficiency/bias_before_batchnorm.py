"""Rule: a bias stands before a batch norm that removes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import BATCH_NORMS, CONVOLUTIONS, torch_layer, torch_layers
from ..rule import Rule, add_argument, argument, has_star


class BiasBeforeBatchnorm(Rule):
    """A bias stands before a batch norm that removes it.

    ## Why
    Batch norm subtracts the mean, so a bias just before it does nothing.

    ## Fix
    Unsafe: `bias=False`; checkpoints lose a key.
    """

    code = "MDL801"
    severity = "info"
    bad = """
    def block():
        return nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8))
    """
    good = """
    def block():
        return nn.Sequential(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8))
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            for here, after in zip(call.args, call.args[1:], strict=False):
                first, second = torch_layer(file, here), torch_layer(file, after)
                if (
                    first in CONVOLUTIONS | {"Linear"}
                    and second in BATCH_NORMS
                    and isinstance(here, ast.Call)
                    and argument(here, -1, "bias") is None
                    and len(here.args) < (3 if first == "Linear" else 8)
                    and not has_star(here)
                ):
                    yield self.finding(
                        file,
                        here,
                        "this bias does nothing: the batch norm after it removes it",
                        notes=[(after, "removes it")],
                        fix=add_argument(file, here, "bias=False", "leave it out; the state dict loses a key"),
                    )
