"""Who shares memory with whom: a view remembers its base, and a write through either makes the other's values unknown.

Only values (`Tensor.data`) are at stake; shapes never change behind a tensor's back. A view of a tensor whose values are not
known costs one attribute, so every op that gives a view says so.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

from ....ir.tensor import KEPT_VALUES
from ...describe import refuse
from ...dtypes import category
from ...shapes import product


def view_of(source: Any, shape: Any, data: list[Any] | None = None, dtype: str | None = None) -> Any:
    """A tensor of another shape that shares the memory of ``source``.

    >>> view_of(T(2, 3), (6,))
    float32[6]
    """
    result = source.like(shape, dtype, data)
    root = source.__dict__.get("_base")
    if root is None:
        root = source
    result._base = root
    if data is not None:
        root.__dict__.setdefault("_views", []).append(weakref.ref(result))
    return result


def write(tensor: Any, data: list[Any] | None = None) -> Any:
    """The elements of a tensor are overwritten, in place: by ``data`` when that is known.

    What shares its memory loses its values. Gives the tensor itself.
    """
    state = tensor.__dict__
    root = state.get("_base")
    if root is not None:
        root.data = data = None
    else:
        root = tensor
    views = root.__dict__.pop("_views", None)
    if views:
        for reference in views:
            view = reference()
            if view is not None:
                view.data = None
    state.pop("_true_count", None)
    state.pop("_numbers", None)
    tensor.data = data
    return tensor


def become(tensor: Any, result: Any) -> Any:
    """A tensor changes its shape in place (``squeeze_``, ``t_``); its memory stays."""
    tensor.shape = result.shape
    tensor.data = result.data
    tensor._strides = result.__dict__.get("_strides")
    return tensor


def into(out: Any, result: Any, exact: bool = False) -> Any:
    """Put a result where ``out=`` says: that tensor takes the shape and keeps its element type.

    Args:
        out: The tensor given as ``out=``, or None.
        result: What the op gives.
        exact: The op wants exactly its own element type there, not just one that can hold it.
    """
    if out is None:
        return result
    if exact and out.dtype != result.dtype:
        refuse("RuntimeError", f"Expected out tensor to have dtype {result.dtype}, but got {out.dtype} instead")
    if category(result.dtype) > category(out.dtype):
        refuse("RuntimeError", f"result type {result.dtype} can't be cast to the desired output type {out.dtype}")
    write(out, result.data if out.dtype == result.dtype else None)
    out.shape = result.shape
    out._strides = None
    return out


def into_each(out: Sequence[Any] | None, results: Any, exact: bool = False) -> Any:
    """Put several results where ``out=`` says."""
    if out is None:
        return results
    if len(out) != len(results):
        refuse("TypeError", f"out takes {len(results)} tensors and gets {len(out)}")
    for place, result in zip(out, results, strict=True):
        into(place, result, exact)
    return type(results)(*out) if hasattr(results, "_fields") else type(results)(out)


def steps(shape: Sequence[Any]) -> tuple[Any, ...]:
    """How far apart neighbours along each axis are in row-major order.

    >>> steps((2, 3, 4))
    (12, 4, 1)
    """
    found = []
    step = 1
    for size in reversed(shape):
        found.append(step)
        step = step * size
    return tuple(reversed(found))


def places(shape: Sequence[int], strides: Sequence[int], offset: int = 0) -> list[int]:
    """The flat positions of the elements of a strided view, in row-major order.

    >>> places((2, 2), (1, 2))
    [0, 2, 1, 3]
    """
    found = [offset]
    for size, stride in zip(shape, strides, strict=True):
        found = [place + index * stride for place in found for index in range(size)]
    return found


def picked(source: Any, shape: Sequence[Any], strides: Sequence[Any], offset: int = 0) -> list[Any] | None:
    """The values of a strided view of a tensor, when they are known and few."""
    data = source.data
    if data is None or not all(type(size) is int for size in shape) or product(shape) > KEPT_VALUES:
        return None
    return [data[place] for place in places(shape, strides, offset)]


def same_values(source: Any, shape: Sequence[Any]) -> list[Any] | None:
    """The values of a tensor under another shape with as many elements."""
    data = source.data
    return data if data is not None and all(type(size) is int for size in shape) and product(shape) == len(data) else None
