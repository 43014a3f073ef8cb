"""What changed between two models, or between two states of a whole repository; old states are read from git's own files."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from .compare.changes import added, compare, removed
from .config import ModelConfig
from .errors import AstarchError
from .inputs import InputSpec
from .interpreter.cycles import rarely_searched
from .ir.architecture import Architecture
from .ir.change import Comparison, Review, Verdict
from .readers.candidates import Candidate, candidates
from .readers.closure import Closure, meaning
from .readers.git_tree import Repository, Tree, TreeProject
from .readers.probing import probes
from .readers.python import read_source
from .source.cache import Cache, default_folder
from .source.index import SourceError
from .source.project import Project, read_text
from .targets import Target

#: What the state on disk is called.
WORKING_TREE = "working tree"

Read = Callable[[list[InputSpec]], Architecture]

#: Folders that hold no models of the project.
_FOREIGN = frozenset(("node_modules", "site-packages", "build", "dist", "__pycache__", "venv"))


def pair(
    read_old: Read, read_new: Read, inputs: list[InputSpec], name: str = "", same_code: Callable[..., bool] | None = None
) -> Comparison:
    """Compare two models, each read by a function of the inputs; without inputs likely ones are tried.

    Args:
        read_old: Reads the model before.
        read_new: Reads the model after.
        inputs: What the forward is given; empty to find out.
        name: What the pair is called.
        same_code: Whether the sources of two readings mean the same.
    """
    old, new = read_old(inputs), read_new(inputs)
    if not inputs:
        for guess in probes(new):
            tried = _ran(read_new, guess)
            other = _ran(read_old, guess) if tried is not None else None
            if tried is not None and other is not None:
                old, new = other, tried
                break
    return compare(old, new, name=name, same_code=same_code(old, new) if same_code is not None else False)


def _ran(read: Read, guess: list[InputSpec]) -> Architecture | None:
    """The model read with an input that is only a guess; None when it does not fit."""
    found = read(guess)
    fits = found.outputs is not None and not any(finding.severity == "error" for finding in found.diagnostics)
    return found if fits else None


def same_sources(old: Architecture, new: Architecture) -> bool:
    """Whether the files that two models on disk come from mean the same."""
    texts = [[_meaning(file) for file in model.attributes.get("files", ())] for model in (old, new)]
    return bool(texts[0]) and sorted(texts[0]) == sorted(texts[1])


def _meaning(file: str) -> str:
    try:
        return _hash(meaning(read_text(file)))
    except SourceError:
        return f"?{file}"


# --- a whole repository -----------------------------------------------------------------------------------------------


@dataclass
class State:
    """One state of a repository: its Python files, and a project that reads them.

    Attributes:
        label: What it is called.
        files: Every Python file by its path from the root, with the name of its content.
        project: Reads models.
        text: The text of a file.
    """

    label: str
    root: Path
    files: Mapping[str, str]
    project: Project
    text: Callable[[str], str]
    search: list[Path]
    closure: Closure = field(init=False)

    def __post_init__(self) -> None:
        roots = [str(folder)[len(str(self.root)) + 1 :] for folder in self.search if str(folder).startswith(f"{self.root}/")]
        self.closure = Closure(self.files, self.text, ("", *roots), _imports)

    def read(self, target: Target, inputs: list[InputSpec], names: Mapping[str, str], budget: int | None) -> Architecture:
        """A model of this state."""
        place = replace(target, path=str(self.root / target.path)) if target.is_source else target
        return read_source(place, inputs, self.search, dict(names), budget, self.project)

    def meaning(self, path: str) -> str:
        """What a file means, the same for the same content."""
        name = self.files.get(path, "")
        if name not in _meanings:
            _meanings[name] = _hash(meaning(self.text(path))) if name else ""
        return _meanings[name]


_imports: dict[str, tuple[str, ...]] = {}
_meanings: dict[str, str] = {}
_classes: dict[str, list[Candidate]] = {}


def at_revision(repository: Repository, revision: str, search: list[Path]) -> State:
    """A commit."""
    tree = repository.tree(revision)
    project = TreeProject(tree, [str(folder) for folder in search])
    files = {path: name for path, name in tree.files.items() if path.endswith(".py")}
    return State(revision, repository.root, files, project, lambda path: _text_at(project, tree, path), search)


def _text_at(project: TreeProject, tree: Tree, path: str) -> str:
    try:
        return project.text_of(str(tree.repository.root / path)) or ""
    except SourceError:
        return ""


def on_disk(root: Path, search: list[Path]) -> State:
    """The working tree, new files included."""
    files: dict[str, str] = {}
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _FOREIGN
                      and not Path(folder, name, "pyvenv.cfg").exists()]  # fmt: skip
        for name in names:
            full = Path(folder, name)
            if name.endswith(".py") and full.is_file():
                data = full.read_bytes()
                files[os.path.relpath(full, root).replace(os.sep, "/")] = hashlib.sha1(
                    b"blob %d\0" % len(data) + data, usedforsecurity=False
                ).hexdigest()
    project = Project([str(folder) for folder in search], Cache(default_folder()))
    return State(WORKING_TREE, root, files, project, lambda path: _text_on_disk(root, path), search)


def _text_on_disk(root: Path, path: str) -> str:
    try:
        return read_text(str(root / path))
    except SourceError:
        return ""


def _counted(name: str) -> list[tuple[str, int]]:
    """A key by which ``net2`` comes before ``net10``."""
    return [(text, int(number or 0)) for text, number in re.findall(r"(\D*)(\d{0,9})", name)]


def review(
    old: State,
    new: State,
    *,
    paths: Sequence[str] = (),
    models: Iterable[ModelConfig] = (),
    budget: int | None = None,
    progress: Callable[[str], None] = lambda name: None,
    among: Container[str] | None = None,
) -> Review:
    """Every model whose reading changed between two states, those changed through an import included.

    Args:
        old: The state before.
        new: The state after.
        paths: Files or folders, from the root; all when empty.
        models: What the project itself wants analysed, and how.
        budget: Steps per model.
        progress: Told the name of every model that is read.
        among: The only files, from the root, in which models are looked for that the project does not name; all by default.
    """
    with rarely_searched():  # in all of it, not anew in each of hundreds of readings
        return _reviewed(old, new, _wanted(old, new, paths, list(models), among), budget, progress)


def _reviewed(old: State, new: State, wanted: list[_Model], budget: int | None, progress: Callable[[str], None]) -> Review:
    found: list[Comparison] = []
    failures: dict[str, str] = {}
    for model in wanted:
        if not model.affected(old, new):
            continue
        progress(model.name)
        try:
            comparison = model.comparison(old, new, budget)
        except (AstarchError, SourceError) as error:
            failures[model.name] = str(error)
            continue
        if comparison.changes or comparison.verdict is not Verdict.NONE:
            found.append(comparison)
    found.sort(key=lambda one: (one.verdict.rank, _counted(one.name)))
    return Review(old.label, new.label, tuple(found), sum(model.after is not None for model in wanted), failures)


@dataclass
class _Model:
    """One model of either state: where it stands in both, and what its forward is given."""

    name: str
    before: str | None
    after: str | None
    config: ModelConfig

    def affected(self, old: State, new: State) -> bool:
        """Whether anything that it is made of means something else now."""
        if self.before is None or self.after is None or self.before != self.after:
            return True
        first, second = old.closure.of(self.before), new.closure.of(self.after)
        if first != second:
            return True
        return any(old.files[path] != new.files[path] and old.meaning(path) != new.meaning(path) for path in first)

    def comparison(self, old: State, new: State, budget: int | None) -> Comparison:
        """The model in both states."""
        target, inputs, names = self.config.target, list(self.config.inputs), self.config.names
        if self.before is None:
            return added(self._tried(new, self.after, inputs, budget), self.name)
        if self.after is None:
            return removed(self._tried(old, self.before, inputs, budget), self.name)
        return pair(
            lambda given: old.read(replace(target, path=self.before or ""), given, names, budget),
            lambda given: new.read(replace(target, path=self.after or ""), given, names, budget),
            inputs,
            self.name,
            lambda first, second: _same_files(first, second, old, new),
        )

    def _tried(self, state: State, path: str | None, inputs: list[InputSpec], budget: int | None) -> Architecture:
        return state.read(replace(self.config.target, path=path or ""), inputs, self.config.names, budget)


def _same_files(first: Architecture, second: Architecture, old: State, new: State) -> bool:
    """Whether the files that two readings came from mean the same in both states."""
    start = len(str(old.root)) + 1
    sides = [
        [file[start:] for file in model.attributes.get("files", ()) if file[start:] in state.files]
        for model, state in ((first, old), (second, new))
    ]
    return bool(sides[0]) and sorted(map(old.meaning, sides[0])) == sorted(map(new.meaning, sides[1]))


def _wanted(old: State, new: State, paths: Sequence[str], models: list[ModelConfig], among: Container[str] | None) -> list[_Model]:
    """The models of both states: those that the project names, and the classes that are no parts of others."""
    found: list[_Model] = []
    for config in models:
        places = [config.target.path if config.target.path in state.files else None for state in (old, new)]
        if config.target.is_source and any(places):
            found.append(_Model(config.target.text, places[0], places[1], config))
    named = {(model.config.target.path, model.config.target.expression.partition("(")[0]) for model in found}
    sides = [{(one.path, one.name): one for one in _found(state, paths, among)} for state in (old, new)]
    moved = _moved(*sides)
    for key in dict.fromkeys((*sides[1], *sides[0])):
        if key in named or key in moved.values():
            continue
        before = moved.get(key, key)
        config = ModelConfig(Target(f"{key[0]}:{key[1]}", key[0], key[1]))
        found.append(_Model(config.target.text, before[0] if before in sides[0] else None, key[0] if key in sides[1] else None, config))
    return found


def _found(state: State, paths: Sequence[str], among: Container[str] | None) -> list[Candidate]:
    files = [path for path in state.files if among is None or path in among]
    return [
        one
        for one in candidates(files, state.text, _classes, lambda path: state.files[path])
        if not paths or any(one.path == path or one.path.startswith(f"{path.rstrip('/')}/") or path in ("", ".") for path in paths)
    ]


def _moved(old: Mapping[tuple[str, str], Candidate], new: Mapping[tuple[str, str], Candidate]) -> dict[tuple[str, str], tuple[str, str]]:
    """Classes that went to another file: new places to old ones, where the name leaves no doubt."""
    gone: dict[str, list[tuple[str, str]]] = {}
    for key in old:
        if key not in new:
            gone.setdefault(key[1], []).append(key)
    come: dict[str, list[tuple[str, str]]] = {}
    for key in new:
        if key not in old:
            come.setdefault(key[1], []).append(key)
    return {places[0]: gone[name][0] for name, places in come.items() if len(places) == 1 and len(gone.get(name, ())) == 1}


@lru_cache(maxsize=4096)
def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def states(
    place: Path, before: str, after: str | None, folders: Sequence[Path], packages: Sequence[Path], *, since_fork: bool
) -> tuple[State, State]:
    """Both states of the repository around a place.

    Args:
        place: A folder inside.
        before: The revision before.
        after: The revision after; None for the working tree.
        folders: Where the project's own modules are looked for, beside the root.
        packages: Where installed ones are.
        since_fork: Whether to start where the two histories parted, so that what others did meanwhile is not shown.
    """
    repository = Repository.around(place)
    start = before
    if since_fork:
        start = repository.merge_base(repository.commit(before), repository.commit(after or "HEAD")) or before
    source = repository.root / "src"
    sources = [source] if source.is_dir() else []
    search = list(dict.fromkeys([*folders, repository.root, *sources, *packages]))
    old = at_revision(repository, start, list(search))
    old.label = before if start == before else f"{before} ({start[:9]})"
    new = on_disk(repository.root, list(search)) if after is None else at_revision(repository, after, list(search))
    return old, new
