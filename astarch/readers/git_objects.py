"""The objects of a git repository, read from its files: loose ones and packs, no program is started.

Running ``git`` in a stranger's repository can run what its configuration names; reading its files cannot.
"""

from __future__ import annotations

import mmap
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ReadError

_KINDS = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}

#: Larger objects are data, not sources.
_LARGEST = 64 * 2**20
_LONGEST_CHAIN = 4096


class Objects:
    """The object store of one repository.

    Args:
        folders: Its ``objects`` folder and those of its alternates.
    """

    def __init__(self, folders: list[Path]) -> None:
        self._folders = folders
        self._packs: list[_Pack] | None = None

    def read(self, name: str) -> tuple[str, bytes]:
        """An object's kind and content by its full name.

        Raises:
            ReadError: The repository does not hold it, as in a shallow or partial clone.
        """
        for folder in self._folders:
            try:
                data = (folder / name[:2] / name[2:]).read_bytes()
            except OSError:
                continue
            return _loose(data, name)
        for pack in self.packs:
            found = pack.find(bytes.fromhex(name))
            if found is not None:
                return pack.read(found, self)
        raise ReadError(f"the repository does not hold the object {name[:12]}", "fetch it first: git fetch --unshallow, or fetch-depth: 0")

    def complete(self, start: str) -> list[str]:
        """The full names that begin with some digits."""
        found: set[str] = set()
        for folder in self._folders:
            place = folder / start[:2]
            if place.is_dir():
                found.update(start[:2] + entry.name for entry in place.iterdir() if entry.name.startswith(start[2:]))
        for pack in self.packs:
            found.update(pack.complete(start))
        return sorted(found)

    @property
    def packs(self) -> list[_Pack]:
        """The packs, newest first."""
        if self._packs is None:
            files = [file for folder in self._folders for file in (folder / "pack").glob("*.idx") if file.with_suffix(".pack").is_file()]
            files.sort(key=lambda file: file.stat().st_mtime, reverse=True)
            self._packs = [_Pack(file) for file in files]
        return self._packs


def _loose(data: bytes, name: str) -> tuple[str, bytes]:
    try:
        inflater = zlib.decompressobj()
        whole = inflater.decompress(data, _LARGEST)
    except zlib.error as error:
        raise ReadError(f"the object {name[:12]} is damaged: {error}") from None
    head, _, body = whole.partition(b"\0")
    return head.split(b" ")[0].decode("ascii", "replace"), body


@dataclass(slots=True)
class _Pack:
    """One pack and its index, version 2."""

    file: Path
    _index: bytes | mmap.mmap = b""
    _data: bytes | mmap.mmap = b""
    _count: int = 0
    _cache: dict[int, tuple[str, bytes]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._index, self._data = _mapped(self.file), _mapped(self.file.with_suffix(".pack"))
        if self._index[:8] != b"\xfftOc\x00\x00\x00\x02":
            raise ReadError(f"the pack index {self.file.name} is of an unknown version")
        self._count = self._fan(255)

    def _fan(self, byte: int) -> int:
        return int.from_bytes(self._index[8 + 4 * byte : 12 + 4 * byte], "big") if byte >= 0 else 0

    def _name(self, place: int) -> bytes:
        start = 8 + 1024 + 20 * place
        return self._index[start : start + 20]

    def find(self, name: bytes) -> int | None:
        """Where an object begins in the pack."""
        low, high = self._fan(name[0] - 1), self._fan(name[0])
        while low < high:
            middle = (low + high) // 2
            found = self._name(middle)
            if found == name:
                return self._offset(middle)
            low, high = (middle + 1, high) if found < name else (low, middle)
        return None

    def complete(self, start: str) -> list[str]:
        """The names that begin with some digits."""
        first = int(start[:2], 16)
        names = (self._name(place).hex() for place in range(self._fan(first - 1), self._fan(first)))
        return [name for name in names if name.startswith(start)]

    def _offset(self, place: int) -> int:
        base = 8 + 1024 + 24 * self._count
        offset = int.from_bytes(self._index[base + 4 * place : base + 4 * place + 4], "big")
        if offset < 1 << 31:
            return offset
        start = base + 4 * self._count + 8 * (offset & 0x7FFFFFFF)
        return int.from_bytes(self._index[start : start + 8], "big")

    def read(self, offset: int, store: Objects) -> tuple[str, bytes]:
        """The object at an offset, its deltas applied."""
        deltas: list[bytes] = []
        places: list[int] = []
        kind, body = "", b""
        while True:
            if len(deltas) > _LONGEST_CHAIN:
                raise ReadError(f"the pack {self.file.name} is damaged: its deltas go in a circle")
            if offset in self._cache:
                kind, body = self._cache[offset]
                break
            number, size, start = self._head(offset)
            places.append(offset)
            if number in _KINDS:
                kind, body = _KINDS[number], self._inflated(start, size)
                break
            if number == 6:
                back, start = _distance(self._data, start)
                deltas.append(self._inflated(start, size))
                offset -= back
                continue
            if number != 7:
                raise ReadError(f"the pack {self.file.name} is damaged")
            name = self._data[start : start + 20]
            deltas.append(self._inflated(start + 20, size))
            inside = self.find(name)
            if inside is None:
                kind, body = store.read(name.hex())
                break
            offset = inside
        for delta in reversed(deltas):
            body = _patched(body, delta)
        if places and len(body) < 1 << 20:
            if len(self._cache) > 4096:
                self._cache.clear()
            self._cache[places[0]] = (kind, body)
        return kind, body

    def _head(self, offset: int) -> tuple[int, int, int]:
        byte = self._data[offset]
        number, size, shift = (byte >> 4) & 7, byte & 15, 4
        offset += 1
        while byte & 0x80:
            byte = self._data[offset]
            size |= (byte & 0x7F) << shift
            shift += 7
            offset += 1
        return number, size, offset

    def _inflated(self, start: int, size: int) -> bytes:
        if size > _LARGEST:
            raise ReadError(f"an object of {size >> 20} MiB is no source")
        try:
            return zlib.decompressobj().decompress(self._data[start : start + size + size // 100 + 1024], size + 1)[:size]
        except zlib.error as error:
            raise ReadError(f"the pack {self.file.name} is damaged: {error}") from None


def _mapped(file: Path) -> mmap.mmap | bytes:
    with file.open("rb") as handle:
        try:
            return mmap.mmap(handle.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError:
            return b""


def _distance(data: bytes | mmap.mmap, start: int) -> tuple[int, int]:
    byte = data[start]
    start += 1
    value = byte & 0x7F
    while byte & 0x80:
        byte = data[start]
        start += 1
        value = ((value + 1) << 7) | (byte & 0x7F)
    return value, start


def _patched(source: bytes, delta: bytes) -> bytes:
    """A delta applied: pieces of the source and new text, one after the other."""
    place = 0
    for _ in range(2):  # the sizes of source and result
        while delta[place] & 0x80:
            place += 1
        place += 1
    pieces: list[bytes] = []
    while place < len(delta):
        code = delta[place]
        place += 1
        if not code & 0x80:
            pieces.append(delta[place : place + code])
            place += code
            continue
        offset = size = 0
        for bit in range(4):
            if code & (1 << bit):
                offset |= delta[place] << (8 * bit)
                place += 1
        for bit in range(3):
            if code & (1 << (4 + bit)):
                size |= delta[place] << (8 * bit)
                place += 1
        size = size or 0x10000
        pieces.append(source[offset : offset + size])
    return b"".join(pieces)
