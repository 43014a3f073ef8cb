"""Files checked, one by one or by several processes: what was found in each, and what that depends on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from ..config import ModelConfig
from ..interpreter.cycles import Aside, rarely_searched
from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic
from ..ir.program import File
from ..ir.span import Span
from ..readers.survey import Survey
from ..rules.runner import check_file, found_in_models
from ..rules.settings import Settings
from ..source.index import SourceError

if TYPE_CHECKING:
    from .models import WatchedProject

#: So many files are handed to a process at a time: enough that what they share is read once, few enough that all end together.
_PORTION = 12


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to check files of its own.

    Args:
        settings: Which rules are on.
        folders: Where modules are looked for.
        models: Targets with their inputs, that the project names.
        read: Whether models are built and run.
        changed: By file, what was found by comparing with an older state; None when that was not asked for.
    """

    settings: Settings
    folders: tuple[Path, ...]
    models: tuple[ModelConfig, ...]
    read: bool
    changed: Mapping[str, tuple[Diagnostic, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """One file, checked.

    Args:
        path: The file.
        findings: What was found in it.
        opened: The files that readings of its models opened, each with the definitions they ran; None where all of it matters.
        asked: The words that other files were searched for, each with the file that has it; empty when none has.
        quiet: Whether nothing was found in its models.
        read: Whether its models were read, or what was found in them is known.
    """

    path: str
    findings: tuple[Diagnostic, ...]
    opened: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    asked: tuple[tuple[str, str, str, str], ...] = ()
    quiet: bool = False
    read: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known from an earlier check and still holds.

    Args:
        quiet: The files in whose models nothing is to be found: they are not read.
        answers: What other files were found to mention, as `Survey` keeps it.
    """

    quiet: frozenset[str] = frozenset()
    answers: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


def checked(files: list[Path], job: Job, jobs: int = 1, kept: Kept | None = None) -> list[Checked]:
    """Every file, in order; with several processes the same, sooner.

    Args:
        files: What to check.
        job: How.
        jobs: How many processes.
        kept: What is known from earlier.
    """
    if not files:
        return []
    kept = kept or Kept()
    if jobs <= 1 or len(files) < 2:
        return _Checker(job, kept).check(files)
    portions = [files[start : start + _PORTION] for start in range(0, len(files), _PORTION)]
    if len(portions) < jobs:
        portions = [part for start in range(jobs) if (part := files[start::jobs])]
    with ProcessPoolExecutor(min(jobs, len(portions)), get_context("spawn"), _begin, (job, kept)) as pool:
        found = {one.path: one for part in pool.map(_check_portion, portions) for one in part}
    return [found[str(path)] for path in files]


class _Checker:
    """Checks file after file; what several of them share is read once."""

    def __init__(self, job: Job, kept: Kept) -> None:
        self.job, self.quiet = job, kept.quiet
        self.survey = Survey(job.folders, kept.answers)

    @cached_property
    def project(self) -> WatchedProject:
        """Where readings find files; made when the first model is to be read."""
        from ..readers.catalogue import open_catalogue
        from .models import WatchedProject

        open_catalogue()
        return WatchedProject(self.job.folders)

    def check(self, files: list[Path]) -> list[Checked]:
        """The files, in order."""
        with rarely_searched(), Aside() as aside:
            return [self._one(path, aside) for path in files]

    def _one(self, path: Path, aside: Aside) -> Checked:
        survey, job = self.survey, self.job
        reads = job.read and str(path) not in self.quiet
        survey.asked.clear()
        try:
            file = survey.open(path)
        except SourceError as error:
            return Checked(str(path), (syntax_error(error, str(path)),))
        aside.put()
        with aside.searched():
            read = list(self._read(file, path)) if reads else []
        changed = None if job.changed is None else job.changed.get(str(path), ())
        of_models = found_in_models(file, read, job.settings)
        findings = tuple(check_file(file, (), job.settings, changed, of_models, job.read))
        asked = tuple((word, how, around, witness) for (word, around, how), witness in survey.asked.items())
        survey.program.forget()
        if read:
            read.clear()
            aside.search()
        return Checked(str(path), findings, self.project.noted() if reads else {}, asked, not of_models, str(path) not in self.quiet)

    def _read(self, file: File, path: Path) -> Iterable[Architecture]:
        from . import models
        from .sites import Sites

        self.project.begin()
        return models.architectures(file, path, models.Job(self.job.models, self.project, Sites(self.survey, self.project.looked_into)))


_worker: list[_Checker] = []  # of a process of the pool


def _begin(job: Job, kept: Kept) -> None:
    """What a process of the pool keeps from one portion to the next."""
    _worker.append(_Checker(job, kept))


def _check_portion(files: list[Path]) -> list[Checked]:
    return _worker[0].check(files)


def syntax_error(error: SourceError, path: str) -> Diagnostic:
    """A file that is no Python, as a finding."""
    line, column = max(error.line, 1), max(error.column, 1)
    return Diagnostic("MDL000", "syntax-error", "error", error.message, Span(path, line, column, line, column + 1))
