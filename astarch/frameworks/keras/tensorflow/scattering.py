"""Taking from and putting into places: gather, scatter, masks, sets of values."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import refuse, require
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of
from ..ops.reduction import axis_of
from ..ops.shaping import sizes
from ..tensor import KerasTensor, is_open, open_size
from .kinds import PLACES, REAL, TRUTH, taken, taken_together
from .operation import tf_op

_INDEX = PLACES | {"int16", "uint16"}


def agree(a: Any, b: Any) -> bool:
    """Whether two shapes can be the same."""
    return len(a) == len(b) and all(is_open(x) or is_open(y) or same(x, y) is not False for x, y in zip(a, b, strict=True))


@tf_op("gather")
def gather(params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: Any = 0, name: Any = None) -> Any:
    """Elements by their places."""
    x, found = as_tensor(params), taken(indices, _INDEX).shape
    place = scalar(axis)
    place = batch_dims if place is None else axis_of(place, len(x.shape))
    if not x.shape:
        refuse("ValueError", "params must be at least 1 dimensional")
    if batch_dims < 0:
        batch_dims += len(found)
    require(agree(x.shape[:batch_dims], found[:batch_dims]), f"params and indices differ in their batch: {list(x.shape)} and {list(found)}")
    _within(indices, x.shape[place])
    return KerasTensor((*x.shape[:place], *found[batch_dims:], *x.shape[place + 1 :]), x.dtype)


def _within(indices: Any, size: Any) -> None:
    data = as_tensor(indices).data
    if isinstance(size, int):
        for index in data or ():
            if isinstance(index, int):
                require(0 <= index < size, f"indices: {index} is not in [0, {size})")


@tf_op("nn.embedding_lookup")
def embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: Any = None) -> Any:
    """Rows by their places."""
    return gather(params, ids)


@tf_op("gather_nd")
def gather_nd(params: Any, indices: Any, batch_dims: Any = 0, name: Any = None, bad_indices_policy: Any = "") -> Any:
    """Elements by their places along several axes."""
    x, found = as_tensor(params), taken(indices, _INDEX).shape
    if not found:
        refuse("ValueError", "indices must be at least a vector")
    if isinstance(found[-1], int) and batch_dims + found[-1] > len(x.shape):
        refuse("ValueError", f"index innermost dimension length must be <= params rank; saw: {found[-1]} vs. {len(x.shape)}")
    data = as_tensor(indices).data
    if data is not None and not batch_dims and isinstance(found[-1], int) and found[-1]:
        for start in range(0, len(data), found[-1]):
            for index, size in zip(data[start : start + found[-1]], x.shape, strict=False):
                if isinstance(size, int) and isinstance(index, int):
                    require(0 <= index < size, f"indices {data[start : start + found[-1]]} do not index into {list(x.shape)}")
    return KerasTensor((*found[:-1], *x.shape[batch_dims + found[-1] :]), x.dtype)


def _updated(shape: Any, indices: Any, updates: Any) -> None:
    """The updates must have the shape of the places."""
    found = taken(indices, PLACES | {"int16", "uint16"}).shape
    if not found:
        refuse("ValueError", "Indices shape must have rank at least one")
    depth = found[-1]
    if isinstance(depth, int):
        if depth > len(shape):
            refuse("ValueError", f"Inner dimensions of the output shape must match: {depth} indices for {list(shape)}")
        wanted = (*found[:-1], *shape[depth:])
        require(agree(shape_of(updates), wanted), f"updates of shape {list(shape_of(updates))} where {wanted} is wanted")
        data = as_tensor(indices).data
        if data is not None and depth == 1:
            _within(indices, shape[0])


@tf_op("scatter_nd")
def scatter_nd(indices: Any, updates: Any, shape: Any, bad_indices_policy: Any = "", name: Any = None) -> Any:
    """Values put at places of a tensor of zeros."""
    wanted = sizes(shape)
    _updated(wanted, indices, updates)
    return KerasTensor(wanted, as_tensor(updates).dtype)


def _scattered(tensor: Any, indices: Any, updates: Any, bad_indices_policy: Any = "", name: Any = None) -> Any:
    x = as_tensor(tensor)
    taken_together(frozenset({x.dtype}), tensor, updates)
    _updated(x.shape, indices, updates)
    return x.like()


@tf_op("tensor_scatter_nd_update")
def tensor_scatter_nd_update(tensor: Any, indices: Any, updates: Any, name: Any = None) -> Any:
    """Values replaced at places."""
    return _scattered(tensor, indices, updates)


for _kind in ("add", "sub", "max", "min"):
    tf_op(f"tensor_scatter_nd_{_kind}")(_scattered)


@tf_op("boolean_mask")
def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: Any = "boolean_mask") -> Any:
    """What a mask picks; how much, only the data tells."""
    x, masked = as_tensor(tensor), taken(mask, TRUTH).shape
    if not masked:
        refuse("ValueError", "mask cannot be scalar.")
    start = scalar(axis) or 0
    if start < 0:
        start += len(x.shape)
    require(agree(x.shape[start : start + len(masked)], masked), f"Shapes {list(x.shape)} and {list(masked)} are incompatible")
    return KerasTensor((*x.shape[:start], open_size(), *x.shape[start + len(masked) :]), x.dtype)


@tf_op("unique")
def unique(x: Any, out_idx: Any = "int32", name: Any = None) -> Any:
    """The different elements of a vector, and where each stands among them."""
    x = as_tensor(x)
    if len(x.shape) != 1:
        refuse("ValueError", "unique expects a 1D vector.")
    return KerasTensor((open_size(),), x.dtype), KerasTensor(x.shape, standardize_dtype(out_idx))


@tf_op("searchsorted")
def searchsorted(sorted_sequence: Any, values: Any, side: Any = "left", out_type: Any = "int32", name: Any = None) -> Any:
    """Where values belong."""
    kind = taken_together(REAL, sorted_sequence, values)
    rows, wanted = shape_of(sorted_sequence), shape_of(values)
    if not rows or not wanted:
        refuse("ValueError", "searchsorted needs at least one axis")
    require(agree(rows[:-1], wanted[:-1]), f"Leading dimensions of {kind} sequences and values must match: {list(rows)} and {list(wanted)}")
    return KerasTensor(wanted, standardize_dtype(out_type))


@tf_op("reverse_sequence")
def reverse_sequence(input: Any, seq_lengths: Any, seq_axis: Any = None, batch_axis: Any = None, name: Any = None) -> Any:
    """The beginning of each sequence backwards."""
    x, lengths = as_tensor(input), taken(seq_lengths, PLACES).shape
    along, batch = axis_of(seq_axis or 0, len(x.shape)), axis_of(batch_axis or 0, len(x.shape))
    if along == batch or len(lengths) != 1 or (seq_axis or 0) < 0 or (batch_axis or 0) < 0:
        refuse("ValueError", f"batch_dim == seq_dim == {along}, or seq_lengths is no vector")
    require(agree((x.shape[batch],), lengths), f"Length of seq_lengths {lengths[0]} != input.dims({batch}) {x.shape[batch]}")
    for length in as_tensor(seq_lengths).data or ():
        if isinstance(length, int) and isinstance(x.shape[along], int):
            require(length <= x.shape[along], f"seq_lens(i) <= input.dims({along}) does not hold: {length} > {x.shape[along]}")
    return x.like()


@tf_op("sequence_mask")
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: Any = None) -> Any:
    """Ones up to each length."""
    found = taken(lengths, REAL | TRUTH).shape
    size = scalar(maxlen) if maxlen is not None else open_size()
    return KerasTensor((*found, open_size() if size is None else size), standardize_dtype(dtype))


@tf_op("one_hot")
def one_hot(indices: Any, depth: Any, on_value: Any = None, off_value: Any = None, axis: Any = None, dtype: Any = None,
            name: Any = None) -> Any:  # fmt: skip
    """A one at the place of the class."""
    found = taken(indices, PLACES | {"uint8", "int8"}).shape
    place = -1 if axis is None else axis
    if not -1 <= place <= len(found):
        refuse("ValueError", f"Expected axis to be -1 or between [0, {len(found) + 1}). But received: {axis}")
    given = [value for value in (on_value, off_value) if value is not None]
    kind = (
        standardize_dtype(dtype)
        if dtype is not None
        else taken_together(frozenset({as_tensor(given[0]).dtype}), *given)
        if given
        else "float32"
    )
    if kind == "bool" and len(given) < 2:
        refuse("TypeError", "Cannot convert 1 to EagerTensor of dtype bool")
    count = scalar(depth)
    place = len(found) if place == -1 else place
    return KerasTensor((*found[:place], open_size() if count is None else count, *found[place:]), kind)
