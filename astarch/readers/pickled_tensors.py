"""Tensors in torch's pickles: sizes, element type and storage, from the calls that would rebuild them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..ir.dtype import bits
from .opening import refuse
from .pickle_machine import Global, Made, Stored

#: Element types by the names of torch's storage classes.
STORAGES = {
    "FloatStorage": "float32", "DoubleStorage": "float64", "HalfStorage": "float16", "BFloat16Storage": "bfloat16",
    "LongStorage": "int64", "IntStorage": "int32", "ShortStorage": "int16", "CharStorage": "int8", "ByteStorage": "uint8",
    "BoolStorage": "bool", "ComplexFloatStorage": "complex64", "ComplexDoubleStorage": "complex128",
    "QInt8Storage": "qint8", "QUInt8Storage": "quint8", "QInt32Storage": "qint32", "UntypedStorage": "uint8",
}  # fmt: skip

#: Sizes beyond this are no tensor's.
LARGEST = 1 << 62


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor as its pickle states it; ``place`` tells two of one storage."""

    shape: tuple[int, ...]
    dtype: str
    place: tuple[Any, ...]
    requires_grad: bool = False
    parameter: bool = False


class Tensors:
    """Recognises the tensors of one pickle.

    Args:
        path: The file, for complaints.
        sizes: The bytes of each storage by key, where the container says so.
        literal: Whether a storage key names its storage (so that equal keys are one storage).
    """

    def __init__(self, path: Path, sizes: Mapping[str, int] | None = None) -> None:
        self.path, self.sizes = path, sizes
        self._seen: dict[int, StoredTensor | None] = {}

    def of(self, value: Any) -> StoredTensor | None:
        """The tensor that a value rebuilds, or None when it is no tensor."""
        if not isinstance(value, Made) or not isinstance(value.of, Global):
            return None
        key = id(value)
        if key not in self._seen:
            self._seen[key] = None  # a tensor made of itself is none
            self._seen[key] = self._rebuilt(value, str(value.of), value.args if isinstance(value.args, tuple) else ())
        return self._seen[key]

    def _rebuilt(self, made: Made, name: str, args: tuple[Any, ...]) -> StoredTensor | None:
        last = name.rpartition(".")[2]
        try:
            if last in ("_rebuild_parameter", "_rebuild_parameter_with_state"):
                inner = self.of(args[0])
                return replace(inner, parameter=True, requires_grad=bool(args[1])) if inner else None
            if last in ("_rebuild_tensor_v2", "_rebuild_tensor"):
                return self._strided(args[0], args[1], args[2], args[3], len(args) > 4 and bool(args[4]))
            if last == "_rebuild_tensor_v3":
                return self._strided(args[0], args[1], args[2], args[3], bool(args[4]), _dtype(args[6]))
            if last == "_rebuild_meta_tensor_no_storage":
                return StoredTensor(self._shape(args[1]), _dtype(args[0]) or "", ("meta", id(made)), bool(args[3]))
            if last == "_rebuild_qtensor":
                return self._strided(args[0], args[1], args[2], args[3], bool(args[5]))
            if last == "_rebuild_from_type_v2" and len(args) == 4:
                return self.of(Made(args[0], args[2])) or self._wrapped(args)
            if last == "_rebuild_wrapper_subclass":
                return StoredTensor(self._shape(args[2]), _dtype(args[1]) or "", ("wrapper", id(made)), bool(args[-1]))
            if last == "_rebuild_sparse_tensor" and isinstance(args[1], tuple):
                return StoredTensor(self._shape(args[1][2]), self._sparse_dtype(args[1]), ("sparse", id(made)))
        except (IndexError, TypeError) as error:
            refuse(self.path, f"holds a tensor that cannot be rebuilt: {name} with {len(args)} arguments ({error})", "it is damaged")
        # A parameter or buffer pickled as an instance of its class, as TorchScript and old files do.
        return None

    def _wrapped(self, args: tuple[Any, ...]) -> StoredTensor | None:
        return self._rebuilt(Made(args[0], args[2]), str(args[0]), args[2]) if isinstance(args[0], Global) else None

    def _sparse_dtype(self, parts: tuple[Any, ...]) -> str:
        values = self.of(parts[1])
        return values.dtype if values else ""

    def _shape(self, sizes: Any) -> tuple[int, ...]:
        if isinstance(sizes, Made):
            sizes = sizes.args[0] if sizes.args else ()
        if not isinstance(sizes, tuple | list) or not all(type(size) is int and 0 <= size < LARGEST for size in sizes) or len(sizes) > 64:
            refuse(self.path, "holds a tensor whose sizes are no sizes", "it is damaged")
        return tuple(sizes)

    def _strided(self, storage: Any, offset: Any, sizes: Any, strides: Any, grad: bool, dtype: str | None = None) -> StoredTensor | None:
        if not isinstance(storage, Stored) or not isinstance(storage.payload, tuple) or len(storage.payload) < 5:
            return None
        kind, key, count = storage.payload[1], storage.payload[2], storage.payload[4]
        own = STORAGES.get(kind.name if isinstance(kind, Global) else str(kind))
        if own is None or type(count) is not int or type(offset) is not int:
            refuse(self.path, f"holds a storage of the unknown kind {kind}", "this version of astarch does not know it")
        shape, steps = self._shape(sizes), self._shape(strides)
        dtype = dtype or own
        self._fits(shape, steps, offset, count * (bits(own) // 8) // max(bits(dtype) // 8, 1), key)
        self._exists(str(key), count * (bits(own) // 8))
        return StoredTensor(shape, dtype, (str(key), offset, shape, steps), grad)

    def _fits(self, shape: tuple[int, ...], steps: tuple[int, ...], offset: int, count: int, key: Any) -> None:
        if len(shape) != len(steps):
            refuse(self.path, "holds a tensor whose sizes and strides differ in number", "it is damaged")
        last = offset + sum((size - 1) * step for size, step in zip(shape, steps, strict=True))
        if math.prod(shape) and (offset < 0 or last >= count):
            refuse(self.path, f"holds a tensor {list(shape)} in the storage `{key}`, which has {count:,} elements", "it is damaged")

    def _exists(self, key: str, size: int) -> None:
        if self.sizes is None:
            return
        if key not in self.sizes:
            refuse(self.path, f"has no storage `{key}`", "it is not complete; save or download it again")
        if self.sizes[key] < size:
            refuse(self.path, f"has {self.sizes[key]:,} bytes in the storage `{key}` that should have {size:,}", "it is damaged")


def _dtype(value: Any) -> str | None:
    """The element type of a ``torch.float32`` in the pickle."""
    return value.name if isinstance(value, Global) and value.module == "torch" else None
