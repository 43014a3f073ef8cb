"""Working models broken at random, with a fresh seed each time: what crashes is reported at its line, what runs is not.

`python scripts/mutations` does the same at length, on torchvision and timm as well.
"""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.mutations.kinds import KINDS, Source
from scripts.mutations.scoring import Score, Trial
from scripts.mutations.subjects import Place, Subject, of_keras, own
from scripts.mutations.trying import Live, trials

#: A sample of some dozens may lie below the 95 % that the whole benchmark asks for.
LEAST_RECALL = 0.85


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    started = Live(sys.executable, [])
    yield started
    started.close()


@pytest.mark.parametrize("subject", own(), ids=lambda subject: subject.name)
def test_what_crashes_is_found_and_what_runs_is_not(subject: Subject, live: Live, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "cache"))
    seed = secrets.token_hex(4)
    score = Score(list(trials([subject], live, Place(tmp_path), 16, seed)))
    said = f"seed {seed}\n" + "\n".join(score.failures())
    assert score.crashed >= 8, said
    assert not score.count("false"), said
    assert score.recall >= LEAST_RECALL, said


def test_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same of Keras, which takes longer to answer: a few mutants of each program, judged together."""
    pytest.importorskip("keras")
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "cache"))
    seed, asked = secrets.token_hex(4), Live(sys.executable, [], "keras")
    score = Score(list(trials(of_keras(), asked, Place(tmp_path), 8, seed)))
    asked.close()
    said = f"seed {seed}\n" + "\n".join(score.failures())
    assert score.crashed >= 8, said
    assert not score.count("false"), said
    assert score.recall >= LEAST_RECALL, said


def test_every_kind_has_its_places() -> None:
    """Between them the programs have something for every kind to break, and each edit keeps the lines of the file."""
    found: set[str] = set()
    for subject in (*own(), *of_keras()):
        text = subject.path.read_text(encoding="utf-8")
        for name, make in KINDS.items():
            for edit in make(Source(text)):
                found.add(name)
                mutant = edit.apply(text)
                assert mutant != text
                assert mutant.count("\n") == text.count("\n")
    assert found == KINDS.keys()
    assert len(KINDS) >= 15


def test_scores() -> None:
    """A finding counts where the change is or where the framework raises; an error on what still runs is false."""
    crash = {"stage": "failed", "error": "E", "lines": [3, 9]}
    runs = {"stage": "ok", "computed": "a"}
    at = lambda line, rule="program-error": ((rule, "m", (line,)),)  # noqa: E731
    verdicts = [
        Trial("s", "k", "w", (5, 6), live, "a", findings).verdict
        for live, findings in ((crash, at(6)), (crash, at(9)), (crash, at(3)), (crash, ()), (runs, ()), (runs, at(5)))
    ]
    assert verdicts == ["found", "found", "elsewhere", "missed", "quiet", "false"]
    changed = runs | {"computed": "b"}
    assert Trial("s", "k", "w", (5, 6), changed, "a", at(5, "modules-in-python-list")).verdict == "silent"
    assert Trial("s", "k", "w", (5, 6), changed, "a", at(5)).verdict == "false"
