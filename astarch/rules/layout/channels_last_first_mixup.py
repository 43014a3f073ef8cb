"""Rule: an image whose channels come first is given to Keras, which expects them last."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..rule import Rule, argument, constant, replace

_INPUTS = {
    "keras.Input": 0,
    "keras.layers.Input": 0,
    "keras.layers.InputLayer": 0,
    "keras.layers.Conv2D": -1,
    "keras.layers.SeparableConv2D": -1,
}
_NAMES = ("shape", "input_shape")

#: How many channels an image has.
_CHANNELS = (1, 3, 4)


class ChannelsLastFirstMixup(Rule):
    """An image of Keras has its channels first.

    ## Why
    Keras takes height, width, channels unless told otherwise: of `(3, 224, 224)` it makes an image three pixels high with 224 channels,
    and convolves over the wrong axes, or has no pixels left.

    ## Known problems
    A file that says anything of `channels_first` or `data_format` is left alone.

    ## Fix
    Unsafe: the channels last.
    """

    code = "MDL607"
    severity = "warning"
    confidence = "likely"
    framework = "keras"
    references = ("https://github.com/orobix/retina-unet/issues/11",)
    bad = """
    def build():
        return keras.Sequential([keras.Input((3, 224, 224)), keras.layers.Conv2D(8, 3)])
    """
    good = """
    def build():
        return keras.Sequential([keras.Input((224, 224, 3)), keras.layers.Conv2D(8, 3)])
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        if "channels_first" in file.text or "data_format" in file.text or "Conv2D" not in file.text or "Permute" in file.text:
            return
        for name, place in _INPUTS.items():
            for call in file.called.get(name, ()):
                shape = next((found for word in _NAMES if (found := argument(call, place, word)) is not None), None)
                sizes = [constant(size) for size in shape.elts] if isinstance(shape, (ast.Tuple, ast.List)) else []
                if shape is None or not _is_channels_first(sizes):
                    continue
                last = f"({sizes[1]}, {sizes[2]}, {sizes[0]})"
                yield self.finding(
                    file,
                    shape,
                    f"Keras takes height, width, channels: this is an image {sizes[0]} pixel{'s' * (sizes[0] > 1)} high with {sizes[2]} channels",
                    help=f"write {last}, or say data_format='channels_first'",
                    fix=replace(file, shape, last, "put the channels last"),
                )


def _is_channels_first(sizes: list[object]) -> bool:
    if len(sizes) != 3 or not all(isinstance(size, int) for size in sizes):
        return False
    first, height, width = sizes
    return first in _CHANNELS and height not in _CHANNELS and width not in _CHANNELS and isinstance(height, int) and height > 8
