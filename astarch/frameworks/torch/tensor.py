"""`torch.Tensor` as the descriptions see it: what is known of it, and the operators of the language.

Operators are ops like any other (``torch.Tensor.__add__``): the class only forwards to them, so that a
description may write ``x + y`` as torch's own source would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from ...ir.dim import Dim, Undecided, same
from ...ir.tensor import KEPT_VALUES, Shape, Tensor
from ...ir.unknown import Lost, Unknown
from ..describe import REGISTRY, RUN, fresh_size, refuse


class TorchTensor(Tensor):
    """A tensor of torch.

    Attributes:
        device: ``cpu``, ``meta``, ``cuda`` ... as text.
        summary: It sums up, in a forward, many elements that are all known ("is anything masked?"), for instance of a mask
            that the program made itself for want of one. Whether that holds is data: traced, exported or on the meta device
            the elements are not there, and the program goes the way that does not depend on them. So does a reading, which says
            so, and what the other way would give.
    """

    kind: ClassVar[str] = "torch.Tensor"
    device: str
    summary: bool = False

    def __init__(self, shape: Any, dtype: str = "float32", data: list[Any] | None = None, device: str = "cpu") -> None:
        super().__init__(shape, dtype, data)
        self.device = device

    def like(self, shape: Any = None, dtype: str | None = None, data: list[Any] | None = None) -> TorchTensor:
        """A new tensor on the same device; shape and element type stay unless given, values only when given."""
        return TorchTensor(self.shape if shape is None else shape, dtype or self.dtype, data, self.device)

    def snapshot(self) -> TorchTensor:
        """What is known of it now, for the record: in-place ops may change it later."""
        copy = TorchTensor.__new__(TorchTensor)
        copy.shape, copy.dtype, copy.data, copy.node = self.shape, self.dtype, None, self.node
        return copy

    def __iter__(self) -> Iterator[Any]:
        parts = REGISTRY["torch.Tensor.unbind"](self, 0)
        if isinstance(parts, Unknown):
            raise Lost(parts)
        return iter(parts)

    def __len__(self) -> int:
        return REGISTRY["torch.Tensor.__len__"](self)

    def symbolic_length(self) -> Any:
        """``len(x)``, which may be a symbolic size."""
        return REGISTRY["torch.Tensor.__len__"](self)

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        known = self.data is not None and len(self.data) == 1
        if known and not self.summary:
            return bool(self.data[0])  # type: ignore[index]
        if same(self.shape.numel(), 1) is False:
            refuse("RuntimeError", "Boolean value of Tensor with more than one value is ambiguous")
        undecided = Undecided(f"the truth of {self!r}")
        undecided.elements = known
        raise undecided


class Parameter(TorchTensor):
    """A tensor that a module registers as its parameter; the same object under two names is a tied weight."""

    kind: ClassVar[str] = "torch.Tensor"

    def __init__(self, shape: Any, dtype: str = "float32", requires_grad: bool = True, device: str = "cpu") -> None:
        super().__init__(shape, dtype, None, device)
        self.requires_grad = requires_grad


class UninitializedParameter(Parameter):
    """A parameter of a lazy module whose shape the first input will tell."""

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become a `Parameter` of this shape."""
        self.shape = Shape(shape)
        self.dtype = dtype_name(dtype) or self.dtype
        self.__class__ = Parameter  # type: ignore[assignment]


class Buffer(TorchTensor):
    """A tensor that a module registers as a buffer when it is assigned (``torch.nn.Buffer``)."""

    persistent: bool = True


class UninitializedBuffer(Buffer):
    """A buffer of a lazy module whose shape the first input will tell."""

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become a plain tensor of this shape."""
        self.shape = Shape(shape)
        self.dtype = dtype_name(dtype) or self.dtype
        self.__class__ = TorchTensor  # type: ignore[assignment]


def default_dtype() -> str:
    """The element type of new floating tensors (``torch.get_default_dtype``)."""
    return RUN.get().state.get("torch default dtype", "float32")


def dtype_name(dtype: Any) -> str | None:
    """The canonical name of a ``torch.dtype`` value; None stays None."""
    if dtype is None or isinstance(dtype, str):
        return dtype
    return {"int": "int64", "float": "float64"}.get(dtype.name, dtype.name)  # Python's own types stand for these


#: What the program's own names are for what stands in for them here.
_KINDS = {"Shape": "torch.Size", "TorchTensor": "Tensor", "Dim": "int", "Float64": "float"}


def kind_name(value: Any) -> str:
    """What the program calls the type of a value, as torch's messages do."""
    own = getattr(getattr(value, "py_class", None), "name", "")
    return own or _KINDS.get(type(value).__name__, type(value).__name__)


#: What torch never takes for a size.
_NO_SIZES = frozenset({str, bytes, float, complex, list, tuple, dict, set, type(None)})


def param(*shape: Any, dtype: Any = None, device: Any = None) -> Parameter:
    """A new trainable parameter of the default (or the given) floating type."""
    return Parameter(tuple(map(_size, shape)), dtype_name(dtype) or default_dtype())


def no_size(value: Any) -> str:
    """The type of what torch never takes for a size: text, lists, modules; empty for what may be one."""
    if type(value) in _NO_SIZES:
        return type(value).__name__
    return value.py_class.name if "_modules" in getattr(value, "__dict__", ()) else ""


def _size(value: Any) -> Any:
    """A size; a whole number in a tensor stands for itself, and for a size that only the data tells when it is not known."""
    if kind := no_size(value):
        refuse("TypeError", f"empty(): argument 'size' must be tuple of ints, but found element of type {kind}")
    if not isinstance(value, TorchTensor) or value.shape or not value.dtype.startswith("int"):
        return value
    return value.data[0] if value.data is not None else fresh_size("a size held by a tensor")


def tensor(shape: Any, dtype: str = "float32", data: list[Any] | None = None) -> TorchTensor:
    """A new tensor; values are kept only when there are few."""
    if data is not None and len(data) > KEPT_VALUES:
        data = None
    return TorchTensor(shape, dtype, data)


def is_tensor(value: Any) -> bool:
    """Whether a value of the program is a torch tensor."""
    return isinstance(value, TorchTensor)


def is_size(value: Any) -> bool:
    """Whether a value can stand as a size: a number or a symbolic one."""
    return isinstance(value, (int, Dim))


def sizes_of(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """Sizes given one by one, or as one sequence: ``view(2, 3)`` and ``view((2, 3))``.

    A tensor with one known value stands for that number.
    """
    if len(args) == 1 and isinstance(args[0], (tuple, list)):
        args = tuple(args[0])
    for a in args:
        if isinstance(a, (tuple, list, str)):
            refuse("TypeError", f"sizes must be ints, but found a {'torch.Size' if type(a) is Shape else type(a).__name__}")
    return tuple(_size_in(a) if isinstance(a, TorchTensor) else a for a in args)


def _size_in(value: TorchTensor) -> Any:
    """The number in a tensor that stands for a size; the tensor itself when it is not known. One of many numbers, or of real ones, never does."""
    if value.dtype.startswith(("float", "bfloat", "complex")) or any(same(size, 1) is False for size in value.shape):
        refuse("TypeError", f"sizes must be ints, but found a Tensor of {value.dtype}{list(value.shape)}")
    return value.data[0] if value.data is not None and len(value.data) == 1 else value


#: Classes of other frameworks' arrays, which answer for themselves when one stands on the right of an operator.
FOREIGN: set[type] = set()


def _forward(name: str) -> Callable[..., Any]:
    is_subscript = name.endswith("item__")

    def operator(*args: Any) -> Any:
        described = REGISTRY.get(f"torch.Tensor.{name}")
        return NotImplemented if described is None or (type(args[-1]) in FOREIGN and not is_subscript) else described(*args)

    operator.__name__ = name
    return operator


_OPERATORS = """
add radd iadd sub rsub isub mul rmul imul truediv rtruediv itruediv floordiv rfloordiv ifloordiv mod rmod imod
pow rpow ipow matmul rmatmul imatmul and rand iand or ror ior xor rxor ixor lshift rshift neg pos abs invert
eq ne lt le gt ge getitem setitem delitem contains
"""

for _name in _OPERATORS.split():
    setattr(TorchTensor, f"__{_name}__", _forward(f"__{_name}__"))

__all__ = ["Buffer", "Parameter", "Shape", "TorchTensor", "UninitializedBuffer", "UninitializedParameter", "default_dtype", "dtype_name",
           "is_size", "is_tensor", "kind_name", "param", "sizes_of", "tensor"]  # fmt: skip
