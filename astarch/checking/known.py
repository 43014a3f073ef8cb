"""Findings kept from one run to the next, for as long as nothing changes that they depend on.

What was found in a file depends on the file, on the classes of what it imports and what those import, on the definitions that
readings of its models ran, and on words that other files around it were searched for. All of that is noted beside the findings. A
file that comes or goes may change what any name means: then everything is checked again.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Iterable, Mapping
from functools import cache, cached_property
from pathlib import Path

import msgspec

from ..ir.diagnostic import Diagnostic
from ..readers.closure import Closure
from ..readers.survey import files_around, mentions_of, package_around
from ..source.cache import default_folder
from ..version import VERSION
from .files import Checked, Job
from .parts import Parts, classes_in, parts_of

#: To be raised when what is kept changes its form.
_FORM = 2

#: Around more files than this, looking which of them changed takes longer than it is worth.
_MOST_FILES = 20_000

#: So many states are kept, of projects and of ways to check them; the ones not used for longest go first.
_MOST_STATES = 50


#: The definitions of a file that were run, and what they were; None where all of the file matters.
_Use = tuple[tuple[str, ...], str] | None


class _Entry(msgspec.Struct, array_like=True):
    """What is known of one file: what its readings ran in others, what these were asked, and what was found."""

    used: dict[str, _Use]
    asked: tuple[tuple[str, str, str, str], ...]
    findings: tuple[Diagnostic, ...]
    quiet: bool


class _State(msgspec.Struct, array_like=True):
    """What is known of a project: its files with time, size and content; by content, imports and parts; by file, whom it imports."""

    files: dict[str, tuple[int, int, str]]
    imports: dict[str, tuple[str, ...]]
    parts: dict[str, Parts]
    edges: dict[str, tuple[str, ...]]
    entries: dict[str, _Entry]


_decoder: msgspec.msgpack.Decoder[_State] = msgspec.msgpack.Decoder(_State)


class Known:
    """The findings of earlier runs that still hold."""

    def __init__(self, place: Path, state: _State, roots: tuple[str, ...]) -> None:
        self._place, self._state, self._roots = place, state, roots
        self._quiet: dict[str, _Entry] = {}
        self.answers: dict[tuple[str, str, str], str] = {}  # of `Survey`, that still hold

    @classmethod
    def of(cls, job: Job, files: Iterable[Path]) -> Known:
        """What is known when these files are to be checked this way."""
        folders = dict.fromkeys([*(str(folder.absolute()) for folder in job.folders), *_packages(files)])
        tops = [folder for folder in folders if not any(folder.startswith(other + os.sep) for other in folders)]
        place = default_folder() / "findings" / _digest(job, tops)
        old = _load(place)
        now = _stamped(tops, old.files)
        roots = tuple(_relative(folder) for folder in folders)
        if now is None or now.keys() != {path for path in old.files if path in now or _is_below(path, tops)}:
            return cls(place, _State(now or {}, old.imports, old.parts, {}, {}), roots)
        for path, (time, size, content) in old.files.items():
            if path not in now:  # opened once outside of the project
                now[path] = _stamp(path, (time, size, content))
        changed = {path for path, (_, _, content) in now.items() if old.files[path][2] != content}
        state = _State(now, old.imports, old.parts, old.edges, old.entries)
        known = cls(place, state, roots)
        if changed:
            changes = Changes(changed, old, now)
            state.entries = {path: entry for path, entry in old.entries.items() if changes.leave(path, entry)}
            lost = old.entries.keys() - state.entries.keys()
            known.answers = {
                (word, around, how): witness
                for path in lost
                for word, how, around, witness in old.entries[path].asked
                if how != "call" and changes._same_answer(word, how, around, witness)
            }
            known._quiet = {path: old.entries[path] for path in lost if old.entries[path].quiet and changes.leave_models(old.entries[path])}
            known._note_edges(changed & old.edges.keys())
        return known

    @property
    def quiet(self) -> frozenset[str]:
        """The files that must be checked, in whose models nothing is to be found."""
        return frozenset(self._quiet)

    def findings(self, path: Path) -> tuple[Diagnostic, ...] | None:
        """What is known of a file; None when it must be checked."""
        entry = self._state.entries.get(str(path))
        return entry.findings if entry is not None else None

    def learn(self, found: list[Checked]) -> None:
        """Note what was found, and keep it for the next run."""
        state = self._state
        for one in found:
            for path in one.opened.keys() - state.files.keys():
                state.files[path] = _stamp(path, None)
        self._note_edges({str(Path(one.path).absolute()) for one in found} - state.edges.keys())
        for one in found:
            places = {
                str(Path(span.file).absolute())
                for finding in one.findings
                for span in (finding.span, *(note.span for note in finding.notes))
            }
            used: dict[str, _Use] = {}
            for path, names in one.opened.items():
                exact = names is None or path in places
                used[path] = None if exact or names is None else (names, self._parts(path).fingerprint(names))
            if not one.read and one.path in self._quiet:
                used = self._quiet[one.path].used
            state.entries[one.path] = _Entry(used, one.asked, one.findings, one.quiet)
        if found and state.files:
            contents = {content for _, _, content in state.files.values()}
            state.imports = {content: imported for content, imported in state.imports.items() if content in contents}
            state.parts = {content: parts for content, parts in state.parts.items() if content in contents}
            _save(self._place, state)

    def _note_edges(self, wanted: set[str]) -> None:
        """Note whom files import, and those that they import, with the parts of all."""
        state = self._state
        if not wanted:
            return
        contents = {_relative(path): content for path, (_, _, content) in state.files.items()}
        names = {_relative(path): path for path in state.files}
        closure = Closure(contents, lambda path: _text(names[path]), self._roots, state.imports)
        border = list(wanted)
        while border:
            path = border.pop()
            if path in state.files and (path in wanted or path not in state.edges):
                wanted.discard(path)
                self._parts(path)
                state.edges[path] = tuple(dict.fromkeys(names[other] for other in closure.imports(_relative(path))))
                border += state.edges[path]

    def _parts(self, path: str) -> Parts:
        parts, content = self._state.parts, self._state.files[path][2]
        if content not in parts:
            parts[content] = parts_of(_text(path))
        return parts[content]


def _packages(files: Iterable[Path]) -> list[str]:
    around = {path.parent: str(path) for path in files}
    return [package_around(path) for path in around.values()]


class Changes:
    """What the changes of some files do to what was found in others.

    Args:
        changed: The files.
        old: What was known.
        now: The files as they are.
    """

    def __init__(self, changed: set[str], old: _State, now: Mapping[str, tuple[int, int, str]]) -> None:
        self._files, self._edges = now, old.edges
        self._texts = {path: _text(path) for path in changed}
        self._parts = {path: parts_of(text) for path, text in self._texts.items()}
        self._package = cache(package_around)
        self._importing = cache(self._all_importing)
        self._seen: dict[str, frozenset[str] | None] = {}
        self._capitals: dict[str, frozenset[str]] = {}
        for path, parts in self._parts.items():
            before = old.parts.get(old.files[path][2])
            names = None if before is None else parts.changed(before)
            classes = parts.classes.keys() | (before.classes.keys() if before is not None else set())
            self._seen[path] = None if names is None else self._words(path, names & classes, names)

    def leave(self, path: str, entry: _Entry) -> bool:
        """Whether nothing that was found in a file depends on is changed."""
        full = str(Path(path).absolute())
        if full in self._texts:
            return False
        if not self.leave_models(entry):
            return False
        for changed in self._parts:
            seen = self._seen[changed]
            if seen != frozenset() and full in self._importing(changed) and (seen is None or self._mentions(full, seen)):
                return False
        return self._still_answered(entry)

    def leave_models(self, entry: _Entry) -> bool:
        """Whether nothing that readings of its models ran is changed."""
        for changed, parts in self._parts.items():
            use = entry.used.get(changed, ((), ""))
            if use is None or (use[1] and parts.fingerprint(use[0]) != use[1]):
                return False
        return True

    def _still_answered(self, entry: _Entry) -> bool:
        return all(self._same_answer(*one) for one in entry.asked)

    def _same_answer(self, word: str, how: str, path: str, witness: str) -> bool:
        if witness:
            return witness not in self._texts or mentions_of(word, how)(self._texts[witness])
        near = [(other, text) for other, text in self._texts.items() if other != path and word in text]
        around = self._package(path) + os.sep if near else ""
        return not any(other.startswith(around) and mentions_of(word, how)(text) for other, text in near)

    def _all_importing(self, path: str) -> frozenset[str]:
        """The files that import a file, or one that does."""
        importing: dict[str, list[str]] = {}
        for other, imported in self._edges.items():
            for one in imported:
                importing.setdefault(one, []).append(other)
        found: set[str] = set()
        border = [path]
        while border:
            current = border.pop()
            if current not in found:
                found.add(current)
                border += importing.get(current, ())
        return frozenset(found)

    def _words(self, path: str, classes: Iterable[str], names: Iterable[str]) -> frozenset[str] | None:
        """The names of what changed in a file, and of the classes that may inherit from a changed one or hold it, and so on.

        None when that may be anything: a class whose name is small is not told from other words.
        """
        words = set(classes)
        others = [other for other in self._importing(path) if other in self._edges] if words else []
        inside: dict[str, list[tuple[str, frozenset[str]]]] = {}
        while True:
            more: set[str] = set()
            for other in others:
                if not self._names(other).isdisjoint(words):
                    if other not in inside:
                        inside[other] = [(name, frozenset(_CLASS.findall(block))) for name, block in classes_in(self._text(other))]
                    more.update(name for name, mentioned in inside[other] if name not in words and not mentioned.isdisjoint(words))
            if not all(_CLASS.fullmatch(word) for word in words | more):
                return None
            if not more:
                return frozenset({*words, *names})
            words |= more

    def _mentions(self, path: str, words: frozenset[str]) -> bool:
        """Whether a file has one of some words: names of classes all begin with a capital, by far the most of those asked for."""
        small = [word for word in words if not _CLASS.fullmatch(word)]
        text = self._text(path) if small else ""
        return not self._names(path).isdisjoint(words) or any(re.search(rf"\b{re.escape(word)}\b", text) for word in small if word in text)

    def _names(self, path: str) -> frozenset[str]:
        if path not in self._capitals:
            self._capitals[path] = frozenset(_CLASS.findall(self._text(path)))
        return self._capitals[path]

    @cached_property
    def _read(self) -> dict[str, str]:
        return dict(self._texts)

    def _text(self, path: str) -> str:
        if path not in self._read:
            self._read[path] = _text(path)
        return self._read[path]


#: What the name of a class looks like.
_CLASS = re.compile(r"\b_*[A-Z]\w*")


def _digest(job: Job, tops: list[str]) -> str:
    """The name of all that findings depend on beside the files."""
    settings = job.settings
    parts = [_FORM, VERSION, sys.version_info[:2], _ourselves(), str(Path.cwd()), sorted(tops), [str(folder) for folder in job.folders],
             [rule.code for rule in settings.active()], sorted(settings.per_file_ignores.items()), settings.comments, job.models, job.read,
             None if job.changed is None else sorted(job.changed.items()),
             [name for folder in sorted(tops) for name in _installed(folder)]]  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _ourselves() -> str:
    """What changes when this program does."""
    digest = hashlib.blake2b(digest_size=12)
    for folder, folders, names in os.walk(Path(__file__).parent.parent):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            status = (Path(folder) / name).stat()
            digest.update(f"{name}:{status.st_mtime_ns}:{status.st_size};".encode())
    return digest.hexdigest()


def _installed(folder: str) -> list[str]:
    try:
        return sorted(entry.name for entry in Path(folder).iterdir() if entry.name.endswith(".dist-info"))
    except OSError:
        return []


def _stamped(tops: list[str], old: dict[str, tuple[int, int, str]]) -> dict[str, tuple[int, int, str]] | None:
    """Every file below the folders as it is now; None when there are too many."""
    found: dict[str, tuple[int, int, str]] = {}
    for top in tops:
        for path in files_around(top, _MOST_FILES + 1):
            found[path] = _stamp(path, old.get(path))
            if len(found) > _MOST_FILES:
                return None
    return found


def _stamp(path: str, old: tuple[int, int, str] | None) -> tuple[int, int, str]:
    try:
        status = Path(path).stat()
        if old is not None and (status.st_mtime_ns, status.st_size) == old[:2]:
            return old
        content = hashlib.blake2b(Path(path).read_bytes(), digest_size=16).hexdigest()
    except OSError:
        return 0, 0, ""
    return status.st_mtime_ns, status.st_size, content


def _is_below(path: str, tops: list[str]) -> bool:
    return any(path.startswith(top + os.sep) for top in tops)


def _relative(path: str) -> str:
    return path.replace(os.sep, "/").lstrip("/")


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _load(place: Path) -> _State:
    try:
        return _decoder.decode(place.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return _State({}, {}, {}, {}, {})


def _save(place: Path, state: _State) -> None:
    """Written whole and renamed into place; a folder that cannot be written to only makes the next run slower."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=place.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode(state))
        Path(temporary).replace(place)
        for old in sorted(place.parent.iterdir(), key=lambda path: path.stat().st_mtime_ns)[:-_MOST_STATES]:
            old.unlink()
    except OSError:
        return
