"""Rule: a layer used twice while its numbered sibling is not used."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource
from ..calls import layer_of, own_call
from ..layers import has_weights
from ..rule import Rule


class SuspiciousLayerReuse(Rule):
    """A layer is used twice, and its numbered sibling never.

    ## Why
    `self.conv1` twice with an unused `self.conv2` is a slip of the pen: half of the weights are missing.
    """

    code = "MDL632"
    severity = "warning"
    confidence = "likely"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(8, 8)
            self.fc2 = nn.Linear(8, 8)

        def forward(self, x):
            return self.fc1(self.fc1(x))
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1 = nn.Linear(8, 8)
            self.fc2 = nn.Linear(8, 8)

        def forward(self, x):
            return self.fc2(self.fc1(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        if cls.forward is None or cls.dynamic:
            return
        calls: dict[str, list[ast.Call]] = {}
        for call in cls.file.within(cls.forward, ast.Call):
            if name := own_call(cls, call):
                calls.setdefault(name, []).append(call)
        for name, places in calls.items():
            match = re.fullmatch(r"(.*?)(\d+)", name)
            if match is None or len(places) < 2 or any(isinstance(node, ast.If) for place in places for node in cls.file.up(place)):
                continue
            sibling = f"{match.group(1)}{int(match.group(2)) + 1}"
            made, other = layer_of(cls, name), layer_of(cls, sibling)
            if (
                other is not None
                and made is not None
                and has_weights(cls.file, other)
                and sibling not in cls.reads
                and ast.dump(made) == ast.dump(other)
            ):
                at = sorted(places, key=lambda place: (place.lineno, -place.col_offset))
                yield self.finding(
                    cls.file,
                    at[-1],
                    f"`self.{name}` is used twice and `self.{sibling}` never",
                    notes=[(other, "never used")],
                    help=f"did you mean `self.{sibling}`?",
                )
