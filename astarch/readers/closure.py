"""Which files a file is made of: what it imports, and what those import, as far as the project's own files go."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ..ir.parsing import parsed


@dataclass
class Closure:
    """The imports of a project's files.

    Args:
        files: Every Python file of the project by its path relative to the root, with the name of its content.
        text: The text of one.
        roots: Folders that dotted names start from.
        known: Imports by content, kept between projects.
    """

    files: Mapping[str, str]
    text: Callable[[str], str]
    roots: tuple[str, ...] = ("",)
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _edges: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, path: str) -> frozenset[str]:
        """The file and all that it needs."""
        found: set[str] = set()
        border = [path]
        while border:
            current = border.pop()
            if current not in found and current in self.files:
                found.add(current)
                border.extend(self.imports(current))
        return frozenset(found)

    def imports(self, path: str) -> tuple[str, ...]:
        """The files that a file imports itself."""
        if path not in self._edges:
            key = self.files[path]
            if key not in self.known:
                self.known[key] = tuple(_names(self.text(path)))
            self._edges[path] = tuple(place for name in self.known[key] for place in self._places(name, path))
        return self._edges[path]

    def _places(self, name: str, path: str) -> Iterator[str]:
        """Where a dotted name may stand: beside the file, or below a root; each package on the way runs its ``__init__``."""
        dots = len(name) - len(name.lstrip("."))
        parts = [part for part in name[dots:].split(".") if part]
        folder = path.rpartition("/")[0].split("/") if "/" in path else []
        starts = [folder[: len(folder) - dots + 1]] if dots else [root.split("/") if root else [] for root in self._starts(folder)]
        for start in starts:
            for length in range(len(parts) + 1):
                stem = "/".join([*start, *parts[:length]])
                for place in (f"{stem}.py", f"{stem}/__init__.py" if stem else "__init__.py"):
                    if place in self.files:
                        yield place

    def _starts(self, folder: list[str]) -> list[str]:
        """The roots, and the folder that the file's package lies in."""
        place = list(folder)
        while place and "/".join([*place, "__init__.py"]) in self.files:
            place.pop()
        return list(dict.fromkeys((*self.roots, "/".join(place))))


_FROM = re.compile(r"\bfrom\s+([.\w]+)\s+import\b\s*(\([^)]*\)|[^\n;]*)")
_IMPORT = re.compile(r"\bimport\s+([^\n;#(]+)")
_COMMENT = re.compile(r"#[^\n]*")


def _names(text: str) -> Iterator[str]:
    """Every dotted name that a file imports, wherever it does so, and some that only look so; relative ones begin with their dots.

    Found without parsing, which for all that a large package imports would take a hundred times as long.
    """
    text = text.replace("\\\n", " ")
    for start, names in _FROM.findall(text):
        yield start
        dot = "" if start.endswith(".") else "."
        yield from (f"{start}{dot}{name}" for name in _first_words(_COMMENT.sub("", names).strip("()")))
    for names in _IMPORT.findall(text):
        yield from _first_words(names)


def _first_words(names: str) -> Iterator[str]:
    """What stands before ``as`` in a list of names."""
    for part in names.split(","):
        words = part.split()
        if words and words[0].replace(".", "_").isidentifier():
            yield words[0]


def meaning(text: str) -> str:
    """What of a text matters to what it does: its syntax without places, comments and docstrings."""
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and body and _is_text(body[0]):
            body[0] = ast.Pass()
    return ast.dump(tree)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
