"""Zip files somebody sent: one meaning per name, sums that hold, and no member larger than expected."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ReadError
from .opening import TEXT_LIMIT, refuse

#: A zip with more members than this describes no model.
MEMBERS = 200_000

#: How far a text may be packed before it is taken for a bomb.
RATIO = 1_000

_ENCRYPTED = 0x1


class Archive:
    """The members of a zip by name.

    Two readers may disagree about a zip that names a member twice (torch takes the first, Python the last) or whose sums
    are wrong (torch does not look): such a file is refused rather than read one way.
    """

    def __init__(self, path: Path, opened: zipfile.ZipFile) -> None:
        self.path, self._opened = path, opened
        self.sizes: dict[str, int] = {}
        self.starts: dict[str, int] = {}
        self._folded: dict[str, zipfile.ZipInfo] = {}
        members = opened.infolist()
        if len(members) > MEMBERS:
            refuse(path, f"holds {len(members):,} members, more than {MEMBERS:,}")
        for info in members:
            self._add(info)

    def _add(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        if name in self.sizes:
            refuse(self.path, f"holds two members named `{name}`", "readers disagree about which one counts; save the model again")
        if info.flag_bits & _ENCRYPTED:
            refuse(self.path, f"holds the encrypted member `{name}`", "save the model without a password")
        if name.startswith("/") or ".." in name.split("/"):
            refuse(self.path, f"holds a member outside of it: `{name}`")
        self.sizes[name] = info.file_size
        self.starts[name] = info.header_offset
        self._folded[name] = info

    def __contains__(self, name: str) -> bool:
        return name in self.sizes

    def __iter__(self) -> Iterator[str]:
        return iter(self.sizes)

    def packed(self, name: str) -> bool:
        """Whether the member is compressed."""
        return self._folded[name].compress_type != zipfile.ZIP_STORED

    def read(self, name: str, limit: int = TEXT_LIMIT) -> bytes:
        """The bytes of a member, its sum checked."""
        info = self._folded.get(name)
        if info is None:
            refuse(self.path, f"has no member `{name}`", "it is not complete; save or download it again")
        if info.file_size > limit or info.file_size > max(info.compress_size, 1) * RATIO:
            refuse(self.path, f"unpacks `{name}` to {info.file_size:,} bytes", "it is a decompression bomb, or not what its name says")
        try:
            with self._opened.open(info) as member:
                content = member.read(limit + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            refuse(self.path, f"holds a damaged member: {error}", "save or download it again")
        if len(content) != info.file_size:
            refuse(self.path, f"says that `{name}` has {info.file_size:,} bytes, which it has not", "save or download it again")
        return content

    def beginning(self, name: str, length: int) -> bytes:
        """How a member begins."""
        try:
            with self._opened.open(self._folded[name]) as member:
                return member.read(length)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            refuse(self.path, f"holds a damaged member: {error}", "save or download it again")

    def ending(self, end: str) -> list[str]:
        """The names of the members that end so, in order."""
        return [name for name in self.sizes if name.endswith(end)]


@contextmanager
def opened_archive(path: Path) -> Generator[Archive]:
    """Open a zip for reading."""
    try:
        opened = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
        raise ReadError(f"`{path}` begins like a zip but is none: {error}", "it is cut short or damaged; download it again") from error
    with opened:
        yield Archive(path, opened)


def root_of(archive: Archive, member: str) -> str | None:
    """The folder of a member that stands in the archive's only top folder, with its slash; None when there is no such member.

    torch puts everything into one folder named after the file.
    """
    found = [
        name
        for name in archive.ending(member)
        if name[: -len(member)].count("/") <= 1 and (name == member or name[-len(member) - 1] == "/")
    ]
    if len(found) > 1:
        refuse(archive.path, f"holds `{found[0]}` and `{found[1]}`", "readers disagree about which one counts; save the model again")
    return found[0][: -len(member)] if found else None
