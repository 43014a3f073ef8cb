"""New tensors, element types, and questions about tensors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....ir.dim import Dim
from ....ir.dtype import bits
from ....ir.tensor import KEPT_VALUES
from ...describe import REGISTRY, RUN, op, refuse
from ..model.policies import standardize_dtype
from ..nested import flatten, map_leaves
from ..operation import keras_op
from ..state import state
from ..tensor import KerasTensor, TensorShape, Variable, inward, is_tensor, open_size, outward
from .elementwise import as_tensor, shape_of, stretched
from .promotion import as_float, kind_of, result_type
from .shaping import sizes


def _dtype(dtype: Any) -> str:
    return standardize_dtype(dtype) if dtype is not None else state().floatx


def _filled(shape: Any, dtype: str, value: Any) -> KerasTensor:
    found = tuple(sizes(shape))
    count = math.prod(found)
    return KerasTensor(found, dtype, [value] * count if type(count) is int and count <= KEPT_VALUES and value is not None else None)


@keras_op("keras.ops.zeros", class_name="")
def zeros(shape: Any, dtype: Any = None) -> Any:
    """Zeros.

    >>> zeros((2, 3))
    float32[2, 3]
    """
    return _filled(shape, _dtype(dtype), 0)


@keras_op("keras.ops.ones", class_name="")
def ones(shape: Any, dtype: Any = None) -> Any:
    """Ones."""
    return _filled(shape, _dtype(dtype), 1)


@keras_op("keras.ops.empty", class_name="")
def empty(shape: Any, dtype: Any = None) -> Any:
    """Anything."""
    return _filled(shape, _dtype(dtype), None)


@keras_op("keras.ops.full")
def full(shape: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One value everywhere."""
    return _filled(shape, _dtype(dtype), fill_value if isinstance(fill_value, (int, float)) else None)


def _like(name: str) -> None:
    def function(x: Any, dtype: Any = None) -> Any:
        x = as_tensor(x)
        return KerasTensor(x.shape, standardize_dtype(dtype) if dtype is not None else x.dtype)

    keras_op(f"keras.ops.{name}")(function)


for _name in ("zeros_like", "ones_like", "empty_like"):
    _like(_name)


@keras_op("keras.ops.full_like")
def full_like(x: Any, fill_value: Any, dtype: Any = None) -> Any:
    """One value in the shape of another tensor."""
    x = as_tensor(x)
    return KerasTensor(x.shape, standardize_dtype(dtype) if dtype is not None else x.dtype)


@keras_op("keras.ops.eye", class_name="")
def eye(N: Any, M: Any = None, k: Any = 0, dtype: Any = None) -> Any:
    """Ones on a diagonal."""
    return KerasTensor((N, N if M is None else M), _dtype(dtype))


@keras_op("keras.ops.identity", class_name="")
def identity(n: Any, dtype: Any = None) -> Any:
    """The unit matrix."""
    return KerasTensor((n, n), _dtype(dtype))


@keras_op("keras.ops.tri", class_name="")
def tri(N: Any, M: Any = None, k: Any = 0, dtype: Any = None) -> Any:
    """Ones at and below a diagonal."""
    return KerasTensor((N, N if M is None else M), _dtype(dtype))


def scalar(value: Any) -> Any:
    """A number, if a value is one or a tensor of one known element."""
    if isinstance(value, KerasTensor):
        return value.data[0] if value.data is not None and len(value.data) == 1 else None
    return value


@keras_op("keras.ops.arange")
def arange(start: Any, stop: Any = None, step: Any = None, dtype: Any = None) -> Any:
    """Numbers in steps.

    >>> arange(2, 10, 3)
    int32[3]
    """
    given = [value for value in (start, stop, step) if value is not None]
    kind = standardize_dtype(dtype) if dtype is not None else result_type(*map(kind_of, given))
    low, high = (0, scalar(start)) if stop is None else (scalar(start), scalar(stop))
    by = scalar(step) if step is not None else 1
    if low is None or high is None or by is None:
        return KerasTensor((open_size(),), kind)
    if all(isinstance(value, (int, float)) and not isinstance(value, Dim) for value in (low, high, by)):
        count = max(0, math.ceil((high - low) / by))
        return KerasTensor((count,), kind, [low + by * index for index in range(count)] if count <= KEPT_VALUES else None)
    length = high - low
    return KerasTensor((length if type(by) is int and by == 1 else -(-length // by),), kind)


@keras_op("keras.ops.linspace", class_name="Linspace")
def linspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, retstep: Any = False, dtype: Any = None, axis: Any = 0) -> Any:
    """Numbers at even distances."""
    shape = stretched(shape_of(start), shape_of(stop))
    found = standardize_dtype(dtype) if dtype is not None else as_float(result_type(kind_of(start), kind_of(stop)))
    place = len(shape) if axis == -1 else axis
    data = None
    if (
        all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (start, stop, num))
        and type(num) is int
        and num <= KEPT_VALUES
    ):
        gap = num - 1 if endpoint else num
        data = [start + (stop - start) * index / gap if gap else start for index in range(num)]
    made = KerasTensor((*shape[:place], num, *shape[place:]), found, data)
    return (made, KerasTensor(shape, found)) if retstep else made


def _spaced(name: str, class_name: str) -> None:
    def function(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0) -> Any:
        return linspace(start, stop, num, endpoint, False, dtype, axis)

    keras_op(f"keras.ops.{name}", class_name=class_name)(function)


_spaced("geomspace", "Geomspace")


@keras_op("keras.ops.logspace", class_name="Logspace")
def logspace(start: Any, stop: Any, num: Any = 50, endpoint: Any = True, base: Any = 10, dtype: Any = None, axis: Any = 0) -> Any:
    """Numbers at even ratios."""
    return linspace(start, stop, num, endpoint, False, dtype, axis)


for _name in ("bartlett", "hamming", "hanning", "blackman"):

    def _window(x: Any) -> Any:
        size = scalar(x)
        return KerasTensor((size if size is not None else open_size(),), state().floatx)

    keras_op(f"keras.ops.{_name}")(_window)


@keras_op("keras.ops.kaiser")
def kaiser(x: Any, beta: Any) -> Any:
    """A window function."""
    size = scalar(x)
    return KerasTensor((size if size is not None else open_size(),), state().floatx)


@keras_op("keras.ops.vander")
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """Powers of the elements as columns."""
    x = as_tensor(x)
    return KerasTensor((x.shape[0], N if N is not None else x.shape[0]), x.dtype)


@keras_op("keras.ops.array")
def array(x: Any, dtype: Any = None) -> Any:
    """A tensor of these values."""
    return convert_to_tensor(x, dtype)


@keras_op("keras.ops.convert_to_tensor", module="keras.src.ops.core")
def convert_to_tensor(x: Any, dtype: Any = None, sparse: Any = None, ragged: Any = None) -> Any:
    """A value as a tensor."""
    found = standardize_dtype(dtype) if dtype is not None else None
    if isinstance(x, KerasTensor):
        return x if found is None or (x.dtype == found and not isinstance(x, Variable)) else KerasTensor(x.shape, found, x.data)
    if isinstance(x, (list, tuple)) and any(is_tensor(leaf) for leaf in x):
        return REGISTRY["keras.ops.stack"].function(list(x))
    made = as_tensor(x, found)
    return made if made.data is None or len(made.data) <= KEPT_VALUES else KerasTensor(made.shape, made.dtype)


@keras_op("keras.ops.convert_to_numpy", class_name="")
def convert_to_numpy(x: Any) -> Any:
    """The values of a tensor."""
    return as_tensor(x)


@keras_op("keras.ops.cast", class_name="Cast", module="keras.src.ops.core")
def cast(x: Any, dtype: Any) -> Any:
    """The same values in another element type."""
    found = standardize_dtype(dtype)
    x = as_tensor(x)
    data = x.data
    if data is not None and len(data) <= 64 and not any(isinstance(item, Dim) for item in data):
        convert: Callable[[Any], Any] = bool if found == "bool" else int if "int" in found else float
        data = [convert(item) for item in data]
    return KerasTensor(x.shape, found, data)


@keras_op("keras.ops.saturate_cast", class_name="SaturateCast", module="keras.src.ops.core")
def saturate_cast(x: Any, dtype: Any) -> Any:
    """The same values in another element type, kept within its range."""
    return KerasTensor(shape_of(x), standardize_dtype(dtype))


@keras_op("keras.ops.view")
def view(x: Any, dtype: Any = None) -> Any:
    """The same bits as another element type."""
    x = as_tensor(x)
    found = standardize_dtype(dtype) if dtype is not None else x.dtype
    old, new = bits(x.dtype), bits(found)
    shape = (*x.shape[:-1], x.shape[-1] * old // new) if old != new and x.shape else x.shape
    return KerasTensor(shape, found)


@keras_op("keras.ops.shape", class_name="")
def shape(x: Any) -> Any:
    """The sizes; inside a ``call`` an open one is a number that only the data tells."""
    x = as_tensor(x)
    return TensorShape(outward(x.shape)) if x.symbolic else tuple(x.shape)


@keras_op("keras.ops.dtype", class_name="")
def dtype_of(x: Any) -> Any:
    """The element type."""
    return as_tensor(x).dtype


@keras_op("keras.ops.ndim")
def ndim(x: Any) -> Any:
    """The number of axes."""
    rank = len(shape_of(x))
    return KerasTensor((rank,), state().floatx) if isinstance(x, KerasTensor) and x.symbolic else rank


@keras_op("keras.ops.size")
def size(x: Any) -> Any:
    """The number of elements."""
    count = as_tensor(x).shape.numel()
    return KerasTensor((), "int32", [count])


@op("keras.ops.is_tensor", "keras.backend.is_tensor", lenient=True)
def is_backend_tensor(x: Any) -> bool:
    """Whether a value is a tensor that no functional model knows of."""
    return isinstance(x, KerasTensor) and not x.symbolic


@op("keras.utils.is_keras_tensor", "keras.backend.is_keras_tensor", lenient=True)
def is_keras_tensor(x: Any) -> bool:
    """Whether a value is a symbolic tensor of a functional model."""
    return isinstance(x, KerasTensor) and x.symbolic


@op("keras.src.backend.common.keras_tensor.any_symbolic_tensors", "keras.src.backend.any_symbolic_tensors", lenient=True)
def any_symbolic_tensors(args: Any = None, kwargs: Any = None) -> bool:
    """Whether any argument is symbolic."""
    return any(isinstance(leaf, KerasTensor) and leaf.symbolic for leaf in flatten((list(args or ()), dict(kwargs or {}))))


@keras_op("keras.ops.stop_gradient", module="keras.src.ops.core")
def stop_gradient(variable: Any) -> Any:
    """The same values, without gradient."""
    return as_tensor(variable).like()


@keras_op("keras.ops.isin", class_name="IsIn")
def isin(x1: Any, x2: Any, assume_unique: Any = False, invert: Any = False) -> Any:
    """Whether elements are among others."""
    return KerasTensor(shape_of(x1), "bool")


@op("keras.ops.custom_gradient", "keras.utils.custom_gradient", lenient=True)
def custom_gradient(f: Any) -> Any:
    """A function with a gradient of its own."""
    return _First(f)


class _First:
    """Calls a function that gives its value and its gradient; the value is what counts."""

    described = True

    def __init__(self, function: Any) -> None:
        self.function = function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        result = RUN.get().call(self.function, *args, **kwargs)
        return result[0] if isinstance(result, tuple) else result


# --- control ----------------------------------------------------------------------------------------------------------


def _call(function: Any, *args: Any) -> Any:
    return RUN.get().call(function, *args)


@keras_op("keras.ops.cond", class_name="Cond", module="keras.src.ops.core")
def cond(pred: Any, true_fn: Any, false_fn: Any) -> Any:
    """One of two functions; both must give the same shapes."""
    decided = scalar(pred)
    if isinstance(decided, bool):
        return _call(true_fn if decided else false_fn)
    result = _call(true_fn)
    other = _call(false_fn)
    return _merged(result, other)


def _merged(a: Any, b: Any) -> Any:
    if isinstance(a, KerasTensor) and isinstance(b, KerasTensor) and len(a.shape) == len(b.shape):
        return KerasTensor(
            [x if (type(x) is int and x == y) or x is y else open_size() for x, y in zip(a.shape, b.shape, strict=False)], a.dtype
        )
    return a


@keras_op("keras.ops.switch", module="keras.src.ops.core")
def switch(index: Any, branches: Any, *operands: Any) -> Any:
    """One of several functions."""
    chosen = scalar(index)
    return _call(branches[chosen if isinstance(chosen, int) else 0], *operands)


@keras_op("keras.ops.while_loop", module="keras.src.ops.core")
def while_loop(cond: Any, body: Any, loop_vars: Any, maximum_iterations: Any = None) -> Any:
    """A loop whose variables keep their shapes."""
    return map_leaves(lambda leaf: as_tensor(leaf).like(), loop_vars)


@keras_op("keras.ops.fori_loop", module="keras.src.ops.core")
def fori_loop(lower: Any, upper: Any, body_fun: Any, init_val: Any) -> Any:
    """A counted loop whose variables keep their shapes."""
    return map_leaves(lambda leaf: as_tensor(leaf).like(), init_val)


@keras_op("keras.ops.scan", module="keras.src.ops.core")
def scan(f: Any, init: Any, xs: Any = None, length: Any = None, reverse: Any = False, unroll: Any = 1) -> Any:
    """A function along the first axis, with something carried on."""
    one = map_leaves(lambda leaf: leaf[0] if isinstance(leaf, KerasTensor) else leaf, xs)
    carry, y = _call(f, init, one)
    leaves = [leaf for leaf in flatten(xs) if isinstance(leaf, KerasTensor)]
    count = length if length is not None else leaves[0].shape[0]
    return carry, map_leaves(lambda leaf: KerasTensor((count, *leaf.shape), leaf.dtype) if isinstance(leaf, KerasTensor) else leaf, y)


@keras_op("keras.ops.associative_scan", module="keras.src.ops.core")
def associative_scan(f: Any, elems: Any, reverse: Any = False, axis: Any = 0) -> Any:
    """A running result of an associative function."""
    return map_leaves(lambda leaf: as_tensor(leaf).like(), elems)


@keras_op("keras.ops.map", module="keras.src.ops.core")
def map_(f: Any, xs: Any) -> Any:
    """A function along the first axis."""
    one = map_leaves(lambda leaf: leaf[0] if isinstance(leaf, KerasTensor) else leaf, xs)
    count = next(leaf.shape[0] for leaf in flatten(xs) if isinstance(leaf, KerasTensor))
    return map_leaves(lambda leaf: KerasTensor((count, *leaf.shape), leaf.dtype) if isinstance(leaf, KerasTensor) else leaf, _call(f, one))


@keras_op("keras.ops.vectorized_map", class_name="VectorizedMap", module="keras.src.ops.core")
def vectorized_map(function: Any, elements: Any) -> Any:
    """A function along the first axis."""
    return map_(function, elements)


@op("keras.ops.broadcast_shapes", "keras.src.ops.operation_utils.broadcast_shapes")
def broadcast_shapes(shape1: Any, shape2: Any) -> Any:
    """The shape that both stretch to."""
    return list(outward(stretched(inward(shape1, False), inward(shape2, False))))


@op("keras.backend.standardize_shape", "keras.src.backend.common.standardize_shape", "keras.src.backend.standardize_shape")
def standardize_shape(shape: Any) -> Any:
    """A shape as a tuple."""
    if shape is None:
        refuse("ValueError", "Undefined shapes are not supported.")
    return tuple(shape)
