"""`torch.nn.modules.upsampling`: resizing as modules."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer
from ..ops.interpolation import interpolate

_MODULE = "torch.nn.modules.upsampling"


def _factor(value: Any) -> Any:
    return float(value) if isinstance(value, (int, float)) else value


@layer("torch.nn.Upsample", _MODULE)
class Upsample(Layer):
    """Resize to a size, or by a factor."""

    def __init__(self, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None,
                 recompute_scale_factor: Any = None) -> None:  # fmt: skip
        self.name = self._get_name()
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple(map(_factor, scale_factor))
        elif isinstance(scale_factor, (int, float)):
            self.scale_factor = float(scale_factor) if scale_factor else None
        else:
            self.scale_factor = scale_factor
        self.mode = mode
        self.align_corners = align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Any) -> Any:
        return interpolate(input, self.size, self.scale_factor, self.mode, self.align_corners,
                           recompute_scale_factor=self.recompute_scale_factor)  # fmt: skip


@layer("torch.nn.UpsamplingNearest2d", _MODULE)
class UpsamplingNearest2d(Upsample):
    """`Upsample` by the nearest element."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        Upsample.__init__(self, size, scale_factor, mode="nearest")


@layer("torch.nn.UpsamplingBilinear2d", _MODULE)
class UpsamplingBilinear2d(Upsample):
    """`Upsample` bilinearly, corners aligned."""

    def __init__(self, size: Any = None, scale_factor: Any = None) -> None:
        Upsample.__init__(self, size, scale_factor, mode="bilinear", align_corners=True)
