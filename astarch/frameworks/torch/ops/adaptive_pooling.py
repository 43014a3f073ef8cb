"""Pooling to a given size: adaptive and fractional."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim, less
from ...describe import op, refuse, require, unknown
from ...shapes import text
from ..tensor import kind_name
from .demands import floating, not_negative, rank_of


def _sizes(name: str, axes: int, input: Any, output_size: Any) -> tuple[Any, ...]:
    """The wanted sizes, with None for what stays as it is."""
    if isinstance(output_size, (int, Dim)):
        return (output_size,) * axes
    if not isinstance(output_size, (tuple, list)):
        refuse("TypeError", f"{name}: output_size must be a number or {axes} numbers, not {kind_name(output_size)}")
    if axes > 1 and len(input.shape) <= len(output_size):
        refuse("ValueError", f"Input dimension should be at least {len(output_size) + 1}")
    if len(output_size) != axes:
        refuse("RuntimeError", f"{name}: output_size must be {axes} numbers, but got {list(output_size)}")
    if axes == 1 and output_size[0] is None:
        refuse("TypeError", f"{name}: output_size must be a number")
    return tuple(input.shape[place - axes] if size is None else size for place, size in enumerate(output_size))


def adapted(name: str, axes: int, input: Any, output_size: Any) -> tuple[Any, ...]:
    """The shape with its last axes of the wanted sizes."""
    wanted = _sizes(name, axes, input, output_size)
    average = name.startswith("adaptive_avg")
    if average and axes > 1 and all(type(size) is int and size == 1 for size in wanted):
        return _overall(name, axes, input, wanted)
    rank = rank_of(name, input, axes + 1, axes + 2)
    not_negative(name, "output_size", wanted)
    for size in input.shape[rank - axes :] if average else input.shape[1:]:
        if type(size) is int and size == 0:
            refuse("RuntimeError", f"{name}: expected input to have non-zero size, but got {list(input.shape)}")
    floating(name, input)
    return (*input.shape[: rank - axes], *wanted)


def _overall(name: str, axes: int, input: Any, wanted: tuple[Any, ...]) -> tuple[Any, ...]:
    """The mean over all of the last axes, which takes inputs of any rank."""
    if len(input.shape) < axes:
        refuse("IndexError", f"{name}: input needs at least {axes} dimensions")
    floating(name, input, also=frozenset({"complex64", "complex128"}))
    return (*input.shape[: len(input.shape) - axes], *wanted)


def _mean(axes: int, *names: str) -> None:
    name = f"adaptive_avg_pool{axes}d"

    @op(f"torch.nn.functional.{name}", *names)
    def adaptive_avg_pool(input: Any, output_size: Any) -> Any:
        """The mean of as many windows as wanted, whatever the size of the input; None keeps a size."""
        return input.like(adapted(name, axes, input, output_size))


_mean(1, "torch.adaptive_avg_pool1d")
_mean(2)
_mean(3)


def _largest(axes: int) -> None:
    name = f"adaptive_max_pool{axes}d"

    @op(f"torch.nn.functional.{name}")
    def adaptive_max_pool(input: Any, output_size: Any, return_indices: bool = False) -> Any:
        """The largest of as many windows as wanted, and where it stood if that is asked for."""
        result = input.like(adapted(name, axes, input, output_size))
        return (result, result.like(dtype="int64")) if return_indices else result

    @op(f"torch.nn.functional.{name}_with_indices")
    def with_indices(input: Any, output_size: Any, return_indices: bool = False) -> Any:
        """The largest of as many windows as wanted, and where it stood."""
        result = input.like(adapted(name, axes, input, output_size))
        return result, result.like(dtype="int64")


for _axes in (1, 2, 3):
    _largest(_axes)


@op("torch.adaptive_max_pool1d")
def adaptive_max_pool1d(input: Any, output_size: Any) -> Any:
    """The largest of as many windows as wanted, and where it stood."""
    result = input.like(adapted("adaptive_max_pool1d", 1, input, output_size))
    return result, result.like(dtype="int64")


def _scaled(size: Any, ratio: Any) -> Any:
    if type(size) is int:
        return int(size * ratio)
    return size * ratio if isinstance(ratio, int) else unknown(f"{size} times {ratio}, rounded")


def _fraction(axes: int, input: Any, kernel_size: Any, output_size: Any, output_ratio: Any, indices: bool) -> Any:
    name = f"fractional_max_pool{axes}d"
    if output_size is None and output_ratio is None:
        refuse("ValueError", f"{name} requires specifying either an output_size or an output_ratio")
    rank = rank_of(name, input, axes + 1, axes + 2)
    space = input.shape[rank - axes :]
    if output_size is None:
        ratios = tuple(output_ratio) if isinstance(output_ratio, (tuple, list)) else (output_ratio,) * axes
        output_size = tuple(map(_scaled, space, ratios))
    wanted = tuple(output_size) if isinstance(output_size, (tuple, list)) else (output_size,) * axes
    kernel = tuple(kernel_size) if isinstance(kernel_size, (tuple, list)) else (kernel_size,) * axes
    if len(wanted) != axes or len(kernel) != axes:
        refuse("RuntimeError", f"{name}: kernel_size and output_size must be one number or {axes}")
    for size in (*wanted, *kernel):
        if less(size, 0):
            refuse("RuntimeError", f"{name}: kernel_size and output_size must not be negative")
    for have, size, reach in zip(space, wanted, kernel, strict=True):
        if less(have, size + reach - (1 if axes == 2 else 0)):
            require(False, f"{name}: {text(wanted)} windows of {text(kernel)} do not fit into {text(space)}")
    floating(name, input)
    result = input.like((*input.shape[: rank - axes], *wanted))
    return (result, result.like(dtype="int64")) if indices else result


def _fractional(axes: int) -> None:
    @op(f"torch.nn.functional.fractional_max_pool{axes}d")
    def fractional_max_pool(input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
                            _random_samples: Any = None) -> Any:  # fmt: skip
        """The largest of windows placed at random, for a given size or a fraction of it."""
        return _fraction(axes, input, kernel_size, output_size, output_ratio, return_indices)

    @op(f"torch.nn.functional.fractional_max_pool{axes}d_with_indices")
    def with_indices(input: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
                     _random_samples: Any = None) -> Any:  # fmt: skip
        """The largest of windows placed at random, and where it stood."""
        return _fraction(axes, input, kernel_size, output_size, output_ratio, True)


for _axes in (2, 3):
    _fractional(_axes)
