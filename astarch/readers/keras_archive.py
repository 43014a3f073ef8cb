"""Keras's own format (.keras): a zip of JSON and an HDF5 file of weights, which is looked at where it stands."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from ..ir.architecture import Architecture
from .archives import Archive, opened_archive
from .hdf5 import opened, owners, tensors, unique
from .json_text import read_json
from .keras_config import architecture_of
from .keras_weights import by_class, named_weights, scopes_of
from .opening import TEXT_LIMIT, refuse

_WEIGHTS = "model.weights.h5"


def reads(path: Path, head: bytes) -> bool:
    """Whether it is a zip with Keras's configuration."""
    if not head.startswith(b"PK\x03\x04"):
        return False
    with opened_archive(path) as archive:
        return "config.json" in archive and "metadata.json" in archive


def read(path: Path) -> Architecture:
    """The layers, and the weights by layer."""
    with opened_archive(path) as archive, path.open("rb") as file:
        config = read_json(path, archive.read("config.json"), "configuration")
        about = read_json(path, archive.read("metadata.json"), "metadata")
        version = str(about.get("keras_version", "")) if isinstance(about, dict) else ""
        found: list[tuple[str, tuple[int, ...], str, str]] = []
        if _WEIGHTS in archive:
            with opened(path, _content(path, archive, file)) as weights:
                known = owners(path, weights) or by_class(config)
                found = [
                    (name, shape, dtype, known.get(name.rpartition("/")[0], owner)) for name, shape, dtype, owner in tensors(path, weights)
                ]
                found += [(f"{group}/", (), "", owner) for group, owner in known.items()]
    whole = config.get("config", {}).get("name") if isinstance(config, dict) and isinstance(config.get("config"), dict) else None
    inside = bool(whole) and version.startswith("3") and "" in scopes_of(config)
    named = [(f"{whole}/{name}" if inside else name, shape, dtype) for name, shape, dtype in named_weights(config, found)]
    read = architecture_of(path, config, list(unique(named)), "Keras archive")
    return replace(read, attributes={**read.attributes, "producer": f"keras {version}".strip()})


def _content(path: Path, archive: Archive, file: BinaryIO) -> BinaryIO:
    """The weights file: in memory with its sum checked when it is small, else a view of it."""
    size = archive.sizes[_WEIGHTS]
    if size <= TEXT_LIMIT or archive.packed(_WEIGHTS):
        return io.BytesIO(archive.read(_WEIGHTS))
    start = archive.starts[_WEIGHTS]
    file.seek(start)
    header = file.read(30)
    if len(header) != 30 or not header.startswith(b"PK\x03\x04"):
        refuse(path, "has no weights where its directory says", "it is damaged; download or save it again")
    name, extra = struct.unpack("<HH", header[26:30])
    return _View(file, start + 30 + name + extra, size)


class _View(io.RawIOBase, BinaryIO):  # type: ignore[misc]
    """A part of a file as a file."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        self._file, self._start, self._size, self._at = file, start, size, 0

    def seek(self, offset: int, whence: int = 0) -> int:
        """Move."""
        self._at = offset + (0, self._at, self._size)[whence]
        return self._at

    def tell(self) -> int:
        """Where it is."""
        return self._at

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill a buffer."""
        self._file.seek(self._start + self._at)
        data = self._file.read(min(len(buffer), max(self._size - self._at, 0)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True
