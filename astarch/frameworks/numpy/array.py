"""`numpy.ndarray` as the descriptions see it, and what becomes one.

A scalar of numpy (what ``np.prod(shape)`` gives) is a plain number of the host, so that it can stand wherever a size can; one whose
value is not known is an array without axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from ...ir.dim import Dim, Undecided
from ...ir.tensor import KEPT_VALUES, Tensor
from ...ir.unknown import Reason, Unknown
from ..describe import REGISTRY, RUN, attribute, kind, op, refuse
from ..dtypes import category
from ..scalars import Float64
from ..torch.ops.values import cast_all, few
from ..torch.tensor import FOREIGN, TorchTensor
from .dtypes import dtype_of, name_of


@kind("numpy.ndarray")
class NumpyArray(Tensor):
    """An array.

    >>> NumpyArray((2, 3))
    float64[2, 3]
    """

    kind: ClassVar[str] = "numpy.ndarray"
    device: ClassVar[str] = "cpu"
    __array_priority__: ClassVar[float] = 0.0

    def __init__(self, shape: Any, dtype: Any = "float64", buffer: Any = None, offset: Any = 0, strides: Any = None,
                 order: Any = None) -> None:  # fmt: skip
        sizes = tuple(shape) if isinstance(shape, (tuple, list)) else (shape,)
        super().__init__(sizes, name_of(dtype) or "float64", buffer if isinstance(buffer, list) else None)

    def like(self, shape: Any = None, dtype: str | None = None, data: list[Any] | None = None) -> NumpyArray:
        """A new array; shape and element type stay unless given, values only when given."""
        return NumpyArray(self.shape if shape is None else shape, dtype or self.dtype, data)

    def __iter__(self) -> Iterator[Any]:
        if not self.shape:
            refuse("TypeError", "iteration over a 0-d array")
        size = self.shape[0]
        if type(size) is not int:
            raise Undecided(f"how many rows {self!r} has")
        get = REGISTRY["numpy.ndarray.__getitem__"]
        return iter([get(self, place) for place in range(size)])

    def __len__(self) -> int:
        if not self.shape:
            refuse("TypeError", "len() of unsized object")
        size = self.shape[0]
        if type(size) is not int:
            raise Undecided(f"the length of {self!r}")
        return size

    def symbolic_length(self) -> Any:
        """The length where it may be symbolic."""
        return self.shape[0] if self.shape else refuse("TypeError", "len() of unsized object")

    def __hash__(self) -> int:
        return refuse("TypeError", "unhashable type: 'numpy.ndarray'")

    def __bool__(self) -> bool:
        if self.data is not None and len(self.data) == 1:
            return bool(self.data[0])
        count = self.shape.numel()
        if type(count) is int and count != 1:
            refuse("ValueError", "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()")
        raise Undecided(f"the truth of {self!r}")


def _forward(name: str) -> Callable[..., Any]:
    def operator(*args: Any) -> Any:
        return REGISTRY[f"numpy.ndarray.{name}"](*args)

    operator.__name__ = name
    return operator


OPERATORS = """add radd iadd sub rsub isub mul rmul imul truediv rtruediv itruediv floordiv rfloordiv ifloordiv mod rmod imod pow rpow ipow
matmul rmatmul and rand iand or ror ior xor rxor ixor lshift rlshift rshift rrshift neg pos abs invert eq ne lt le gt ge getitem setitem
contains"""

for _name in OPERATORS.split():
    setattr(NumpyArray, f"__{_name}__", _forward(f"__{_name}__"))


FOREIGN.add(NumpyArray)


def array_of(value: Any, dtype: str | None = None) -> NumpyArray:
    """A value of the program as an array: an array, a tensor, a number, or nested sequences of them."""
    if isinstance(value, NumpyArray):
        return value if dtype in (None, value.dtype) else cast_to(value, dtype)
    if isinstance(value, Tensor):
        return NumpyArray(value.shape, dtype or value.dtype, None if value.data is None else cast_all(value.data, dtype or value.dtype))
    if isinstance(value, range) or (hasattr(value, "__iter__") and not isinstance(value, (str, bytes, dict, set))):
        return _of_sequence(list(value), dtype)
    found = dtype or number_type(value)
    return NumpyArray((), found, cast_all([value], found))


def number_type(value: Any) -> str:
    """The element type that a number alone has."""
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, Dim)):
        return "int64"
    if isinstance(value, (float, complex)):
        return "float64" if isinstance(value, float) else "complex128"
    if type(value).__name__ == "RealDim" or (hasattr(value, "__add__") and not isinstance(value, str)):
        return "float64"
    return "str" if isinstance(value, str) else "object"


def _of_sequence(items: list[Any], dtype: str | None) -> NumpyArray:
    if not items:
        return NumpyArray((0,), dtype or "float64", [])
    if dtype is None and set(map(type, items)) <= {float, Float64}:  # a row of plain numbers, by far the commonest
        return NumpyArray((len(items),), "float64", items if few((len(items),)) else None)
    rows = [NumpyArray((), dtype or "float64") if type(item) is Unknown else array_of(item) for item in items]
    shape = rows[0].shape
    for row in rows[1:]:
        if len(row.shape) != len(shape) or any(type(a) is int and type(b) is int and a != b for a, b in zip(row.shape, shape, strict=True)):
            refuse("ValueError", "setting an array element with a sequence. The requested array has an inhomogeneous shape")
    found = dtype or promoted([row.dtype for row in rows])
    columns = [cast_all(row.data, found) for row in rows]
    known = few((len(rows), *shape)) and all(column is not None for column in columns)
    return NumpyArray((len(rows), *shape), found, [value for column in columns for value in column or ()] if known else None)


_FLOATS = ("float16", "float32", "float64")


def promote(a: str, b: str) -> str:
    """The type that holds both (``np.promote_types``).

    >>> promote("int32", "float32")
    'float64'
    """
    if a == b:
        return a
    ranks = {"bool": 0, "object": 9, "str": 8}
    if a in ranks or b in ranks:
        return max(a, b, key=lambda name: ranks.get(name, 1))
    ca, cb = category(a), category(b)
    if ca == cb == 1:
        return _integers(a, b)
    if ca == cb:
        return max(a, b, key=_bits)
    low, high = (a, b) if ca < cb else (b, a)
    if category(high) == 3:
        return "complex64" if high == "complex64" and float_for(low) in ("float16", "float32") else "complex128"
    return max(high, float_for(low), key=_FLOATS.index) if high in _FLOATS else high


def float_for(dtype: str) -> str:
    """The floating type that holds a type: what numpy computes ``np.sqrt`` of it in."""
    if dtype in _FLOATS or category(dtype) >= 2:
        return dtype
    bits = 8 if dtype == "bool" else _bits(dtype)
    return "float16" if bits == 8 else "float32" if bits == 16 else "float64"


def _bits(dtype: str) -> int:
    return int("".join(filter(str.isdigit, dtype)))


def _integers(a: str, b: str) -> str:
    if a[0] == b[0]:
        return max(a, b, key=_bits)
    unsigned, signed = (a, b) if a[0] == "u" else (b, a)
    if _bits(signed) > _bits(unsigned):
        return signed
    return {8: "int16", 16: "int32", 32: "int64"}.get(_bits(unsigned), "float64")


def promoted(dtypes: list[str]) -> str:
    """The type that holds all of them."""
    found = dtypes[0]
    for dtype in dtypes[1:]:
        found = promote(found, dtype)
    return found


def common(*operands: Any) -> str:
    """The type in which an elementwise function takes its operands: Python's numbers adapt to arrays."""
    strong = [operand.dtype if isinstance(operand, Tensor) else array_of(operand).dtype for operand in operands if is_strong(operand)]
    weak = [number_type(operand) for operand in operands if not is_strong(operand)]
    if not strong:
        return promoted(weak)
    found = promoted(strong)
    for dtype in weak:
        if category(dtype) > category(found):
            found = dtype if category(found) < 2 else {"float32": "complex64", "float16": "complex64"}.get(found, dtype)
    return found


def is_strong(value: Any) -> bool:
    """Whether a value brings its own element type: an array, a tensor or a sequence does, a plain number does not."""
    return isinstance(value, (Tensor, list, tuple, range))


def cast_to(value: NumpyArray, dtype: str) -> NumpyArray:
    """The array with another element type."""
    return NumpyArray(value.shape, dtype, cast_all(value.data, dtype))


def given(shape: Any, dtype: str, data: list[Any] | None = None) -> Any:
    """What a function of numpy gives back: an array, or a plain number when there are no axes and its value is known."""
    if data is not None and len(data) > KEPT_VALUES:
        data = None
    if not shape and data is not None:
        RUN.get().state["numpy scalars"] = True
        return Float64(data[0]) if dtype == "float64" else data[0]
    return NumpyArray(tuple(shape), dtype, data)


def as_torch(value: Any) -> Any:
    """An array as a tensor, so that the rules of torch can be used for it; what holds arrays too."""
    if isinstance(value, NumpyArray):
        return TorchTensor(value.shape, value.dtype, value.data)
    if isinstance(value, (tuple, list)):
        return type(value)(as_torch(item) for item in value)
    return value


def as_numpy(value: Any) -> Any:
    """The result of a rule of torch as numpy gives it."""
    if isinstance(value, TorchTensor):
        return given(value.shape, value.dtype, value.data)
    if isinstance(value, (tuple, list)):
        return [as_numpy(item) for item in value]
    return value


def scalar_attribute(value: Any, name: str, missing: Any) -> Any:
    """``item`` and ``astype`` of a plain number that a function of numpy may have given."""
    if (
        name not in ("item", "astype", "tolist")
        or type(value) not in (int, float, bool, Float64)
        or not RUN.get().state.get("numpy scalars")
    ):
        return missing
    described = REGISTRY[f"numpy.ndarray.{name}"]
    return described.bind_to(array_of(value))


@attribute("numpy.ndarray.shape")
def shape(array: Any) -> Any:
    """The sizes, as a tuple."""
    return tuple(array.shape)


@attribute("numpy.ndarray.dtype")
def dtype(array: Any) -> Any:
    """The element type."""
    return dtype_of(array.dtype)


@attribute("numpy.ndarray.ndim")
def ndim(array: Any) -> Any:
    """The number of axes."""
    return len(array.shape)


@attribute("numpy.ndarray.size")
def size(array: Any) -> Any:
    """The number of elements."""
    return array.shape.numel()


@attribute("numpy.ndarray.itemsize")
def itemsize(array: Any) -> Any:
    """The bytes of an element."""
    return dtype_of(array.dtype).itemsize


@attribute("numpy.ndarray.nbytes")
def nbytes(array: Any) -> Any:
    """The bytes of all elements."""
    return dtype_of(array.dtype).itemsize * array.shape.numel()


@op("numpy.ndarray.item", "numpy.ndarray.__int__", "numpy.ndarray.__float__", "numpy.ndarray.__index__")
def item(array: Any, *args: Any) -> Any:
    """One element as a plain number.

    >>> item(np.array([7]))
    7
    """
    if args:
        array = array_of(REGISTRY["numpy.ndarray.__getitem__"](array, args[0] if len(args) == 1 else args))
    count = array.shape.numel()
    if type(count) is int and count != 1:
        refuse("ValueError", "can only convert an array of size 1 to a Python scalar")
    return array.data[0] if array.data is not None else RUN.get().unknown(Reason.DATA_DEPENDENT, "the value of an array")


@op("numpy.ndarray.tolist")
def tolist(array: Any) -> Any:
    """Nested lists of plain numbers."""
    if array.data is None:
        return RUN.get().unknown(Reason.DATA_DEPENDENT, "the values of an array")
    data: list[Any] = array.data
    for size in reversed(array.shape[1:]):
        data = [data[start : start + size] for start in range(0, len(data), size)] if size else [[] for _ in range(array.shape[0])]
    return data if array.shape else data[0]
