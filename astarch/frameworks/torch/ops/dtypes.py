"""`torch.dtype` and the questions asked of it: limits, promotion, what can be cast to what."""

from __future__ import annotations

import math
from typing import Any

from ...describe import RUN, constant, kind, op, refuse
from ...dtypes import BITS, category, complex_of, promote, real_of
from ..tensor import TorchTensor, default_dtype, kind_name
from .promotion import castable, result_dtype

_UNPROMOTED = {"uint16", "uint32", "uint64"}
_RARE = """bits8 bits16 bits1x8 bits2x4 bits4x2 float4_e2m1fn_x2 quint4x2 quint2x4
int1 int2 int3 int4 int5 int6 int7 uint1 uint2 uint3 uint4 uint5 uint6 uint7"""
_ALIASES = {"float": "float32", "double": "float64", "half": "float16", "short": "int16", "int": "int32", "long": "int64",
            "cfloat": "complex64", "cdouble": "complex128", "chalf": "complex32", "bit": "uint1"}  # fmt: skip
_WIDTHS = {"bits16": 16, **BITS}


@kind("torch.dtype")
class DType:
    """An element type as the program sees it: ``torch.float32`` and its like, one object each."""

    def __init__(self, name: str) -> None:
        self.name = name

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return _WIDTHS.get(self.name, 8) // 8

    @property
    def is_floating_point(self) -> bool:
        """Whether it holds real numbers of limited precision."""
        return category(self.name) == 2 and not self.name.startswith("bits")

    @property
    def is_complex(self) -> bool:
        """Whether it holds complex numbers."""
        return category(self.name) == 3

    @property
    def is_signed(self) -> bool:
        """Whether it holds numbers below zero."""
        return self.name != "bool" and not self.name.startswith(("u", "quint"))

    def to_real(self) -> DType:
        """The type of its real part."""
        return DTYPES[real_of(self.name)]

    def to_complex(self) -> DType:
        """The complex type of its width."""
        return DTYPES["complex32" if self.name == "bfloat16" else complex_of(self.name)]

    def __repr__(self) -> str:
        return f"torch.{self.name}"

    def __reduce__(self) -> str:
        return self.name


#: Every element type by its canonical name.
DTYPES = {name: DType(name) for name in [*(name for name in BITS if name != "string"), *_RARE.split()]}

for _name, _dtype in DTYPES.items():
    constant(f"torch.{_name}", _dtype)
for _name, _canonical in _ALIASES.items():
    constant(f"torch.{_name}", DTYPES[_canonical])
for _name, _value in {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e}.items():
    constant(f"torch.{_name}", _value)
constant("torch.newaxis", None)
constant("torch.__version__", "2.13.0")
constant("torch.version.__version__", "2.13.0")
constant("torch.version.cuda", None)
constant("torch.version.hip", None)

#: (eps, largest, smallest normal, most negative, decimal resolution) of every floating type.
FLOAT_LIMITS = {
    "float64": (2.0**-52, (2 - 2.0**-52) * 2.0**1023, 2.0**-1022, None, 1e-15),
    "float32": (2.0**-23, (2 - 2.0**-23) * 2.0**127, 2.0**-126, None, 1e-6),
    "float16": (2.0**-10, 65504.0, 2.0**-14, None, 1e-3),
    "bfloat16": (2.0**-7, (2 - 2.0**-7) * 2.0**127, 2.0**-126, None, 1e-2),
    "float8_e4m3fn": (0.125, 448.0, 2.0**-6, None, 1.0),
    "float8_e5m2": (0.25, 57344.0, 2.0**-14, None, 1.0),
    "float8_e4m3fnuz": (0.125, 240.0, 2.0**-7, None, 1.0),
    "float8_e5m2fnuz": (0.125, 57344.0, 2.0**-15, None, 1.0),
    "float8_e8m0fnu": (1.0, 2.0**127, 2.0**-127, 2.0**-127, 1.0),
}


@kind("torch.finfo")
class FloatLimits:
    """The limits of a floating type.

    >>> torch.finfo(torch.float16).max
    65504.0
    """

    def __init__(self, type: Any = None) -> None:
        name = real_of(default_dtype() if type is None else type.name)
        if name not in FLOAT_LIMITS:
            refuse("TypeError", "torch.finfo() requires a floating point input type. Use torch.iinfo to handle 'torch.finfo'")
        self.bits = BITS[name]
        self.dtype = name
        self.eps, self.max, self.tiny, lowest, resolution = FLOAT_LIMITS[name]
        self.smallest_normal = self.tiny
        self.min = -self.max if lowest is None else lowest
        self.resolution = resolution

    def __repr__(self) -> str:
        return (f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
                f"smallest_normal={self.tiny:g}, tiny={self.tiny:g}, dtype={self.dtype})")  # fmt: skip


@kind("torch.iinfo")
class IntegerLimits:
    """The limits of an integer type.

    >>> torch.iinfo(torch.int8).min
    -128
    """

    def __init__(self, type: Any) -> None:
        name = type.name
        if category(name) != 1 or name in _RARE or name[0] == "q":
            refuse("TypeError", "torch.iinfo() requires an integer input type. Use torch.finfo to handle 'torch.iinfo'")
        self.bits = BITS[name]
        self.dtype = name
        self.min = 0 if name[0] == "u" else -(1 << self.bits - 1)
        self.max = (1 << self.bits + (self.min == 0) - 1) - 1

    def __repr__(self) -> str:
        return f"iinfo(min={self.min:g}, max={self.max:g}, dtype={self.dtype})"


@op("torch.promote_types")
def promote_types(type1: Any, type2: Any) -> Any:
    """The smallest type that holds both.

    >>> promote_types(torch.int64, torch.float16)
    torch.float16
    """
    first, second = type1.name, type2.name
    if first == second:
        return type1
    plain = [name in BITS and name[0] != "q" and "float8" not in name for name in (first, second)]
    strange = {first, second} & _UNPROMOTED
    if not all(plain) or (strange and 2 not in (category(first), category(second))):
        refuse("RuntimeError", f"Promotion of {first} and {second} is not supported")
    return DTYPES[promote(first, second)]


@op("torch.can_cast")
def can_cast(from_: Any, to: Any) -> bool:
    """Whether a cast keeps the category: whole numbers do not hold fractions, real ones no imaginary part."""
    return castable(from_.name, to.name)


@op("torch.result_type")
def result_type(tensor1: Any, tensor2: Any) -> Any:
    """The type that arithmetic on the two would have.

    >>> result_type(T(2, dtype="int64"), 1.5)
    torch.float32
    """
    return DTYPES[result_dtype(tensor1, tensor2)]


@op("torch.get_default_dtype")
def get_default_dtype() -> Any:
    """The type of new floating tensors."""
    return DTYPES[default_dtype()]


@op("torch.set_default_dtype")
def set_default_dtype(d: Any, /) -> None:
    """Set the type of new floating tensors."""
    if not d.is_floating_point:
        refuse("TypeError", f"only floating-point types are supported as the default type, not {d!r}")
    RUN.get().state["torch default dtype"] = d.name


@op("torch.is_tensor")
def is_tensor(obj: Any, /) -> bool:
    """Whether it is a tensor."""
    return isinstance(obj, TorchTensor)


@op("torch.is_floating_point", "torch.Tensor.is_floating_point")
def is_floating_point(input: Any) -> bool:
    """Whether the elements are real numbers of limited precision."""
    return category(input.dtype) == 2


@op("torch.is_complex", "torch.Tensor.is_complex")
def is_complex(input: Any) -> bool:
    """Whether the elements are complex."""
    return category(input.dtype) == 3


@op("torch.Tensor.is_signed", "torch.is_signed")
def is_signed(input: Any) -> bool:
    """Whether the elements may be below zero."""
    return DTYPES[input.dtype].is_signed


_PYTHON_TYPES = {"bool": "bool", "int": "int64", "float": "float64", "complex": "complex128"}


def element_type(dtype: Any, otherwise: str | None = None) -> str | None:
    """The name of a dtype argument: a `DType`, one of Python's number types, or None for the default given.

    >>> element_type(float)
    'float64'
    """
    if dtype is None:
        return otherwise
    if isinstance(dtype, (DType, str)):
        return dtype if isinstance(dtype, str) else dtype.name
    found = _PYTHON_TYPES.get(getattr(dtype, "__name__", None) or getattr(dtype, "name", ""))
    if found is None:
        refuse("TypeError", f"argument 'dtype' must be torch.dtype, not {kind_name(dtype)}")
    return found


def is_number_type(value: Any) -> bool:
    """Whether it is one of Python's types that stand for an element type; the program's ``int`` stands for the host's.

    >>> is_number_type(float), is_number_type("float")
    (True, False)
    """
    kind = getattr(value, "host", value)
    return isinstance(kind, type) and kind.__module__ == "builtins" and kind.__name__ in _PYTHON_TYPES
