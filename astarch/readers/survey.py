"""A project as source: which files there are, and the `Program` that rules read, with files found by name when asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pathspec import PathSpec

from ..ir.program import File, FoundText, Program
from ..source.index import SourceError
from ..source.project import Project, read_text, shown

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

#: More files than this around one are not searched for mentions.
_MOST_FILES = 6000


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
    left_out = PathSpec.from_lines("gitignore", exclude)
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_file():
            if not (force_exclude and _is_left_out(path, left_out, respect_gitignore)):
                found[path] = None
        elif path.is_dir():
            ignored = _ignored_above(path) if respect_gitignore else []
            for file in _below(path, ignored, respect_gitignore):
                if not left_out.match_file(os.path.relpath(file, path)):
                    found[file] = None
    return sorted(found)


def _is_left_out(path: Path, left_out: PathSpec[Any], respect_gitignore: bool) -> bool:
    """Whether a file that is named would not be found."""
    name = shown(str(path.absolute()))
    if left_out.match_file(name) or not SKIPPED.isdisjoint(Path(name).parts):
        return True
    folder = path.absolute().parent
    return respect_gitignore and _is_ignored(path, False, _ignored_above(folder / path.name))


def _ignored_above(folder: Path) -> list[tuple[Path, PathSpec[Any]]]:
    """The rules of ``.gitignore`` files between a folder and the top of its repository."""
    found: list[tuple[Path, PathSpec[Any]]] = []
    here = folder.absolute()
    for place in here.parents:
        if (place / ".gitignore").is_file():
            found.append((place, _rules(place)))
        if (place / ".git").exists():
            return found
    return []


def _rules(folder: Path) -> PathSpec[Any]:
    try:
        return PathSpec.from_lines("gitignore", (folder / ".gitignore").read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return PathSpec.from_lines("gitignore", [])


def _below(folder: Path, ignored: list[tuple[Path, PathSpec[Any]]], respect: bool) -> Iterable[Path]:
    if respect and (folder / ".gitignore").is_file():
        ignored = [*ignored, (folder.absolute(), _rules(folder))]
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        is_folder = entry.is_dir(follow_symlinks=False)
        if not is_folder and not entry.name.endswith(SUFFIXES):
            continue
        path = folder / entry.name
        if ignored and _is_ignored(path, is_folder, ignored):
            continue
        if not is_folder:
            yield path
        elif entry.name not in SKIPPED and not (path / "pyvenv.cfg").exists():
            yield from _below(path, ignored, respect)


def _is_ignored(path: Path, is_folder: bool, ignored: list[tuple[Path, PathSpec[Any]]]) -> bool:
    full = str(path.absolute())
    return any(spec.match_file(os.path.relpath(full, top) + ("/" if is_folder else "")) for top, spec in ignored)


class Survey:
    """The files of a project as `Program` files.

    Args:
        search_path: Folders in which modules are looked for.
        answers: What is known of who mentions what: of a word in the files around one, asked in some way, the file that does.
    """

    def __init__(self, search_path: Iterable[Path] = (), answers: Mapping[tuple[str, str, str], str] | None = None) -> None:
        self.project = Project([str(folder) for folder in search_path])
        self.program = Program(self._find, self._mentioned)
        self._around: dict[str, list[tuple[str, str]]] = {}
        self._bases: dict[str, dict[str, list[str]]] = {}
        self._answers: dict[tuple[str, str, str], str] = dict(answers or {})
        self.asked: dict[tuple[str, str, str], str] = {}  # what was asked, and the file that said yes
        self._shown: dict[str, str] = {}

    def open(self, path: Path, shown: str | None = None) -> File:
        """A file by its path; findings name it as ``shown``.

        Raises:
            SourceError: It cannot be read, or is not Python.
        """
        source = self.project.open(str(path))
        known = self.program._files.get(source.name)
        name = shown or str(path)
        if known is not None and known.path == name:
            return known
        text = read_text(str(path))
        try:
            file = File(source.name, name, text, self.program, source.is_package)
        except SyntaxError as error:
            raise SourceError(f"not valid Python: {error.msg}", name, error.lineno or 0, error.offset or 0) from None
        except (ValueError, RecursionError) as error:
            raise SourceError(f"not valid Python: {error}", name) from None
        self._shown[name] = str(path.absolute())
        self.program.add(file)
        return file

    def text(self, name: str, text: str, path: str) -> File:
        """A file that is given as text.

        Raises:
            SourceError: It is not Python.
        """
        try:
            file = File(name, path, text, self.program)
        except SyntaxError as error:
            raise SourceError(f"not valid Python: {error.msg}", path, error.lineno or 0, error.offset or 0) from None
        self.program.add(file)
        return file

    def _find(self, name: str) -> FoundText | None:
        source = self.project.find(name)
        if source is None:
            return None
        try:
            return FoundText(source.path, source.is_package, read_text(source.path))
        except SourceError:
            return None

    def _mentioned(self, word: str, path: str, how: str) -> bool:
        """Whether another file of the package around uses the word: as an attribute or a text, a class in any way."""
        path = self._shown.get(path, path)
        key = (word, path, how)
        if key not in self._answers:
            found = self._heirs(path).get(word, ()) if how == "base" else self._having(word, path, how)
            self._answers[key] = next((other for other in found if other != path), "")
        self.asked[key] = self._answers[key]
        return bool(self._answers[key])

    def calling(self, name: str, path: str) -> Iterator[str]:
        """The other files of the package around that call something of a name, or hand it on."""
        path = self._shown.get(path, path)
        self.asked[(name, path, "call")] = ""  # whatever changes in one that does matters
        return (other for other in self._having(name, path, "call") if other != path)

    def _having(self, word: str, path: str, how: str) -> Iterator[str]:
        mentions = mentions_of(word, how)
        return (other for other, text in self._texts(path) if mentions(text))

    def _heirs(self, path: str) -> dict[str, list[str]]:
        """The files around in which a class inherits from something of a name, by the name."""
        folder = package_around(path)
        if folder not in self._bases:
            found: dict[str, list[str]] = {}
            for file, text in self._texts(path):
                for word in {word for bases in _CLASS.findall(text) for word in _WORD.findall(bases)}:
                    found.setdefault(word, []).append(file)
            self._bases[folder] = found
        return self._bases[folder]

    def _texts(self, path: str) -> list[tuple[str, str]]:
        folder = package_around(path)
        if folder not in self._around:
            self._around[folder] = [(file, _raw(file)) for file in files_around(folder)]
        return self._around[folder]


def package_around(path: str) -> str:
    """The folder whose files are searched for what a file defines: that of its outermost package."""
    place = Path(path).absolute().parent
    while (place.parent / "__init__.py").is_file():
        place = place.parent
    return str(place)


def files_around(folder: str, most: int = _MOST_FILES) -> list[str]:
    """The files that are searched, in order."""
    return [str(file) for file in islice(_below(Path(folder), [], False), most)]


def mentions_of(word: str, how: str) -> Callable[[str], bool]:
    """Whether a text uses a word: as an attribute or a text, a class in any way."""
    pattern = re.compile(_pattern(re.escape(word), how), re.MULTILINE)
    return lambda text: word in text and pattern.search(text) is not None


_CLASS = re.compile(r"class\s+\w+\s*\(([^)]*)\)")
_WORD = re.compile(r"\w+")


def _pattern(word: str, how: str) -> str:
    if how == "store":
        return rf"\.{word}\s*(?::[^=\n]*)?=(?!=)|[\"']{word}[\"']|^[ \t]*[\w., *]*\.{word},[\w., *]*=(?!=)"
    if how == "call":
        return rf"\b{word}\s*\(|[=:,(\[]\s*(?:\w+\.)*{word}\s*[,)\]}}\n]"
    if how == "base":
        return rf"class\s+\w+\s*\([^)]*\b{word}\b[^)]*\)"
    return rf"\b{word}\b" if word[:1].isupper() else rf"[.\"']{word}\b"


def _raw(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
