"""Tensors whose every element is known, as exporters write masks: computed as they stand."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .index_notation import Unproven, Value
from .vocabulary import Vocabulary

#: How many elements are computed.
MOST = 1 << 14


def elements(words: Vocabulary, item: Any) -> tuple[list[Any], tuple[int, ...]] | None:
    """The elements of a tensor in order, and its sizes; None where they are not known."""
    if isinstance(item, (bool, int, float)):
        return [item], ()
    if isinstance(item, list):
        return list(item), (len(item),)  # type: ignore[reportUnknownArgumentType]
    if not isinstance(item, Value):
        return None
    form, known = words.form(item.head), words.constant(item)
    if known is not None and math.prod(item.shape) <= MOST:
        return [known] * math.prod(item.shape), item.shape
    if form[0] == "below" and item.dims == words.leaf(form, form[1:]).dims:
        return [item.factor * (column <= row) for row in range(form[1]) for column in range(form[2])], item.shape
    if form[0] == "constants" and item.dims == words.leaf(form, words.sizes(item.head)).dims:
        return [value * item.factor for value in form[1]], item.shape
    return None


def combined(words: Vocabulary, change: Callable[..., Any], items: Sequence[Any]) -> Value:
    """A function of every element of several, broadcast."""
    known = [found for item in items if (found := elements(words, item)) is not None]
    if len(known) != len(items):
        raise Unproven("what it is given")
    rank = max(len(shape) for _, shape in known)
    wide = [(1,) * (rank - len(shape)) + shape for _, shape in known]
    shape = tuple(max(sides) for sides in zip(*wide, strict=True)) if rank else ()
    if math.prod(shape) > MOST or any(side not in (1, whole) for sides in wide for side, whole in zip(sides, shape, strict=True)):
        raise Unproven("sizes")
    columns = [_stretched(values, sides, shape) for (values, _), sides in zip(known, wide, strict=True)]
    return words.constants([float(change(*row)) for row in zip(*columns, strict=True)], shape)


def _stretched(values: Sequence[Any], sides: Sequence[int], shape: Sequence[int]) -> Iterator[Any]:
    steps = [math.prod(sides[place + 1 :]) if side != 1 else 0 for place, side in enumerate(sides)]
    for number in range(math.prod(shape)):
        place = 0
        for step, size in zip(reversed(steps), reversed(shape), strict=True):
            place += number % size * step
            number //= size
        yield values[place]


def triangle(words: Vocabulary, item: Any, shift: int, upper: bool) -> Value:
    """What is on one side of the diagonal; nothing on the other."""
    found = elements(words, item)
    if found is None or len(found[1]) < 2:
        raise Unproven("what it is given")
    values, shape = found
    rows, columns = shape[-2:]
    kept = [
        value
        if (number % columns - number // columns % rows >= shift if upper else number % columns - number // columns % rows <= shift)
        else 0.0
        for number, value in enumerate(values)
    ]
    return words.constants([float(value) for value in kept], shape)
