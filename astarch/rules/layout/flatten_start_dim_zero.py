"""Rule: the batch is flattened away before a linear layer."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.architecture import Architecture
from ...ir.diagnostic import Diagnostic
from ...ir.graph import TensorType
from ...ir.program import File
from ..layers import torch_layer, torch_layers
from ..rule import Rule, argument, constant, replace


class FlattenStartDimZero(Rule):
    """The batch is flattened away before a linear layer.

    ## Why
    `nn.Flatten(0)` makes one row of all examples; the `Linear` after it fits one batch size at most.

    ## Fix
    Unsafe: flattening starts at axis 1.
    """

    code = "MDL606"
    bad = """
    def head():
        return nn.Sequential(nn.Flatten(0), nn.Linear(640, 1))
    """
    good = """
    def head():
        return nn.Sequential(nn.Flatten(1), nn.Linear(640, 1))
    """

    def check_architecture(self, architecture: Architecture) -> Iterator[Diagnostic]:
        shapes = [value.shape for value in architecture.inputs.values() if isinstance(value, TensorType) and isinstance(value.shape, tuple)]
        batch = next((str(shape[0]) for shape in shapes if shape), "")
        for call in architecture.calls:
            module, given = architecture.modules.get(call.module), call.inputs[0] if call.inputs else None
            if (
                module is None
                or module.type != "torch.nn.modules.linear.Linear"
                or not isinstance(given, TensorType)
                or not isinstance(given.shape, tuple)
                or not batch.isalpha()
            ):
                continue
            if 0 < len(given.shape) < 3 and batch in re.findall(r"\w+", str(given.shape[-1])) and batch not in map(str, given.shape[:-1]):
                sizes = "×".join(map(str, given.shape))
                message = f"`{call.module}` takes the batch for features: it gets {sizes}, where {batch} is the number of examples"
                yield Diagnostic(self.code, self.name, self.severity, message, call.at, help="flatten from axis 1 on", module=call.module)

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, ("Sequential",)):
            for here, after in zip(call.args, call.args[1:], strict=False):
                if torch_layer(file, here) == "Flatten" and torch_layer(file, after) == "Linear" and isinstance(here, ast.Call):
                    start = argument(here, 0, "start_dim")
                    if start is not None and constant(start) == 0 and argument(here, 1, "end_dim") is None:
                        yield self.finding(
                            file,
                            here,
                            "this flattens the batch into the features of the `Linear` after it",
                            fix=replace(file, start, "1", "keep the batch"),
                        )
