"""Ops that look at the same elements under another shape."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import RUN, assume, refuse, require, unknown
from ...dtypes import BITS
from ...shapes import axis, broadcast, product, text
from ...shapes import reshape as inferred
from ..tensor import dtype_name, is_size, is_tensor, kind_name, sizes_of
from .aliasing import become, picked, same_values, steps, view_of
from .signatures import op
from .strides import lies, strides_of, viewed


def wanted_sizes(args: tuple[Any, ...], named: Any, name: str) -> tuple[Any, ...]:
    """The sizes of a call, given by position or as ``size=``/``shape=``."""
    if named is not None:
        args = (named,)
    elif not args:
        refuse("TypeError", f"{name}() received no sizes")
    return sizes_of(args)


def _reshaped(input: Any, sizes: tuple[Any, ...], name: str) -> Any:
    for size in sizes:
        if type(size) is not int and not is_size(size):
            if is_tensor(size):
                return unknown(f"a size of {name} is the value of a tensor")
            refuse("TypeError", f"{name}(): a size must be an int, not {kind_name(size)}")
        if type(size) is int and size < -1:
            refuse("RuntimeError", f"invalid shape dimension {size}")
    shape = inferred(input.shape, sizes)
    made = view_of(input, shape, same_values(input, shape))
    strides = strides_of(input)
    if strides is None or any(same(size, 0) is not False for size in input.shape):
        return made
    fits, found = viewed(input.shape, strides, made.shape)
    if fits is False and RUN.get().op.name in ("torch.Tensor.view", "torch.Tensor.view_as"):
        refuse("RuntimeError", f"view size is not compatible with input tensor's size and stride: {list(input.shape)} lies with strides "
               f"{list(strides)}, and {list(made.shape)} would join axes that lie apart. Use .reshape(...) instead.")  # fmt: skip
    return lies(made, steps(made.shape) if fits is False else found)


@op("torch.Tensor.view")
def view(self: Any, *shape: Any, size: Any = None, dtype: Any = None) -> Any:
    """The same elements in another shape; one size may be -1. Given an element type: the same bytes read as that.

    >>> view(T(2, 3, 4), 2, -1)
    float32[2, 12]
    """
    if len(shape) == 1 and not is_size(shape[0]) and not is_tensor(shape[0]) and not isinstance(shape[0], (tuple, list)):
        dtype, shape = shape[0], ()
    if dtype is not None:
        return view_dtype(self, dtype)
    return _reshaped(self, wanted_sizes(shape, size, "view"), "view")


@op("torch.view_copy")
def view_copy(input: Any, size: Any) -> Any:
    """`view`, copied.

    >>> view_copy(T(2, 3), (3, 2))
    float32[3, 2]
    """
    return _reshaped(input, sizes_of((size,)), "view_copy")


def view_dtype(self: Any, dtype: Any) -> Any:
    """The same bytes as elements of another type; the last axis grows or shrinks with the width."""
    name: str = dtype_name(dtype) or self.dtype
    old, new = BITS[self.dtype], BITS[name]
    if old == new:
        return view_of(self, self.shape, self.data if name == self.dtype else None, name)
    if not self.shape:
        refuse("RuntimeError", f"self.dim() cannot be 0 to view {self.dtype} as {name} (different element sizes)")
    last = self.shape[-1]
    if old > new:
        return view_of(self, (*self.shape[:-1], last * (old // new)), None, name)
    ratio = new // old
    require(same(last % ratio, 0), f"self.size(-1) must be divisible by {ratio} to view {self.dtype} as {name}, but got {last}")
    if len(self.shape) > 1 and same(last, 0):
        refuse("RuntimeError", f"self.stride(-2) must be divisible by {ratio} to view {self.dtype} as {name}, but got 1")
    return view_of(self, (*self.shape[:-1], last // ratio), None, name)


@op("torch.reshape")
def reshape(input: Any, shape: Any) -> Any:
    """The same elements in another shape; one size may be -1.

    >>> reshape(T(2, 3, 4), (-1, 8))
    float32[3, 8]
    """
    if not isinstance(shape, (tuple, list)):
        refuse("TypeError", "reshape(): argument 'shape' must be tuple of ints")
    return _reshaped(input, sizes_of((shape,)), "reshape")


@op("torch.Tensor.reshape")
def reshape_method(self: Any, *args: Any, shape: Any = None) -> Any:
    """`reshape` with the sizes one by one or as one sequence."""
    return _reshaped(self, wanted_sizes(args, shape, "reshape"), "reshape")


@op("torch.Tensor.view_as")
def view_as(self: Any, other: Any) -> Any:
    """The same elements in the shape of another tensor.

    >>> view_as(T(2, 6), T(3, 4))
    float32[3, 4]
    """
    return _reshaped(self, other.shape, "view_as")


@op("torch.Tensor.reshape_as")
def reshape_as(self: Any, other: Any) -> Any:
    """`reshape` to the shape of another tensor."""
    return _reshaped(self, other.shape, "reshape_as")


@op("torch.flatten", "torch.Tensor.flatten")
def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Join neighbouring axes into one.

    >>> flatten(T(2, 3, 4, 5), 1, 2)
    float32[2, 12, 5]
    """
    shape = input.shape
    first, last = axis(start_dim, len(shape)), axis(end_dim, len(shape))
    if first > last:
        refuse("RuntimeError", "flatten() has invalid args: start_dim cannot come after end_dim")
    return view_of(input, (*shape[:first], product(shape[first : last + 1]), *shape[last + 1 :]), input.data)


@op("torch.ravel", "torch.Tensor.ravel")
def ravel(input: Any) -> Any:
    """All elements in one axis.

    >>> ravel(T(2, 3))
    float32[6]
    """
    return view_of(input, (product(input.shape),), input.data)


@op("torch.unflatten", "torch.Tensor.unflatten")
def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """Split an axis into several; one size may be -1.

    >>> unflatten(T(2, 12), 1, (3, -1))
    float32[2, 3, 4]
    """
    if not isinstance(sizes, (tuple, list)):
        refuse("TypeError", "unflatten(): argument 'sizes' must be tuple of ints")
    shape = input.shape
    place = axis(dim, len(shape))
    if not sizes:
        refuse("RuntimeError", "unflatten: sizes must be non-empty")
    if not shape:
        refuse("IndexError", "unflatten: a tensor without axes has none to split")
    whole = shape[place]
    parts = sizes_of((sizes,))
    if any(type(size) is int and size < -1 for size in parts):
        refuse("RuntimeError", f"unflatten: invalid sizes {list(parts)}")
    parts = inferred((whole,), parts)
    return view_of(input, (*shape[:place], *parts, *shape[place + 1 :]), input.data)


def squeezed(input: Any, dim: Any = None) -> Any:
    """The tensor without axes of one element: all of them, or those of ``dim`` that have one."""
    shape = input.shape
    if dim is None:
        among: Any = range(len(shape))
    elif isinstance(dim, (tuple, list)):
        among = {axis(index, len(shape)) for index in dim}
        if len(among) != len(dim):
            refuse("RuntimeError", "dim appears multiple times in the list of dims")
    else:
        among = (axis(dim, len(shape)),)
    kept = []
    for place, size in enumerate(shape):
        if place in among:
            single = size == 1 if type(size) is int else same(size, 1)
            if single:
                continue
            if single is None:
                assume(f"{size} is not 1 (squeeze)")
        kept.append(size)
    return view_of(input, kept, input.data)


@op("torch.squeeze", "torch.Tensor.squeeze", "torch.squeeze_copy")
def squeeze(input: Any, dim: Any = None) -> Any:
    """Drop axes of one element.

    >>> squeeze(T(1, 3, 1), 0)
    float32[3, 1]
    """
    return squeezed(input, dim)


@op("torch.Tensor.squeeze_")
def squeeze_(self: Any, dim: Any = None) -> Any:
    """`squeeze`, in place."""
    return become(self, squeezed(self, dim))


@op("torch.unsqueeze_copy")
def unsqueeze_copy(input: Any, dim: int) -> Any:
    """`unsqueeze`, copied."""
    return lies(unsqueeze(input, dim), None)


@op("torch.unsqueeze", "torch.Tensor.unsqueeze")
def unsqueeze(input: Any, dim: int) -> Any:
    """A new axis of one element.

    >>> unsqueeze(T(2, 3), -1)
    float32[2, 3, 1]
    """
    shape = input.shape
    place = axis(dim, len(shape) + 1)
    made = view_of(input, (*shape[:place], 1, *shape[place:]), input.data)
    strides = strides_of(input)
    if strides is None:
        return made
    return lies(made, (*strides[:place], shape[place] * strides[place] if place < len(shape) else 1, *strides[place:]))


@op("torch.Tensor.unsqueeze_")
def unsqueeze_(self: Any, dim: int) -> Any:
    """`unsqueeze`, in place."""
    return become(self, unsqueeze(self, dim))


def stretched(input: Any, sizes: tuple[Any, ...], name: str = "expand") -> Any:
    """Axes of one element stretch to the sizes asked for; -1 keeps a size."""
    shape = input.shape
    new = len(sizes) - len(shape)
    if new < 0:
        refuse(
            "RuntimeError",
            f"{name}: the number of sizes provided ({len(sizes)}) must be greater or equal to the number of "
            f"dimensions in the tensor ({len(shape)})",
        )
    result = []
    for place, size in enumerate(sizes):
        if is_tensor(size):
            return unknown(f"a size of {name} is the value of a tensor")
        old = shape[place - new] if place >= new else 1
        if type(size) is int and size < 0:
            if place < new or size < -1:
                refuse(
                    "RuntimeError", f"The expanded size of the tensor ({size}) isn't allowed in a leading, non-existing dimension {place}"
                )
            size = old
        elif not (type(old) is int and old == 1):
            require(
                same(old, size),
                f"The expanded size of the tensor ({size}) must match the existing size ({old}) at non-singleton "
                f"dimension {place}. Tensor sizes: {text(shape)}",
                name="expand-mismatch",
            )
        result.append(size)
    data = input.data
    if data is not None:
        strides = steps(shape)
        data = picked(input, result, [0] * new + [0 if shape[i] == 1 else strides[i] for i in range(len(shape))])
    return view_of(input, result, data)


@op("torch.Tensor.expand")
def expand(self: Any, *args: Any, size: Any = None, implicit: bool = False) -> Any:
    """Axes of one element stretch; new axes come in front.

    >>> expand(T(3, 1), 2, -1, 4)
    float32[2, 3, 4]
    """
    return stretched(self, wanted_sizes(args, size, "expand"))


@op("torch.expand_copy")
def expand_copy(input: Any, size: Any, *, implicit: bool = False) -> Any:
    """`expand`, copied."""
    return stretched(input, sizes_of((size,)))


@op("torch.broadcast_to")
def broadcast_to(input: Any, size: Any) -> Any:
    """Stretch to a shape.

    >>> broadcast_to(T(3, 1), (2, 3, 4))
    float32[2, 3, 4]
    """
    return stretched(input, sizes_of((size,)))


@op("torch.Tensor.broadcast_to")
def broadcast_to_method(self: Any, *args: Any, size: Any = None) -> Any:
    """`broadcast_to` with the sizes one by one or as one sequence."""
    return stretched(self, wanted_sizes(args, size, "broadcast_to"))


@op("torch.Tensor.expand_as")
def expand_as(self: Any, other: Any) -> Any:
    """Stretch to the shape of another tensor.

    >>> expand_as(T(3, 1), T(2, 3, 4))
    float32[2, 3, 4]
    """
    return stretched(self, other.shape)


@op("torch.broadcast_tensors", "torch.functional.broadcast_tensors")
def broadcast_tensors(*tensors: Any) -> Any:
    """All tensors stretched to one shape.

    >>> broadcast_tensors(T(3, 1), T(4))
    (float32[3, 4], float32[3, 4])
    """
    if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)):
        tensors = tuple(tensors[0])
    shape = broadcast(*[tensor.shape for tensor in tensors])
    return tuple(stretched(tensor, shape, "broadcast_tensors") for tensor in tensors)


def _atleast(count: int) -> Any:
    def grown(tensor: Any) -> Any:
        shape = tuple(tensor.shape)
        if len(shape) >= count:
            return tensor
        if count == 3:
            shape = (1, 1, 1) if not shape else (1, *shape, 1) if len(shape) == 1 else (*shape, 1)
        else:
            shape = (1,) * (count - len(shape)) + shape
        return view_of(tensor, shape, tensor.data)

    return grown


atleast_1d, atleast_2d, atleast_3d = _atleast(1), _atleast(2), _atleast(3)


def _register_atleast(count: int, grown: Any) -> None:
    @op(f"torch.atleast_{count}d", f"torch.functional.atleast_{count}d")
    def atleast(*tensors: Any) -> Any:
        if len(tensors) == 1:
            tensors = tensors[0]
            if is_tensor(tensors):
                return grown(tensors)
        return tuple(grown(tensor) for tensor in tensors)


for _count, _grown in enumerate((atleast_1d, atleast_2d, atleast_3d), 1):
    _register_atleast(_count, _grown)
