"""Element types by their canonical names, and which of two wins.

Canonical names are those of torch and numpy alike: ``float32``, ``int64``, ``bool``, ``complex64``, ``bfloat16``.
"""

from __future__ import annotations

import struct

#: Width in bits of every element type.
BITS = {
    "bool": 8, "uint8": 8, "int8": 8, "int16": 16, "uint16": 16, "int32": 32, "uint32": 32, "int64": 64, "uint64": 64,
    "float8_e4m3fn": 8, "float8_e5m2": 8, "float8_e4m3fnuz": 8, "float8_e5m2fnuz": 8, "float8_e8m0fnu": 8,
    "float16": 16, "bfloat16": 16, "float32": 32, "float64": 64,
    "complex32": 32, "complex64": 64, "complex128": 128,
    "quint8": 8, "qint8": 8, "qint32": 32, "string": 0,
}  # fmt: skip

_REAL = {"complex32": "float16", "complex64": "float32", "complex128": "float64"}
_COMPLEX = {"float16": "complex32", "bfloat16": "complex64", "float32": "complex64", "float64": "complex128"}
_INTEGERS = ("uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64")


def category(dtype: str) -> int:
    """0 for bool, 1 integer, 2 floating, 3 complex."""
    if dtype == "bool":
        return 0
    if dtype.startswith(("int", "uint", "qint", "quint")):
        return 1
    return 3 if dtype.startswith("complex") else 2


def is_floating(dtype: str) -> bool:
    """Whether elements are real numbers of limited precision."""
    return category(dtype) == 2


def is_complex(dtype: str) -> bool:
    """Whether elements are complex."""
    return category(dtype) == 3


def is_integer(dtype: str) -> bool:
    """Whether elements are whole numbers (bool is not)."""
    return category(dtype) == 1


def real_of(dtype: str) -> str:
    """The type of the parts of a complex type; any other type stays."""
    return _REAL.get(dtype, dtype)


def complex_of(dtype: str) -> str:
    """The complex type whose parts have this type."""
    return _COMPLEX.get(dtype, dtype)


def promote(a: str, b: str) -> str:
    """The type that holds both (``torch.promote_types``)."""
    if a == b:
        return a
    ca, cb = category(a), category(b)
    if ca != cb:
        low, high = (a, b) if ca < cb else (b, a)
        if category(high) == 3 and category(low) == 2:
            return max(high, complex_of(low), key=lambda d: BITS[d])
        return high
    if ca == 1:
        return _promote_integers(a, b)
    if ca == 2:
        return _promote_floats(a, b)
    return max(a, b, key=lambda d: BITS[d])


def _promote_integers(a: str, b: str) -> str:
    unsigned_a, unsigned_b = a[0] == "u", b[0] == "u"
    if unsigned_a == unsigned_b:
        return max(a, b, key=lambda d: BITS[d])
    unsigned, signed = (a, b) if unsigned_a else (b, a)
    if BITS[signed] > BITS[unsigned]:
        return signed
    return {8: "int16", 16: "int32", 32: "int64", 64: "float32"}[BITS[unsigned]]


def _promote_floats(a: str, b: str) -> str:
    if {a, b} == {"float16", "bfloat16"}:
        return "float32"
    return max(a, b, key=lambda d: BITS[d])


def scalar_category(value: object) -> int:
    """The category of a Python number."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, float):
        return 2
    return 3 if isinstance(value, complex) else 1


def rounded(value: float, dtype: str) -> float:
    """A number as the element type stores it."""
    if dtype == "float32":
        try:
            return struct.unpack("f", struct.pack("f", value))[0]
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    if dtype == "float16":
        try:
            return struct.unpack("e", struct.pack("e", value))[0]
        except OverflowError:
            return float("inf") if value > 0 else float("-inf")
    if dtype == "bfloat16":
        bits = struct.unpack("I", struct.pack("f", value))[0]
        bits += 0x7FFF + ((bits >> 16) & 1)
        return struct.unpack("f", struct.pack("I", bits & 0xFFFF0000))[0]
    return value


def bits(dtype: str) -> int:
    """The width of an element in bits; 0 for types without one."""
    return BITS.get(dtype, 0)
