"""Fixes applied to files: edits of the text as it lies on the disk, looked at again until nothing is left to mend.

The encoding, the ends of lines and, of a notebook, everything but the edited cells stay as they are. What an unsafe fix does to the
state dict of a model is found by reading the model before and after.
"""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import AstarchError
from ..ir.architecture import Architecture
from ..ir.cells import Cell
from ..ir.diagnostic import Diagnostic, Edit, Fix
from ..ir.parsing import parsed
from ..source.edits import apply
from ..source.index import SourceError
from ..source.notebook import cells_of, edited
from ..source.project import decoded
from ..targets import Target
from .models import FREE_STEPS, WatchedProject

#: Fixes make room for fixes; more rounds than this mean that two of them undo each other.
_ROUNDS = 10

Look = Callable[[str], list[Diagnostic]]


@dataclass(frozen=True, slots=True)
class Keys:
    """What happened to the state dict of a model.

    Args:
        model: The name of its class.
        added: The keys that are new.
        removed: The keys that are gone.
    """

    model: str
    added: tuple[str, ...]
    removed: tuple[str, ...]

    def __str__(self) -> str:
        parts = [f"{word} {_some(keys)}" for word, keys in (("gains", self.added), ("loses", self.removed)) if keys]
        return f"the state dict of `{self.model}` {' and '.join(parts)}: older checkpoints no longer fit"


@dataclass(frozen=True, slots=True)
class Mended:
    """A file with fixes applied.

    Args:
        path: Where it is.
        old: Its bytes before.
        new: Its bytes after.
        count: How many fixes were applied.
        keys: What they did to state dicts.
    """

    path: str
    old: bytes
    new: bytes
    count: int
    keys: tuple[Keys, ...] = ()

    def diff(self) -> str:
        """What changes, as a unified diff; of a notebook, cell by cell."""
        old, new = decoded(self.old, self.path), decoded(self.new, self.path)
        if not self.path.endswith(".ipynb"):
            return _diff(old, new, self.path)
        before, after = cells_of(self.old.decode(), self.path).cells, cells_of(self.new.decode(), self.path).cells
        lines, others = old.split("\n"), new.split("\n")
        found: list[str] = []
        for one, other in zip(before, after, strict=True):
            found.append(_diff(_code(lines, one), _code(others, other), f"{self.path}:cell {one.number}"))
        return "".join(found)


def mend(data: bytes, path: str, findings: Sequence[Diagnostic], look: Look, *, unsafe: bool, folders: Iterable[Path] = ()) -> Mended:
    """Apply the fixes of a file until none is left.

    Args:
        data: The file.
        path: How findings name it.
        findings: What was found in it.
        look: What is found in a later state of its code.
        unsafe: Whether fixes are applied that change the model or its checkpoints.
        folders: Where modules are looked for.
    """
    new, count, classes = data, 0, dict[str, None]()
    for _ in range(_ROUNDS):
        text = decoded(new, path)
        fixes = [one.fix for one in findings if one.fix is not None and (one.fix.safe or unsafe)]
        _, done = apply(text, fixes)
        changed = written(new, path, text, [edit for fix in done for edit in fix.edits])
        if changed == new:
            break
        classes.update(dict.fromkeys(_classes_of(text, (fix for fix in done if not fix.safe))))
        new, count = changed, count + len(done)
        findings = look(decoded(new, path))
    keys = _keys(decoded(data, path), decoded(new, path), path, classes, folders) if classes else ()
    return Mended(path, data, new, count, tuple(keys))


def written(data: bytes, path: str, text: str, edits: Sequence[Edit]) -> bytes:
    """The bytes of a file with edits of its text."""
    if path.endswith(".ipynb"):
        return edited(data.decode("utf-8-sig"), path, edits).encode()
    encoding = _encoding(data)
    raw = data.decode(encoding)
    ends = re.findall(r"\r\n|\r|\n", raw)
    lines = re.split(r"\r\n|\r|\n", raw)
    if [line.removeprefix("\ufeff") for line in lines] != text.split("\n"):  # a form feed: columns are others
        return data
    starts = [0]
    for line, end in zip(lines, [*ends, ""], strict=True):
        starts.append(starts[-1] + len(line) + len(end))
    usual = max(set(ends), key=ends.count) if ends else "\n"
    for edit in sorted(edits, key=lambda edit: edit.span[1:], reverse=True):
        start, stop = starts[edit.span.line - 1] + edit.span.column - 1, starts[edit.span.end_line - 1] + edit.span.end_column - 1
        raw = raw[:start] + edit.text.replace("\n", usual) + raw[stop:]
    return raw.encode(encoding)


def _encoding(data: bytes) -> str:
    """What a file says it is written in."""
    try:
        return tokenize.detect_encoding(io.BytesIO(data).readline)[0]
    except SyntaxError:
        return "utf-8"


def _code(lines: list[str], cell: Cell) -> str:
    return "\n".join(lines[cell.first - 1 :][: len(cell.lines)]) + "\n"


def _diff(old: str, new: str, name: str) -> str:
    lines = difflib.unified_diff(old.splitlines(keepends=True), new.splitlines(keepends=True), name, name)
    return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def _classes_of(text: str, fixes: Iterable[Fix]) -> Iterable[str]:
    """The classes at the top of a text that edits fall into."""
    lines = [edit.span.line for fix in fixes for edit in fix.edits]
    for node in parsed(text).body:
        if isinstance(node, ast.ClassDef) and any(node.lineno <= line <= (node.end_lineno or 0) for line in lines):
            yield node.name


def _keys(old: str, new: str, path: str, classes: Iterable[str], folders: Iterable[Path]) -> Iterable[Keys]:
    """What happened to the state dicts of classes from one text of a file to another."""
    for name in classes:
        before, after = _read(old, path, name, folders), _read(new, path, name, folders)
        if before is None or after is None:
            continue
        one, other = _state(before), _state(after)
        added, removed = tuple(key for key in other if key not in one), tuple(key for key in one if key not in other)
        if added or removed:
            yield Keys(name, added, removed)


def _read(text: str, path: str, name: str, folders: Iterable[Path]) -> Architecture | None:
    from ..readers.python import read_source

    project = WatchedProject(folders, {str(Path(path).absolute()): text})
    try:
        return read_source(Target(f"{path}:{name}", path, name), [], [], {}, FREE_STEPS, project)
    except (AstarchError, SourceError):
        return None


def _state(model: Architecture) -> list[str]:
    return [*model.parameters, *(name for name, buffer in model.buffers.items() if buffer.persistent)]


def _some(keys: Sequence[str]) -> str:
    shown = ", ".join(f"`{key}`" for key in keys[:4])
    return shown if len(keys) <= 4 else f"{shown} and {len(keys) - 4} more"
