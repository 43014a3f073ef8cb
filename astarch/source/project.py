"""Files by dotted name and by path: found on the search path, indexed, and lowered a definition at a time."""

from __future__ import annotations

import io
import os
import re
import stat
import tokenize
from pathlib import Path

import msgspec

from ..ir.dependence import ALL_NAMES
from . import cache as store
from . import syntax as s
from .distributions import Distributions, distribution_of, normalized
from .index import Entry, SourceError, index
from .notebook import code_of

#: Larger files are data, not models.
LARGEST_FILE = 4 * 2**20

_statements: msgspec.msgpack.Decoder[list[s.Statement]] = msgspec.msgpack.Decoder(list[s.Statement])


class SourceFile:
    """One file of source.

    Attributes:
        name: Dotted module name.
        path: Where it is, as it is shown to the reader.
        package: Dotted name that relative imports start from.
        compiled: What the interpreter made of its statements, kept from one run to the next.
        used: The names that were asked for, and those that what was run for them binds; for who wants to know, to be emptied before.
    """

    def __init__(self, name: str, path: str, is_package: bool, cache: store.Cache, text: str | None = None) -> None:
        self.name = name
        self.path = path
        self.is_package = is_package
        self.package = name if is_package else name.rpartition(".")[0]
        self.compiled: dict[object, object] = {}
        self.used: set[str] = set()
        self._cache = cache
        self._lines: list[str] | None = None if text is None else text.split("\n")
        self._stored: store.Stored | None = None
        self._key = ""
        self._changed = False

    def list_names(self) -> None:
        """Note that somebody asks which names there are."""
        self.used.add(ALL_NAMES)

    @property
    def lines(self) -> list[str]:
        """The text, a line each."""
        if self._lines is None:
            self._lines = read_text(self.path).split("\n")
        return self._lines

    @property
    def entries(self) -> list[Entry]:
        """The top-level statements in order.

        Raises:
            SourceError: The file is not Python.
        """
        if self._stored is None:
            text = "\n".join(self.lines)
            self._key = store.key(text)
            self._stored = self._cache.load(self._key)
            if self._stored is None:
                self._stored = store.Stored(index(text, self.path), {})
                self._changed = True
        return self._stored.entries

    def statements(self, entry: Entry) -> list[s.Statement]:
        """A top-level statement, lowered; long function bodies are left out (see `body`)."""
        return self._chunk(entry.first, lambda: self._lower_entry(entry))

    def body(self, first: int, last: int) -> list[s.Statement]:
        """A function body that was left out, by its lines."""
        return self._chunk(-first, lambda: self._lower_body(first, last))

    def _chunk(self, key: int, make: object) -> list[s.Statement]:
        assert self._stored is not None
        data = self._stored.chunks.get(key)
        if data is not None:
            try:
                return _statements.decode(data)
            except msgspec.MsgspecError:
                pass  # made by something else: make it again
        statements = make()  # type: ignore[operator]
        self._stored.chunks[key] = msgspec.msgpack.encode(statements)
        self._changed = True
        return statements

    def _lower_entry(self, entry: Entry) -> list[s.Statement]:
        lines = self.lines[entry.first - 1 : entry.last]
        for first, last in entry.bodies.items():
            text = lines[first - entry.first]
            indent = text[: len(text) - len(text.lstrip())]
            lines[first - entry.first : last - entry.first + 1] = [f"{indent}pass", *[""] * (last - first)]
        return self._lowered("\n".join(lines) + "\n", entry.first, entry.bodies)

    def _lower_body(self, first: int, last: int) -> list[s.Statement]:
        text = "if 1:\n" + "\n".join(self.lines[first - 1 : last]) + "\n"
        block = self._lowered(text, first - 1, {})[0]
        return block.body  # type: ignore[union-attr]

    def _lowered(self, text: str, line: int, elided: dict[int, int]) -> list[s.Statement]:
        from libcst import ParserSyntaxError

        from .lower import lower

        try:
            return lower(text, line, elided)
        except ParserSyntaxError as error:
            raise SourceError(f"not valid Python: {error.message}", self.path, line + error.raw_line - 1, error.raw_column + 1) from None
        except RecursionError:
            raise SourceError("nested too deeply to be read", self.path, line, 1) from None

    def keep(self) -> None:
        """Write what was lowered to the cache, if there is anything new."""
        if self._changed and self._stored is not None:
            self._cache.save(self._key, self._stored)
            self._changed = False


#: Bytes of a data file that is read for the program.
MOST_DATA = 1 << 20


def shown(path: str) -> str:
    """A path as people read it: relative to the current folder when it lies inside."""
    here = os.getcwd() + os.sep
    return path.removeprefix(here)


def _stamp(path: str) -> tuple[int, int] | None:
    """What changes when a file does; None when it is not on the disk."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def read_text(path: str) -> str:
    """The text of a Python file or notebook, in the encoding it declares.

    Raises:
        SourceError: It cannot be read or decoded, or is too large.
    """
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe would be waited for
            raise SourceError("not a regular file", path)
        if status.st_size > LARGEST_FILE:
            raise SourceError(f"larger than {LARGEST_FILE >> 20} MiB: no model source", path)
        data = Path(path).read_bytes()
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", path) from None
    return decoded(data, path)


def decoded(data: bytes, path: str) -> str:
    """The bytes of a Python file or notebook as text.

    Raises:
        SourceError: They cannot be decoded.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise SourceError(f"cannot be decoded: {error}", path) from None
    if "\0" in text:
        raise SourceError("holds a null character: no Python source", path)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if "\f" in text:  # at the start of a line it takes back the indentation before it
        text = re.sub(r"^[ \t\f]*\f", "", text, flags=re.MULTILINE)
    return code_of(text, path) if path.endswith(".ipynb") else text


class Project:
    """Finds source files.

    Args:
        search_path: Folders in which top-level packages and modules are looked for, in order.
        cache: Where lowered syntax is kept.
    """

    def __init__(self, search_path: list[str], cache: store.Cache | None = None) -> None:
        self.search_path = [os.path.abspath(folder) for folder in search_path]
        self.cache = cache or store.Cache(None)
        self.files: dict[str, SourceFile | None] = {}
        self._listing: dict[str, frozenset[str]] = {}
        self._tops: dict[str, frozenset[str]] = {}
        self._places: dict[str, tuple[str, tuple[int, int] | None]] = {}
        self._distributions: tuple[int, Distributions] | None = None

    def find(self, name: str) -> SourceFile | None:
        """The file of a module by its dotted name, or None. A folder without ``__init__.py`` has no file."""
        if name in self.files:
            return self.files[name]
        found = None
        relative, first = name.replace(".", os.sep), name.partition(".")[0]
        for folder in self.search_path:
            tops = self._tops.get(folder)
            if tops is None:
                tops = self._tops[folder] = self.tops_in(folder)
            if first not in tops:
                continue
            stem = os.path.join(folder, relative)
            if self._exists(os.path.join(stem, "__init__.py")):
                found = self._file(name, os.path.join(stem, "__init__.py"), True)
                break
            if self._exists(stem + ".py"):
                found = self._file(name, stem + ".py", False)
                break
        self.files[name] = found
        return found

    def is_own(self, file: SourceFile) -> bool:
        """Whether a file lies in the first folder of the search path: there even a standard name is the program's."""
        return bool(self.search_path) and os.path.abspath(file.path).startswith(self.search_path[0] + os.sep)

    @property
    def distributions(self) -> Distributions:
        """What is installed on the search path."""
        if self._distributions is None or self._distributions[0] != len(self.search_path):
            self._distributions = (len(self.search_path), Distributions(self.search_path))
        return self._distributions[1]

    def version_of(self, distribution: str) -> str | None:
        """The version of a distribution on the search path, or None."""
        return self.distributions.versions.get(normalized(distribution)) or None

    def is_required(self, name: str) -> bool:
        """Whether an installed distribution requires the package of a module: it is there, though its source is not."""
        return distribution_of(name.partition(".")[0]) in self.distributions.required

    def is_namespace(self, name: str) -> bool:
        """Whether a folder of that dotted name exists that is no regular package."""
        relative = name.replace(".", os.sep)
        return any(os.path.isdir(os.path.join(folder, relative)) for folder in self.search_path)

    def open(self, path: str) -> SourceFile:
        """A file by its path; packages around it give it its dotted name, and their parent joins the search path."""
        path = os.path.abspath(path)
        folder, base = os.path.split(path)
        stem = os.path.splitext(base)[0]
        parts = [] if stem == "__init__" else [stem]
        while self._exists(os.path.join(folder, "__init__.py")):
            folder, name = os.path.split(folder)
            parts.insert(0, name)
        name = ".".join(parts) or "__main__"
        if folder not in self.search_path:
            self.search_path.insert(0, folder)
            self.files = {known: found for known, found in self.files.items() if found is not None}  # it may lie there
        file = self.files.get(name)
        if file is None or self._places.get(name, ("", None))[0] != path:
            file = self._file(name, path, stem == "__init__")
            self.files[name] = file
        return file

    def snippet(self, text: str, name: str = "<target>") -> SourceFile:
        """A file that exists only as text: the expression of a target."""
        file = SourceFile(name, name, False, self.cache, text)
        self.files[name] = file
        return file

    def refresh(self) -> None:
        """Forget the files that changed on disk since they were read, and which there are."""
        self._listing.clear()
        self._tops.clear()
        for name, file in list(self.files.items()):
            place = self._places.get(name)
            if file is None or (place is not None and _stamp(place[0]) != place[1]):
                del self.files[name]

    def keep(self) -> None:
        """Write all that was lowered to the cache."""
        for file in self.files.values():
            if file is not None:
                file.keep()

    def text_of(self, path: str) -> str | None:
        """The text of a file that does not lie on disk; None for those that do."""
        return None

    def text(self, path: str) -> str:
        """The text of a file as it is read here; empty when it cannot be read."""
        given = self.text_of(os.path.abspath(path)) if path else ""
        try:
            return read_text(path) if given is None else given
        except SourceError:
            return ""

    def data(self, module: str, resource: str) -> bytes | None:
        """A small data file that lies beside a module, or below: None when there is none, when it is large, or leads elsewhere.

        Args:
            module: The dotted name.
            resource: The path from the module's folder, with ``/``.
        """
        found = self.find(module)
        if found is None or "\0" in resource:
            return None
        folder = os.path.realpath(os.path.dirname(self._places[module][0]))
        path = os.path.realpath(os.path.join(folder, *resource.split("/")))
        if not path.startswith(folder + os.sep):
            return None
        text = self.text_of(path)
        if text is not None:
            return text.encode()
        try:
            if os.path.getsize(path) > MOST_DATA or not os.path.isfile(path):
                return None
            with open(path, "rb") as file:
                return file.read(MOST_DATA)
        except OSError:
            return None

    def names_in(self, folder: str) -> frozenset[str]:
        """The files of a folder; links that leave it are followed as files only."""
        try:
            return frozenset(entry.name for entry in os.scandir(folder) if entry.is_file())
        except OSError:
            return frozenset()

    def tops_in(self, folder: str) -> frozenset[str]:
        """The first parts of the dotted names that begin in a folder, and more."""
        try:
            return frozenset(entry.removesuffix(".py") for entry in os.listdir(folder))
        except OSError:
            return frozenset()

    def _file(self, name: str, path: str, is_package: bool) -> SourceFile:
        self._places[name] = os.path.abspath(path), _stamp(path)
        return SourceFile(name, shown(path), is_package, self.cache, self.text_of(path))

    def _exists(self, path: str) -> bool:
        """Like `os.path.isfile`, from one listing per folder."""
        folder, base = os.path.split(path)
        names = self._listing.get(folder)
        if names is None:
            names = self._listing[folder] = self.names_in(folder)
        return base in names
