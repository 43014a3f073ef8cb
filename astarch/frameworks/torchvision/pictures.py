"""``PIL.Image.Image`` as far as transforms tell: channels, height and width."""

from __future__ import annotations

from typing import Any, ClassVar

from ...ir.unknown import Reason
from ..describe import RUN

_CHANNELS = {"L": 1, "P": 1, "1": 1, "RGB": 3, "RGBA": 4, "CMYK": 4}


class Picture:
    """An image that is no tensor yet."""

    described: ClassVar[bool] = True
    no_batch: ClassVar[bool] = True

    def __init__(self, channels: Any, height: Any, width: Any) -> None:
        self.channels, self.height, self.width = channels, height, width

    @property
    def size(self) -> Any:
        """Width and height, in this order."""
        return (self.width, self.height)

    @property
    def mode(self) -> Any:
        """How its pixels are kept."""
        return {1: "L", 3: "RGB", 4: "RGBA"}.get(self.channels) or RUN.get().unknown(Reason.OUTSIDE, "the mode of an image")

    def convert(self, mode: Any = None, *args: Any) -> Any:
        """The image with other channels."""
        if mode not in _CHANNELS:
            return RUN.get().unknown(Reason.OUTSIDE, "an image of another mode")
        return Picture(_CHANNELS[mode], self.height, self.width)

    def resize(self, size: Any, *args: Any, **kwargs: Any) -> Any:
        """The image with another width and height."""
        return Picture(self.channels, size[1], size[0])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in (
            "described_as",
            "py_class",
            "payload",
            "kind",
            "symbolic_length",
            "shape",
            "dtype",
            "data",
            "node",
        ):
            raise AttributeError(name)
        return RUN.get().unknown(Reason.NOT_DESCRIBED, f"PIL.Image.Image.{name}")
