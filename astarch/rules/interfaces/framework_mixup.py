"""Rule: an argument of Keras on a layer of torch."""

from __future__ import annotations

from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import CONVOLUTIONS, keras_layers, torch_layers
from ..rule import Rule, argument, constant, replace


class FrameworkMixup(Rule):
    """An argument of Keras on a layer of torch.

    ## Why
    `TypeError: unexpected keyword argument`, or `Invalid padding string`, when the model is built.
    """

    code = "MDL812"
    framework = "both"
    bad = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, padding="SAME")
    """
    good = """
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 8, 3, padding="same")
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for call, _ in torch_layers(file, CONVOLUTIONS):
            padding = argument(call, 4, "padding")
            text = constant(padding)
            if padding is not None and isinstance(text, str) and text not in ("same", "valid"):
                known = text.lower() in ("same", "valid")
                fix = replace(file, padding, f'"{text.lower()}"', "torch writes it small", safe=True) if known else None
                yield self.finding(file, padding, f"torch has no padding {text!r}", fix=fix)
        for call, _ in keras_layers(file, ("Conv1D", "Conv2D", "Conv3D")):
            for keyword in call.keywords:
                if keyword.arg in ("in_channels", "out_channels", "stride", "padding_mode", "bias"):
                    yield self.finding(file, keyword.value, f"Keras layers take no `{keyword.arg}`: that is torch's word")
