"""What an index in brackets selects: the shape of the result and, when the values of the index are known, the places.

Torch goes through the index from left to right: whole numbers, slices, None and ``...`` are views; what is left over, masks and
tensors of positions, is applied at once, and its axes stand where those tensors stood when they are neighbours, else in front.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product as combinations
from typing import Any

from ....ir.dim import Dim, less, same
from ....ir.refusal import Refusal
from ....ir.tensor import KEPT_VALUES, Tensor
from ....ir.unknown import Unknown
from ...describe import fresh_size, refuse
from ...shapes import broadcast, product, strided
from .aliasing import steps

_POSITIONS = frozenset({"int64", "int32"})
_MASKS = frozenset({"bool", "uint8"})
_WHOLE = frozenset({"int64", "int32", "int16", "int8"})


@dataclass(slots=True)
class Selection:
    """What an index selects.

    Attributes:
        shape: The shape of the result.
        places: Flat positions of its elements in the source, when known and asked for.
        advanced: It copies: masks or tensors of positions took part.
        masked: A single mask and nothing else did.
    """

    shape: tuple[Any, ...]
    places: list[int] | None
    advanced: bool = False
    masked: bool = False


@dataclass(slots=True)
class _Positions:
    """Positions along one axis, of any shape; ``data`` when known."""

    shape: tuple[Any, ...]
    data: list[Any] | None


class _Walk:
    """The view so far, while an index is gone through."""

    __slots__ = ("at", "given", "offset", "shape", "strides")

    def __init__(self, shape: Sequence[Any], known: bool) -> None:
        self.shape = list(shape)
        self.strides: list[Any] | None = list(steps(shape)) if known else None
        self.offset = 0
        self.at = 0
        self.given: dict[int, _Positions] = {}

    def size(self) -> Any:
        if self.at >= len(self.shape):
            refuse("IndexError", "too many indices for tensor")
        return self.shape[self.at]

    def number(self, index: Any) -> None:
        size = self.size()
        if type(index) is int and type(size) is int and not -size <= index < size:
            refuse("IndexError", f"index {index} is out of bounds for dimension {self.at} with size {size}")
        if self.strides is not None:
            if type(index) is int:
                self.offset += index % size * self.strides[self.at]
                del self.strides[self.at]
            else:
                self.strides = None
        del self.shape[self.at]

    def slice(self, index: slice) -> None:
        size = self.size()
        start, stop, step = (_bound(x) for x in (index.start, index.stop, index.step))
        if type(step) is int and step <= 0:
            refuse("ValueError", "step must be greater than zero" if step else "slice step cannot be zero")
        if start is None and stop is None and step is None:
            self.at += 1
            return
        if _LOST in (start, stop, step):
            self.shape[self.at], self.strides = fresh_size("size of a slice between values of tensors", size), None
            self.at += 1
            return
        self.shape[self.at] = strided(start, stop, step, size)
        if self.strides is not None:
            if all(type(x) is int or x is None for x in (start, stop, step)):
                self.offset += slice(start, stop, step).indices(size)[0] * self.strides[self.at]
                self.strides[self.at] *= 1 if step is None else step
            else:
                self.strides = None
        self.at += 1

    def new(self) -> None:
        if self.at > len(self.shape):
            refuse("IndexError", "too many indices for tensor")
        self.shape.insert(self.at, 1)
        if self.strides is not None:
            self.strides.insert(self.at, 0)
        self.at += 1

    def truth(self, value: Any) -> None:
        """A single truth value: a new axis of one element, or of none."""
        self.new()
        count = fresh_size("1 when the mask is true, else 0", 1) if value is None else int(bool(value))
        self.given[self.at - 1] = _Positions((count,), None if value is None else [0] * count)

    def positions(self, found: _Positions) -> None:
        self.size()
        self.given[self.at] = found
        self.at += 1

    def mask(self, shape: Sequence[Any], data: list[Any] | None, count: Any) -> None:
        """A mask over as many axes as it has."""
        here = self.shape[self.at : self.at + len(shape)]
        if len(here) < len(shape) or any(same(a, b) is False for a, b in zip(here, shape, strict=True)):
            refuse(
                "IndexError",
                f"The shape of the mask {list(shape)} at index {self.at} does not match the shape of the indexed tensor "
                f"{self.shape} at index {self.at}",
            )
        coordinates: list[Any] = [None] * len(shape)
        if data is not None and all(type(size) is int for size in shape):
            marked = [place for place, value in zip(combinations(*map(range, shape)), data, strict=True) if value]
            coordinates = [[place[number] for place in marked] for number in range(len(shape))]
        for found in coordinates:
            self.given[self.at] = _Positions((count,), found)
            self.at += 1


_LOST = object()


def _bound(value: Any) -> Any:
    """A bound of a slice: a number, a size, None, or `_LOST` when it is the unknown value of a tensor."""
    if type(value) is Unknown:
        return _LOST
    if type(value) is Dim and value.is_signed and less(value, 0) is None:
        return _LOST  # an element of a tensor: below zero it counts from the end
    if value is None or type(value) is int or isinstance(value, (Dim, int)):
        return value
    if isinstance(value, Tensor):
        return value.data[0] if value.data is not None and len(value.data) == 1 else _LOST
    return refuse("TypeError", "slice indices must be integers or None or have an __index__ method")


def _as_tuple(index: Any) -> tuple[Any, ...]:
    """A list that torch takes for a tuple, a tuple, or one index."""
    if type(index) is tuple:
        return index
    if isinstance(index, (list, range)) and len(index) < 32:
        for item in index:
            if isinstance(item, (Tensor, list, tuple, range, slice, str)) or item is None or item is Ellipsis:
                return tuple(index)
    return tuple(index) if isinstance(index, tuple) else (index,)


def _consumed(item: Any) -> int:
    """How many axes an item of an index speaks for."""
    if item is None or item is Ellipsis or item is True or item is False:
        return 0
    if isinstance(item, Tensor) and item.dtype in _MASKS:
        return len(item.shape)
    return 1


def select(source: Any, index: Any, want_places: bool) -> Selection:
    """What ``source[index]`` selects.

    >>> select(T(4, 5, 6), (0, slice(None), None), False).shape
    (5, 1, 6)
    """
    items = _as_tuple(index)
    rank = len(source.shape)
    consumed = sum(map(_consumed, items))
    if consumed > rank:
        refuse("IndexError", f"too many indices for tensor of dimension {rank}")
    walk = _Walk(source.shape, want_places and all(type(size) is int for size in source.shape))
    masks = others = 0
    for item in items:
        if type(item) is slice:
            walk.slice(item)
        elif item is None:
            walk.new()
        elif item is Ellipsis:
            walk.at += rank - consumed
        elif type(item) is bool:
            others += 1
            walk.truth(item)
        elif isinstance(item, (int, Dim)):
            walk.number(item)
        elif isinstance(item, Tensor):
            if item.dtype not in _MASKS or not item.shape:
                others += item.dtype in _MASKS or len(item.shape) > 0
            else:
                masks += 1
            _tensor(walk, item)
        elif isinstance(item, (list, tuple, range)):
            if _sequence(walk, item):
                masks += 1
            else:
                others += 1
        else:
            refuse(
                "IndexError",
                "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
                f"(got {type(item).__name__})",
            )
    return _finish(walk, masks == 1 and not others)


def select_at(source: Any, indices: Sequence[Any]) -> Selection:
    """What tensors of positions, and masks, select together (``index_put``)."""
    walk = _Walk(source.shape, False)
    masks = 0
    for index in indices:
        if index.dtype not in _MASKS:
            walk.positions(_Positions(tuple(index.shape), index.data))
        elif index.shape:
            masks += 1
            walk.mask(index.shape, index.data, true_count(index))
    return _finish(walk, masks == 1 and len(indices) == 1)


def _tensor(walk: _Walk, item: Any) -> None:
    data = item.data
    if item.dtype in _MASKS:
        if not item.shape:
            walk.truth(None if data is None else data[0])
        else:
            walk.mask(item.shape, data, true_count(item))
    elif not item.shape and item.dtype in _WHOLE:
        walk.number(data[0] if data is not None else None)
    elif item.dtype in _POSITIONS:
        walk.positions(_Positions(tuple(item.shape), data))
    else:
        refuse("IndexError", "tensors used as indices must be long, int, byte or bool tensors")


def true_count(mask: Any) -> Any:
    """How many elements of a mask are true: counted, or a size of its own that the mask keeps.

    >>> true_count(T(3, dtype="bool", data=[True, False, True]))
    2
    """
    if mask.data is not None:
        return sum(1 for value in mask.data if value)
    count = mask.__dict__.get("_true_count")
    if count is None:
        count = mask._true_count = fresh_size("how many elements of a mask are true", product(mask.shape))
    return count


def _sequence(walk: _Walk, item: Any) -> int:
    """A nested sequence stands for the tensor it would make; 1 when that is a mask."""
    shape: list[int] = []
    flat: list[Any] = list(item)
    shape.append(len(flat))
    while flat and isinstance(flat[0], (list, tuple, range)):
        width = len(flat[0])
        if not all(isinstance(row, (list, tuple, range)) and len(row) == width for row in flat):
            refuse("ValueError", f"expected sequence of length {width} in an index")
        shape.append(width)
        flat = [value for row in flat for value in row]
    if flat and all(type(value) is bool for value in flat):
        walk.mask(shape, flat, sum(flat))
        return 1
    known = []
    for value in flat:
        if isinstance(value, Tensor):
            value = value.data[0] if value.data is not None and len(value.data) == 1 else None
        elif not isinstance(value, (int, Dim)):
            kind = "TypeError" if isinstance(value, str) else "IndexError"
            refuse(kind, "tensors used as indices must be long, int, byte or bool tensors")
        known.append(value)
    walk.positions(_Positions(tuple(shape), None if None in known else known))
    return 0


def _finish(walk: _Walk, only_mask: bool) -> Selection:
    shape, strides = walk.shape, walk.strides
    if not walk.given:
        return Selection(
            tuple(shape),
            _spread([_run(size, step) for size, step in zip(shape, strides, strict=True)], walk.offset)
            if strides is not None and product(shape) <= KEPT_VALUES
            else None,
        )
    at = sorted(walk.given)
    positions = [walk.given[place] for place in at]
    try:
        inside = broadcast(*[found.shape for found in positions])
    except Refusal as mismatch:
        shapes = ", ".join(str(list(found.shape)) for found in positions)
        refuse("IndexError", f"shape mismatch: indexing tensors could not be broadcast together with shapes {shapes}: {mismatch}")
    first = at[0] if at[-1] - at[0] == len(at) - 1 else 0
    rest = [place for place in range(len(shape)) if place not in walk.given]
    before = [place for place in rest if place < first]
    after = rest[len(before) :]
    result = (*(shape[place] for place in before), *inside, *(shape[place] for place in after))
    if not any(type(size) is int and size == 0 for size in inside):
        nothing = same(product(result), 0) is True
        for place, found in zip(at, positions, strict=True):
            _in_bounds(found, shape[place], place, nothing)
    places = None
    known = strides is not None and all(found.data is not None and all(type(x) is int for x in found.data) for found in positions)
    if strides is not None and known and product(result) <= KEPT_VALUES:
        jumps = _jumps(positions, inside, [strides[place] for place in at], [shape[place] for place in at])
        runs = [_run(shape[place], strides[place]) for place in before], [_run(shape[place], strides[place]) for place in after]
        places = _spread([*runs[0], jumps, *runs[1]], walk.offset)
    return Selection(result, places, True, only_mask)


def _in_bounds(found: _Positions, size: Any, place: int, nothing: bool) -> None:
    """Refuse positions outside an axis; where nothing is selected torch only minds an axis without elements."""
    if type(size) is not int:
        return
    if size == 0:
        refuse("IndexError", f"index is out of bounds for dimension {place} with size 0")
    if nothing or found.data is None:
        return
    for index in found.data:
        if type(index) is int and not -size <= index < size:
            refuse("IndexError", f"index {index} is out of bounds for dimension {place} with size {size}")


def _run(size: int, step: int) -> list[int]:
    return [index * step for index in range(size)]


def _spread(groups: list[list[int]], offset: int) -> list[int]:
    found = [offset]
    for group in groups:
        found = [place + jump for place in found for jump in group]
    return found


def _jumps(positions: list[_Positions], inside: Sequence[int], strides: list[int], sizes: list[int]) -> list[int]:
    """How far each element of the joined positions lies from the start."""
    jumps = [0] * product(inside)
    for found, stride, size in zip(positions, strides, sizes, strict=True):
        own = steps(found.shape)
        pad = len(inside) - len(found.shape)
        coordinates = [
            _run(extent, 0 if axis < pad or found.shape[axis - pad] == 1 else own[axis - pad]) for axis, extent in enumerate(inside)
        ]
        for number, place in enumerate(_spread(coordinates, 0)):
            jumps[number] += found.data[place] % size * stride  # type: ignore[index]
    return jumps
