"""Element types of TensorFlow: which a function takes, and which two operands share. Nothing is promoted."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim
from ...describe import refuse
from ..ops.elementwise import as_tensor, shape_of
from ..ops.promotion import concrete, kind_of
from ..tensor import KerasTensor

FLOATS = frozenset({"float16", "bfloat16", "float32", "float64"})
WIDE = frozenset({"float32", "float64"})
COMPLEX = frozenset({"complex64", "complex128"})
SIGNED = frozenset({"int8", "int16", "int32", "int64"})
UNSIGNED = frozenset({"uint8", "uint16", "uint32", "uint64"})
PLACES = frozenset({"int32", "int64"})
INTEGERS = SIGNED | UNSIGNED
REAL = FLOATS | INTEGERS
INEXACT = FLOATS | COMPLEX
NUMBERS = REAL | COMPLEX
TRUTH = frozenset({"bool"})
ANY = NUMBERS | TRUTH | {"string"}

#: What a truth value of Python becomes.
_OF_TRUTH = frozenset({"bool", "float16", "float32", "float64", "int32", "int64"})
_PARTS = {"complex64": "float32", "complex128": "float64"}
_WHOLE = {"float32": "complex64", "float64": "complex128"}
_DIVIDED = {"int8": "float32", "int16": "float32", "uint8": "float32", "uint16": "float32", "int32": "float64", "int64": "float64",
            "uint32": "float64", "uint64": "float64"}  # fmt: skip


def unchanged(kind: str) -> str:
    """The same type."""
    return kind


def truth(kind: str) -> str:
    """Truth values."""
    return "bool"


def part(kind: str) -> str:
    """The type of the real part."""
    return _PARTS.get(kind, kind)


def whole(kind: str) -> str:
    """The complex type of two real parts."""
    return _WHOLE.get(kind, kind)


def divided(kind: str) -> str:
    """The type of a quotient."""
    return _DIVIDED.get(kind, kind)


def taken(value: Any, allowed: frozenset[str] = ANY) -> KerasTensor:
    """A value as a tensor of a type that the function takes."""
    x = as_tensor(value)
    if x.dtype not in allowed:
        refuse("ValueError", f"Value for attr 'T' of {x.dtype} is not in the list of allowed values: {', '.join(sorted(allowed))}")
    return x


def fits(kind: str, wanted: str) -> bool:
    """Whether a number of Python becomes a tensor of this type.

    >>> fits("int*", "float16"), fits("float*", "int32")
    (True, False)
    """
    if kind == "bool":
        return wanted in _OF_TRUTH
    if kind == "int*":
        return wanted in NUMBERS
    return wanted in (INEXACT if kind == "float*" else COMPLEX)


def loose_kind(value: Any) -> str | None:
    """The kind of Python's own numbers and lists of them; None for what has an element type of its own."""
    if isinstance(value, (list, tuple)):
        found = {loose_kind(item) for item in value}
        return (
            None if None in found or not found else next((kind for kind in ("complex64", "float*", "int*", "bool") if kind in found), None)
        )
    return kind_of(value) if isinstance(value, (bool, int, float, complex, Dim)) else None


def shared(*values: Any, signed: bool = True) -> str:
    """The type of operands, which must be the same: numbers of Python take the type of the tensors.

    Args:
        values: The operands.
        signed: A negative number is not taken for an unsigned type.
    """
    loose = [loose_kind(value) for value in values]
    firm = [value.dtype for value in values if isinstance(value, KerasTensor)]
    if not firm:  # arrays of numpy take the type of tensors as well
        firm = [kind_of(value) for value, kind in zip(values, loose, strict=True) if kind is None][:1]
    if not firm:
        firm = [concrete(kind) for kind in loose[:1] if kind is not None]
    for kind in firm[1:]:
        if kind != firm[0]:
            refuse("ValueError", f"Tensor conversion requested dtype {firm[0]} for Tensor with dtype {kind}")
    for value, own in zip(values, loose, strict=True):
        if own is not None and not (fits(own, firm[0]) and not (signed and _is_negative(value) and firm[0] in UNSIGNED)):
            refuse("TypeError", f"Cannot convert {value} to EagerTensor of dtype {firm[0]}")
    return firm[0]


def _is_negative(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, Dim) and value < 0


def taken_together(allowed: frozenset[str], *values: Any, signed: bool = True) -> str:
    """The type of operands, one that the function takes."""
    kind = shared(*values, signed=signed)
    if kind not in allowed:
        refuse("ValueError", f"Value for attr 'T' of {kind} is not in the list of allowed values: {', '.join(sorted(allowed))}")
    return kind


def ranked(value: Any, rank: int, name: str = "input", most: int | None = None) -> tuple[Any, ...]:
    """The shape of a tensor that must have this many axes, or up to `most`."""
    shape = shape_of(value)
    if not rank <= len(shape) <= (rank if most is None else most):
        refuse("ValueError", f"{name} must be of rank {rank} but is of rank {len(shape)}")
    return shape
