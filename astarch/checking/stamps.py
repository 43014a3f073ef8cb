"""The files of a project with what tells whether they changed: time, size and content.

A content is read again only when what the file system says of a file is not what it said before. A file that was written at the time
when its content was noted may have been written once more since, within the same tick of the clock: it is read again in any case.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from ..readers.listing import entries_around

#: When it was written, when anything of it was changed, its size; and its content, as git names it.
Stamp = tuple[int, int, int, str]

#: What is not there.
GONE: Stamp = (0, 0, 0, "")

#: Around more files than this, looking which of them changed takes longer than it is worth.
_MOST_FILES = 20_000

#: The coarsest clock of a file system, in nanoseconds.
_TICK = 2_000_000_000


class Stamps:
    """Stamps at one moment.

    Args:
        old: Those of an earlier moment.
        when: That moment.
    """

    def __init__(self, old: Mapping[str, Stamp], when: int) -> None:
        self._old, self._trusted = old, when - _TICK
        self.when = time.time_ns()
        self.reread = False  # whether stamps are new, or worth more now than they were

    def around(self, folders: Iterable[str]) -> dict[str, Stamp] | None:
        """Every file below some folders; None when there are too many."""
        found: dict[str, Stamp] = {}
        for folder in folders:
            for entry in entries_around(folder, _MOST_FILES + 1):
                try:
                    found[entry.path] = self._of(entry.path, entry.stat())
                except OSError:
                    found[entry.path] = GONE
                if len(found) > _MOST_FILES:
                    return None
        return found

    def of(self, path: str) -> Stamp:
        """One file."""
        try:
            return self._of(path, Path(path).stat())
        except OSError:
            return GONE

    def _of(self, path: str, status: os.stat_result) -> Stamp:
        now = status.st_mtime_ns, status.st_ctime_ns, status.st_size
        old = self._old.get(path)
        if old is not None and old[:3] == now and max(now[:2]) < self._trusted:
            return old
        self.reread = True
        return *now, content_of(Path(path).read_bytes())


def content_of(data: bytes) -> str:
    """The name that git gives a content."""
    return sys.intern(hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest())
