"""Shape arithmetic that every framework shares: broadcasting, axes, windows, contraction.

Sizes are ints or `Dim`. Equality is asked with `same`, which may answer None: then the larger claim is made
under an assumption (`require`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from ..ir.dim import Dim, Fact, assuming, less, maximum, minimum, same
from .describe import refuse, require

Sizes = Sequence[Any]


def text(sizes: Iterable[Any]) -> str:
    """Sizes as a message shows them: ``1×64×H``."""
    return "×".join(str(size) for size in sizes) or "scalar"


def axis(index: Any, rank: int) -> int:
    """A non-negative axis; refuses what is out of range.

    >>> axis(-1, 4)
    3
    """
    span = max(rank, 1)
    if not -span <= index < span:
        refuse("IndexError", f"Dimension out of range (expected to be in range of [{-span}, {span - 1}], but got {index})")
    return index % span


def axes(indices: Any, rank: int) -> tuple[int, ...]:
    """Non-negative axes from one index, several, or None for all of them."""
    if indices is None:
        return tuple(range(rank))
    if isinstance(indices, (tuple, list)):
        found = tuple(axis(index, rank) for index in indices)
        if len(set(found)) != len(found):
            refuse("RuntimeError", f"dim appears multiple times in the list of dims: {list(indices)}")
        return found
    return (axis(indices, rank),)


def spread(value: Any, count: int) -> tuple[Any, ...]:
    """One number for every axis, or one for each.

    >>> spread(3, 2), spread((1, 2), 2)
    ((3, 3), (1, 2))
    """
    if isinstance(value, (tuple, list)):
        return tuple(value) * count if len(value) == 1 and count > 1 else tuple(value)
    return (value,) * count


def broadcast(*shapes: Sizes) -> tuple[Any, ...]:
    """The shape that all of them stretch to.

    >>> broadcast((4, 1, 3), (5, 1))
    (4, 5, 3)
    """
    if len(shapes) == 2 and shapes[0] == shapes[1]:
        return tuple(shapes[0])
    rank = max(map(len, shapes), default=0)
    result: list[Any] = [1] * rank
    for shape in shapes:
        offset = rank - len(shape)
        for place, size in enumerate(shape, offset):
            result[place] = _stretch(result[place], size, shapes)
    return tuple(result)


def _stretch(a: Any, b: Any, shapes: Sequence[Sizes]) -> Any:
    if a == b or (type(b) is int and b == 1):
        return a
    if type(a) is int and a == 1:
        return b
    equal = same(a, b)
    if equal is False and (same(a, 1) is None or same(b, 1) is None):
        equal = None
    require(equal, f"shapes {' and '.join(text(s) for s in shapes)} do not broadcast: {a} against {b}", name="broadcast-mismatch")
    return a if type(a) is int else b  # of two sizes assumed equal the number says more


def without(shape: Sizes, removed: Iterable[int], keepdim: bool = False) -> tuple[Any, ...]:
    """The shape after reducing some axes.

    >>> without((2, 3, 4), (1,)), without((2, 3, 4), (1,), keepdim=True)
    ((2, 4), (2, 1, 4))
    """
    gone = set(removed)
    if keepdim:
        return tuple(1 if place in gone else size for place, size in enumerate(shape))
    return tuple(size for place, size in enumerate(shape) if place not in gone)


def window(size: Any, kernel: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, ceil_mode: bool = False) -> Any:
    """How many places a sliding window takes along an axis (``torch.nn.Conv2d``, ``MaxPool2d``).

    >>> window(224, 7, 2, 3)
    112
    """
    reach = size + 2 * padding - dilation * (kernel - 1) - 1
    if not ceil_mode:
        return reach // stride + 1
    # The last window may hang over the end but must start inside the input or its left padding. With strides as long
    # as the window that is what bounds the count; otherwise it always holds.
    span = dilation * (kernel - 1) + 1
    if less(span, padding + stride):
        return -(-(size + padding) // stride)
    return -(-(size + 2 * padding - span) // stride) + 1


def unwindow(size: Any, kernel: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, output_padding: Any = 0) -> Any:
    """The size of which `window` makes ``size``: transposed convolution.

    >>> unwindow(7, 2, 2)
    14
    """
    return (size - 1) * stride - 2 * padding + dilation * (kernel - 1) + output_padding + 1


def product(sizes: Iterable[Any]) -> Any:
    """The product of sizes; 1 for none."""
    return math.prod(sizes)


def reshape(shape: Sizes, wanted: Sizes) -> tuple[Any, ...]:
    """The shape asked for, with its ``-1`` worked out.

    >>> reshape((2, 3, 4), (2, -1))
    (2, 12)
    """
    total = product(shape)
    holes = [place for place, size in enumerate(wanted) if type(size) is int and size == -1]
    if len(holes) > 1:
        refuse("RuntimeError", "only one dimension can be inferred")
    if not holes:
        require(same(product(wanted), total), f"shape {text(wanted)} is invalid for input of {text(shape)} = {total} elements",
                name="reshape-mismatch")  # fmt: skip
        return tuple(wanted)
    known = product(size for size in wanted if not (type(size) is int and size == -1))
    if known == 0:
        refuse("RuntimeError", f"cannot reshape tensor of {total} elements into shape {list(wanted)}")
    if type(known) is int or less(0, known):
        fits, size = same(total % known, 0), total // known
    else:
        with assuming(Fact(known, ">", 0)):  # it raises where it is zero
            fits, size = same(total % known, 0), total // known
    require(fits, f"shape {text(wanted)} is invalid for input of {text(shape)} = {total} elements", name="reshape-mismatch")
    return (*wanted[: holes[0]], size, *wanted[holes[0] + 1 :])


def longest(*sizes: Any) -> Any:
    """The largest of some sizes."""
    return max(sizes) if all(type(size) is int for size in sizes) else maximum(*sizes)


def strided(start: Any, stop: Any, step: Any, size: Any) -> Any:
    """How many elements a slice takes of an axis (Python's slice rules, also for symbolic sizes)."""
    if all(type(x) is int or x is None for x in (start, stop, step, size)):
        return len(range(*slice(start, stop, step).indices(size)))
    step = 1 if step is None else step
    low = _bounded(0 if start is None else start, size)
    high = size if stop is None else _bounded(stop, size)
    length = high - low
    return maximum(length if step == 1 else -(-length // step), 0)


def _bounded(index: Any, size: Any) -> Any:
    negative = less(index, 0)
    if negative:
        return maximum(size + index, 0)
    return minimum(index, size)


def is_symbolic(sizes: Iterable[Any]) -> bool:
    """Whether any of the sizes is not a number."""
    return any(isinstance(size, Dim) for size in sizes)


def repeats(value: Any) -> bool:
    """Whether a value is a sequence of a length that is a symbol."""
    return hasattr(value, "parts") and hasattr(value, "symbolic_length")
