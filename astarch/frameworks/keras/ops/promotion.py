"""The element type of results: the lattice of `keras.backend.result_type`."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

from ....ir.dim import Dim
from ...describe import op, refuse
from ..model.policies import standardize_dtype
from ..state import state
from ..tensor import KerasTensor

_LATTICE: dict[str, tuple[str, ...]] = {
    "bool": ("int*",), "int*": ("uint8", "int8"), "uint8": ("int16", "uint16"), "uint16": ("int32", "uint32"), "uint32": ("int64",
                                                                                                                          "uint64"),
    "uint64": ("float*",), "int8": ("int16",), "int16": ("int32",), "int32": ("int64",), "int64": ("float*",),
    "float*": ("float8_e4m3fn", "float8_e5m2", "bfloat16", "float16"), "float8_e4m3fn": (), "float8_e5m2": (), "bfloat16": ("float32",),
    "float16": ("float32",), "float32": ("float64",), "float64": (), "complex64": ("complex128",), "complex128": (), "string": (),
}  # fmt: skip
_COMPLEX = {"complex64", "complex128"}


@cache
def _above(kind: str) -> frozenset[str]:
    found = {kind}
    for upper in _LATTICE[kind]:
        found |= _above(upper)
    return frozenset(found)


@lru_cache(maxsize=4096)
def _bound(kinds: frozenset[str]) -> str:
    """The least type that holds all of them."""
    if kinds & _COMPLEX:
        return "complex128" if kinds & {"complex128", "float64"} else "complex64"
    common = frozenset.intersection(*[_above(kind) for kind in kinds])
    for candidate in common:
        if all(other in _above(candidate) for other in common):
            return candidate
    return refuse("ValueError", f"No dtype promotion path among {sorted(kinds)}")


def kind_of(value: Any) -> str:
    """The type of a value; ``int*`` and ``float*`` for Python's own numbers, which give way to tensors."""
    if isinstance(value, KerasTensor):
        return value.dtype
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, (int, Dim)):
        return "int*"
    if isinstance(value, float):
        return "float*"
    if isinstance(value, complex):
        return "complex64"
    if isinstance(value, (list, tuple)):
        return result_type(*map(kind_of, value)) if value else "float32"
    if isinstance(value, str):
        return "string"
    dtype = getattr(value, "dtype", None)
    return str(getattr(dtype, "name", dtype)) if dtype is not None else "float*"


def dtype_of(value: Any) -> str:
    """The type of a value as a tensor."""
    return concrete(kind_of(value))


def concrete(kind: str) -> str:
    """``int*`` is int32, ``float*`` the default floating type."""
    return "int32" if kind == "int*" else state().floatx if kind == "float*" else kind


def result_type(*kinds: str) -> str:
    """The type that results from combining these.

    >>> result_type("int32", "float*"), result_type("float16", "float*"), result_type("int8", "uint8")
    ('float32', 'float16', 'int16')
    """
    if not kinds:
        return state().floatx
    first = kinds[0]
    if all(kind == first for kind in kinds):
        return concrete(first)
    return concrete(_bound(frozenset(kinds)))


def as_float(dtype: str) -> str:
    """The floating type that a function such as ``exp`` gives."""
    if "float" in dtype or dtype.startswith("complex"):
        return dtype
    return state().floatx


def wide_float(dtype: str) -> str:
    """The floating type that numpy would give: double for long whole numbers."""
    return "float64" if dtype == "int64" else as_float(dtype)


@op("keras.backend.result_type", "keras.src.backend.common.dtypes.result_type")
def result(*dtypes: Any) -> str:
    """The type that results from combining these."""
    found = []
    for dtype in dtypes:
        name = getattr(dtype, "name", dtype)
        found.append({"int": "int*", "float": "float*"}.get(name) or (state().floatx if dtype is None else standardize_dtype(dtype)))
    return result_type(*found)


@op("keras.backend.is_float_dtype", "keras.src.backend.common.is_float_dtype", "keras.src.backend.common.variables.is_float_dtype")
def is_float_dtype(dtype: Any) -> bool:
    """Whether a type is floating."""
    return standardize_dtype(dtype).startswith(("float", "bfloat"))


@op("keras.backend.is_int_dtype", "keras.src.backend.common.is_int_dtype", "keras.src.backend.common.variables.is_int_dtype")
def is_int_dtype(dtype: Any) -> bool:
    """Whether a type is whole."""
    return standardize_dtype(dtype).startswith(("int", "uint"))
