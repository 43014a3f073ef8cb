"""From subjects to trials: mutants are drawn with a seed, asked of the live framework, and checked."""

from __future__ import annotations

import gc
import json
import random
import subprocess
import traceback
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from astarch import checking
from astarch.checking import models as building
from astarch.config import ModelConfig
from astarch.inputs import InputSpec
from astarch.ir.diagnostic import Diagnostic
from astarch.targets import Target

from .kinds import KINDS
from .scoring import Trial
from .source import Edit, Source
from .subjects import Place, Subject


class Live:
    """The live framework, in a process of its own.

    Args:
        python: An interpreter with the framework.
        folders: Where libraries are imported from.
        framework: ``torch`` or ``keras``.
    """

    def __init__(self, python: str, folders: list[Path], framework: str = "torch") -> None:
        self.framework = framework
        command = [python, str(Path(__file__).with_name("live.py")), framework, *map(str, folders)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, subject: Subject, path: Path, text: str, *, trace: bool = False, device: str = "meta") -> dict[str, Any]:
        """What happens when a text stands in the place of the subject's file.

        Args:
            subject: Whose file it is.
            path: Where the file is.
            text: What stands in it.
            trace: Whether the lines that run are wanted.
            device: ``meta`` is quick; only ``cpu`` makes all the checks (a transposed convolution on the meta device takes any
                number of channels).
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        job = {
            "path": str(path), "text": text, "runs": subject.runs, "module": subject.module,
            "trace": trace, "device": device if self.framework == "torch" else self.framework,
        }  # fmt: skip
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the live framework ended with {self.process.wait()} at {subject.name}")
        return json.loads(answer)

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait()


def trials(
    subjects: list[Subject], live: Live, place: Place, count: int, seed: str, only: str = "", blind: bool = False
) -> Iterator[Trial]:
    """So many mutants of each subject, every kind as often as there are places for it.

    Args:
        subjects: What is broken.
        live: What is asked.
        place: Where mutants stand.
        count: How many of each subject.
        seed: What draws them.
        only: One kind; all without.
        blind: Whether the check is told nothing of how the models are built and what they are given.

    Raises:
        RuntimeError: A subject does not run as it is, or is reported as wrong.
    """
    for subject in subjects:
        text = subject.path.read_text(encoding="utf-8")
        path = place.write(subject, text)
        original = live.ask(subject, path, text, trace=True)
        if original["stage"] != "ok" and subject.library is not None:
            print(f"{subject.name} is left out: {original['error']}", flush=True)  # made smaller, or without what it needs
            continue
        if original["stage"] != "ok":
            raise RuntimeError(f"{subject.name} does not run as it is: {original['error']}")
        findings = errors(subject, path, place, blind)
        if findings and subject.library is None:
            raise RuntimeError(f"{subject.name} runs, and is reported as wrong: {findings}")
        known = {finding[:2] for finding in findings}  # a library's file may be wrong where the model does not pass through
        run = Executed(set(original["executed"]), [tuple(place) for place in original["places"]])
        for kind, edit in drawn(Source(text), run, count, random.Random(f"{seed} {subject.name}"), only):  # noqa: S311
            mutant = edit.apply(text)
            path = place.write(subject, mutant)
            answer = live.ask(subject, path, mutant)
            found = tuple(one for one in errors(subject, path, place, blind) if one[:2] not in known)
            if found and answer["stage"] == "ok" and (thorough := live.ask(subject, path, mutant, device="cpu"))["stage"] == "failed":
                answer = thorough
            yield Trial(subject.name, kind, edit.what, edit.lines, answer, original["computed"], found)
        place.write(subject, text)


@dataclass(frozen=True, slots=True)
class Executed:
    """Where the models of a file pass through: the lines, and the places ``(line, column, end line, end column)`` of expressions."""

    lines: set[int]
    places: list[tuple[int, int, int, int]]

    def reaches(self, edit: Edit, source: Source) -> bool:
        """Whether what is changed runs: its statement, and every arm of a condition in which it stands."""
        if not self.lines & set(range(edit.lines[0], edit.lines[1] + 1)) or (edit.needs and self.lines.isdisjoint(edit.needs)):
            return False
        return all(any(start <= place[:2] and place[2:] <= end for place in self.places) for start, end in source.arms(edit))


def drawn(source: Source, run: Executed, count: int, chance: random.Random, only: str = "") -> Iterator[tuple[str, Edit]]:
    """Edits, kind after kind, where the models pass through: elsewhere a mutant cannot be told from its original."""
    edits = {name: list(make(source)) for name, make in KINDS.items() if only in ("", name)}
    for name, found in edits.items():
        edits[name] = [edit for edit in found if run.reaches(edit, source)]
        chance.shuffle(edits[name])
    names = [name for name, found in edits.items() if found]
    chance.shuffle(names)
    given = 0
    while given < count and any(edits.values()):
        for name in names:
            if edits[name] and given < count:
                yield name, edits[name].pop(0)
                given += 1


def errors(subject: Subject, path: Path, place: Place, blind: bool = False) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """The errors that a check of the file reports; a fault of its own is one that stands nowhere."""
    try:
        return _reported(subject, path, place, blind)
    except Exception:
        return (("fault", traceback.format_exc(limit=-3), (0,)),)
    finally:
        gc.collect()  # the host searches seldom after a reading, and there are hundreds here


def _reported(subject: Subject, path: Path, place: Place, blind: bool) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """The models of the file are named with their inputs, unless the check is to be blind."""
    if blind:
        return _errors(checking.check([path], search_path=place.search_path(subject)))
    models = [
        ModelConfig(Target(f"{path}:{expression}", str(path), expression), tuple(InputSpec(None, sizes, dtype) for sizes, dtype in inputs))
        for expression, inputs in subject.runs
    ]
    most, building.MOST_MODELS = building.MOST_MODELS, 0  # a library's file builds more than the framework is asked about
    try:
        found = checking.check([path], models=models, search_path=place.search_path(subject))
    finally:
        building.MOST_MODELS = most
    return _errors(found)


def _errors(found: Iterable[Diagnostic]) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    return tuple(
        (one.name, one.message, (one.span.line, *(note.span.line for note in one.notes if note.span.file == one.span.file)))
        for one in found
        if one.severity == "error"
    )
