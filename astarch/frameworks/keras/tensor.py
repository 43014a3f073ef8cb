"""Tensors of Keras and TensorFlow: symbolic ones of a functional model, and those that flow inside a `call`.

Keras writes None where a size is open. Here such a size is a `Dim` named ``None``, ``None1`` ..., so that rules compute with
it as with any other; `outward` gives the program its None back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from ...ir.dim import Dim, Undecided
from ...ir.dtype import bits
from ...ir.tensor import KEPT_VALUES, Shape, Tensor
from ..describe import REGISTRY, RUN, refuse
from .state import state, uniquify

#: The open size of the batch; all inputs share it.
BATCH = Dim.symbol("None", origin="batch", minimum=1)
_OPEN: dict[Dim, bool] = {}


def open_size() -> Dim:
    """A size that Keras shows as None, different from every other."""
    held = state()
    held.open_sizes += 1
    return Dim.symbol(f"None{held.open_sizes}", origin="open", minimum=0)


def is_open(size: Any) -> bool:
    """Whether Keras would show a size as None."""
    if type(size) is int or not isinstance(size, Dim):
        return False
    answer = _OPEN.get(size)
    if answer is None:
        answer = any(symbol.name.startswith("None") for symbol in size.symbol_atoms())
        _OPEN[size] = answer
    return answer


def outward(shape: Any) -> tuple[Any, ...]:
    """A shape as the program sees it: None for what is open."""
    for size in shape:
        if type(size) is not int:
            return tuple(None if is_open(size) else size for size in shape)
    return tuple(shape)


def inward(shape: Any, batch: bool = True) -> tuple[Any, ...]:
    """A shape the program gave: None becomes an open size, the first one that of the batch."""
    if shape is None:
        return ()
    found = []
    for place, size in enumerate(shape):
        if size is None:
            size = BATCH if place == 0 and batch else open_size()
        elif isinstance(size, KerasTensor):
            size = size.data[0] if size.data is not None and len(size.data) == 1 else open_size()
        elif isinstance(size, (float, str, tuple, list, dict)):
            refuse("ValueError", f"Cannot convert '{shape}' to a shape. Found invalid dimension '{size}' of type '{type(size).__name__}'.")
        found.append(size)
    return tuple(found)


class DType(str):
    """An element type as a program sees it: text for Keras, an object with attributes for TensorFlow."""

    __slots__ = ()
    described = True
    described_as = "tensorflow.DType"

    @property
    def name(self) -> str:
        return str(self)

    @property
    def is_floating(self) -> bool:
        return "float" in self

    @property
    def is_integer(self) -> bool:
        return "int" in self

    @property
    def is_bool(self) -> bool:
        return self == "bool"

    @property
    def is_complex(self) -> bool:
        return self.startswith("complex")

    @property
    def base_dtype(self) -> DType:
        return self

    @property
    def as_numpy_dtype(self) -> DType:
        return self

    @property
    def size(self) -> int:
        return bits(self) // 8


class TensorShape(tuple[Any, ...]):
    """A static shape as TensorFlow gives it; Keras code uses it as the tuple it is here."""

    __slots__ = ()
    described = True
    described_as = "tensorflow.TensorShape"

    @property
    def rank(self) -> int:
        return len(self)

    @property
    def ndims(self) -> int:
        return len(self)

    @property
    def dims(self) -> list[Any]:
        return list(self)

    def as_list(self) -> list[Any]:
        return list(self)

    def is_fully_defined(self) -> bool:
        return all(size is not None for size in self)

    def num_elements(self) -> Any:
        total: Any = 1
        for size in self:
            if size is None:
                return None
            total = total * size
        return total


class KerasTensor(Tensor):
    """A tensor.

    Attributes:
        symbolic: It stands for the input of a functional model or for what is made of one.
        history: Operation, index of its node, index among the outputs: how a symbolic one came to be.
        mask: The Keras mask attached to it, or None.
    """

    kind: ClassVar[str] = "keras.KerasTensor"

    def __init__(self, shape: Any, dtype: str = "float32", data: list[Any] | None = None, symbolic: bool = False, name: str = "") -> None:
        super().__init__(shape, dtype, data if data is None or len(data) <= KEPT_VALUES else None)
        self.symbolic = symbolic
        self.history: tuple[Any, int, int] | None = None
        self.mask: Any = None
        self.name = uniquify("keras_tensor") if symbolic and not name else name
        self.records = True
        self.sparse = False
        self.traced = not symbolic and state().tracing > 0

    def like(self, shape: Any = None, dtype: str | None = None, data: list[Any] | None = None) -> KerasTensor:
        """A new tensor; shape and element type stay unless given, values only when given."""
        return KerasTensor(self.shape if shape is None else shape, dtype or self.dtype, data)

    def snapshot(self) -> KerasTensor:
        """What is known of it now, for the record."""
        return self

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> Any:
        return self is other if self.symbolic else _operate("equal", self, other)

    def __bool__(self) -> bool:
        if self.data is not None and len(self.data) == 1:
            return bool(self.data[0])
        if self.symbolic:
            refuse("TypeError", "A symbolic KerasTensor cannot be used as a boolean.")
        if self.traced and state().tracing and not isinstance(self, Variable):
            refuse("OperatorNotAllowedInGraphError", "Using a symbolic `tf.Tensor` as a Python `bool` is not allowed.")
        raise Undecided(f"the truth of {self!r}")

    def __iter__(self) -> Iterator[Any]:
        if self.symbolic:
            refuse("NotImplementedError", "Iterating over a symbolic KerasTensor is not supported.")
        if not self.shape:
            refuse("TypeError", "Cannot iterate over a scalar tensor.")
        if type(self.shape[0]) is not int:
            raise Undecided(f"the length of {self!r}")
        return iter([self[index] for index in range(self.shape[0])])

    def __len__(self) -> int:
        if self.symbolic or not self.shape:
            refuse("TypeError", "len() of a symbolic or scalar tensor")
        if type(self.shape[0]) is not int:
            raise Undecided(f"the length of {self!r}")
        return self.shape[0]

    def __int__(self) -> int:
        if self.data is not None and len(self.data) == 1:
            return int(self.data[0])
        raise Undecided(f"int of {self!r}")

    __index__ = __int__

    def __float__(self) -> float:
        if self.data is not None and len(self.data) == 1:
            return float(self.data[0])
        raise Undecided(f"float of {self!r}")


class Variable(KerasTensor):
    """A weight: `keras.Variable`, whose operators promote as `keras.ops` do, or `tf.Variable`, whose do not."""

    promotes = True

    def __init__(self, shape: Any, dtype: str, trainable: bool, name: str, path: str, initializer: Any = None) -> None:
        self.autocast = True
        super().__init__(shape, dtype, None, False, name)
        self.trainable = trainable
        self.path = path
        self.initializer = initializer
        self.regularizer: Any = None
        self.constraint: Any = None
        self.overwrite_with_gradient = False

    @property
    def dtype(self) -> str:  # type: ignore[override] - inside a layer of a mixed policy it is read as the type computed with
        casts = state().autocast
        return casts[-1] if casts and casts[-1] and self.autocast and "float" in self._stored else self._stored

    @dtype.setter
    def dtype(self, dtype: str) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        self._stored = dtype


_operations: dict[str, Callable[..., Any]] = {}
#: What the operators of a tensor that flows are called in TensorFlow, which promotes nothing; of truth and of whole numbers.
_FLOWING = {
    "add": "math.add", "subtract": "math.subtract", "multiply": "math.multiply", "matmul": "linalg.matmul", "true_divide": "math.truediv",
    "floor_divide": "math.floordiv", "mod": "math.floormod", "power": "math.pow", "less": "math.less", "less_equal": "math.less_equal",
    "greater": "math.greater", "greater_equal": "math.greater_equal", "equal": "math.equal", "not_equal": "math.not_equal",
    "negative": "math.negative", "absolute": "math.abs", "logical_and": "math.logical_and", "logical_or": "math.logical_or",
    "logical_xor": "math.logical_xor", "logical_not": "math.logical_not",
}  # fmt: skip
_WHOLE = {"logical_and": "bitwise.bitwise_and", "logical_or": "bitwise.bitwise_or", "logical_xor": "bitwise.bitwise_xor",
          "logical_not": "bitwise.invert"}  # fmt: skip


def _operate(name: str, *args: Any) -> Any:
    full = f"keras.ops.{name}"
    if name in _FLOWING and not any(isinstance(arg, KerasTensor) and (arg.symbolic or getattr(arg, "promotes", False)) for arg in args):
        whole = name in _WHOLE and any(isinstance(arg, KerasTensor) and "int" in arg.dtype for arg in args)
        full = f"tensorflow.{_WHOLE[name] if whole else _FLOWING[name]}"
    found = _operations.get(full)
    if found is None:
        found = _operations[full] = REGISTRY[full]
    return found(*args)


def _binary(name: str, swapped: bool) -> Callable[[Any, Any], Any]:
    if swapped:
        return lambda self, other: _operate(name, other, self)
    return lambda self, other: _operate(name, self, other)


_BINARY = {
    "add": "add", "sub": "subtract", "mul": "multiply", "matmul": "matmul", "truediv": "true_divide", "floordiv": "floor_divide",
    "mod": "mod", "pow": "power", "and": "logical_and", "or": "logical_or", "xor": "logical_xor",
}  # fmt: skip
for _name, _target in _BINARY.items():
    setattr(KerasTensor, f"__{_name}__", _binary(_target, False))
    setattr(KerasTensor, f"__r{_name}__", _binary(_target, True))
for _name, _target in {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "getitem": "get_item"}.items():
    setattr(KerasTensor, f"__{_name}__", _binary(_target, False))
KerasTensor.__neg__ = lambda self: _operate("negative", self)  # type: ignore[attr-defined]
KerasTensor.__abs__ = lambda self: _operate("absolute", self)  # type: ignore[attr-defined]
KerasTensor.__invert__ = lambda self: _operate("logical_not", self)  # type: ignore[attr-defined]
KerasTensor.__round__ = lambda self, digits=0: _operate("round", self, digits or 0)  # type: ignore[attr-defined]
KerasTensor.__pos__ = lambda self: self  # type: ignore[attr-defined]


def _unequal(self: KerasTensor, other: Any) -> Any:
    return _operate("not_equal", self, other)


KerasTensor.__ne__ = _unequal  # type: ignore[method-assign,assignment]


def is_tensor(value: Any) -> bool:
    """Whether a value is a tensor of Keras or TensorFlow."""
    return isinstance(value, KerasTensor)


def tensor(shape: Any, dtype: str = "float32", data: list[Any] | None = None) -> KerasTensor:
    """A new tensor that no functional model knows of."""
    return KerasTensor(shape, dtype, data)


__all__ = ["BATCH", "RUN", "DType", "KerasTensor", "Shape", "TensorShape", "Variable", "inward", "is_open", "is_tensor", "open_size",
           "outward",
           "tensor"]  # fmt: skip
