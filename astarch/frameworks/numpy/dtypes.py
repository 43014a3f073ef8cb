"""Element types of numpy: `numpy.dtype` objects, and the classes of its scalars, which also make numbers."""

from __future__ import annotations

import math
from typing import Any

from ...ir.unknown import Unknown
from ..describe import REGISTRY, RUN, constant, kind, op, refuse
from ..dtypes import BITS, category
from ..scalars import Float64
from ..torch.ops.dtypes import FLOAT_LIMITS
from ..torch.ops.values import LOST, cast

_KINDS = {"bool": "b", "object": "O", "str": "U"}
_CHARS = {"bool": "?", "int8": "b", "uint8": "B", "int16": "h", "uint16": "H", "int32": "i", "uint32": "I", "int64": "l", "uint64": "L",
          "float16": "e", "float32": "f", "float64": "d", "complex64": "F", "complex128": "D", "object": "O", "str": "U"}  # fmt: skip
_WORDS = {
    "float": "float64", "int": "int64", "bool_": "bool", "double": "float64", "single": "float32", "half": "float16", "long": "int64",
    "uint": "uint64", "intp": "int64", "int_": "int64", "float_": "float64", "complex": "complex128", "longlong": "int64", "byte": "int8",
    "ubyte": "uint8", "short": "int16", "ushort": "uint16", "intc": "int32", "uintc": "uint32", "ulong": "uint64", "csingle": "complex64",
    "cdouble": "complex128", "uintp": "uint64", "ulonglong": "uint64", "object_": "object", "str_": "str",
    **{f"{code}{width // 8}": f"{name}{width}" for code, name in (("i", "int"), ("u", "uint"), ("f", "float"), ("c", "complex"))
       for width in (8, 16, 32, 64, 128) if f"{name}{width}" in _CHARS},
    **{char: name for name, char in _CHARS.items()},
}  # fmt: skip


@kind("numpy.dtype")
class DType:
    """An element type; the same object for every way of naming it.

    >>> DType("f4").name
    'float32'
    """

    name: str

    def __new__(cls, dtype: Any = None, align: Any = False, copy: Any = False) -> Any:
        return dtype_of(name_of(dtype) or "float64")

    @property
    def kind(self) -> str:
        """One letter: b, i, u, f or c."""
        return _KINDS.get(self.name) or ("u" if self.name.startswith("u") else "biufc"[(0, 1, 3, 4)[category(self.name)]])

    @property
    def itemsize(self) -> int:
        """Bytes of one element."""
        return BITS.get(self.name, 64) // 8

    @property
    def char(self) -> str:
        """The letter of C."""
        return _CHARS[self.name]

    @property
    def str(self) -> str:
        """Order, kind and bytes in one word."""
        return f"{'|' if self.itemsize == 1 else '<'}{self.kind}{self.itemsize}"

    @property
    def type(self) -> Any:
        """The class of its scalars."""
        return REGISTRY[f"numpy.{self.name}"]

    def __eq__(self, other: object) -> bool:
        return self is other or (not isinstance(other, DType) and _named(other) == self.name)

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"dtype('{self.name}')"

    def __str__(self) -> str:
        return self.name

    def __reduce__(self) -> Any:
        return dtype_of, (self.name,)


_DTYPES: dict[str, DType] = {}


def dtype_of(name: str) -> DType:
    """The one object of an element type, by its canonical name."""
    found = _DTYPES.get(name)
    if found is None:
        found = _DTYPES[name] = object.__new__(DType)
        found.name = name
    return found


def _named(dtype: Any) -> str | None:
    """The canonical name of anything that names an element type; None for what does not."""
    if isinstance(dtype, DType):
        return dtype.name
    if not isinstance(dtype, str):
        host = getattr(dtype, "host", dtype)
        is_scalar = isinstance(host, type) and issubclass(host, Scalar)
        dtype = host.scalar if is_scalar else getattr(dtype, "name", getattr(host, "__name__", None))
    if not isinstance(dtype, str):
        return None
    word = dtype.lstrip("<>=|")
    return word if word in _CHARS else _WORDS.get(word)


def name_of(dtype: Any) -> str | None:
    """The canonical name of a ``dtype=`` argument; None stays None."""
    if dtype is None or type(dtype) is Unknown:
        return None
    return _named(dtype) or refuse("TypeError", f"Cannot interpret '{dtype!r}' as a data type")


class Scalar:
    """The class of a scalar: calling it makes a plain number of that type."""

    scalar: str | None = None

    def __new__(cls, value: Any = 0, *args: Any, **kwargs: Any) -> Any:
        if cls.scalar is None:
            refuse("TypeError", f"cannot create '{cls.__name__}' instances")
        if type(value) is Unknown:
            return value
        if hasattr(value, "shape") or isinstance(value, (list, tuple)):
            return REGISTRY["numpy.array"](value, cls.scalar)
        RUN.get().state["numpy scalars"] = True
        try:
            made = cast(float(value) if isinstance(value, str) else value, cls.scalar)
            return Float64(made) if cls.scalar == "float64" else made
        except LOST:
            return value


_TREE = {
    "generic": "", "number": "generic", "integer": "number", "signedinteger": "integer", "unsignedinteger": "integer", "inexact": "number",
    "floating": "inexact", "complexfloating": "inexact", "character": "generic", "flexible": "generic",
}  # fmt: skip
_ABOVE = {"i": "signedinteger", "u": "unsignedinteger", "f": "floating", "c": "complexfloating"}
#: Words that name a type in a text, but are no names of numpy.
_ONLY_TEXT = ("float", "int", "complex", "float_")


def _scalars() -> None:
    made: dict[str, type] = {"": Scalar}
    for name, parent in _TREE.items():
        made[name] = kind(f"numpy.{name}")(type(name, (made[parent],), {"__doc__": f"Every {name}.", "scalar": None}))
    for name in _CHARS:
        above = _ABOVE.get(dtype_of(name).kind, "generic")
        aliases = [f"numpy.{word}" for word, of in _WORDS.items() if of == name and len(word) > 2 and word not in _ONLY_TEXT]
        members = {"__doc__": f"A {name}.", "scalar": name}
        kind(f"numpy.{name}", *aliases)(type(name, (made[above],), members))


_scalars()

for _name, _value in {"inf": math.inf, "nan": math.nan, "pi": math.pi, "e": math.e, "euler_gamma": 0.5772156649015329, "newaxis": None,
                      "__version__": "2.4.6", "version.version": "2.4.6", "little_endian": True}.items():  # fmt: skip
    constant(f"numpy.{_name}", _value)


@op("numpy.issubdtype")
def issubdtype(arg1: Any, arg2: Any) -> bool:
    """Whether an element type is of a kind.

    >>> issubdtype(np.float32, np.floating)
    True
    """
    wanted = getattr(arg2, "host", arg2)
    if not (isinstance(wanted, type) and issubclass(wanted, Scalar) and wanted.scalar is None):
        wanted = REGISTRY[f"numpy.{name_of(arg2)}"]
    first = getattr(arg1, "host", arg1)
    if not (isinstance(first, type) and issubclass(first, Scalar)):
        first = REGISTRY[f"numpy.{name_of(arg1)}"]
    return issubclass(first, wanted)


@op("numpy.isscalar")
def isscalar(element: Any) -> bool:
    """Whether it is a number or a text."""
    return isinstance(element, (int, float, complex, str, bytes))


@kind("numpy.finfo")
class FloatLimits:
    """The limits of a floating type."""

    def __init__(self, dtype: Any) -> None:
        name = name_of(dtype)
        if name not in FLOAT_LIMITS:
            refuse("ValueError", f"data type {dtype!r} not inexact")
        self.dtype = dtype_of(name)
        self.eps, self.max, self.tiny, _, self.resolution = FLOAT_LIMITS[name]
        self.smallest_normal, self.min, self.bits = self.tiny, -self.max, BITS[name]
        if name == "float64":
            self.resolution = 1e-15


@kind("numpy.iinfo")
class IntegerLimits:
    """The limits of an integer type."""

    def __init__(self, type: Any) -> None:
        name = name_of(type)
        if name is None or category(name) != 1:
            refuse("ValueError", f"Invalid integer data type {name!r}.")
        self.dtype = dtype_of(name)
        self.bits = BITS[name]
        self.min = 0 if name[0] == "u" else -(1 << self.bits - 1)
        self.max = (1 << self.bits - (self.min != 0)) - 1
