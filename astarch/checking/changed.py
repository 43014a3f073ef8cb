"""The files that differ from a git revision: what is looked at when only changes are checked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from ..readers.git_tree import Repository


def changed_files(files: Iterable[Path], revision: str) -> list[Path]:
    """Those of the files that differ from where their branch left a revision; files that git does not know differ as well.

    Raises:
        ReadError: They lie in no repository, or there is no such revision.
    """
    listed = list(files)
    if not listed:
        return []
    repository = Repository.around(listed[0].absolute().parent)
    wanted, here = repository.commit(revision), repository.commit("HEAD")
    old = repository.tree(repository.merge_base(wanted, here) or wanted).files
    return [path for path in listed if old.get(_inside(path, repository.root)) != _content(path)]


def _inside(path: Path, root: Path) -> str:
    full = path.absolute()
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else ""


def _content(path: Path) -> str:
    """The name that git gives a content."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
