"""GGUF: the header's settings and tensors; dims stand reversed against torch, and the data is not touched."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, BinaryIO

from ..ir.architecture import Architecture, Assumption, Module, Parameter
from .opening import refuse, size_of
from .tree import facts, modules_of

#: Limits of the header: settings, tensors, elements of a list, bytes of a text.
KEYS, TENSORS, ITEMS, TEXT = 10_000, 200_000, 2_000_000, 1 << 20

#: How deep lists of lists go.
DEPTH = 4

#: How many elements of a list are kept.
_KEPT = 16

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_KINDS = {
    0: "float32",
    1: "float16",
    2: "q4_0",
    3: "q4_1",
    6: "q5_0",
    7: "q5_1",
    8: "q8_0",
    9: "q8_1",
    10: "q2_k",
    11: "q3_k",
    12: "q4_k",
    13: "q5_k",
    14: "q6_k",
    15: "q8_k",
    16: "iq2_xxs",
    17: "iq2_xs",
    18: "iq3_xxs",
    19: "iq1_s",
    20: "iq4_nl",
    21: "iq3_s",
    22: "iq2_s",
    23: "iq4_xs",
    24: "int8",
    25: "int16",
    26: "int32",
    27: "int64",
    28: "float64",
    29: "iq1_m",
    30: "bfloat16",
    34: "tq1_0",
    35: "tq2_0",
    39: "mxfp4",
}


def reads(path: Path, head: bytes) -> bool:
    """Whether it has GGUF's magic word."""
    return head.startswith(b"GGUF")


def read(path: Path) -> Architecture:
    """Tensors by name, and the settings that llama.cpp runs the model with."""
    with path.open("rb") as file:
        header = _Header(path, file)
        version, tensors, keys = header.number("<I", skip=4), header.number("<Q"), header.number("<Q")
        if version not in (2, 3):
            refuse(path, f"is GGUF of version {version}, which is not known", "convert it to version 3")
        if keys > KEYS or tensors > TENSORS:
            refuse(path, f"announces {tensors:,} tensors and {keys:,} settings", "it is damaged, or made to exhaust its reader")
        settings: dict[str, Any] = {}
        for _ in range(keys):
            name = header.text()
            settings[name] = header.value(header.number("<I"), 0)
        found = dict(header.tensor() for _ in range(tensors))
    if len(found) != tensors:
        refuse(path, "names a tensor twice", "readers disagree about which one counts")
    kind = settings.get("general.architecture", "")
    modules = modules_of(found, str(kind) or "GGUF")
    modules[""] = Module("", str(kind) or "GGUF", {name: value for name, value in settings.items() if not name.startswith("tokenizer.")})
    said = [Assumption("all tensors are listed as parameters, under llama.cpp's names")]
    return Architecture(
        target=str(path),
        framework="gguf",
        modules=modules,
        parameters=found,
        assumptions=tuple(said),
        attributes=facts("GGUF", ("shapes",), version=version),
    )


class _Header:
    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.file, self.size = path, file, size_of(path)
        self.items = ITEMS

    def take(self, count: int) -> bytes:
        data = self.file.read(count)
        if len(data) != count:
            refuse(self.path, "ends in the middle of its header", "it is cut short; download it again")
        return data

    def number(self, form: str, skip: int = 0) -> Any:
        self.take(skip)
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def text(self) -> str:
        length = self.number("<Q")
        if length > TEXT:
            refuse(self.path, f"has a text of {length:,} bytes in its header", "it is damaged, or made to exhaust its reader")
        return self.take(length).decode("utf-8", "replace")

    def value(self, kind: int, depth: int) -> Any:
        if kind == 8:
            return self.text()
        if kind == 9 and depth < DEPTH:
            inner, count = self.number("<I"), self.number("<Q")
            self.items -= count
            if self.items < 0:
                refuse(self.path, f"has a list of {count:,} elements in its header", "it is damaged, or made to exhaust its reader")
            if inner in _SCALARS and count > _KEPT:
                self.take(struct.calcsize(_SCALARS[inner]) * count)
                return f"({count:,} numbers)"
            values = [self.value(inner, depth + 1) for _ in range(count)]
            return values if count <= _KEPT else f"({count:,} values)"
        if kind not in _SCALARS:
            refuse(self.path, f"has a setting of the unknown kind {kind}", "it is damaged")
        return self.number(_SCALARS[kind])

    def tensor(self) -> tuple[str, Parameter]:
        name, rank = self.text(), self.number("<I")
        if rank > 8:
            refuse(self.path, f"has the tensor `{name[:80]}` of {rank} dimensions", "it is damaged")
        sides = tuple(reversed([self.number("<Q") for _ in range(rank)]))
        kind, place = self.number("<I"), self.number("<Q")
        if place > self.size or any(side > 1 << 48 for side in sides):
            refuse(self.path, f"places the tensor `{name[:80]}` outside of itself", "it is cut short or damaged")
        return name, Parameter(name, sides, _KINDS.get(kind, f"type{kind}"))
