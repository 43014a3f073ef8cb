"""The axis arguments of reductions: which axes, under torch's own names or numpy's, and what lies along them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from ...describe import refuse
from ...shapes import axis
from ..tensor import TorchTensor, kind_name
from .promotion import category_of
from .signatures import op

# What reductions along an axis give: tuples with names (``torch.return_types``).


class ValuesIndices(NamedTuple):
    values: Any
    indices: Any


class MinMax(NamedTuple):
    min: Any
    max: Any


class Histogram(NamedTuple):
    hist: Any
    bin_edges: Any


def reduction(*words: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a reduction as a function and as a method; a word with a dot in it is a function only."""
    names: list[str] = []
    for word in words:
        names += [f"torch.{word.lstrip('.')}"] if "." in word else [f"torch.{word}", f"torch.Tensor.{word}"]

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        op(*names)(function)
        return function

    return register


def one_axis(name: str, dim: Any, rank: int) -> int:
    """A single axis argument as a non-negative number."""
    return axis(_whole(name, dim), rank)


def _whole(name: str, dim: Any) -> int:
    if type(dim) is int:
        return dim
    if isinstance(dim, TorchTensor) and category_of(dim.dtype) == 1 and dim.data is not None and len(dim.data) == 1:
        return dim.data[0]
    return refuse("TypeError", f"{name}(): argument 'dim' must be int, not {kind_name(dim)}")  # type: ignore[no-any-return]


def several_axes(name: str, dim: Any, rank: int) -> tuple[int, ...]:
    """The axes of a reduction: one, several, or all for None and for no axes at all."""
    if type(dim) is int:
        return (axis(dim, rank),)
    if dim is None:
        return tuple(range(rank))
    if not isinstance(dim, (tuple, list)):
        return (axis(_whole(name, dim), rank),)
    found = tuple(axis(_whole(name, one), rank) for one in dim)
    if len(set(found)) != len(found):
        refuse("RuntimeError", f"dim {found[0]} appears multiple times in the list of dims")
    return found or tuple(range(rank))


def truth(name: str, keepdim: Any) -> bool:
    """A ``keepdim`` argument, which must be a truth value."""
    if not isinstance(keepdim, bool):
        refuse("TypeError", f"{name}(): argument 'keepdim' must be bool, not {kind_name(keepdim)}")
    return keepdim


def lines(data: list[Any], shape: Sequence[int], reduced: Sequence[int]) -> list[list[Any]]:
    """For every element of the result the values it is made of, in order.

    >>> lines([1, 2, 3, 4], (2, 2), (0,))
    [[1, 3], [2, 4]]
    """
    if len(reduced) == len(shape) or not shape:
        return [data]
    steps = [math.prod(shape[place + 1 :]) for place in range(len(shape))]
    starts, inside = [0], [0]
    for place, (size, step) in enumerate(zip(shape, steps, strict=True)):
        offsets = [index * step for index in range(size)]
        if place in reduced:
            inside = [base + offset for base in inside for offset in offsets]
        else:
            starts = [base + offset for base in starts for offset in offsets]
    return [[data[start + offset] for offset in inside] for start in starts]
