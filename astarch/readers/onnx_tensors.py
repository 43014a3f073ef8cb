"""ONNX's tensors, types and attributes as values."""

from __future__ import annotations

import math
import struct
from typing import Any

from ..ir.dtype import bits
from ..ir.graph import TensorType
from ..ir.unknown import Reason, Unknown
from .wire import Message
from .wiring import size

#: Element types by number (onnx.TensorProto.DataType).
DTYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "string",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
    14: "complex64",
    15: "complex128",
    16: "bfloat16",
    17: "float8_e4m3fn",
    18: "float8_e4m3fnuz",
    19: "float8_e5m2",
    20: "float8_e5m2fnuz",
    21: "uint4",
    22: "int4",
    23: "float4_e2m1fn_x2",
    24: "float8_e8m0fnu",
}

#: How many elements a constant may have for its values to be kept.
KEPT = 64
#: How many elements a constant may have whose values are compared: as many as a mask for a short sequence has.
MASK = 4096

_FORMS = {
    "float32": "f",
    "float64": "d",
    "int64": "q",
    "int32": "i",
    "int16": "h",
    "int8": "b",
    "uint8": "B",
    "bool": "?",
    "float16": "e",
    "uint16": "H",
    "uint32": "I",
    "uint64": "Q",
}


def elements(raw: bytes, dtype: str, shape: list[Any], strides: list[Any]) -> list[Any] | None:
    """The elements of a tensor that lies in these bytes one after the other; None where it does not, or has too many.

    >>> elements(bytes([1, 0, 2, 0]), "int16", [2], [1])
    [1, 2]
    """
    form = _FORMS.get(dtype)
    if form is None or not all(type(side) is int and side > 0 for side in shape) or (count := math.prod(shape)) > MASK:
        return None
    steps = [math.prod(shape[place + 1 :]) for place in range(len(shape))]
    straight = all(side == 1 or step == own for side, step, own in zip(shape, strides, steps, strict=True))
    if not straight or len(raw) != count * struct.calcsize(f"<{form}"):
        return None
    return list(struct.unpack(f"<{count}{form}", raw))


def tensor_type(tensor: Message) -> TensorType:
    """The sizes and element type of a TensorProto; its data is not touched."""
    shape = tensor.numbers(1)
    if any(side < 0 for side in shape) or len(shape) > 64:
        raise tensor.source.refuse(f"holds a tensor of the sizes {shape[:8]}")
    return TensorType(tuple(shape), DTYPES.get(tensor.number(2), f"type{tensor.number(2)}"))


def tensor_value(tensor: Message, most: int = KEPT) -> Any:
    """The elements of a small TensorProto: a list, or one element for a scalar; its type when it is large or elsewhere."""
    kind = tensor_type(tensor)
    count = math.prod(kind.shape)
    form = _FORMS.get(kind.dtype)
    if count > most or tensor.number(14) or form is None:
        return kind
    if tensor.has(9):
        raw = tensor.message(9)
        if raw.size != count * bits(kind.dtype) // 8:
            raise tensor.source.refuse(f"holds {raw.size} bytes for the tensor {kind}")
        values: list[Any] = list(struct.unpack(f"<{count}{form}", raw.raw()))
    elif form == "f":
        values = list(tensor.reals(4))
    elif form == "d":
        values = list(tensor.reals(10, "d"))
    elif form in "hbBHi?":
        values = list(tensor.numbers(5))
    else:
        values = list(tensor.numbers(7 if form == "q" else 11))
    if len(values) != count:
        return kind
    values = [bool(value) for value in values] if form == "?" else values
    return values if kind.shape else values[0]


def value_type(info: Message) -> Any:
    """The type of a ValueInfoProto: a tensor's, or the kind of container."""
    kind = info.message(2)
    tensor = kind.message(1) if kind.has(1) else kind.message(8)
    if not kind.has(1) and not kind.has(8):
        return "sequence" if kind.has(4) else "map" if kind.has(5) else "optional" if kind.has(9) else None
    dtype = DTYPES.get(tensor.number(1), f"type{tensor.number(1)}")
    if not tensor.has(2):
        return Unknown(Reason.OUTSIDE, f"the shape of `{info.text(1)[:80]}` is not in the file")
    return TensorType(tuple(_size(side) for side in tensor.message(2).messages(1)), dtype)


def _size(side: Message) -> Any:
    if side.has(1):
        return side.number(1)
    return size(side.text(2)) if side.text(2) else Unknown(Reason.OUTSIDE, "a size the file does not give")


def attribute_value(attribute: Message) -> Any:
    """What an attribute holds; a graph is left to the caller."""
    kind = attribute.number(20)
    if kind == 1 or (not kind and attribute.has(2)):
        return shortest(attribute.real(2))
    if kind == 2 or (not kind and attribute.has(3)):
        return attribute.number(3)
    if kind == 3 or (not kind and attribute.has(4)):
        return attribute.text(4)
    if kind == 4 or (not kind and attribute.has(5)):
        return tensor_value(attribute.message(5))
    if kind == 6:
        return [shortest(value) for value in attribute.reals(7)]
    if kind == 7:
        return attribute.numbers(8)
    return attribute.texts(9) if kind == 8 else Unknown(Reason.UNSUPPORTED, f"an attribute of the kind {kind}")


def shortest(value: float) -> float:
    """The shortest number that is this float32, as people write it.

    >>> shortest(9.999999747378752e-06)
    1e-05
    """
    return float(f"{value:.7g}") if abs(value) < 3e38 else value
