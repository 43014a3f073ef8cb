"""Findings kept from one run to the next, for as long as nothing changes that they depend on.

What was found in a file depends on the file, on what it imports and what those import, on the files that readings of its models
opened, and on words that other files around it were searched for. All of that is noted beside the findings. A file that comes or
goes may change what any name means: then everything is checked again.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path

import msgspec

from ..ir.diagnostic import Diagnostic
from ..readers.closure import Closure
from ..readers.survey import files_around, mentions_of, package_around
from ..source.cache import default_folder
from ..version import VERSION
from .files import Checked, Job

#: To be raised when what is kept changes its form.
_FORM = 1

#: Around more files than this, looking which of them changed takes longer than it is worth.
_MOST_FILES = 20_000

#: So many states are kept, of projects and of ways to check them; the ones not used for longest go first.
_MOST_STATES = 50


class _Entry(msgspec.Struct, array_like=True):
    """What is known of one file."""

    needs: tuple[str, ...]
    asked: tuple[tuple[str, str, str, str], ...]
    findings: tuple[Diagnostic, ...]


class _State(msgspec.Struct, array_like=True):
    """What is known of a project: its files with time, size and content, what contents import, and what was found."""

    files: dict[str, tuple[int, int, str]]
    imports: dict[str, tuple[str, ...]]
    entries: dict[str, _Entry]


_decoder: msgspec.msgpack.Decoder[_State] = msgspec.msgpack.Decoder(_State)


class Known:
    """The findings of earlier runs that still hold."""

    def __init__(self, place: Path, state: _State, roots: tuple[str, ...]) -> None:
        self._place, self._state, self._roots = place, state, roots

    @classmethod
    def of(cls, job: Job, files: Iterable[Path]) -> Known:
        """What is known when these files are to be checked this way."""
        folders = dict.fromkeys([*(str(folder.absolute()) for folder in job.folders), *(package_around(str(path)) for path in files)])
        tops = [folder for folder in folders if not any(folder.startswith(other + os.sep) for other in folders)]
        place = default_folder() / "findings" / _digest(job, tops)
        old = _load(place)
        now = _stamped(tops, old.files)
        roots = tuple(_relative(folder) for folder in folders)
        if now is None or now.keys() != {path for path in old.files if path in now or _is_below(path, tops)}:
            return cls(place, _State(now or {}, old.imports, {}), roots)
        for path, (time, size, content) in old.files.items():
            if path not in now:  # opened once outside of the project
                now[path] = _stamp(path, (time, size, content))
        changed = {path for path, (_, _, content) in now.items() if old.files[path][2] != content}
        texts = {path: _text(path) for path in changed}
        around = cache(package_around)
        entries = {path: entry for path, entry in old.entries.items() if _holds(entry, texts, around)}
        return cls(place, _State(now, old.imports, entries), roots)

    def findings(self, path: Path) -> tuple[Diagnostic, ...] | None:
        """What is known of a file; None when it must be checked."""
        entry = self._state.entries.get(str(path))
        return entry.findings if entry is not None else None

    def learn(self, found: list[Checked]) -> None:
        """Note what was found, and keep it for the next run."""
        state = self._state
        for one in found:
            for path in one.opened - state.files.keys():
                state.files[path] = _stamp(path, None)
        contents = {_relative(path): content for path, (_, _, content) in state.files.items()}
        names = {_relative(path): path for path in state.files}
        closure = Closure(contents, lambda path: _text(names[path]), self._roots, state.imports)
        for one in found:
            full = str(Path(one.path).absolute())
            needs = {names[path] for path in closure.of(_relative(full))} | one.opened | {full}
            state.entries[one.path] = _Entry(tuple(sorted(needs)), one.asked, one.findings)
        if found and state.files:
            used = {content for _, _, content in state.files.values()}
            state.imports = {content: imported for content, imported in state.imports.items() if content in used}
            _save(self._place, state)


def _holds(entry: _Entry, changed: Mapping[str, str], package: Callable[[str], str]) -> bool:
    """Whether nothing that a file depends on is among the texts that changed."""
    if not changed:
        return True
    if not changed.keys().isdisjoint(entry.needs):
        return False
    for word, how, path, witness in entry.asked:
        mentions = mentions_of(word, how)
        if witness in changed and not mentions(changed[witness]):
            return False
        around = package(path) + os.sep
        if not witness and any(other != path and other.startswith(around) and mentions(text) for other, text in changed.items()):
            return False
    return True


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
        return _State({}, {}, {})


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
