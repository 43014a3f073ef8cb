"""Files checked, one by one or by several processes: what was found in each, and what that depends on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..interpreter.cycles import Aside, rarely_searched
from ..ir.dependence import ANYTHING
from ..ir.diagnostic import Diagnostic
from ..ir.program import File
from ..ir.span import Span
from ..readers.listing import root_of, start_of
from ..readers.survey import Survey
from ..rules.runner import check_file, found_in_models
from ..source.index import SourceError
from .job import Checked, Job, Kept, Reading, ends_with_command
from .parts import taken_apart

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor

    from .models import WatchedProject

#: So many files are handed to a process at a time: what they share is read once.
_PORTION = 12

#: Of so many files one is checked before there are several processes, if these can go on from there; and so many of a repository.
_FIRST = 16
_MOST_FIRST = 16


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
    checker = _Checker(job, kept, ends_with_command())
    try:
        return checker.check(files) if jobs <= 1 or len(files) < 2 else _by_several(files, checker, jobs)
    finally:
        checker.close()


def _by_several(files: list[Path], checker: _Checker, jobs: int) -> list[Checked]:
    """Every file, by several processes.

    What many files share is read before there are several, as far as that can be handed on: a few files from everywhere are checked first.
    """
    step = max(len(files) // min(len(files) // _FIRST, _MOST_FIRST), 1) if len(files) >= _FIRST else 0
    first = files[step // 2 :: step] if step and _can_branch() else []
    found, done = checker.check(first), set(first)
    portions = list(_portions([path for path in files if path not in done], jobs))
    with Aside.from_others(), _processes(min(jobs, len(portions)), checker) as pool:
        found += [one for part in pool.map(_check_portion, portions) for one in part]
    by_path = {one.path: one for one in found}
    return [by_path[str(path)] for path in files]


def _processes(count: int, checker: _Checker) -> ProcessPoolExecutor:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    if not _can_branch():
        return ProcessPoolExecutor(count, get_context("spawn"), _begin, (checker.job, checker.kept if checker.keeps else None))
    checker.load()
    return ProcessPoolExecutor(count, get_context("fork"), _branch, (checker,))


def _can_branch() -> bool:
    """Whether processes can go on from here with all that is known: on Linux, where no other thread holds a lock just now."""
    return sys.platform == "linux" and threading.active_count() == 1


def _portions(files: list[Path], jobs: int) -> Iterator[list[Path]]:
    """Neighbours together, for they share most; the last ones alone, so that all processes end together."""
    start = 0
    while start < len(files):
        size = max(min(_PORTION, (len(files) - start) // (2 * jobs)), 1)
        yield files[start : start + size]
        start += size


class _Checker:
    """Checks file after file; what several of them share is read once."""

    def __init__(self, job: Job, kept: Kept | None, alone: bool = False) -> None:
        self.job, self.kept, self._alone = job, kept or Kept(), alone  # alone: nobody else works in this process
        self.keeps = kept is not None
        self._root, self._start, self.survey = "", "", Survey(job.folders, self.kept.answers)

    def load(self) -> None:
        """Load what every file needs."""
        self.job.settings.active()
        if self.job.read:
            from ..readers import python

            _ = python, self.project

    def close(self) -> None:
        """Undo what goes round, where the process goes on: it need not be searched for then."""
        if not self._alone:
            self.survey.close()

    def is_alone(self) -> None:
        """From here on nobody else works in this process."""
        self._alone = True

    def _go_to(self, path: str) -> None:
        """What lies beside a file can be imported by it, and by none that begins elsewhere."""
        root, start = root_of(path), start_of(path)
        if (root, start) != (self._root, self._start):
            self.__dict__.pop("project", None)
        if root != self._root:
            self.survey.close()
            self.survey = Survey(self.job.folders, self.kept.answers)
        self._root, self._start = root, start

    @cached_property
    def project(self) -> WatchedProject:
        """Where readings find files; made when the first model is to be read."""
        from ..readers.catalogue import open_catalogue
        from .models import WatchedProject

        open_catalogue()
        return WatchedProject(self.job.folders)

    def check(self, files: list[Path]) -> list[Checked]:
        """The files, in order."""
        with rarely_searched(), Aside(self._alone) as aside:
            return [self._one(path, aside) for path in files]

    def _one(self, path: Path, aside: Aside) -> Checked:
        self._go_to(str(path))
        survey, job = self.survey, self.job
        survey.asked.clear()
        survey.program.seen.clear()
        try:
            file = survey.open(path)
        except SourceError as error:
            return Checked(str(path), (syntax_error(error, str(path)),), broken=True)
        made_of = taken_apart(path) if self.keeps else ("", b"")
        of_models, readings = self._read(file, path, aside) if job.read else ([], {})
        changed = None if job.changed is None else job.changed.get(str(path), ())
        findings = tuple(check_file(file, (), job.settings, changed, of_models, job.read))
        asked = _answers(survey)
        uses, missing = survey.noted(file)
        survey.program.forget()
        return Checked(str(path), findings, False, uses, missing, asked, readings, *made_of)

    def _read(self, file: File, path: Path, aside: Aside) -> tuple[list[Diagnostic], dict[str, Reading]]:
        """What is found in the models of a file, and what that depends on."""
        from . import models
        from .sites import Sites

        project, found, readings = self.project, list[Diagnostic](), dict[str, Reading]()
        job = models.Job(self.job.models, project, Sites(self.survey, project.looked_into))
        for name, architectures in models.architectures(file, path, job, self.kept.quiet.get(str(path), ())):
            project.begin()
            before, self.survey.asked = self.survey.asked, {}
            aside.put()
            with aside.searched():
                read = list(architectures)
            new = found_in_models(file, read, self.job.settings)
            uses, asked = project.noted(), _answers(self.survey)
            self.survey.asked = {**before, **self.survey.asked}
            if name == models.SCRIPT:
                uses[str(path.absolute())] = None
            elif asked:  # anything in the file may build it, too
                uses[str(path.absolute())] = (ANYTHING,)
            readings[name] = Reading(uses, tuple(sorted(project.missed)), not new, asked)
            found += new
            read.clear()
            aside.sweep()  # at once, and so through little else than what the reading made
        return found, readings


def _answers(survey: Survey) -> tuple[tuple[str, str, str, str], ...]:
    return tuple((word, how, around, witness) for (word, around, how), witness in survey.asked.items())


_worker: list[_Checker] = []  # of a process of the pool


def _begin(job: Job, kept: Kept | None) -> None:
    """What a process of the pool keeps from one portion to the next."""
    _worker.append(_Checker(job, kept, alone=True))


def _branch(checker: _Checker) -> None:
    """What a process of the pool goes on with that began here."""
    checker.is_alone()
    _worker.append(checker)


def _check_portion(files: list[Path]) -> list[Checked]:
    return _worker[0].check(files)


def syntax_error(error: SourceError, path: str) -> Diagnostic:
    """A file that is no Python, as a finding."""
    line, column = max(error.line, 1), max(error.column, 1)
    return Diagnostic("MDL000", "syntax-error", "error", error.message, Span(path, line, column, line, column + 1))
