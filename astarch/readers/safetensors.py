"""safetensors: a length, a JSON header of names, types, sizes and places, then the data, which is not touched; and shards of it."""

from __future__ import annotations

import math
import struct
from pathlib import Path
from typing import Any

from ..ir.architecture import Architecture, Assumption, Parameter
from ..ir.dtype import bits
from .json_text import read_json
from .opening import head_of, read_range, read_whole, refuse, size_of
from .tree import named_tensors

#: The limit of the library.
HEADER = 100_000_000

DTYPES = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8",
    "U64": "uint64", "U32": "uint32", "U16": "uint16", "U8": "uint8", "BOOL": "bool", "C64": "complex64",
    "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2", "F8_E4M3FNUZ": "float8_e4m3fnuz", "F8_E5M2FNUZ": "float8_e5m2fnuz",
    "F8_E8M0": "float8_e8m0fnu", "F4": "float4_e2m1fn_x2",
}  # fmt: skip


def reads(path: Path, head: bytes) -> bool:
    """Whether it begins with the length of a JSON object, or is an index of shards."""
    if path.name.endswith(".safetensors.index.json"):
        return True
    return len(head) > 8 and head[8:9] == b"{" and struct.unpack("<Q", head[:8])[0] <= HEADER


def read(path: Path) -> Architecture:
    """The tensors by name; their order is the file's, which is not that of the model."""
    if path.name.endswith(".json"):
        return _sharded(path)
    tensors, metadata = header(path)
    return _architecture(path, tensors, metadata)


def _architecture(path: Path, tensors: dict[str, Parameter], metadata: dict[str, str]) -> Architecture:
    dropped = {
        name: first
        for name, first in metadata.items()
        if name not in tensors and first in tensors
    }  # fmt: skip
    for name, first in dropped.items():
        tensors[name] = Parameter(name, tensors[first].shape, tensors[first].dtype, tied_to=first)
    said = [Assumption("all tensors are listed as parameters: the file does not say which of them are buffers")]
    if dropped:
        said.append(Assumption(f"{', '.join(f'`{name}`' for name in dropped)} shares its elements, as the file's metadata says"))
    return named_tensors(str(path), "safetensors", "torch", tensors, assumptions=said, metadata=metadata, dropped=dropped)


def header(path: Path) -> tuple[dict[str, Parameter], dict[str, str]]:
    """The tensors of one file and its metadata, with the checks of the format's own library."""
    size = size_of(path)
    start = read_range(path, 0, 8)
    if len(start) < 8:
        refuse(path, "is too short for safetensors", "it is cut short; download it again")
    (length,) = struct.unpack("<Q", start)
    if length > HEADER or 8 + length > size:
        refuse(path, f"says that its header has {length:,} bytes, of {size:,} in all", "it is cut short, or no safetensors file")
    data = read_json(path, read_range(path, 8, length), "header")
    if not isinstance(data, dict):
        refuse(path, "has a header that is no JSON object", "it is no safetensors file")
    metadata = data.pop("__metadata__", None) or {}
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        refuse(path, "has metadata that is no text by name", "it is no safetensors file")
    places: list[tuple[int, int, str]] = []
    tensors = {name: _tensor(path, name, entry, places) for name, entry in data.items()}
    _contiguous(path, sorted(places), size - 8 - length)
    return tensors, metadata


def _tensor(path: Path, name: str, entry: Any, places: list[tuple[int, int, str]]) -> Parameter:
    stated: dict[str, Any] = entry if isinstance(entry, dict) else {}
    shape: Any = stated.get("shape")
    offsets: Any = stated.get("data_offsets")
    dtype = DTYPES.get(str(stated.get("dtype")))
    if not _numbers(shape) or not _numbers(offsets) or len(offsets) != 2 or len(shape) > 64:
        refuse(path, f"describes the tensor `{name[:80]}` by no shape and place", "it is damaged")
    if dtype is None:
        kind = str(stated.get("dtype"))[:40]
        refuse(path, f"gives the tensor `{name[:80]}` the unknown type {kind!r}", "this version of astarch does not know it")
    begin, end = offsets
    width = bits(dtype) or 4
    if end - begin != math.prod(shape) * width // 8 or end > 1 << 62:
        refuse(path, f"gives the tensor `{name[:80]}` {end - begin:,} bytes, which its shape {shape} does not take", "it is damaged")
    places.append((begin, end, name))
    return Parameter(name, tuple(shape), dtype)


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and 0 <= item < 1 << 62 for item in value)


def _contiguous(path: Path, places: list[tuple[int, int, str]], size: int) -> None:
    """No holes, no overlaps, nothing past the end."""
    at = 0
    for begin, end, name in places:
        if begin != at:
            refuse(path, f"has a hole or an overlap before the tensor `{name[:80]}`", "it is damaged, or hides something")
        at = end
    if at != size:
        refuse(path, f"describes {at:,} bytes of data and has {size:,}", "it is cut short or damaged; download it again")


def _sharded(path: Path) -> Architecture:
    """All shards that an index names; they stand beside it."""
    data = read_json(path, read_whole(path), "index")
    where = data.get("weight_map") if isinstance(data, dict) else None
    if not isinstance(where, dict) or not all(isinstance(file, str) for file in where.values()):
        refuse(path, "names no shards", "an index has a `weight_map`")
    found: dict[str, Parameter] = {}
    metadata: dict[str, str] = {}
    for file in dict.fromkeys(where.values()):
        if file != Path(file).name or "\\" in file or not file.endswith(".safetensors"):
            refuse(path, f"names the shard `{file}`, which is not beside it", "shards stand in the same folder")
        shard = path.parent / file
        head_of(shard)
        tensors, more = header(shard)
        metadata |= more
        twice = found.keys() & tensors.keys()
        if twice:
            refuse(path, f"has the tensor `{min(twice)}` in two shards", "it is damaged")
        found |= tensors
    missing = [name for name in where if name not in found]
    if missing:
        refuse(path, f"names the tensor `{missing[0]}`, which is in no shard", "download the shards again")
    return _architecture(path, found, metadata)
