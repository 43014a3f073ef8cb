"""The files that differ from a git revision: what is looked at when only changes are checked, and what the changes do to models."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import ModelConfig
from ..ir.architecture import Architecture
from ..ir.change import Comparison
from ..ir.diagnostic import Diagnostic
from ..ir.span import Span
from ..readers.git_tree import Repository
from ..rules.placing import at_home
from ..rules.runner import check_comparison
from ..rules.settings import Settings

if TYPE_CHECKING:
    from ..review import State

#: Models of more files than this are not compared: a change of what everything imports would be compared for hours.
_MOST_FILES = 40


def changed_files(files: Iterable[Path], revision: str) -> list[Path]:
    """Those of the files that differ from where their branch left a revision; files that git does not know differ as well.

    Raises:
        ReadError: They lie in no repository, or there is no such revision.
    """
    listed = list(files)
    if not listed:
        return []
    repository = Repository.around(listed[0].absolute().parent)
    wanted, here = repository.commit(revision), repository.commit("HEAD")
    old = repository.tree(repository.merge_base(wanted, here) or wanted).files
    return [path for path in listed if old.get(_inside(path, repository.root)) != _content(path)]


def _inside(path: Path, root: Path) -> str:
    full = path.absolute()
    return full.relative_to(root).as_posix() if full.is_relative_to(root) else ""


def _content(path: Path) -> str:
    """The name that git gives a content."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def beside_the_old(
    files: Sequence[Path], revision: str, settings: Settings, models: Sequence[ModelConfig], folders: Iterable[Path]
) -> dict[str, tuple[Diagnostic, ...]] | None:
    """By changed file, what rules find that compare models as they were with models as they are; None when no such rule is on."""
    if not any(rule.needs_revision for rule in settings.active()):
        return None
    if not files:
        return {}
    from ..review import review, states
    from .models import FREE_STEPS

    place = files[0].absolute().parent
    old, new = states(place, revision, None, [folder.absolute() for folder in folders], [], since_fork=True)
    here = {_inside(path, new.root) for path in files}
    here = {path for path in here if path not in old.files or path not in new.files or old.meaning(path) != new.meaning(path)}
    if not here:  # comments, at most
        return {}
    configured = [replace(one, target=replace(one.target, path=_inside(Path(one.target.path), new.root)))
                  for one in models if one.target.is_source]  # fmt: skip
    found: dict[str, list[Diagnostic]] = {}
    for comparison in review(old, new, models=configured, budget=FREE_STEPS, among=_needing(here, new)).comparisons:
        for finding in check_comparison(comparison, settings):
            placed = _placed(finding, comparison, files)
            found.setdefault(placed.span.file, []).append(placed)
    return {file: tuple(findings) for file, findings in found.items()}


def _needing(changed: set[str], state: State) -> set[str]:
    """The changed files, and those that import one of them, or one that does."""
    found, border = set(changed), set(changed)
    texts = {path: state.text(path) for path in state.files}
    while border:
        names = {_module_name(path) for path in border}
        mentions = re.compile(rf"\b({'|'.join(map(re.escape, sorted(names)))})\b")
        near = [path for path in state.files if path not in found and mentions.search(texts[path])]
        last = border
        needing = (path for path in near if not last.isdisjoint(state.closure.of(path)))
        border = set(islice(needing, max(_MOST_FILES + 1 - len(found), 0)))  # one too many is as good as all
        if len(found) + len(border) > _MOST_FILES:
            break
        found |= border
    return found


def _module_name(path: str) -> str:
    parts = path.removesuffix(".py").split("/")
    return parts[-2] if parts[-1] == "__init__" and len(parts) > 1 else parts[-1]


def _placed(finding: Diagnostic, comparison: Comparison, files: Sequence[Path]) -> Diagnostic:
    """The finding in the changed file that has to do with it: where it stands, else what built the module, else where the model begins."""
    assert comparison.new is not None
    for path in files:
        if _same_file(finding.span, path):
            return replace(finding, span=finding.span._replace(file=str(path)))
    for path in files:
        moved = at_home(finding, comparison.new, str(path))
        if moved.span.file == str(path):
            return moved
    return replace(finding, span=_beginning(comparison.new, files), module="")


def _beginning(model: Architecture, files: Sequence[Path]) -> Span:
    root = model.modules[""].class_at
    for path in files:
        if _same_file(root, path):
            return root._replace(file=str(path))
    read = {Path(file).absolute() for file in model.attributes.get("files", ())}
    return Span(str(next((path for path in files if path.absolute() in read), files[0])), 1, 1, 1, 1)


def _same_file(span: Span, path: Path) -> bool:
    return bool(span.file) and Path(span.file).absolute() == path.absolute()
