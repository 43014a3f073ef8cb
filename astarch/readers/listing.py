"""Which files of source there are: below folders, but for what git leaves out, and around a file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

from pathspec import PathSpec

#: Folders that hold no source of the project's own.
SKIPPED = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        ".tox",
        ".nox",
        ".venv",
        "venv",
        "__pycache__",
        "node_modules",
        ".mypy_cache",
        ".ruff_cache",
        ".ipynb_checkpoints",
        "build",
        "dist",
        ".eggs",
    }
)
SUFFIXES = (".py", ".pyi", ".ipynb")

#: A package of more files than this is a library with tests of its own: what is built of it with symbols costs more than it tells.
LARGE = 1000

#: More files than this around one are not searched for mentions.
MOST_SEARCHED = 6000


def python_files(
    paths: Iterable[Path], exclude: Sequence[str] = (), respect_gitignore: bool = True, force_exclude: bool = False
) -> list[Path]:
    """The files to look at: those named, and all below the folders named that no ``.gitignore`` leaves out; sorted, each once.

    Args:
        paths: Files and folders.
        exclude: Patterns of files to leave out.
        respect_gitignore: Whether ``.gitignore`` leaves out files.
        force_exclude: Whether a file that is named is left out like one that is found.
    """
    left_out = PathSpec.from_lines("gitignore", exclude) if exclude else None
    found: dict[str, None] = {}
    for path in paths:
        if path.is_file():
            if not (force_exclude and _is_left_out(path, left_out, respect_gitignore)):
                found[str(path)] = None
        elif path.is_dir():
            ignored = _ignored_above(path.absolute()) if respect_gitignore else []
            for entry in _below(str(path), os.path.abspath(path), ignored, respect_gitignore):
                if left_out is None or not left_out.match_file(os.path.relpath(entry.path, path)):
                    found[entry.path.removeprefix(f".{os.sep}")] = None
    return [Path(file) for file in sorted(found, key=lambda file: file.split(os.sep))]


def _is_left_out(path: Path, left_out: PathSpec[Any] | None, respect_gitignore: bool) -> bool:
    """Whether a file that is named would not be found."""
    full = os.path.abspath(path)
    name = full.removeprefix(os.getcwd() + os.sep)
    if (left_out is not None and left_out.match_file(name)) or not SKIPPED.isdisjoint(Path(name).parts):
        return True
    return respect_gitignore and any(rules.leave_out(full, False) for rules in _ignored_above(Path(full)))


class _Ignored:
    """What a ``.gitignore`` leaves out.

    Most names are left out by nothing. That all patterns tell at once, and most of them by the last part of a path alone: what lies in a
    folder that is left out is never looked at.

    Args:
        top: The folder it stands in.
        start: Where looking begins, when it begins further down.
    """

    def __init__(self, top: str, start: str = "") -> None:
        self._top = top.rstrip(os.sep) + os.sep
        try:
            lines = Path(top, ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            lines = []
        self._spec = PathSpec.from_lines("gitignore", lines)
        patterns = [_GROUP.sub("(?:", one.regex.pattern) for one in self._spec.patterns if one.include and one.regex is not None]
        self._names = _any_of(one for one in patterns if _OF_NAMES.fullmatch(one))
        self._paths = _any_of(one for one in patterns if not _OF_NAMES.fullmatch(one))
        if start and self._spec.match_file(start[len(self._top) :].replace(os.sep, "/") + "/"):
            self._names = self._paths = _ALL  # now the folders above matter as well

    def leave_out(self, full: str, is_folder: bool) -> bool:
        """Whether a file or a folder is left out, by its absolute path; what it lies in is not."""
        path = full[len(self._top) :] + ("/" if is_folder else "")
        path = path if os.sep == "/" else path.replace(os.sep, "/")
        name = path[path.rfind("/", 0, -1) + 1 :]
        return bool(self._names.match(name) or self._paths.match(path)) and self._spec.match_file(path)


#: A group with a name, of which there may be only one in a pattern; and a pattern that looks only at the last part of a path.
_GROUP = re.compile(r"\(\?P<\w+>")
_OF_NAMES = re.compile(r"\^\(\?:\.\+/\)\?(?:\[\^/\][*+]?|\\.|[^/|$^.\\])+(?:/|\(\?:/\|\$\))")
_ALL = re.compile("")


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in patterns) or r"(?!)")


def _ignored_above(place: Path) -> list[_Ignored]:
    """The rules of ``.gitignore`` files between a file or folder and the top of its repository."""
    found: list[_Ignored] = []
    for folder in place.parents:
        if (folder / ".gitignore").is_file():
            found.append(_Ignored(str(folder), str(place)))
        if (folder / ".git").exists():
            return found
    return []


def _below(folder: str, full: str, ignored: list[_Ignored], respect: bool) -> Iterator[os.DirEntry[str]]:
    """The files of source below a folder, in order."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError:
        return
    if respect and any(entry.name == ".gitignore" for entry in entries):
        ignored = [*ignored, _Ignored(full)]
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not entry.name.endswith(SUFFIXES):
            continue
        inside = os.path.join(full, entry.name) if ignored or is_folder else ""
        if any(rules.leave_out(inside, is_folder) for rules in ignored):
            continue
        if not is_folder:
            yield entry
        elif entry.name not in SKIPPED and not os.path.exists(os.path.join(entry.path, "pyvenv.cfg")):
            yield from _below(entry.path, inside, ignored, respect)


def package_around(path: str) -> str:
    """The folder whose files are searched for what a file defines: that of its outermost package."""
    return _outermost(os.path.dirname(os.path.abspath(path)), os.path.isfile)


def root_of(path: str) -> str:
    """The folder in which the dotted name of a file begins: what lies there it can import."""
    folder = package_around(path)
    return os.path.dirname(folder) if os.path.isfile(os.path.join(folder, "__init__.py")) else folder


def start_of(path: str) -> str:
    """The folder from which a file is run: the first around it that is no package; inside of one, too."""
    folder = os.path.dirname(os.path.abspath(path))
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return folder


def packages_around(folders: Iterable[str]) -> frozenset[str]:
    """The same for the files of several folders."""
    known = cache(os.path.isfile)
    return frozenset(_outermost(os.path.abspath(folder), known) for folder in folders)


def _outermost(folder: str, exists: Callable[[str], bool]) -> str:
    while (above := os.path.dirname(folder)) != folder and exists(os.path.join(above, "__init__.py")):
        folder = above
    return folder


def entries_around(folder: str, most: int) -> Iterator[os.DirEntry[str]]:
    """The files of source below a folder, in order; so many at most."""
    return islice(_below(folder, folder, [], False), most)


def files_around(folder: str) -> list[str]:
    """The files that are searched, in order."""
    return [entry.path for entry in entries_around(folder, MOST_SEARCHED)]
