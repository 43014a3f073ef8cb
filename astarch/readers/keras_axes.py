"""What the axes of an input of Keras are called, by its rank: sizes that nobody gave need names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..ir.dim import Dim, substitute, symbols

Shape = tuple["int | str", ...]

AXES: dict[int, Shape] = {
    1: ("batch",),
    2: ("batch", "features"),
    3: ("batch", "time", "features"),
    4: ("batch", "height", "width", "channels"),
    5: ("batch", "depth", "height", "width", "channels"),
}


def axes_of(rank: int) -> Shape:
    """The axes of a tensor some of whose sizes are open, the channels last: of two axes the open one is time.

    >>> axes_of(2), axes_of(6)[-1]
    (('batch', 'time'), 'axis5')
    """
    if rank == 2:
        return "batch", "time"
    return AXES.get(rank) or tuple(f"axis{place}" for place in range(rank))


def names_of_open(inputs: Sequence[Any]) -> dict[str, str]:
    """By the symbol that stands for an open size of a model's inputs, a name for a formula."""
    found = {"None": "batch"}
    for tensor in inputs:
        for size, axis in zip(tensor.shape, axes_of(len(tensor.shape)), strict=True):
            for symbol in symbols(size) if isinstance(size, Dim) else ():
                found.setdefault(symbol, str(axis) if len(inputs) == 1 else f"{tensor.name}_{axis}")
    return found


def counted(count: Any, names: Mapping[str, str]) -> Any:
    """A count, its open sizes by names that a formula can hold: ``24*batch`` instead of ``24*None``."""
    opened = [name for name in symbols(count) if name.startswith("None")]
    return substitute(count, {name: Dim.symbol(names.get(name, name.replace("None", "size"))) for name in opened})
