"""Where things stand, for files that travel: never by the folders of the machine that made them."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath

from ..ir.architecture import Architecture
from ..ir.span import Span

_TARGET_FILE = re.compile(r"(.*?\.(?:py|ipynb))(?=:|\Z)", re.DOTALL)


class Places:
    """The places of one model.

    A file below the current folder is already named from there; any other is named from the folder of the search path in
    which it was found, and by its own name where that is not known.

    >>> Places(Architecture("net.py:Net")).file("models/net.py")
    'models/net.py'
    """

    def __init__(self, architecture: Architecture) -> None:
        folders = {str(Path(folder).absolute()) + os.sep for folder in architecture.attributes.get("search_path", ())}
        self._folders = sorted(folders, key=len, reverse=True)
        self._architecture = architecture

    def file(self, path: str) -> str:
        """How a file is called, with forward slashes."""
        if PurePath(path).is_absolute():
            folder = next((folder for folder in self._folders if path.startswith(folder)), str(PurePath(path).parent) + os.sep)
            path = path.removeprefix(folder)
        return path.replace(os.sep, "/")

    def line(self, span: Span) -> str:
        """A place as ``file:line``, nothing when no source says it."""
        return f"{self.file(span.file)}:{span.line}" if span.line else ""

    @property
    def target(self) -> str:
        """What was asked for."""
        target = self._architecture.target
        found = _TARGET_FILE.match(target)
        path = found[1] if found else target
        return self.file(path) + target[len(path) :] if PurePath(path).is_absolute() else target
