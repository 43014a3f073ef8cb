"""TensorFlow checkpoints: names, types and shapes from the ``.index``, a table of the LevelDB kind; the data beside it is not touched."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from ..ir.architecture import Architecture, Assumption, Parameter
from .opening import read_whole, refuse
from .tensorflow_values import dtype_name, sizes
from .tree import facts, modules_of
from .wire import Message, Source, varint

_MAGIC = struct.pack("<Q", 0xDB4775248B80FB57)
_VALUE = "/.ATTRIBUTES/VARIABLE_VALUE"

#: How many tensors are read.
ENTRIES = 500_000


def reads(path: Path, head: bytes) -> bool:
    """Whether it is an index, told by its name and its last bytes."""
    return path.suffix == ".index" and not path.is_dir()


def read(path: Path) -> Architecture:
    """The variables by name; those of an optimizer are left out."""
    data = read_whole(path)
    if len(data) < 48 or data[-8:] != _MAGIC:
        refuse(path, "is no index of a TensorFlow checkpoint, or is cut short", "download or save it again")
    try:
        found = dict(_entries(path, data))
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        refuse(path, f"is a damaged index: {error}", "download or save it again")
    shapes: dict[str, Parameter] = {}
    objects = "_CHECKPOINTABLE_OBJECT_GRAPH" in found
    with path.open("rb") as file:
        source = Source(path, file)
        for key, value in found.items():
            if key in ("", "_CHECKPOINTABLE_OBJECT_GRAPH", "save_counter" + _VALUE) or ".OPTIMIZER_SLOT" in key:
                continue
            if objects and _VALUE not in key:
                continue
            entry = Message(source, value, 0, len(value))
            name = key.removesuffix(_VALUE).replace("/", ".") if objects else key
            shape = sizes(entry.message(2))
            shapes[name] = Parameter(name, tuple(shape) if shape is not None else None, dtype_name(entry.number(1)))
    kept = {name: item for name, item in shapes.items() if not name.startswith(("optimizer.", "_optimizer."))}
    said = [Assumption("all variables are listed as parameters: a checkpoint does not say which of them are trained")]
    return Architecture(
        target=str(path), framework="tensorflow", modules=modules_of(kept, "checkpoint"), parameters=kept, assumptions=tuple(said),
        attributes=facts("TensorFlow checkpoint", ("tensors",) if objects else ("names", "shapes", "dtypes")),
    )  # fmt: skip


def _entries(path: Path, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The keys and values of all blocks."""
    footer = data[-48:-8]
    _, at = varint(footer, 0)
    _, at = varint(footer, at)
    start, at = varint(footer, at)
    length, at = varint(footer, at)
    left = ENTRIES
    for _, handle in _block(path, data, start, length):
        begin, at = varint(handle, 0)
        size, at = varint(handle, at)
        for key, value in _block(path, data, begin, size):
            left -= 1
            if not left:
                refuse(path, f"lists more than {ENTRIES:,} tensors", "it is made to exhaust its reader")
            yield key.decode("utf-8"), value


def _block(path: Path, data: bytes, start: int, length: int) -> Iterator[tuple[bytes, bytes]]:
    """The entries of one block; each key shares a prefix with the one before."""
    if start + length + 5 > len(data) or length < 4:
        refuse(path, "names a block outside of itself", "it is damaged; download or save it again")
    if data[start + length]:
        refuse(path, "has a compressed block", "TensorFlow writes none; save it again")
    block = data[start : start + length]
    (restarts,) = struct.unpack("<I", block[-4:])
    end = length - 4 - 4 * restarts
    key, at = b"", 0
    while at < end:
        shared, at = varint(block, at)
        own, at = varint(block, at)
        size, at = varint(block, at)
        if shared > len(key) or at + own + size > end or own > 1 << 16:
            refuse(path, "has a damaged block", "download or save it again")
        key = key[:shared] + block[at : at + own]
        yield key, block[at + own : at + own + size]
        at += own + size
