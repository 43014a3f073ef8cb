"""TensorFlow's types, shapes, constants and attributes as values."""

from __future__ import annotations

import math
import struct
from typing import Any

from ..ir.dtype import bits
from ..ir.graph import TensorType
from ..ir.unknown import Reason, Unknown
from .onnx_tensors import KEPT, MASK, shortest
from .wire import Message

#: Element types by number (tensorflow.DataType).
DTYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string", 8: "complex64", 9: "int64", 10: "bool",
    11: "qint8", 12: "quint8", 13: "qint32", 14: "bfloat16", 17: "uint16", 18: "complex128", 19: "float16", 20: "resource", 21: "variant",
    22: "uint32", 23: "uint64", 24: "float8_e5m2", 25: "float8_e4m3fn", 29: "int4", 30: "uint4",
}  # fmt: skip

_FORMS = {"float32": "f", "float64": "d", "int32": "i", "int64": "q", "uint8": "B", "int8": "b", "int16": "h", "bool": "?", "float16": "e"}


def dtype_name(number: int) -> str:
    """The element type of a number; references of TF1 are what they refer to."""
    return DTYPES.get(number % 100, f"type{number}")


def sizes(shape: Message) -> tuple[Any, ...] | None:
    """The sizes of a TensorShapeProto; None when not even their number is known, Unknown for one that is left open."""
    if shape.number(3):
        return None
    return tuple(
        side.number(1) if side.number(1) >= 0 else Unknown(Reason.OUTSIDE, "a size the graph leaves open") for side in shape.messages(2)
    )


def tensor_type(tensor: Message) -> TensorType:
    """The sizes and element type of a TensorProto."""
    return TensorType(sizes(tensor.message(2)) or (), dtype_name(tensor.number(1)))


def tensor_value(tensor: Message) -> Any:
    """The elements of a small constant: a list, or one element; its type when it is large."""
    kind = tensor_type(tensor)
    form = _FORMS.get(kind.dtype)
    count = math.prod(kind.shape) if all(type(side) is int for side in kind.shape) else MASK + 1
    if count > MASK or form is None:
        return kind
    raw = tensor.message(4)
    if raw.size:
        if raw.size != count * bits(kind.dtype) // 8:
            raise tensor.source.refuse(f"holds {raw.size} bytes for a constant {kind}")
        values: list[Any] = list(struct.unpack(f"<{count}{form}", raw.raw()))
    elif form in "fd":
        values = list(tensor.reals(5 if form == "f" else 6, form))
    else:
        values = list(tensor.numbers({"q": 10, "?": 11}.get(form, 7)))
    if not values and count:
        values = [0]
    values = [shortest(value) if form == "f" else bool(value) if form == "?" else value for value in values]
    values += values[-1:] * (count - len(values))  # the last one stands for those that follow
    if count > KEPT and kind.dtype != "bool" and any(value != values[0] for value in values):
        return kind
    return values if kind.shape else values[0] if values else kind


def attribute_value(value: Message) -> Any:
    """What an AttrValue holds."""
    if value.has(2):
        return value.text(2)
    if value.has(3):
        return value.number(3)
    if value.has(4):
        return shortest(value.real(4))
    if value.has(5):
        return bool(value.number(5))
    if value.has(6):
        return dtype_name(value.number(6))
    if value.has(7):
        shape = sizes(value.message(7))
        return None if shape is None else [side if type(side) is int else None for side in shape]
    if value.has(8):
        return tensor_value(value.message(8))
    if value.has(10):
        return value.message(10).text(1)
    if value.has(1):
        return _items(value.message(1))
    return None


def _items(items: Message) -> list[Any]:
    if items.has(3):
        return list(items.numbers(3))
    if items.has(2):
        return list(items.texts(2))
    if items.has(4):
        return [shortest(item) for item in items.reals(4)]
    if items.has(6):
        return [dtype_name(item) for item in items.numbers(6)]
    if items.has(5):
        return [bool(item) for item in items.numbers(5)]
    return [sizes(item) for item in items.messages(7)]
