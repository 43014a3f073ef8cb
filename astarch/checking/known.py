"""Findings kept from one run to the next, for as long as nothing changes that they depend on.

What was found in a file depends on the file, on the definitions that rules looked into and readings of its models ran, on modules that
are not there, and on words that other files around it were searched for. All of that is noted beside the findings, in one file for a
project and a way to check it: a run that finds nothing changed looks at the stamps of files and at no file itself.
"""

from __future__ import annotations

import gc
import hashlib
import os
import sys
import tempfile
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import msgspec

from ..ir.diagnostic import Diagnostic
from ..ir.parsing import parsed
from ..readers.listing import LARGE, MOST_SEARCHED, packages_around
from ..source.cache import default_folder
from ..version import VERSION
from .dependents import Dependents
from .entries import Entry, Names
from .job import Checked, Job, Kept
from .parts import Parts, parts_of, taken_apart
from .stamps import GONE, Stamp, Stamps

#: To be raised when what is kept changes its form.
_FORM = 5

#: So many states are kept, of projects and of ways to check them; the ones not used for longest go first.
_MOST_STATES = 50


class _State(msgspec.Struct, array_like=True):
    """What is known of a project.

    Args:
        when: When the files were looked at.
        files: The files.
        broken: Those that are no Python.
        found: By checked file, what was found in it.
        beside: By checked file, a digest of what was found by comparing it with an older state, if anything was.
        parts: What files are made of.
        names: All texts that occur in entries.
        dependents: Which entries a change may concern.
        entries: By checked file, what its findings depend on.
    """

    when: int
    files: dict[str, Stamp]
    broken: list[str]
    found: dict[str, tuple[Diagnostic, ...]]
    beside: dict[str, str]
    parts: dict[str, msgspec.Raw]
    names: msgspec.Raw
    dependents: msgspec.Raw
    entries: dict[str, msgspec.Raw]


_states: msgspec.msgpack.Decoder[_State] = msgspec.msgpack.Decoder(_State)
_parts: msgspec.msgpack.Decoder[Parts] = msgspec.msgpack.Decoder(Parts)
_texts: msgspec.msgpack.Decoder[list[str]] = msgspec.msgpack.Decoder(list[str])
_dependents: msgspec.msgpack.Decoder[Dependents] = msgspec.msgpack.Decoder(Dependents)
_entry: msgspec.msgpack.Decoder[Entry] = msgspec.msgpack.Decoder(Entry)


class Known:
    """The findings of earlier runs that still hold.

    Args:
        place: Where they are kept.
        state: They.
        changed: Whether the files are not as they were then.
    """

    def __init__(self, place: Path, state: _State, changed: bool) -> None:
        self._place, self._state, self._changed = place, state, changed
        self._names, self._dependents = Names(()), Dependents.none()
        self._is_open = False
        self._lost: dict[str, Entry] = {}  # of files that must be checked again
        self.kept = Kept()

    @classmethod
    def of(cls, job: Job, files: Iterable[Path]) -> Known:
        """What is known when these files are to be checked this way."""
        listed = list(files)
        folders = {*(str(folder.absolute()) for folder in job.folders), *packages_around({os.path.dirname(path) for path in listed})}
        tops = sorted(folder for folder in folders if not any(folder.startswith(other.rstrip(os.sep) + os.sep) for other in folders))
        place = default_folder() / "findings" / _digest(job, tops)
        old = _load(place)
        stamps = Stamps(old.files, old.when)
        now = stamps.around(tops)
        if now is None:
            return cls(place, _nothing(), True)
        now |= {path: stamps.of(path) for path in old.files.keys() - now.keys()}
        state = _State(stamps.when, now, old.broken, old.found, old.beside, old.parts, old.names, old.dependents, old.entries)
        changed = {path for path in now if old.files.get(path, GONE)[3] != now[path][3]}
        known = cls(place, state, bool(changed) or stamps.reread)
        if changed and old.found:
            known._follow(changed, old.files)
        known._lose([path for path in map(str, listed) if path in state.found and state.beside.get(path, "") != _beside(job, path)])
        return known

    def knows(self, path: Path) -> bool:
        """Whether what is known of a file holds."""
        return str(path) in self._state.found

    def findings(self, path: Path) -> tuple[Diagnostic, ...]:
        """What was found in a file."""
        return self._state.found[str(path)]

    def _open(self) -> None:
        """Read who depends on what."""
        if not self._is_open:
            self._is_open = True
            self._names = Names(_texts.decode(self._state.names))
            self._dependents = _dependents.decode(self._state.dependents)

    def _lose(self, paths: Collection[str]) -> None:
        if paths:
            self._open()
        for path in paths:
            self._lost[path] = _entry.decode(self._state.entries.pop(path))
            del self._state.found[path]

    def _follow(self, changed: set[str], before: dict[str, Stamp]) -> None:
        """Keep only what the changes of some files leave as it was."""
        from .following import Change, Following

        state, now = self._state, self._state.files
        self._open()
        changes: dict[str, Change] = {}
        for path in changed:
            text = _text(path) if now[path][3] else ""
            is_broken = _is_broken(path, text)
            raw = state.parts.get(path)
            new = parts_of(text)
            stays = now[path][3] and before.get(path, GONE)[3] and raw is not None and is_broken == (path in state.broken)
            changes[path] = Change(text, new.changed(_parts.decode(raw), text) if stays and raw is not None else None)
            state.parts.pop(path, None)
            if now[path][3]:
                state.parts[path] = msgspec.Raw(msgspec.msgpack.encode(new))
            state.broken = [*(set(state.broken) - {path}), *([path] if is_broken else [])]
        appeared = {path for path in changed if not (now[path][3] and before.get(path, GONE)[3])}
        for path in [path for path in appeared if not now[path][3]]:
            del now[path]
        if _is_built_anew(appeared, now) or _is_another_size(appeared, before, now) or len(now) > MOST_SEARCHED:
            state.found.clear()
            state.entries.clear()
            self._dependents = Dependents.none()
            return
        following = Following(changes, appeared, self._names)
        concerned = self._dependents.of({path: change.text for path, change in changes.items()}, self._names)
        near = state.entries if appeared else [path for path in state.entries if path in concerned]
        self._lose(lost := [path for path in near if not following.leave(path, _entry.decode(state.entries[path]))])
        self.kept = Kept(
            {path: following.quiet(self._lost[path]) for path in lost},
            {answer[:3]: answer[3] for path in lost for answer in following.answers(self._lost[path])},
        )

    def learn(self, job: Job, found: list[Checked]) -> None:
        """Note what was found, and keep it for the next run."""
        state = self._state
        if not state.files or not (found or self._changed):
            return
        self._open()
        stamps = Stamps({}, state.when)
        notes: dict[str, Entry] = {}
        for one in found:
            full = os.path.abspath(one.path)
            old = self._lost.get(one.path)
            notes[one.path] = Entry.of(one, self._names, old if old is not None and one.path in self.kept.quiet else None)
            state.entries[one.path] = msgspec.Raw(msgspec.msgpack.encode(notes[one.path]))
            state.found[one.path] = one.findings
            if beside := _beside(job, one.path):
                state.beside[one.path] = beside
            else:
                state.beside.pop(one.path, None)
            if one.broken and full not in state.broken:
                state.broken.append(full)
            self._put_parts(full, one.content, one.parts)
        self._dependents.add(notes, self._names)
        used = {number for entry in notes.values() for number in entry.files()}
        for path in {self._names.texts[number] for number in used} - state.parts.keys():
            if path not in state.files:  # opened outside of the project
                state.files[path] = stamps.of(path)
            self._put_parts(path, *taken_apart(path))
        if found or self._changed:
            state.names = msgspec.Raw(msgspec.msgpack.encode(self._names.texts))
            state.dependents = msgspec.Raw(msgspec.msgpack.encode(self._dependents))
            _save(self._place, state)

    def _put_parts(self, path: str, content: str, parts: bytes) -> None:
        """Note what a file is made of, unless it changed while it was looked at."""
        if parts and path in self._state.files and self._state.files[path][3] == content:
            self._state.parts[path] = msgspec.Raw(parts)


def _is_built_anew(appeared: set[str], now: dict[str, Stamp]) -> bool:
    """Whether a folder became a package, or is none any more: then the modules in it have other names."""
    folders = {os.path.dirname(path) for path in appeared if os.path.basename(path) == "__init__.py"}
    return any(path not in appeared and path.startswith(folder + os.sep) for folder in folders for path in now)


def _is_broken(path: str, text: str) -> bool:
    if not path.endswith(".py"):
        return False
    try:
        parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    return False


def _is_another_size(appeared: Iterable[str], before: Mapping[str, Stamp], now: Mapping[str, Stamp]) -> bool:
    """Whether a package has become large, or is so no longer, by files that came or went."""
    for folder in packages_around({os.path.dirname(path) for path in appeared}):
        start = folder.rstrip(os.sep) + os.sep
        was, has = (sum(bool(stamp[3]) and path.startswith(start) for path, stamp in files.items()) for files in (before, now))
        if (was > LARGE) != (has > LARGE):
            return True
    return False


def _beside(job: Job, path: str) -> str:
    found = job.changed.get(path, ()) if job.changed else ()
    return hashlib.blake2b(repr(found).encode(), digest_size=12).hexdigest() if found else ""


def _digest(job: Job, tops: list[str]) -> str:
    """The name of all that findings depend on beside the files."""
    settings = job.settings
    parts = [_FORM, VERSION, sys.version_info[:2], _ourselves(), str(Path.cwd()), tops, [str(folder) for folder in job.folders],
             settings.select, settings.ignore, settings.extend_select, sorted(settings.per_file_ignores.items()), settings.comments,
             job.models, job.read,
             job.changed is None, [name for folder in tops for name in _installed(folder)]]  # fmt: skip
    return hashlib.blake2b(repr(parts).encode(), digest_size=16).hexdigest()


def _ourselves() -> str:
    """What changes when this program does."""
    digest = hashlib.blake2b(digest_size=12)
    border = [os.path.dirname(os.path.dirname(__file__))]
    while border:
        with os.scandir(border.pop()) as listing:
            for entry in sorted(listing, key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    border += [entry.path] if entry.name != "__pycache__" else []
                else:
                    status = entry.stat()
                    digest.update(f"{entry.name}:{status.st_mtime_ns}:{status.st_size};".encode())
    return digest.hexdigest()


def _installed(folder: str) -> list[str]:
    try:
        return sorted(name for name in os.listdir(folder) if name.endswith(".dist-info"))
    except OSError:
        return []


def _data(path: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError:
        return b""


def _text(path: str) -> str:
    return _data(path).decode("utf-8", "replace")


def _nothing() -> _State:
    """What is known at first."""
    names, dependents = msgspec.msgpack.encode([]), msgspec.msgpack.encode(Dependents.none())
    return _State(0, {}, [], {}, {}, {}, msgspec.Raw(names), msgspec.Raw(dependents), {})


def _load(place: Path) -> _State:
    """What was kept; taken in without a search for cycles: there are none in it."""
    works = gc.isenabled()
    gc.disable()
    try:
        return _states.decode(place.read_bytes())
    except (OSError, msgspec.MsgspecError):
        return _nothing()
    finally:
        if works:
            gc.enable()


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
