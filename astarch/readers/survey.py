"""A project as source: the `Program` that rules read, with files found by name when asked for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from ..ir.program import File, FoundText, Program
from ..source.index import SourceError
from ..source.project import Project, read_text, shown
from .listing import LARGE, entries_around, files_around, package_around, root_of

#: For so many questions about heirs all files are looked through each time; for more, their classes are listed once.
_FEW = 20


class Survey:
    """The files of a project as `Program` files.

    Args:
        search_path: Folders in which modules are looked for.
        answers: What is known of who mentions what: of a word in the files around one, asked in some way, the file that does.
    """

    def __init__(self, search_path: Iterable[Path] = (), answers: Mapping[tuple[str, str, str], str] | None = None) -> None:
        self._folders = tuple(search_path)
        self.project = Project([str(folder) for folder in self._folders])
        self.program = Program(self._find, self._mentioned)
        self._around: dict[str, list[tuple[str, bytes]]] = {}
        self._bases: dict[str, dict[str, list[str]]] = {}
        self._answers: dict[tuple[str, str, str], str] = dict(answers or {})
        self.asked: dict[tuple[str, str, str], str] = {}  # what was asked, and the file that said yes
        self._searched = self._sought = 0
        self._large: dict[str, bool] = {}
        self._words: dict[str, dict[bytes, list[tuple[str, bytes]]]] = {}

    def open(self, path: Path) -> File:
        """A file by its path, as which findings name it.

        Raises:
            SourceError: It cannot be read, or is not Python.
        """
        source = self.project.open(str(path))
        known = self._known(source.name, str(path))
        if known is not None:  # others hold on to it, under whatever name they found it
            known.path = str(path)
            return known
        text = read_text(str(path))
        try:
            file = File(source.name, str(path), text, self.program, source.is_package)
        except SyntaxError as error:
            raise SourceError(f"not valid Python: {error.msg}", str(path), error.lineno or 0, error.offset or 0) from None
        except (ValueError, RecursionError) as error:
            raise SourceError(f"not valid Python: {error}", str(path)) from None
        self.program.add(file)
        return file

    def other(self, path: str, of: str) -> File:
        """Another file than the one that is looked at, under the name it has; one with other modules beside it is looked at by itself.

        Raises:
            SourceError: It cannot be read, or is not Python.
        """
        if root_of(path) != root_of(of):
            return Survey(self._folders).open(Path(shown(path)))
        known = self._known(self.project.open(path).name, path)
        return known if known is not None else self.open(Path(shown(path)))

    def _known(self, name: str, path: str) -> File | None:
        found = self.program._files.get(name)
        return found if found is not None and os.path.abspath(found.path) == os.path.abspath(path) else None

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

    def close(self) -> None:
        """Let go of all that was read: nothing is asked any more."""
        for file in filter(None, self.program._files.values()):
            file.release()
        for held in (self.program._files, self.program.gone_through, self._around, self._bases, self._words, self._answers):
            held.clear()

    def noted(self, file: File) -> tuple[dict[str, tuple[str, ...] | None], tuple[str, ...]]:
        """What a file was found to depend on since `program.seen` was emptied: files with definitions, and modules that are not there."""
        found: dict[str, tuple[str, ...] | None] = {}
        missing: list[str] = []
        for module, names in sorted(self.program.noted(file).items()):
            source = self.project.find(module)
            if source is None:
                missing.append(module)
            else:
                found[os.path.abspath(source.path)] = tuple(sorted({name.partition(".")[0] for name in names}))
        return found, tuple(missing)

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
        path = os.path.abspath(path)
        key = (word, path, how)
        if key not in self._answers:
            self._searched += 1
            many = how == "base" and self._searched > _FEW
            found = self._heirs(path).get(word, ()) if many else self._having(word, path, how)
            self._answers[key] = next((other for other in found if other != path), "")
        self.asked[key] = self._answers[key]
        return bool(self._answers[key])

    def is_large(self, path: str) -> bool:
        """Whether the package around a file is a large library."""
        folder = package_around(path)
        if folder not in self._large:
            self._large[folder] = sum(1 for _ in entries_around(folder, LARGE + 1)) > LARGE
        return self._large[folder]

    def calling(self, name: str, path: str, most: int) -> list[str]:
        """The other files of the package around that call something of a name, or hand it on; so many at most."""
        path = os.path.abspath(path)
        found = list(islice((other for other in self._having(name, path, "call") if other != path), most))
        self.asked[(name, path, "call")] = "\n".join(found) + "\n" * (len(found) == most)  # at the end: there may be more
        return found

    def _having(self, word: str, path: str, how: str) -> Iterator[str]:
        mentions, sought = mentions_of(word, how), word.encode("utf-8", "replace")
        texts = self._saying(sought, path) if _CAPITALISED.fullmatch(sought) else self._texts(path)
        return (other for other, data in texts if sought in data and mentions(data.decode("utf-8", "replace")))

    def _saying(self, word: bytes, path: str) -> list[tuple[str, bytes]]:
        """The texts around that say a word with a capital, as the names of classes have: those are asked for by the hundreds."""
        folder = package_around(path)
        self._sought += 1
        if self._sought <= _FEW:
            return self._texts(path)
        if folder not in self._words:
            found: dict[bytes, list[tuple[str, bytes]]] = {}
            for file, data in self._texts(path):
                for one in set(_CAPITALISED.findall(data)):
                    found.setdefault(one, []).append((file, data))
            self._words[folder] = found
        return self._words[folder].get(word, [])

    def _heirs(self, path: str) -> dict[str, list[str]]:
        """The files around in which a class inherits from something of a name, by the name."""
        folder = package_around(path)
        if folder not in self._bases:
            found: dict[str, list[str]] = {}
            for file, data in self._texts(path):
                for word in {word for bases in _CLASS.findall(data.decode("utf-8", "replace")) for word in _WORD.findall(bases)}:
                    found.setdefault(word, []).append(file)
            self._bases[folder] = found
        return self._bases[folder]

    def _texts(self, path: str) -> list[tuple[str, bytes]]:
        folder = package_around(path)
        if folder not in self._around:
            self._around[folder] = [(file, _raw(file)) for file in files_around(folder)]
        return self._around[folder]


def mentions_of(word: str, how: str) -> Callable[[str], bool]:
    """Whether a text uses a word: as an attribute or a text, a class in any way."""
    pattern = re.compile(_pattern(re.escape(word), how), re.MULTILINE)
    return lambda text: word in text and pattern.search(text) is not None


_CAPITALISED = re.compile(rb"(?<![A-Za-z0-9_\x80-\xff])[A-Z][A-Za-z0-9_]*(?![\x80-\xff])")
_CLASS = re.compile(r"class\s+\w+\s*\(([^)]*)\)")
_WORD = re.compile(r"\w+")


def _pattern(word: str, how: str) -> str:
    if how == "store":
        return rf"\.{word}\s*(?::[^=\n]*)?=(?!=)|[\"']{word}[\"']|^[ \t]*[\w., *]*\.{word},[\w., *]*=(?!=)"
    if how == "call":
        return rf"\b{word}\s*\(|[=:,(\[]\s*(?:\w+\.)*{word}\s*[,)\]}}\n]"
    if how == "base":
        return rf"class\s+\w+\s*\([^)]*\b{word}\b[^)]*\)"
    if how == "mixed":
        return rf"class\s+\w+\s*\((?=[^)]*\w\s*,\s*\w)[^)]*\b{word}\b[^)]*\)"
    return rf"\b{word}\b" if word[:1].isupper() else rf"[.\"']{word}\b"


def _raw(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""
