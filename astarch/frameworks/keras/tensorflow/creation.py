"""New tensors: constants, zeros, ranges."""

from __future__ import annotations

import math
from typing import Any

from ....ir.tensor import KEPT_VALUES
from ...describe import refuse
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of
from ..ops.promotion import dtype_of, kind_of
from ..ops.shaping import sizes
from ..tensor import KerasTensor, open_size
from .kinds import ANY, FLOATS, INTEGERS, TRUTH, fits, loose_kind, taken
from .operation import rule, tf_op


def _made(value: Any, dtype: Any) -> KerasTensor:
    """A value as a tensor of a type that holds it."""
    if dtype is None:
        return rule("convert_to_tensor")(value, None if isinstance(value, KerasTensor) else dtype_of(value))
    wanted = standardize_dtype(dtype)
    if isinstance(value, KerasTensor):
        if value.dtype != wanted:
            refuse("ValueError", f"Tensor conversion requested dtype {wanted} for Tensor with dtype {value.dtype}")
    elif (loose := loose_kind(value)) is not None and not fits(loose, wanted):
        refuse("TypeError", f"Cannot convert {value} to EagerTensor of dtype {wanted}")
    return rule("convert_to_tensor")(value, dtype)


@tf_op("constant")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = "Const") -> Any:
    """A tensor of these values."""
    made = _made(value, dtype)
    return made if shape is None else KerasTensor(sizes(shape), made.dtype)


@tf_op("convert_to_tensor")
def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: Any = None) -> Any:
    """A value as a tensor."""
    return _made(value, dtype)


def _filled(found: list[Any], dtype: Any, value: Any) -> KerasTensor:
    count = math.prod(found)
    return KerasTensor(found, standardize_dtype(dtype), [value] * count if type(count) is int and count <= KEPT_VALUES else None)


@tf_op("zeros")
def zeros(shape: Any, dtype: Any = "float32", name: Any = None, layout: Any = None) -> Any:
    """Zeros."""
    return _filled(sizes(shape), dtype, 0)


@tf_op("ones")
def ones(shape: Any, dtype: Any = "float32", name: Any = None, layout: Any = None) -> Any:
    """Ones."""
    return _filled(sizes(shape), dtype, 1)


@tf_op("fill")
def fill(dims: Any, value: Any, name: Any = None, layout: Any = None) -> Any:
    """One value everywhere."""
    if shape_of(value):
        refuse("ValueError", f"value must be a scalar. Got shape: {list(shape_of(value))}")
    return KerasTensor(sizes(dims), as_tensor(value).dtype)


def _like(input: Any, dtype: Any = None, name: Any = None, layout: Any = None) -> Any:
    x = taken(input, ANY)
    return KerasTensor(x.shape, standardize_dtype(dtype) if dtype is not None else x.dtype)


tf_op("zeros_like")(_like)
tf_op("ones_like")(_like)
_RANKED = ("int32", "int64", "float16", "bfloat16", "float32", "float64")


@tf_op("range")
def range_(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: Any = "range") -> Any:
    """Numbers in steps; without a type, the widest of the given."""
    low, high = (0, start) if limit is None else (start, limit)
    given = [value for value in (low, high, delta) if value is not None]
    if any(kind_of(value) == "bool" for value in given):
        refuse("ValueError", "range takes numbers, no truth values")
    if dtype is None:
        found = sorted({dtype_of(value) for value in given}, key=lambda kind: _RANKED.index(kind) if kind in _RANKED else -1)
        dtype = found[-1]
    made = rule("arange")(low, high, delta, dtype)
    if all(isinstance(scalar(value), (int, float)) for value in (low, high, delta)):
        first, last, step = (scalar(value) for value in (low, high, delta))
        if not step or (first > last if step > 0 else first < last):
            refuse("ValueError", f"Requires start <= limit when delta > 0: {first}/{last}")
    return made


@tf_op("linspace")
def linspace(start: Any, stop: Any, num: Any, name: Any = None, axis: Any = 0) -> Any:
    """Numbers at even distances."""
    count = scalar(num)
    if isinstance(count, int) and count <= 0:
        refuse("ValueError", f"Requires num > 0: {count}")
    shape, kind = shape_of(start), taken(start, FLOATS | INTEGERS).dtype
    place = axis if axis >= 0 else len(shape) + 1 + axis
    return KerasTensor((*shape[:place], open_size() if count is None else count, *shape[place:]), "float64" if kind in INTEGERS else kind)


@tf_op("eye", "linalg.eye")
def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = "float32", name: Any = None) -> Any:
    """The unit matrix."""
    rows, columns = scalar(num_rows), scalar(num_rows if num_columns is None else num_columns)
    if any(kind_of(value) in TRUTH or kind_of(value) == "float*" or (isinstance(value, int) and value < 0) for value in (rows, columns)):
        refuse("ValueError", f"eye takes sizes: {rows}, {columns}")
    return KerasTensor((*(batch_shape or ()), rows, columns), standardize_dtype(dtype))
