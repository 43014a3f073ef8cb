"""How many places a sliding window takes, as Keras and TensorFlow count them."""

from __future__ import annotations

from typing import Any

from ..describe import RUN, require
from .tensor import is_open

#: The rule that a size of nothing is found by.
_NAME = "kernel-larger-than-input"


def conv_sizes(spatial: Any, kernel: Any, strides: Any, padding: Any, dilation: Any) -> list[Any]:
    """Sizes after a convolution.

    >>> conv_sizes((224, 224), (3, 3), (2, 2), "same", (1, 1))
    [112, 112]
    """
    found = []
    for place, size in enumerate(spatial):
        stride = strides[place]
        if padding == "valid":
            out = (size - dilation[place] * (kernel[place] - 1) - 1) // stride + 1
            if type(out) is int and out <= 0 and not is_open(size):
                if size or not _is_said():
                    require(
                        False,
                        f"Computed output size would be zero or negative: a window of {kernel[place]} on a size of {size}",
                        name=_NAME,
                    )
                out = 0
        else:
            out = (size - 1) // stride + 1
        found.append(out)
    return found


def _is_said() -> bool:
    """Whether it was said before that nothing is left of an image: all that follows from it is not worth saying."""
    return any(one.name == _NAME for one in RUN.get().diagnostics)


def pool_sizes(spatial: Any, pool: Any, strides: Any, padding: Any) -> list[Any]:
    """Sizes after pooling."""
    return conv_sizes(spatial, pool, strides, padding, (1,) * len(pool))


def transposed_sizes(spatial: Any, kernel: Any, strides: Any, padding: Any, output_padding: Any, dilation: Any) -> list[Any]:
    """Sizes after a transposed convolution.

    >>> transposed_sizes((7,), (3,), (2,), "same", None, (1,))
    [14]
    """
    found = []
    for place, size in enumerate(spatial):
        reach = dilation[place] * (kernel[place] - 1) + 1
        if output_padding is None:
            out = size * strides[place] + (0 if padding == "same" else max(reach - strides[place], 0))
        else:
            pad = reach // 2 if padding == "same" else 0
            out = (size - 1) * strides[place] + reach - 2 * pad + output_padding[place]
        found.append(out)
    return found


def placed(shape: Any, spatial: list[Any], channels: Any, data_format: str) -> tuple[Any, ...]:
    """Spatial sizes and channels where the data format has them."""
    return (shape[0], *spatial, channels) if data_format == "channels_last" else (shape[0], channels, *spatial)


def spatial_of(shape: Any, data_format: str) -> Any:
    """The spatial sizes of a shape."""
    return shape[1:-1] if data_format == "channels_last" else shape[2:]


def channels_of(shape: Any, data_format: str) -> Any:
    """The channels of a shape."""
    return shape[-1] if data_format == "channels_last" else shape[1]
