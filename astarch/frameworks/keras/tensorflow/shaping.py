"""Shapes of TensorFlow's tensors: reshape, transpose, gather, join, split, create."""

from __future__ import annotations

import math
from typing import Any

from ....ir.tensor import KEPT_VALUES
from ...describe import refuse
from ..model.policies import standardize_dtype
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of
from ..ops.promotion import kind_of
from ..ops.reduction import axis_of
from ..ops.shaping import sizes
from ..tensor import KerasTensor, open_size
from .operation import one_type, rule, tf_op


@tf_op("reshape")
def reshape(tensor: Any, shape: Any, name: Any = None) -> Any:
    """The same elements in another shape."""
    return rule("reshape")(tensor, shape)


@tf_op("transpose")
def transpose(a: Any, perm: Any = None, conjugate: Any = False, name: Any = "transpose") -> Any:
    """Axes in another order."""
    return rule("transpose")(a, perm)


@tf_op("expand_dims")
def expand_dims(input: Any, axis: Any, name: Any = None) -> Any:
    """A new axis."""
    return rule("expand_dims")(input, axis)


@tf_op("squeeze")
def squeeze(input: Any, axis: Any = None, name: Any = None) -> Any:
    """Without axes of size one."""
    return rule("squeeze")(input, tuple(axis) if isinstance(axis, list) else axis)


@tf_op("concat")
def concat(values: Any, axis: Any, name: Any = "concat") -> Any:
    """One behind the other."""
    place = scalar(axis)
    return rule("concatenate")(values, place)


@tf_op("stack")
def stack(values: Any, axis: Any = 0, name: Any = "stack") -> Any:
    """Along a new axis."""
    return rule("stack")(values, axis)


@tf_op("unstack")
def unstack(value: Any, num: Any = None, axis: Any = 0, name: Any = "unstack") -> Any:
    """The slices along an axis."""
    return rule("unstack")(value, num, axis)


@tf_op("split")
def split(value: Any, num_or_size_splits: Any, axis: Any = 0, num: Any = None, name: Any = "split") -> Any:
    """Parts of an axis, by their number or their sizes."""
    x = as_tensor(value)
    place = axis_of(axis, len(x.shape))
    size = x.shape[place]
    if isinstance(num_or_size_splits, int):
        return rule("split")(x, num_or_size_splits, axis)
    parts = sizes(num_or_size_splits)
    rest = [part for part in parts if not (type(part) is int and part == -1)]
    parts = [size - sum(rest) if type(part) is int and part == -1 else part for part in parts]
    return [KerasTensor((*x.shape[:place], part, *x.shape[place + 1 :]), x.dtype) for part in parts]


@tf_op("tile")
def tile(input: Any, multiples: Any, name: Any = None) -> Any:
    """The whole several times along each axis."""
    return rule("tile")(input, multiples)


@tf_op("repeat")
def repeat(input: Any, repeats: Any, axis: Any = None, name: Any = None) -> Any:
    """Every element several times."""
    return rule("repeat")(input, repeats, axis)


@tf_op("pad")
def pad(tensor: Any, paddings: Any, mode: Any = "CONSTANT", constant_values: Any = 0, name: Any = None) -> Any:
    """More elements around."""
    pairs = paddings
    if isinstance(paddings, KerasTensor):
        if paddings.data is None:
            return KerasTensor([open_size() for _ in as_tensor(tensor).shape], as_tensor(tensor).dtype)
        pairs = [tuple(paddings.data[i : i + 2]) for i in range(0, len(paddings.data), 2)]
    if len(pairs) != len(shape_of(tensor)):
        refuse("ValueError", f"Shape must be rank {len(shape_of(tensor))} for paddings, got {len(pairs)}")
    return rule("pad")(tensor, pairs)


@tf_op("gather")
def gather(params: Any, indices: Any, validate_indices: Any = None, axis: Any = None, batch_dims: Any = 0, name: Any = None) -> Any:
    """Elements by their places."""
    x, found = as_tensor(params), shape_of(indices)
    place = batch_dims if axis is None else axis_of(axis, len(x.shape))
    return KerasTensor((*x.shape[:place], *found[batch_dims:], *x.shape[place + 1 :]), x.dtype)


@tf_op("gather_nd")
def gather_nd(params: Any, indices: Any, batch_dims: Any = 0, name: Any = None, bad_indices_policy: Any = "") -> Any:
    """Elements by their places along several axes."""
    x, found = as_tensor(params), shape_of(indices)
    return KerasTensor((*found[:-1], *x.shape[batch_dims + found[-1] :]), x.dtype)


@tf_op("slice")
def slice_(input_: Any, begin: Any, size: Any, name: Any = None) -> Any:
    """A block."""
    return rule("slice")(input_, begin, size)


@tf_op("broadcast_to")
def broadcast_to(input: Any, shape: Any, name: Any = None) -> Any:
    """Stretched to a shape."""
    return rule("broadcast_to")(input, shape)


@tf_op("reverse")
def reverse(tensor: Any, axis: Any, name: Any = None) -> Any:
    """Backwards along axes."""
    return as_tensor(tensor).like()


@tf_op("roll")
def roll(input: Any, shift: Any, axis: Any, name: Any = None) -> Any:
    """Shifted around."""
    return as_tensor(input).like()


@tf_op("shape")
def shape(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """The sizes, as a tensor."""
    found = shape_of(input)
    return KerasTensor((len(found),), standardize_dtype(out_type) if out_type is not None else "int32", list(found))


@tf_op("size")
def size(input: Any, out_type: Any = None, name: Any = None) -> Any:
    """The number of elements."""
    return KerasTensor((), "int32", [math.prod(shape_of(input))])


@tf_op("rank")
def rank(input: Any, name: Any = None) -> Any:
    """The number of axes."""
    return KerasTensor((), "int32", [len(shape_of(input))])


@tf_op("where")
def where(condition: Any, x: Any = None, y: Any = None, name: Any = None) -> Any:
    """One or the other, or the places of what holds."""
    if x is None and y is None:
        return KerasTensor((open_size(), len(shape_of(condition))), "int64")
    found = rule("where")(condition, x, y)
    return KerasTensor(found.shape, one_type(x, y))


@tf_op("boolean_mask")
def boolean_mask(tensor: Any, mask: Any, axis: Any = None, name: Any = "boolean_mask") -> Any:
    """What a mask picks; how much, only the data tells."""
    x, masked = as_tensor(tensor), len(shape_of(mask))
    start = axis or 0
    return KerasTensor((*x.shape[:start], open_size(), *x.shape[start + masked :]), x.dtype)


# --- creation ---------------------------------------------------------------------------------------------------------


@tf_op("constant")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = "Const") -> Any:
    """A tensor of these values."""
    made = rule("convert_to_tensor")(value, dtype)
    return made if shape is None else KerasTensor(sizes(shape), made.dtype)


@tf_op("convert_to_tensor")
def convert_to_tensor(value: Any, dtype: Any = None, dtype_hint: Any = None, name: Any = None) -> Any:
    """A value as a tensor."""
    return rule("convert_to_tensor")(value, dtype)


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
    return KerasTensor(sizes(dims), as_tensor(value).dtype)


def _like(input: Any, dtype: Any = None, name: Any = None, layout: Any = None) -> Any:
    x = as_tensor(input)
    return KerasTensor(x.shape, standardize_dtype(dtype) if dtype is not None else x.dtype)


tf_op("zeros_like")(_like)
tf_op("ones_like")(_like)


@tf_op("range")
def range_(start: Any, limit: Any = None, delta: Any = 1, dtype: Any = None, name: Any = "range") -> Any:
    """Numbers in steps."""
    return rule("arange")(start, limit, delta, dtype)


@tf_op("linspace")
def linspace(start: Any, stop: Any, num: Any, name: Any = None, axis: Any = 0) -> Any:
    """Numbers at even distances."""
    return rule("linspace")(start, stop, num)


@tf_op("eye", "linalg.eye")
def eye(num_rows: Any, num_columns: Any = None, batch_shape: Any = None, dtype: Any = "float32", name: Any = None) -> Any:
    """The unit matrix."""
    return KerasTensor((*(batch_shape or ()), num_rows, num_rows if num_columns is None else num_columns), standardize_dtype(dtype))


@tf_op("one_hot")
def one_hot(
    indices: Any, depth: Any, on_value: Any = None, off_value: Any = None, axis: Any = None, dtype: Any = None, name: Any = None
) -> Any:
    """A one at the place of the class."""
    return rule("one_hot")(
        indices, scalar(depth), -1 if axis is None else axis, standardize_dtype(dtype) if dtype is not None else "float32"
    )


@tf_op("meshgrid")
def meshgrid(*args: Any, **kwargs: Any) -> Any:
    """Grids of coordinates."""
    return rule("meshgrid")(*args, indexing=kwargs.get("indexing", "xy"))


@tf_op("sort")
def sort(values: Any, axis: Any = -1, direction: Any = "ASCENDING", name: Any = None) -> Any:
    """Sorted."""
    return as_tensor(values).like()


@tf_op("argsort")
def argsort(values: Any, axis: Any = -1, direction: Any = "ASCENDING", stable: Any = False, name: Any = None) -> Any:
    """The places of the sorted elements."""
    return KerasTensor(shape_of(values), "int32")


@tf_op("ensure_shape")
def ensure_shape(x: Any, shape: Any, name: Any = None) -> Any:
    """The tensor, known to have a shape."""
    x = as_tensor(x)
    return KerasTensor([old if new is None else new for old, new in zip(x.shape, shape, strict=False)], x.dtype, x.data)


@tf_op("sequence_mask")
def sequence_mask(lengths: Any, maxlen: Any = None, dtype: Any = "bool", name: Any = None) -> Any:
    """Ones up to each length."""
    size = scalar(maxlen) if maxlen is not None else open_size()
    return KerasTensor((*shape_of(lengths), size), standardize_dtype(dtype))


# --- products ---------------------------------------------------------------------------------------------------------


@tf_op("linalg.matmul", "matmul")
def matmul(a: Any, b: Any, transpose_a: Any = False, transpose_b: Any = False, adjoint_a: Any = False, adjoint_b: Any = False,
           a_is_sparse: Any = False, b_is_sparse: Any = False, output_type: Any = None, grad_a: Any = False, grad_b: Any = False,
           name: Any = None) -> Any:  # fmt: skip
    """The matrix product."""
    one_type(a, b)
    left = rule("swapaxes")(a, -1, -2) if transpose_a or adjoint_a else a
    right = rule("swapaxes")(b, -1, -2) if transpose_b or adjoint_b else b
    return rule("matmul")(left, right)


@tf_op("linalg.einsum", "einsum")
def einsum(equation: Any, *inputs: Any, **kwargs: Any) -> Any:
    """Sums of products by letters."""
    return rule("einsum")(equation, *inputs)


@tf_op("linalg.tensordot", "tensordot")
def tensordot(a: Any, b: Any, axes: Any, name: Any = None) -> Any:
    """Sums of products over several axes."""
    return rule("tensordot")(a, b, axes)


@tf_op("linalg.matvec")
def matvec(a: Any, b: Any, transpose_a: Any = False, **kwargs: Any) -> Any:
    """The product of a matrix and a vector."""
    x, y = as_tensor(a), as_tensor(b)
    return KerasTensor((*x.shape[:-2], x.shape[-1] if transpose_a else x.shape[-2]), y.dtype)


@tf_op("linalg.norm", "norm")
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None, name: Any = None) -> Any:
    """A norm."""
    return rule("norm")(tensor, None, axis, bool(keepdims))


@tf_op("linalg.band_part")
def band_part(input: Any, num_lower: Any, num_upper: Any, name: Any = None) -> Any:
    """A band of a matrix."""
    return as_tensor(input).like()


@tf_op("linalg.diag", "linalg.tensor_diag")
def diag(diagonal: Any, name: Any = "diag", k: Any = 0, **kwargs: Any) -> Any:
    """A matrix with these elements on its diagonal."""
    x = as_tensor(diagonal)
    return KerasTensor((*x.shape, x.shape[-1]), x.dtype)


@tf_op("linalg.diag_part")
def diag_part(input: Any, name: Any = "diag_part", k: Any = 0, **kwargs: Any) -> Any:
    """The diagonal of a matrix."""
    x = as_tensor(input)
    return KerasTensor((*x.shape[:-2], min(x.shape[-2], x.shape[-1])), x.dtype)


@tf_op("linalg.inv")
def inv(input: Any, adjoint: Any = False, name: Any = None) -> Any:
    """The inverse."""
    return as_tensor(input).like()


def _drawn(shape: Any, *args: Any, dtype: Any = "float32", **kwargs: Any) -> Any:
    return KerasTensor(sizes(shape), standardize_dtype(dtype))


@tf_op("random.normal", "random.truncated_normal")
def random_normal(shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", seed: Any = None, name: Any = None) -> Any:
    """Normally distributed numbers."""
    return _drawn(shape, dtype=dtype)


@tf_op("random.uniform")
def random_uniform(shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", seed: Any = None, name: Any = None) -> Any:
    """Evenly distributed numbers."""
    return _drawn(shape, dtype=dtype)


@tf_op("random.set_seed", lenient=True)
def set_seed(seed: Any) -> None:
    """Seeds do not change shapes."""


@tf_op("random.shuffle")
def shuffle(value: Any, seed: Any = None, name: Any = None) -> Any:
    """In another order."""
    return as_tensor(value).like()


@tf_op("image.resize")
def image_resize(
    images: Any, size: Any, method: Any = "bilinear", preserve_aspect_ratio: Any = False, antialias: Any = False, name: Any = None
) -> Any:
    """Images of another size; anything but nearest neighbours gives floats."""
    x = as_tensor(images)
    height, width = sizes(size)
    dtype = x.dtype if method == "nearest" or "float" in x.dtype else "float32"
    shape = (x.shape[0], height, width, x.shape[3]) if len(x.shape) == 4 else (height, width, x.shape[2])
    return KerasTensor(shape, "float32" if method != "nearest" else dtype)


@tf_op("image.flip_left_right", "image.flip_up_down")
def image_flip(image: Any) -> Any:
    """Mirrored."""
    return as_tensor(image).like()


__all__ = ["kind_of"]
