"""Resizing images, sequences and volumes."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim, less
from ...describe import fresh_size, op, refuse
from ..tensor import is_tensor
from .demands import floating

#: The rank each mode takes; the others take 3, 4 and 5.
_RANKS = {"linear": (3,), "bilinear": (4,), "bicubic": (4,), "trilinear": (5,), "lanczos": (4,)}
_PLAIN = ("nearest", "area", "nearest-exact")
_BYTES = frozenset({"uint8"})


def scaled(size: Any, scale: Any) -> Any:
    """``int(size * scale)`` as torch computes it, also for a size that is not a number.

    >>> scaled(7, 0.5)
    3
    """
    if type(size) is int and type(scale) in (int, float):
        return int(size * scale)
    if isinstance(scale, (int, Dim)):
        return size * scale
    if isinstance(scale, float):
        top, bottom = scale.as_integer_ratio()
        if bottom <= 4096 and top < 1 << 20:  # the product is then exact in floating point
            return size * top // bottom
    return fresh_size(f"{size} times {scale}")


def _each(what: str, value: Any, axes: int) -> list[Any]:
    if isinstance(value, (tuple, list)):
        if len(value) != axes:
            refuse("ValueError", f"Input and {what} must have the same number of spatial dimensions, but got {axes} and {list(value)}")
        return list(value)
    return [value] * axes


def _number(value: Any) -> Any:
    """A size or scale; a tensor with one known value stands for that number."""
    if is_tensor(value):
        return value.data[0] if value.data and len(value.data) == 1 else fresh_size("a size held by a tensor")
    return value


def _resized(input: Any, size: Any, scale_factor: Any, mode: str, recompute: Any) -> list[Any]:
    """The new sizes of the last axes."""
    axes = len(input.shape) - 2
    if size is not None and scale_factor is not None:
        refuse("ValueError", "only one of size or scale_factor should be defined")
    if size is None and scale_factor is None:
        refuse("ValueError", "either size or scale_factor should be defined")
    if size is not None:
        wanted = [_number(value) for value in _each("output size", size, axes)]
        if not all(isinstance(value, (int, Dim)) for value in wanted):
            refuse("TypeError", f"expected size to be one of int or Tuple[int], but got size {size}")
        if recompute:
            refuse("ValueError", "recompute_scale_factor is not meaningful with an explicit size.")
        return wanted
    scales = [_number(value) for value in _each("scale_factor", scale_factor, axes)]
    return [scaled(old, scale) for old, scale in zip(input.shape[2:], scales, strict=True)]


def _interpolated(input: Any, size: Any, scale_factor: Any, mode: Any, align_corners: Any, recompute: Any, antialias: Any) -> Any:
    if mode in _PLAIN and align_corners is not None:
        refuse("ValueError", "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear")
    rank = len(input.shape)
    out = _resized(input, size, scale_factor, mode, recompute)
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and rank == 4):
        refuse("ValueError", "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input")
    if rank not in _RANKS.get(mode, (3, 4, 5) if mode in _PLAIN else ()):
        refuse("NotImplementedError", f"Got {rank}D input and mode {mode}: 3D, 4D and 5D input is supported for the modes nearest | area | "
               "nearest-exact, 3D for linear, 4D for bilinear | bicubic | lanczos, 5D for trilinear")  # fmt: skip
    if mode == "lanczos" and (align_corners or not antialias):
        refuse("ValueError", "Lanczos mode requires antialias=True and does not support align_corners=True")
    for new in out:
        if less(new, 0 if mode == "area" else 1):
            refuse("RuntimeError", f"Input and output sizes should be greater than 0, but got input {list(input.shape)} and output {out}")
    for old in input.shape[1:]:
        if type(old) is int and old == 0:
            refuse("RuntimeError", f"Input and output sizes should be greater than 0, but got input {list(input.shape)}")
    floating("interpolate", input, also=_BYTES if mode != "area" else frozenset())
    return input.like((*input.shape[:2], *out))


@op("torch.nn.functional.interpolate")
def interpolate(input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None,
                recompute_scale_factor: Any = None, antialias: bool = False) -> Any:  # fmt: skip
    """Resize to a size, or by a factor (the result is rounded down).

    >>> interpolate(T(1, 3, 7, 7), scale_factor=2)
    float32[1, 3, 14, 14]
    """
    return _interpolated(input, size, scale_factor, mode, align_corners, recompute_scale_factor, antialias)


@op("torch.nn.functional.upsample")
def upsample(input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: Any = None) -> Any:
    """`interpolate` by its old name."""
    return _interpolated(input, size, scale_factor, mode, align_corners, None, False)


@op("torch.nn.functional.upsample_nearest")
def upsample_nearest(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """`interpolate` by the nearest element."""
    return _interpolated(input, size, scale_factor, "nearest", None, None, False)


@op("torch.nn.functional.upsample_bilinear")
def upsample_bilinear(input: Any, size: Any = None, scale_factor: Any = None) -> Any:
    """`interpolate` bilinearly, corners aligned."""
    return _interpolated(input, size, scale_factor, "bilinear", True, None, False)
