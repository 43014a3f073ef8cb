"""Convolutions, and their transposes."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import multiply, op, refuse, require
from ...shapes import product, text, unwindow, window
from .demands import matching, not_negative, positive, rank_of, sizes


def _checked(name: str, axes: int, input: Any, weight: Any, bias: Any, channels: Any, groups: Any) -> None:
    """What both directions demand of weight, bias and groups."""
    if type(groups) is int and groups <= 0:
        refuse("RuntimeError", f"{name}: groups must be positive, but got {groups}")
    if any(type(size) is int and size == 0 for size in weight.shape[2:]):
        refuse("RuntimeError", f"{name}: kernel of size zero in weight of shape {list(weight.shape)}")
    if len(weight.shape) != axes + 2:
        refuse("RuntimeError", f"{name}: expected {axes + 2}-dimensional weight, but got weight of shape {list(weight.shape)}")
    require(same(weight.shape[0] % groups, 0), f"{name}: {weight.shape[0]} filters do not divide into {groups} groups")
    if type(groups) is int and type(weight.shape[0]) is int and weight.shape[0] < groups:
        refuse("RuntimeError", f"{name}: fewer filters than groups")
    if input.dtype != weight.dtype or (bias is not None and bias.dtype != input.dtype):
        matching(name, input, weight, bias)
    if input.dtype == "bool":
        require(False, f"{name} is not implemented for bool", name="dtype-mismatch")
    if bias is not None:
        require(len(bias.shape) == 1 and same(bias.shape[0], channels), f"{name}: bias of shape {text(bias.shape)} for {channels} channels")


def _fits(name: str, space: tuple[Any, ...], kernel: tuple[Any, ...], padding: tuple[Any, ...], dilation: tuple[Any, ...]) -> None:
    for size, reach, pad, spread in zip(space, kernel, padding, dilation, strict=True):
        whole, span = size + 2 * pad, spread * (reach - 1) + 1
        if whole < span if type(whole) is int and type(span) is int else less(whole, span):
            padded = text(s + 2 * p for s, p in zip(space, padding, strict=True))
            window_size = text(d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True))
            require(False, f"{name}: kernel {window_size} is larger than the padded input {padded}", name="kernel-larger-than-input")
            return


def _convolution(name: str, axes: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, groups: Any) -> Any:
    rank = rank_of(name, input, axes + 1, axes + 2)
    _checked(name, axes, input, weight, bias, weight.shape[0], groups)
    shape, kernel = input.shape, weight.shape[2:]
    channels = shape[rank - axes - 1]
    wanted = weight.shape[1] * groups
    require(same(channels, wanted), f"{name} takes {wanted} channels and gets {channels}", name="channel-mismatch")
    stride, dilation = sizes(name, "stride", stride, axes), sizes(name, "dilation", dilation, axes)
    positive(name, "stride", stride)
    positive(name, "dilation", dilation)
    space = shape[rank - axes :]
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            refuse("RuntimeError", f"Invalid padding string: '{padding}'")
        if padding == "same" and any(type(step) is not int or step != 1 for step in stride):
            refuse("RuntimeError", "padding='same' is not supported for strided convolutions")
        pads: tuple[Any, ...] = (0,) * axes
    else:
        pads = sizes(name, "padding", padding, axes)
        not_negative(name, "padding", pads)
    if padding == "same":
        out = space
    else:
        _fits(name, space, kernel, pads, dilation)
        out = tuple(map(window, space, kernel, stride, pads, dilation))
    result = input.like((*shape[: rank - axes - 1], weight.shape[0], *out))
    multiply(product(result.shape) * weight.shape[1] * product(kernel))
    return result


def _transposed(name: str, axes: int, input: Any, weight: Any, bias: Any, stride: Any, padding: Any, output_padding: Any, groups: Any,
                dilation: Any) -> Any:  # fmt: skip
    rank = rank_of(name, input, axes + 1, axes + 2)
    outside = weight.shape[1] * groups if len(weight.shape) > 1 else None
    _checked(name, axes, input, weight, bias, outside, groups)
    if type(outside) is int and outside == 0:
        refuse("RuntimeError", f"{name}: no channels in weight of shape {list(weight.shape)}")
    shape, kernel = input.shape, weight.shape[2:]
    channels = shape[rank - axes - 1]
    require(same(channels, weight.shape[0]), f"{name} takes {weight.shape[0]} channels and gets {channels}", name="channel-mismatch")
    stride, dilation = sizes(name, "stride", stride, axes), sizes(name, "dilation", dilation, axes)
    padding, extra = sizes(name, "padding", padding, axes), sizes(name, "output_padding", output_padding, axes)
    positive(name, "stride", stride)
    positive(name, "dilation", dilation)
    not_negative(name, "padding", padding)
    not_negative(name, "output_padding", extra)
    for more, step, spread in zip(extra, stride, dilation, strict=True):
        if less(more, step) is False and less(more, spread) is False:
            refuse("RuntimeError", f"output padding must be smaller than either stride or dilation, but got {list(extra)}")
    out = tuple(map(unwindow, shape[rank - axes :], kernel, stride, padding, dilation, extra))
    for size in out:
        if less(size, 1):
            require(False, f"{name}: calculated output size {text(out)} is too small")
            break
    result = input.like((*shape[: rank - axes - 1], outside, *out))
    multiply(product(shape) * weight.shape[1] * product(kernel))
    return result


@op("torch.nn.functional.conv1d", "torch.conv1d")
def conv1d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1) -> Any:
    """Slide filters over a sequence.

    >>> conv1d(T(2, 3, 10), T(8, 3, 3), padding=1)
    float32[2, 8, 10]
    """
    return _convolution("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


@op("torch.nn.functional.conv2d", "torch.conv2d")
def conv2d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1) -> Any:
    """Slide filters over an image.

    >>> conv2d(T(1, 3, 224, 224), T(64, 3, 7, 7), stride=2, padding=3)
    float32[1, 64, 112, 112]
    """
    return _convolution("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


@op("torch.nn.functional.conv3d", "torch.conv3d")
def conv3d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1) -> Any:
    """Slide filters over a volume.

    >>> conv3d(T(1, 3, 8, 16, 16), T(4, 3, 2, 2, 2), stride=2)
    float32[1, 4, 4, 8, 8]
    """
    return _convolution("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


@op("torch.nn.functional.conv_transpose1d", "torch.conv_transpose1d")
def conv_transpose1d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: Any = 1,
                     dilation: Any = 1) -> Any:  # fmt: skip
    """The transpose of `conv1d`: the sequence of which it would make the input.

    >>> conv_transpose1d(T(2, 8, 5), T(8, 3, 2), stride=2)
    float32[2, 3, 10]
    """
    return _transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


@op("torch.nn.functional.conv_transpose2d", "torch.conv_transpose2d")
def conv_transpose2d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: Any = 1,
                     dilation: Any = 1) -> Any:  # fmt: skip
    """The transpose of `conv2d`.

    >>> conv_transpose2d(T(1, 8, 7, 7), T(8, 3, 2, 2), stride=2)
    float32[1, 3, 14, 14]
    """
    return _transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


@op("torch.nn.functional.conv_transpose3d", "torch.conv_transpose3d")
def conv_transpose3d(input: Any, weight: Any, bias: Any = None, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: Any = 1,
                     dilation: Any = 1) -> Any:  # fmt: skip
    """The transpose of `conv3d`.

    >>> conv_transpose3d(T(1, 8, 2, 2, 2), T(8, 3, 2, 2, 2), stride=2)
    float32[1, 3, 4, 4, 4]
    """
    return _transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)


@op("torch.nn.functional.conv_tbc", "torch.conv_tbc")
def conv_tbc(input: Any, weight: Any, bias: Any, pad: Any = 0) -> Any:
    """A convolution over (time, batch, channels); the weight is (width, inside, outside).

    >>> conv_tbc(T(10, 2, 3), T(3, 3, 8), T(8))
    float32[8, 2, 8]
    """
    rank_of("conv_tbc", input, 3)
    if len(weight.shape) != 3 or len(bias.shape) != 1:
        refuse("RuntimeError", "conv_tbc: weight must have 3 dimensions and bias 1")
    matching("conv_tbc", input, weight, bias)
    width, inside, outside = weight.shape
    length = input.shape[0] + 2 * pad - width + 1
    if less(length, 0):
        refuse("RuntimeError", "conv_tbc: input is shorter than the kernel")
    require(same(input.shape[2], inside), f"conv_tbc takes {inside} channels and gets {input.shape[2]}", name="channel-mismatch")
    require(same(bias.shape[0], outside), f"conv_tbc: bias of {bias.shape[0]} for {outside} channels")
    result = input.like((length, input.shape[1], outside))
    multiply(product(result.shape) * inside * width)
    return result


@op("torch.convolution")
def convolution(input: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool, output_padding: Any,
                groups: Any) -> Any:  # fmt: skip
    """The convolution behind all the others.

    >>> convolution(T(1, 3, 8, 8), T(4, 3, 3, 3), None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)
    float32[1, 4, 6, 6]
    """
    axes = len(weight.shape) - 2
    if transposed:
        return _transposed("convolution", axes, input, weight, bias, stride, padding, output_padding, groups, dilation)
    return _convolution("convolution", axes, input, weight, bias, stride, padding, dilation, groups)
