"""Attributes of Keras' host values: tensors, shapes, element types, tracked containers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....interpreter.builtins.hosts import METHODS
from ....interpreter.values import MISSING, BoundMethod, Builtin, StaticMethod
from ....ir.tensor import Shape
from ....ir.unknown import Reason, Unknown
from ...describe import REGISTRY, RUN, BoundOp, refuse
from ..model.graph import Operation
from ..model.tracking import TrackedDict, TrackedList
from ..ops.environment import backend
from ..tensor import DType, KerasTensor, TensorShape, Variable, outward


class History(tuple[Any, ...]):
    """``tensor._keras_history``."""

    __slots__ = ()
    described = True
    _fields = ("operation", "node_index", "tensor_index")

    @property
    def operation(self) -> Any:
        return self[0]

    @property
    def node_index(self) -> Any:
        return self[1]

    @property
    def tensor_index(self) -> Any:
        return self[2]


def _shape(value: KerasTensor) -> Any:
    return TensorShape(outward(value.shape))


def _history(value: KerasTensor) -> Any:
    return History(value.history) if value.history is not None else MISSING


_READ: dict[str, Callable[[Any], Any]] = {
    "shape": _shape, "dtype": lambda value: DType(value.dtype), "ndim": lambda value: len(value.shape), "name": lambda value: value.name,
    "_keras_history": _history, "_keras_mask": lambda value: value.mask if value.mask is not None else MISSING,
    "sparse": lambda value: value.sparse,
    "ragged": lambda value: False, "record_history": lambda value: value.records, "rank": lambda value: len(value.shape),
    "device": lambda value: "CPU:0",
    "T": lambda value: REGISTRY["keras.ops.transpose"](value),  # noqa: PLW0108
    "_shape": _shape, "_dtype": lambda value: DType(value.dtype),
}  # fmt: skip
_READ_VARIABLE: dict[str, Callable[[Any], Any]] = {
    "path": lambda value: value.path, "trainable": lambda value: value.trainable, "value": lambda value: value,
    "initializer": lambda value: value.initializer, "regularizer": lambda value: value.regularizer,
    "constraint": lambda value: value.constraint,
    "_value": lambda value: value, "overwrite_with_gradient": lambda value: value.overwrite_with_gradient,
    "autocast": lambda value: value.autocast,
    "aggregation": lambda value: "none",
}  # fmt: skip


_METHODS = {
    "numpy": lambda value: value, "set_shape": lambda value, *shape: _set_shape(value, *shape), "get_shape": _shape,  # noqa: PLW0108
    "read_value": lambda value: value,
    "assign": lambda value, new=None, *rest, **kwargs: value, "assign_add": lambda value, new, *rest, **kwargs: value,
    "assign_sub": lambda value, new, *rest, **kwargs: value, "eval": lambda value: value, "__len__": len, "__iter__": iter, "__hash__": id,
    "__array__": lambda value, *args: value, "item": lambda value: _number(value, "item()"),
    "__int__": lambda value: _whole(_number(value, "int()")), "__index__": lambda value: _whole(_number(value, "an index")),
    "__float__": lambda value: _floating(_number(value, "float()")),
    "astype": lambda value, dtype: REGISTRY["keras.ops.cast"](value, dtype),  # noqa: PLW0108
}  # fmt: skip
_AS_OPS = {"reshape": "reshape", "squeeze": "squeeze", "__add__": "add", "__radd__": "add", "__sub__": "subtract", "__mul__": "multiply",
           "__matmul__": "matmul", "__truediv__": "true_divide", "__getitem__": "get_item", "__neg__": "negative",
           "__pow__": "power"}  # fmt: skip


#: What tensors and variables of TensorFlow have beside what is described, eager or in a graph, dense, sparse or ragged, and arrays of
#: NumPy, which stand here as tensors too.
_OF_TENSORFLOW = frozenset(
    """
    OVERLOADABLE_OPERATORS backing_device consumers cpu device dtype eval experimental_ref get_shape gpu graph is_packed name ndim numpy op
    ref set_shape shape value_index
    SaveSliceInfo aggregation assign assign_add assign_sub batch_scatter_update constraint count_up_to create from_proto gather_nd handle
    initial_value initialized_value initializer is_initialized load read_value read_value_no_copy scatter_add scatter_div scatter_max
    scatter_min scatter_mul scatter_nd_add scatter_nd_max scatter_nd_min scatter_nd_sub scatter_nd_update scatter_sub scatter_update
    sparse_read synchronization to_proto trainable value path overwrite_with_gradient regularizer autocast
    bounding_shape dense_shape flat_values indices merge_dims nested_row_lengths nested_row_splits nested_value_rowids nrows ragged_rank
    row_lengths row_limits row_splits row_starts to_list to_sparse to_tensor uniform_row_length value_rowids values with_flat_values
    with_row_splits_dtype with_values
    T all any argmax argmin argpartition argsort astype base byteswap choose clip compress conj conjugate copy ctypes cumprod cumsum data
    diagonal dot dump dumps fill flags flat flatten getfield imag item itemset itemsize mT max mean min nbytes newbyteorder nonzero
    partition prod ptp put ravel real repeat reshape resize round searchsorted setfield setflags size sort squeeze std strides sum swapaxes
    take to_device tobytes tofile tolist tostring trace transpose var view
""".split()  # noqa: SIM905 - a list of them would be a page
)


def _number(value: KerasTensor, what: str) -> Any:
    """The one number in a tensor; nobody knows it of what only runs."""
    if value.symbolic:
        refuse("TypeError", f"{what} of a KerasTensor: it is symbolic, a placeholder for shape and dtype, and has no numerical value")
    if any(type(size) is int and size != 1 for size in value.shape):
        refuse("TypeError", "Only length-1 arrays can be converted to Python scalars")
    if value.data is not None and len(value.data) == 1:
        return value.data[0]
    return RUN.get().unknown(Reason.UNDECIDED, f"{what} of a tensor")


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, (bool, float)) else value


def _floating(value: Any) -> Any:
    return value if isinstance(value, Unknown) else value * 1.0


def _set_shape(value: KerasTensor, shape: Any) -> None:
    value.shape = Shape(old if new is None else new for old, new in zip(value.shape, shape, strict=False))


def attribute_of(library: Any, value: Any, name: str) -> Any:
    """An attribute of a value of Keras, or `MISSING`."""
    kind = type(value)
    if isinstance(value, KerasTensor):
        return _of_tensor(library, value, name)
    if kind is TrackedList or kind is TrackedDict:
        return _of_container(value, name)
    if kind is DType or kind is TensorShape:
        own = vars(kind).get(name)
        if isinstance(own, property):
            return own.fget(value)  # type: ignore[misc]
        if callable(own) and not name.startswith("__"):
            return Builtin(name, getattr(value, name))
        method = METHODS[str if kind is DType else tuple].get(name)
        if method is None and not name.startswith("_"):
            return library.machine.unknown(Reason.NOT_DESCRIBED, f"{kind.__name__}.{name}")
        return BoundMethod(method, value) if method is not None else MISSING
    if kind is Operation and name == "__class__":
        return library.kind_class(kind)
    return MISSING


def _of_tensor(library: Any, value: KerasTensor, name: str) -> Any:
    read = _READ.get(name)
    if read is None and isinstance(value, Variable):
        read = _READ_VARIABLE.get(name)
    if read is not None:
        return read(value)
    if name in _AS_OPS:
        return BoundOp(REGISTRY[f"keras.ops.{_AS_OPS[name]}"], value)
    if name in _METHODS:
        function = _METHODS[name]
        return Builtin(name, lambda *args, **kwargs: function(value, *args, **kwargs))
    extra = value.__dict__.get("attributes")
    if extra is not None and name in extra:
        return extra[name]
    if name == "__class__":
        return library.class_of(value)
    if name.startswith("_") or value.symbolic or (name not in _OF_TENSORFLOW and backend() == "tensorflow"):
        return MISSING
    return library.machine.unknown(Reason.NOT_DESCRIBED, f"tensorflow.Tensor.{name}")


def _of_container(value: Any, name: str) -> Any:
    host = list if isinstance(value, list) else dict
    if name in vars(type(value)) and not name.startswith("_"):
        return Builtin(name, getattr(value, name))
    method = METHODS[host].get(name)
    if method is not None:
        return BoundMethod(method, value)
    return MISSING


def set_attribute_of(library: Any, value: Any, name: str, new: Any) -> bool:
    """Set an attribute of a tensor; False when the value is not of Keras."""
    if not isinstance(value, KerasTensor):
        return False
    if name == "_keras_mask":
        value.mask = new
    elif name == "_keras_history":
        value.history = tuple(new)
    elif name in ("trainable", "name", "regularizer", "constraint", "initializer"):
        setattr(value, name, new)
    elif name in ("shape", "dtype"):
        library.machine.unknown(Reason.UNSUPPORTED, f"setting '{name}' of a tensor")
    else:
        value.__dict__.setdefault("attributes", {})[name] = new
    return True


__all__ = ["StaticMethod", "attribute_of", "set_attribute_of"]
