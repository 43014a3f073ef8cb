"""Modules that rearrange: `Flatten`, `Unflatten`, `Fold`, `Unfold`, `PixelShuffle`, `ChannelShuffle`."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer, refuse
from ..making import rule
from ..tensor import is_size


@layer("torch.nn.Flatten", "torch.nn.modules.flatten")
class Flatten(Layer):
    """Several axes made one."""

    def __init__(self, start_dim: Any = 1, end_dim: Any = -1) -> None:
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Any) -> Any:
        return rule("torch.Tensor.flatten")(input, self.start_dim, self.end_dim)


@layer("torch.nn.Unflatten", "torch.nn.modules.flatten")
class Unflatten(Layer):
    """One axis made several."""

    def __init__(self, dim: Any, unflattened_size: Any) -> None:
        self._require_tuple_int(unflattened_size)
        self.dim = dim
        self.unflattened_size = unflattened_size

    def _require_tuple_int(self, input: Any) -> None:
        if not isinstance(input, (tuple, list)):
            refuse("TypeError", f"unflattened_size must be a tuple of ints, but found type {type(input).__name__}")
        for place, size in enumerate(input):
            if not is_size(size):
                refuse("TypeError", f"unflattened_size must be tuple of ints, but found {type(size).__name__} at pos {place}")

    def forward(self, input: Any) -> Any:
        return rule("torch.Tensor.unflatten")(input, self.dim, self.unflattened_size)


@layer("torch.nn.Fold", "torch.nn.modules.fold")
class Fold(Layer):
    """Windows put back to where they were cut, overlaps added up."""

    def __init__(self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        self.output_size = output_size
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Any) -> Any:
        return rule("torch.nn.functional.fold")(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)


@layer("torch.nn.Unfold", "torch.nn.modules.fold")
class Unfold(Layer):
    """Windows cut out and laid side by side."""

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        self.kernel_size = kernel_size
        self.dilation = dilation
        self.padding = padding
        self.stride = stride

    def forward(self, input: Any) -> Any:
        return rule("torch.nn.functional.unfold")(input, self.kernel_size, self.dilation, self.padding, self.stride)


@layer("torch.nn.PixelShuffle", "torch.nn.modules.pixelshuffle")
class PixelShuffle(Layer):
    """Channels turned into a finer image."""

    def __init__(self, upscale_factor: Any) -> None:
        self.upscale_factor = upscale_factor

    def forward(self, input: Any) -> Any:
        return rule("torch.nn.functional.pixel_shuffle")(input, self.upscale_factor)


@layer("torch.nn.PixelUnshuffle", "torch.nn.modules.pixelshuffle")
class PixelUnshuffle(Layer):
    """An image turned into a coarser one with more channels."""

    def __init__(self, downscale_factor: Any) -> None:
        self.downscale_factor = downscale_factor

    def forward(self, input: Any) -> Any:
        return rule("torch.nn.functional.pixel_unshuffle")(input, self.downscale_factor)


@layer("torch.nn.ChannelShuffle", "torch.nn.modules.channelshuffle")
class ChannelShuffle(Layer):
    """Groups of channels interleaved."""

    def __init__(self, groups: Any) -> None:
        self.groups = groups

    def forward(self, input: Any) -> Any:
        return rule("torch.nn.functional.channel_shuffle")(input, self.groups)
