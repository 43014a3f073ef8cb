"""Pooling: the largest, the mean or the norm of every window, and the way back."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import less, same
from ...describe import op, refuse, require
from ...shapes import text, window
from .demands import FLOATING, floating, not_negative, positive, rank_of, sizes

_COUNTED = frozenset({"uint8", "int8", "int16", "int32", "int64"})
_LONG = frozenset({"int64"})


def _nonempty(name: str, shape: Any, axes: int) -> None:
    for size in shape[-axes - 1 :]:
        if type(size) is int and size == 0:
            refuse("RuntimeError", f"{name}: expected non-zero sizes for all but the batch dimension, but got {list(shape)}")


def windows(name: str, axes: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool) -> Any:
    """The shape after sliding a window over the last axes."""
    rank = rank_of(name, input, axes + 1, axes + 2)
    kernel = sizes(name, "kernel_size", kernel_size, axes)
    step = kernel if stride is None or (type(stride) in (tuple, list) and not stride) else sizes(name, "stride", stride, axes)
    pad, spread = sizes(name, "padding", padding, axes), sizes(name, "dilation", dilation, axes)
    positive(name, "kernel_size", kernel)
    positive(name, "stride", step)
    positive(name, "dilation", spread)
    not_negative(name, "padding", pad)
    for border, reach, gap in zip(pad, kernel, spread, strict=True):
        if less(((reach - 1) * gap + 1) // 2, border):
            refuse("RuntimeError", f"{name}: pad should be at most half of effective kernel size, but got {border} for a kernel of {reach}")
    _nonempty(name, input.shape, axes)
    space = input.shape[rank - axes :]
    out = tuple(window(*sizes_of_axis, ceil_mode) for sizes_of_axis in zip(space, kernel, step, pad, spread, strict=True))
    for size in out:
        if size < 1 if type(size) is int else less(size, 1):
            require(False, f"{name}: input {text(space)} is smaller than the window {text(kernel)}", name="kernel-larger-than-input")
            break
    return (*input.shape[: rank - axes], *out)


def _largest(axes: int, input: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool, indices: bool) -> Any:
    name = f"max_pool{axes}d"
    shape = windows(name, axes, input, kernel_size, stride, padding, dilation, ceil_mode)
    floating(name, input, also=_COUNTED if axes > 1 or indices else frozenset())
    result = input.like(shape)
    return (result, input.like(shape, "int64")) if indices else result


@op("torch.nn.functional.max_pool1d")
def max_pool1d(input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
               return_indices: bool = False) -> Any:  # fmt: skip
    """The largest of every window of a sequence.

    >>> max_pool1d(T(2, 3, 10), 2)
    float32[2, 3, 5]
    """
    return _largest(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@op("torch.nn.functional.max_pool2d")
def max_pool2d(input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
               return_indices: bool = False) -> Any:  # fmt: skip
    """The largest of every window of an image.

    >>> max_pool2d(T(1, 64, 112, 112), 3, stride=2, padding=1)
    float32[1, 64, 56, 56]
    """
    return _largest(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


@op("torch.nn.functional.max_pool3d")
def max_pool3d(input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
               return_indices: bool = False) -> Any:  # fmt: skip
    """The largest of every window of a volume.

    >>> max_pool3d(T(1, 4, 8, 8, 8), 2)
    float32[1, 4, 4, 4, 4]
    """
    return _largest(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def _plain_and_indexed(axes: int) -> None:
    @op(f"torch.max_pool{axes}d")
    def max_pool(input: Any, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
        """The largest of every window."""
        return _largest(axes, input, kernel_size, stride, padding, dilation, ceil_mode, False)

    names = [f"torch.nn.functional.max_pool{axes}d_with_indices"]

    @op(*names)
    def with_indices(input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False,
                     return_indices: bool = False) -> Any:  # fmt: skip
        """The largest of every window, and where it stood."""
        return _largest(axes, input, kernel_size, stride, padding, dilation, ceil_mode, True)


for _axes in (1, 2, 3):
    _plain_and_indexed(_axes)


@op("torch.max_pool1d_with_indices")
def max_pool1d_with_indices(input: Any, kernel_size: Any, stride: Any = (), padding: Any = 0, dilation: Any = 1,
                            ceil_mode: bool = False) -> Any:  # fmt: skip
    """The largest of every window, and where it stood."""
    return _largest(1, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def _whole(input: Any, kernel_size: Any) -> None:
    """The mean over volumes wants a window inside the input, padding or not."""
    for size, reach in zip(input.shape[-3:], sizes("avg_pool3d", "kernel_size", kernel_size, 3), strict=True):
        if less(size, reach):
            require(False, f"avg_pool3d: input {text(input.shape[-3:])} is smaller than the kernel", name="kernel-larger-than-input")
            return


def _mean(axes: int, input: Any, kernel_size: Any, stride: Any, padding: Any, ceil_mode: bool) -> Any:
    name = f"avg_pool{axes}d"
    shape = windows(name, axes, input, kernel_size, stride, padding, 1, ceil_mode)
    if axes == 3:
        _whole(input, kernel_size)
    floating(name, input, also=_LONG)
    return input.like(shape)


@op("torch.nn.functional.avg_pool1d", "torch.avg_pool1d")
def avg_pool1d(input: Any, kernel_size: Any, stride: Any = (), padding: Any = 0, ceil_mode: bool = False,
               count_include_pad: bool = True) -> Any:  # fmt: skip
    """The mean of every window of a sequence.

    >>> avg_pool1d(T(2, 3, 10), 3, 2)
    float32[2, 3, 4]
    """
    return _mean(1, input, kernel_size, stride, padding, ceil_mode)


@op("torch.nn.functional.avg_pool2d")
def avg_pool2d(input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
               divisor_override: Any = None) -> Any:  # fmt: skip
    """The mean of every window of an image.

    >>> avg_pool2d(T(1, 3, 7, 7), 7)
    float32[1, 3, 1, 1]
    """
    if type(divisor_override) is int and divisor_override == 0:
        refuse("RuntimeError", "divisor must be not zero")
    return _mean(2, input, kernel_size, stride, padding, ceil_mode)


@op("torch.nn.functional.avg_pool3d")
def avg_pool3d(input: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, count_include_pad: bool = True,
               divisor_override: Any = None) -> Any:  # fmt: skip
    """The mean of every window of a volume.

    >>> avg_pool3d(T(1, 3, 4, 4, 4), 2)
    float32[1, 3, 2, 2, 2]
    """
    if type(divisor_override) is int and divisor_override == 0:
        refuse("RuntimeError", "divisor must be not zero")
    return _mean(3, input, kernel_size, stride, padding, ceil_mode)


def _norm(axes: int, input: Any, norm_type: Any, kernel_size: Any, stride: Any, ceil_mode: bool) -> Any:
    name = f"lp_pool{axes}d"
    if norm_type in (math.inf, -math.inf):
        return _largest(axes, input, kernel_size, stride, 0, 1, ceil_mode, False)
    if axes > 1 and isinstance(kernel_size, (tuple, list)) and len(kernel_size) != axes:
        refuse("ValueError", f"{name}: kernel_size needs {axes} numbers")
    floating(name, input, also=frozenset({"bool", "int64"}) if isinstance(norm_type, int) else _COUNTED | {"bool"})
    shape = windows(name, axes, input, kernel_size, stride, 0, 1, ceil_mode)
    if axes == 3:
        _whole(input, kernel_size)
    return input.like(shape, input.dtype if input.dtype in FLOATING else "float32")


@op("torch.nn.functional.lp_pool1d")
def lp_pool1d(input: Any, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The power mean of every window of a sequence.

    >>> lp_pool1d(T(2, 3, 10), 2, 3)
    float32[2, 3, 3]
    """
    if isinstance(kernel_size, (tuple, list)) and norm_type not in (math.inf, -math.inf):
        refuse("TypeError", "lp_pool1d: kernel_size must be a number")
    return _norm(1, input, norm_type, kernel_size, stride, ceil_mode)


@op("torch.nn.functional.lp_pool2d")
def lp_pool2d(input: Any, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The power mean of every window of an image.

    >>> lp_pool2d(T(1, 3, 8, 8), 2, 2)
    float32[1, 3, 4, 4]
    """
    return _norm(2, input, norm_type, kernel_size, stride, ceil_mode)


@op("torch.nn.functional.lp_pool3d")
def lp_pool3d(input: Any, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Any:
    """The power mean of every window of a volume.

    >>> lp_pool3d(T(1, 3, 8, 8, 8), 2, 2)
    float32[1, 3, 4, 4, 4]
    """
    return _norm(3, input, norm_type, kernel_size, stride, ceil_mode)


def _unpooled(axes: int, input: Any, indices: Any, kernel_size: Any, stride: Any, padding: Any, output_size: Any) -> Any:
    name = f"max_unpool{axes}d"
    kernel = _spread(kernel_size, axes)
    step, pad = kernel if stride is None else _spread(stride, axes), _spread(padding, axes)
    if len(input.shape) < axes:
        refuse("IndexError", f"{name}: input has too few dimensions")
    out = [(size - 1) * s + k - 2 * p for size, k, s, p in zip(input.shape[-axes:], kernel, step, pad, strict=True)]
    if output_size is not None:
        wanted = list(output_size)[2:] if len(output_size) == axes + 2 else list(output_size)
        if len(wanted) != axes:
            refuse("ValueError", f"output_size should be a sequence containing {axes} or {axes + 2} elements, but it has {len(wanted)}")
        for size, default, s in zip(wanted, out, step, strict=True):
            if less(default - s, size) is False or less(size, default + s) is False:
                refuse("ValueError", f"invalid output_size {wanted}: {size} must be between {default - s} and {default + s}")
        out = wanted
    not_negative(name, "output_size", tuple(out))
    rank = rank_of(name, input, axes + 1, axes + 2)
    if indices.dtype != "int64":
        require(False, f"{name}: elements in indices should be type int64 but got {indices.dtype}", name="dtype-mismatch")
    if len(indices.shape) != rank or any(same(a, b) is False for a, b in zip(indices.shape, input.shape, strict=True)):
        require(False, f"{name}: shape of indices {text(indices.shape)} should match shape of input {text(input.shape)}")
    _nonempty(name, input.shape, axes)
    return input.like((*input.shape[: rank - axes], *out))


def _spread(value: Any, count: int) -> tuple[Any, ...]:
    spread = tuple(value) if isinstance(value, (tuple, list)) else (value,) * count
    if len(spread) < count:
        refuse("IndexError", f"{count} numbers are needed, and {list(spread)} given")
    return spread[:count]


def _unpool(axes: int) -> None:
    @op(f"torch.nn.functional.max_unpool{axes}d")
    def max_unpool(input: Any, indices: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None) -> Any:
        """The partial inverse of max pooling: the largest go back to where they stood, all else is zero."""
        return _unpooled(axes, input, indices, kernel_size, stride, padding, output_size)


for _axes in (1, 2, 3):
    _unpool(_axes)
