"""Rule: the channels do not divide into the groups."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import CONVOLUTIONS, torch_layers
from ..numbers import known_number
from ..rule import Rule, argument


class GroupsDivisibility(Rule):
    """The channels do not divide into the groups.

    ## Why
    torch refuses to build the layer: `num_channels must be divisible by num_groups`.
    """

    code = "MDL402"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.GroupNorm(8, 12)
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.GroupNorm(4, 12)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, layer in torch_layers(file, CONVOLUTIONS | {"GroupNorm"}):
            if layer == "GroupNorm":
                groups, widths = known_number(file, argument(call, 0, "num_groups")), [argument(call, 1, "num_channels")]
            elif layer in CONVOLUTIONS and not layer.startswith("Lazy"):
                groups = known_number(
                    file,
                    argument(call, 8 if "Transpose" not in layer else 9, "groups")
                    if "Transpose" not in layer
                    else argument(call, -1, "groups"),
                )
                groups = known_number(file, argument(call, 6, "groups")) if "Transpose" not in layer else groups
                widths = [argument(call, 0, "in_channels"), argument(call, 1, "out_channels")]
            else:
                continue
            for width in (known_number(file, node) for node in widths):
                if width is not None and groups and width % groups:
                    fitting = [str(number) for number in range(2, width + 1) if width % number == 0]
                    shown = ", ".join(fitting[:5]) + (" ..." if len(fitting) > 5 else "")
                    more = f"; {-(-width // groups) * groups} channels divide into {groups}"
                    help = f"{width} divides into {shown} groups{more}" if fitting else more.removeprefix("; ")
                    yield self.finding(file, call, f"{width} channels do not divide into {groups} groups", help=help)
                    break
