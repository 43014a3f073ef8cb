"""Joining and splitting: concatenate, stack, split, unstack."""

from __future__ import annotations

import itertools
from typing import Any

from ....ir.dim import Dim, same
from ...describe import refuse, require
from ..operation import keras_op
from ..tensor import KerasTensor, is_open, open_size
from .elementwise import as_tensor, shape_of
from .promotion import kind_of, result_type
from .reduction import axis_of
from .shaping import sizes


def joined(shapes: list[Any], axis: int) -> tuple[Any, ...]:
    """The shape of tensors put behind one another."""
    rank = len(shapes[0])
    place = axis_of(axis, rank)
    result = list(shapes[0])
    for shape in shapes[1:]:
        if len(shape) != rank:
            refuse("ValueError", f"Every value in `xs` must have the same rank. Received shapes {[list(s) for s in shapes]}")
        for index, size in enumerate(shape):
            if index == place:
                result[index] = result[index] + size
            elif not is_open(size) and not is_open(result[index]):
                require(same(size, result[index]), f"Every value in `xs` must have the same shape except on the `axis` dim. But found "
                        f"element of shape "
                        f"{list(shape)}, which is different from the first element's shape {list(shapes[0])}.",
                        name="concat-mismatch")  # fmt: skip
            elif is_open(result[index]):
                result[index] = size
    return tuple(result)


def _all(values: Any) -> list[Any]:
    if isinstance(values, KerasTensor):
        return list(values)
    return list(values)


@keras_op("keras.ops.concatenate")
def concatenate(xs: Any, axis: Any = 0) -> Any:
    """One behind the other."""
    values = _all(xs)
    shape = joined([shape_of(value) for value in values], axis)
    if any(isinstance(value, KerasTensor) and value.symbolic for value in values):  # what the first leaves open stays so
        first, place = shape_of(values[0]), axis_of(axis, len(shape))
        shape = tuple(old if is_open(old) and index != place else new for index, (old, new) in enumerate(zip(first, shape, strict=True)))
    data = None
    if len(shape) == 1 and all(as_tensor(value).data is not None for value in values):
        data = [item for value in values for item in as_tensor(value).data or ()]
    return KerasTensor(shape, result_type(*map(kind_of, values)), data)


@keras_op("keras.ops.stack")
def stack(x: Any, axis: Any = 0) -> Any:
    """Along a new axis."""
    values = _all(x)
    shape = shape_of(values[0])
    for other in values[1:]:
        if len(shape_of(other)) != len(shape):
            refuse("ValueError", "Every value in `x` must have the same shape.")
        shape = stretched_equal(shape, shape_of(other))
    place = axis_of(axis, len(shape) + 1)
    data = [as_tensor(value).data[0] if as_tensor(value).data else None for value in values] if shape == () else None  # type: ignore[index]
    if data is not None and any(item is None for item in data):
        data = [item if item is not None else value if isinstance(value, Dim) else None for item, value in zip(data, values, strict=False)]
        data = None if any(item is None for item in data) else data
    return KerasTensor((*shape[:place], len(values), *shape[place:]), result_type(*map(kind_of, values)), data)


def stretched_equal(a: Any, b: Any) -> tuple[Any, ...]:
    """The common shape of tensors that must agree."""
    found = []
    for left, right in zip(a, b, strict=False):
        if not is_open(left) and not is_open(right):
            require(same(left, right), f"Every value in `x` must have the same shape. But found element of shape {list(b)}, which is "
                    f"different from "
                    f"{list(a)}.", name="stack-mismatch")  # fmt: skip
        found.append(right if is_open(left) else left)
    return tuple(found)


@keras_op("keras.ops.append")
def append(x1: Any, x2: Any, axis: Any = None) -> Any:
    """One behind the other."""
    a, b = as_tensor(x1), as_tensor(x2)
    dtype = result_type(kind_of(x1), kind_of(x2))
    if axis is None:
        return KerasTensor((a.shape.numel() + b.shape.numel(),), dtype)
    return KerasTensor(joined([a.shape, b.shape], axis), dtype)


def _stacked(name: str, least: int, axis_for: Any) -> None:
    def function(xs: Any) -> Any:
        values = [as_tensor(value) for value in _all(xs)]
        shapes = [_at_least(tuple(value.shape), least) for value in values]
        return KerasTensor(joined(shapes, axis_for(len(shapes[0]))), result_type(*map(kind_of, values)))

    keras_op(f"keras.ops.{name}")(function)


def _at_least(shape: tuple[Any, ...], least: int) -> tuple[Any, ...]:
    if least == 2 and len(shape) < 2:
        return (1,) * (2 - len(shape)) + shape
    if least == 3 and len(shape) < 3:
        return ((1, 1, 1), (1, *shape, 1), (*shape, 1))[len(shape)] if len(shape) else (1, 1, 1)
    return shape or (1,)


_stacked("hstack", 1, lambda rank: 0 if rank == 1 else 1)
_stacked("vstack", 2, lambda rank: 0)
_stacked("dstack", 3, lambda rank: 2)


def split_sizes(size: Any, parts: Any, even: bool = True) -> list[Any]:
    """The sizes of the parts of an axis: by their number, or by the places of the cuts."""
    if isinstance(parts, int):
        if type(size) is int:
            if size % parts:
                refuse("ValueError", f"`x` size on `axis` must be divisible by `indices_or_sections`. Received: {size} and {parts}")
            return [size // parts] * parts
        return [size // parts] * parts
    cuts = sizes(parts)
    ends = [0, *cuts, size]
    return [high - low for low, high in itertools.pairwise(ends)]


@keras_op("keras.ops.split")
def split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Parts of an axis."""
    x = as_tensor(x)
    place = axis_of(axis, len(x.shape))
    found = split_sizes(x.shape[place], indices_or_sections)
    if not x.symbolic and any(isinstance(size, int) and size < 0 for size in found):
        refuse("ValueError", f"the cuts {indices_or_sections} lie outside of {x.shape[place]}")
    data = x.data if x.data is not None and len(x.shape) == 1 and all(type(size) is int for size in found) else None
    parts, start = [], 0
    for size in found:
        parts.append(
            KerasTensor((*x.shape[:place], size, *x.shape[place + 1 :]), x.dtype, data[start : start + size] if data is not None else None)
        )
        start = start + size if data is not None else 0
    return parts


@keras_op("keras.ops.array_split")
def array_split(x: Any, indices_or_sections: Any, axis: Any = 0) -> Any:
    """Parts of an axis as even as can be."""
    x = as_tensor(x)
    place = axis_of(axis, len(x.shape))
    size, count = x.shape[place], indices_or_sections
    if not isinstance(count, int):
        return split(x, indices_or_sections, axis)
    found = (
        [size // count + (1 if index < size % count else 0) for index in range(count)]
        if type(size) is int
        else [open_size() for _ in range(count)]
    )
    return [KerasTensor((*x.shape[:place], one, *x.shape[place + 1 :]), x.dtype) for one in found]


for _name, _axis in (("hsplit", 1), ("vsplit", 0), ("dsplit", 2)):

    def _make(place: int) -> Any:
        def function(x: Any, indices_or_sections: Any) -> Any:
            return split(x, indices_or_sections, place if len(shape_of(x)) > place else 0)

        return function

    keras_op(f"keras.ops.{_name}")(_make(_axis))


@keras_op("keras.ops.unstack", module="keras.src.ops.core")
def unstack(x: Any, num: Any = None, axis: Any = 0) -> Any:
    """The slices along an axis."""
    x = as_tensor(x)
    place = axis_of(axis, len(x.shape))
    count = num if num is not None else x.shape[place]
    if type(count) is not int:
        refuse("ValueError", f"Cannot infer argument `num` from shape {list(x.shape)}. Either provide a tensor with a concrete shape in "
               f"the `axis` "
               "dimension or explicitly pass the `num` argument.")  # fmt: skip
    data = x.data if x.data is not None and len(x.shape) == 1 else None
    return [KerasTensor((*x.shape[:place], *x.shape[place + 1 :]), x.dtype, [data[i]] if data is not None else None) for i in range(count)]


@keras_op("keras.ops.meshgrid")
def meshgrid(*x: Any, indexing: Any = "xy") -> Any:
    """Grids of coordinates."""
    shape = [as_tensor(value).shape.numel() for value in x]
    if indexing == "xy" and len(shape) >= 2:
        shape[0], shape[1] = shape[1], shape[0]
    return [KerasTensor(shape, as_tensor(value).dtype) for value in x]
