"""What a check is asked for, and what it knows of a file: the nouns of this room, which load nothing that checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..config import ModelConfig
from ..ir.diagnostic import Diagnostic
from ..rules.settings import Settings


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


#: What something depends on: files, each with the definitions of it that matter; None where all of it does.
Uses = Mapping[str, tuple[str, ...] | None]


class Reading(NamedTuple):
    """One model that was read.

    Args:
        uses: The files that were opened, with the definitions that were run.
        missing: The modules that were looked for and are not there.
        quiet: Whether nothing was found.
        asked: Which files build the model, if that mattered, as in `Checked`.
    """

    uses: Uses
    missing: tuple[str, ...]
    quiet: bool
    asked: tuple[tuple[str, str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """One file, checked.

    Args:
        path: The file.
        findings: What was found in it.
        broken: Whether it is no Python.
        uses: The files whose definitions rules looked into.
        missing: The modules that rules looked for and are not there.
        asked: The words that other files were searched for, each with how, for whom, and the files that have it.
        readings: The models that were read, by name.
        content: The name that git gives what stood in it; empty when nobody wants to know.
        parts: What it is made of, as it is kept (see `Parts`).
    """

    path: str
    findings: tuple[Diagnostic, ...]
    broken: bool = False
    uses: Uses = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    asked: tuple[tuple[str, str, str, str], ...] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    content: str = ""
    parts: bytes = b""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known from an earlier check and still holds.

    Args:
        quiet: By file, the models in which nothing is to be found: they are not read.
        answers: What other files were found to mention, as `Survey` keeps it.
    """

    quiet: Mapping[str, frozenset[str]] = field(default_factory=dict)
    answers: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


_ending: list[bool] = []


def end_with_command() -> None:
    """From here on the process is for one command only: what a check leaves behind need not be taken apart."""
    _ending.append(True)


def ends_with_command() -> bool:
    """Whether the process is for one command only."""
    return bool(_ending)
