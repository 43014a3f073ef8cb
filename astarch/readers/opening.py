"""Opening a file somebody sent: what it is on disk and how it begins, and the refusals that need no format."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import NoReturn

from ..errors import ReadError

#: How much of a file is looked at to tell its format.
HEAD = 4096

#: No description of a network, apart from its tensors, is larger than this.
TEXT_LIMIT = 64 << 20

_POINTER = b"version https://git-lfs.github.com/spec/"
_PAGES = (b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body")


def refuse(path: Path, problem: str, hint: str = "") -> NoReturn:
    """Say that a file cannot be read, why, and what to do."""
    raise ReadError(f"`{path}` {problem}", hint)


def size_of(path: Path) -> int:
    """The bytes of an ordinary file; anything else (a pipe, a device) is refused before it is opened."""
    try:
        found = path.stat()
    except OSError as error:
        refuse(path, f"cannot be opened: {error.strerror or error}")
    if not stat.S_ISREG(found.st_mode):
        refuse(path, "is not an ordinary file", "pipes and devices are not read")
    return found.st_size


def head_of(path: Path) -> bytes:
    """How the file begins, or a refusal when it is empty, a git-lfs pointer or a web page."""
    if not size_of(path):
        refuse(path, "is empty", "the download or the export did not finish")
    head = read_range(path, 0, HEAD)
    if head.startswith(_POINTER):
        refuse(path, "is a git-lfs pointer, not the file itself", "run `git lfs pull`")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:32].lower().startswith(_PAGES):
        refuse(path, "is a web page, not a model", "the download gave an error page; fetch the file itself")
    return head


def read_range(path: Path, start: int, length: int) -> bytes:
    """Some bytes of a file."""
    try:
        with path.open("rb") as file:
            file.seek(start)
            return file.read(length)
    except OSError as error:
        refuse(path, f"cannot be read: {error.strerror or error}")


def read_whole(path: Path, limit: int = TEXT_LIMIT) -> bytes:
    """All of a file that should be small."""
    size = size_of(path)
    if size > limit:
        refuse(path, f"has {size:,} bytes where at most {limit:,} are expected", "it is not what its name says")
    return read_range(path, 0, size)
