"""Rule: a transposed convolution does not give back the size that a convolution took away."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, dotted_text
from ..layers import torch_layer
from ..rule import Rule, add_argument, argument, constant, has_star

_TURNED = {f"Conv{n}d": f"ConvTranspose{n}d" for n in (1, 2, 3)}

#: What makes sizes fit by other means.
_FITTING = ("pad", "interpolate", "crop", "center_crop", "resize", "narrow", "AdaptiveAvgPool2d", "Upsample")


class TransposedConvSize(Rule):
    """A transposed convolution does not give back the size that its convolution took away.

    ## Why
    With an odd kernel and a stride of 2 a convolution makes 14 of 28 and of 27; the transposed one makes 27 of 14, and 25 of 13. What
    is decoded is smaller than what was encoded, and a loss or a skip connection fails.

    ## Known problems
    Where every size is odd (65, 513) it is right as it stands. Only pairs in one class are looked at, whose channels mirror each other.

    ## Fix
    Unsafe: `output_padding=1`.
    """

    code = "MDL227"
    severity = "warning"
    confidence = "likely"
    status = "preview"
    references = ("https://github.com/descriptinc/descript-audio-codec/pull/78", "https://github.com/Lasagne/Lasagne/issues/711")
    bad = """
    class Autoencoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Conv2d(1, 8, 3, stride=2, padding=1)
            self.up = nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1)

        def forward(self, x):
            return self.up(self.down(x))
    """
    good = """
    class Autoencoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.down = nn.Conv2d(1, 8, 3, stride=2, padding=1)
            self.up = nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1)

        def forward(self, x):
            return self.up(self.down(x))
    """

    def check_class(self, cls: ClassSource) -> Iterator[Diagnostic]:
        init = cls.methods.get("__init__")
        calls = cls.file.within(init, ast.Call) if init is not None else []
        turned = [call for call in calls if torch_layer(cls.file, call) in _TURNED.values() and _plain(call)]
        if not turned or cls.forward is None or _fits_otherwise(cls):
            return
        straight = [(call, _window(call, 5)) for call in calls if torch_layer(cls.file, call) in _TURNED]
        for call in turned:
            window = _window(call, 8)
            if window is None or not window.halves:
                continue
            kind = torch_layer(cls.file, call)
            mirrored = [
                other
                for other, seen in straight
                if seen is not None and _TURNED[torch_layer(cls.file, other)] == kind and seen == window.mirrored
            ]
            if mirrored:
                fix = add_argument(cls.file, call, "output_padding=1", "give back an even size")
                yield self.finding(
                    cls.file,
                    call,
                    "this makes an odd size of every other: an even one that was halved does not come back",
                    notes=[(mirrored[0], "halved here: 28 to 14; this makes 27 of 14")],
                    fix=fix,
                )


class _Window(NamedTuple):
    """What a convolution takes, gives and looks at, as it is written."""

    taken: str
    given: str
    kernel: int
    stride: int
    padding: int

    @property
    def halves(self) -> bool:
        """Whether an even size and the odd one before it become the same."""
        return self.kernel % 2 == 1 and self.stride == 2 and self.padding == self.kernel // 2

    @property
    def mirrored(self) -> _Window:
        return self._replace(taken=self.given, given=self.taken)


def _window(call: ast.Call, dilation: int) -> _Window | None:
    """The window of a convolution whose arguments are plain."""
    if has_star(call):
        return None
    sizes = [constant(argument(call, place, name)) for place, name in ((2, "kernel_size"), (3, "stride"), (4, "padding"))]
    spread = argument(call, dilation, "dilation")
    channels = [argument(call, place, name) for place, name in ((0, "in_channels"), (1, "out_channels"))]
    if any(type(size) is not int for size in sizes) or spread is not None or None in channels:
        return None
    texts = [ast.unparse(node) for node in channels if node is not None]
    return _Window(texts[0], texts[1], *sizes)


def _plain(call: ast.Call) -> bool:
    """Whether nothing is added to what a transposed convolution gives."""
    return not has_star(call) and argument(call, 5, "output_padding") is None


def _fits_otherwise(cls: ClassSource) -> bool:
    """Whether the class makes sizes fit, or says which size it wants."""
    calls = cls.file.within(cls.node, ast.Call)
    if any(dotted_text(call.func).rpartition(".")[2] in _FITTING for call in calls):
        return True
    if any(keyword.arg == "output_size" for call in calls for keyword in call.keywords):
        return True
    return any(isinstance(node, ast.Slice) for method in cls.methods.values() if method.name != "__init__"
               for node in cls.file.within(method, ast.Slice))  # fmt: skip
