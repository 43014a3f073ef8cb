"""Lowered syntax on disk, by content: a warm run neither parses nor imports libcst.

One file per source content. It is written whole and renamed into place, so parallel writers cannot tear it; a
checksum and the version guard against anything else, and a file that does not check out is simply made again.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path

import msgspec

from .index import Entry

#: Part of every key; to be raised when the syntax or the lowering changes.
VERSION = 9


class Stored(msgspec.Struct, array_like=True):
    """What is kept of a file: its index, and the statements lowered so far by their first line."""

    entries: list[Entry]
    chunks: dict[int, bytes]


_decoder: msgspec.msgpack.Decoder[Stored] = msgspec.msgpack.Decoder(Stored)


#: Counts up when what is kept of a file changes.
_FORM = 5


def key(text: str) -> str:
    """The name under which a content is kept."""
    tag = f"{VERSION}:{_FORM}:{sys.version_info[0]}.{sys.version_info[1]}:".encode()
    return hashlib.blake2b(tag + text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def default_folder() -> Path:
    """Where the cache lives: ``ASTARCH_CACHE``, or the user's cache folder."""
    chosen = os.environ.get("ASTARCH_CACHE")
    if chosen:
        return Path(chosen)
    from platformdirs import user_cache_path

    return user_cache_path("astarch", appauthor=False)


class Cache:
    """A folder of stored syntax; None for a folder keeps nothing."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    def load(self, name: str) -> Stored | None:
        """What was stored under a name, or None when nothing usable is there."""
        if self.folder is None:
            return None
        try:
            data = self._path(name).read_bytes()
        except OSError:
            return None
        if hashlib.blake2b(data[16:], digest_size=16).digest() != data[:16]:
            return None
        try:
            return _decoder.decode(memoryview(data)[16:])
        except msgspec.MsgspecError:
            return None

    def save(self, name: str, stored: Stored) -> None:
        """Store under a name. A folder that cannot be written to is no error: the next run is only slower."""
        if self.folder is None:
            return
        body = msgspec.msgpack.encode(stored)
        path = self._path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent)
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.blake2b(body, digest_size=16).digest() + body)
            os.replace(temporary, path)
        except OSError:
            return

    def _path(self, name: str) -> Path:
        assert self.folder is not None
        return self.folder / name[:2] / name
