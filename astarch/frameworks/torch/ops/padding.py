"""`torch.nn.functional.pad` in all its modes."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ....ir.tensor import KEPT_VALUES
from ...describe import op, refuse, require, unknown
from ...shapes import product, text
from ..tensor import is_tensor, sizes_of
from .aliasing import places, steps
from .values import cast_all

#: How many axes are padded in the modes that copy the border: by rank of the input.
_BORDER = {2: (2,), 3: (2, 4), 4: (4, 6), 5: (6,)}


@op("torch.nn.functional.pad")
def pad(input: Any, pad: Any, mode: str = "constant", value: Any = None) -> Any:
    """Make axes longer at both ends, the last axis first; negative numbers cut.

    >>> pad(T(2, 3), (1, 2))
    float32[2, 6]
    """
    if not isinstance(pad, (tuple, list)):
        refuse("TypeError", "pad(): argument 'pad' must be tuple of ints")
    widths = sizes_of((pad,))
    if any(isinstance(width, (float, str)) for width in widths):
        refuse("TypeError", "pad(): argument 'pad' must be tuple of ints")
    if any(map(is_tensor, widths)):
        return unknown("how far to pad is the value of a tensor")
    if len(widths) % 2:
        refuse("RuntimeError", "Padding length must be divisible by 2")
    rank = len(input.shape)
    if len(widths) > 2 * rank:
        refuse(
            "RuntimeError",
            f"Padding length should be less than or equal to two times the input dimension but got padding length "
            f"{len(widths)} and input of dimension {rank}",
        )
    if mode != "constant":
        _ask_border(input, widths, mode, value)
    shape = list(input.shape)
    for number in range(len(widths) // 2):
        place = rank - 1 - number
        if any(type(width) is int and width < 0 for width in widths) and mode == "constant":
            cut = sum(width for width in widths[2 * number : 2 * number + 2] if type(width) is int and width < 0)
            if less(shape[place] + cut, 0):
                refuse("RuntimeError", "narrow(): length must be non-negative.")
        shape[place] = shape[place] + widths[2 * number] + widths[2 * number + 1]
    low = 0 if mode in ("constant", "circular") else 1
    for place in range(rank - len(widths) // 2, rank):
        if less(shape[place], low):
            refuse("RuntimeError", f"pad: {text(input.shape)} padded by {list(widths)} leaves {shape[place]} elements on axis {place}")
    return input.like(shape, None, _constant(input, widths, shape, value) if mode == "constant" else None)


def _ask_border(input: Any, widths: Any, mode: str, value: Any) -> None:
    """What the modes that copy the border ask for."""
    if mode not in ("reflect", "replicate", "circular"):
        refuse("NotImplementedError", f"Unrecognised padding mode {mode}")
    if value is not None and value != 0:
        refuse("RuntimeError", f'Padding mode "{mode}" doesn\'t take in value argument')
    shape, rank = input.shape, len(input.shape)
    if len(widths) not in _BORDER.get(rank, ()):
        refuse("NotImplementedError", f"Padding size {len(widths)} is not supported for {rank}D input tensor.")
    if mode != "circular":
        if input.dtype == "bool":
            refuse("NotImplementedError", f"{mode} padding is not implemented for bool")
        batched = rank == len(widths) // 2 + 2
        if any(same(size, 0) for size in (shape[1:] if batched else shape)):
            refuse(
                "RuntimeError",
                f"Expected tensor with possibly 0 batch size and other non-zero dimensions for input, but got: {list(shape)}",
            )
    for number in range(len(widths) // 2):
        size = shape[rank - 1 - number]
        for width in widths[2 * number : 2 * number + 2]:
            if mode == "reflect":
                fits = less(width, size)
                require(
                    fits,
                    f"Padding size should be less than the corresponding input dimension, but got: padding {width} of an axis of {size}",
                    name="reflect-padding",
                )
            elif mode == "circular":
                beyond = less(size, width)
                require(None if beyond is None else not beyond, "Padding value causes wrapping around more than once.")


def _constant(input: Any, widths: Any, shape: list[Any], value: Any) -> list[Any] | None:
    if input.data is None or not all(type(size) is int for size in (*shape, *widths)) or product(shape) > KEPT_VALUES:
        return None
    if any(width < 0 for width in widths):
        return None
    filled = cast_all([0 if value is None else value], input.dtype)
    if filled is None:
        return None
    rank = len(shape)
    starts = [0] * rank
    for number in range(len(widths) // 2):
        starts[rank - 1 - number] = widths[2 * number]
    strides = steps(shape)
    data = filled * product(shape)
    offset = sum(start * step for start, step in zip(starts, strides, strict=True))
    for place, element in zip(places(input.shape, strides, offset), input.data, strict=True):
        data[place] = element
    return data


@op("torch.constant_pad_nd")
def constant_pad_nd(input: Any, pad: Any, value: Any = 0) -> Any:
    """Make axes longer at both ends by a constant."""
    return _padded(input, pad, value)


def _padded(input: Any, widths: Any, value: Any) -> Any:
    return pad(input, widths, "constant", value)
