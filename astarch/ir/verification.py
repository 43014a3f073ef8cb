"""What confirming one model against another found: a verdict per fact, and one for the whole."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from .span import NOWHERE, Span


class Status(Enum):
    """What an artifact says of a fact of the source."""

    CONFIRMED = "confirmed"
    CONTRADICTED = "contradicted"
    ABSENT = "not in this artifact"


class Verdict(Enum):
    """What all facts together say."""

    CONFIRMED = "confirmed"
    CONSISTENT = "consistent, not confirmed"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of the source, held against an artifact.

    Args:
        subject: What it is about: a parameter's, a module's or an operation's name.
        about: Which property of it: ``shape``, ``dtype``, ``class``, ``stride``.
        status: What the artifact says.
        expected: What the source says; None when it has no such thing.
        found: What the artifact says; None when it has no such thing.
        expected_at: Where the source says it.
        found_at: Where in the artifact it stands.
        note: Why the artifact cannot say it, or how the two were aligned.
    """

    subject: str
    about: str
    status: Status
    expected: Any = None
    found: Any = None
    expected_at: Span = NOWHERE
    found_at: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A model of a project, laid beside a saved one.

    Args:
        target: The model.
        different: How many tensors are not the same in both.
        compared: How many were compared.
        sure: Whether nothing is wrong with the model itself.
        preset: The project's preset of its config, where the model is that.
    """

    target: str
    different: int
    compared: int
    sure: bool = True
    preset: str = ""

    @property
    def name(self) -> str:
        """The model, and the preset where it is one.

        >>> Match("net.py:GPT", 0, 8, preset="small").name
        'net.py:GPT with the preset small'
        """
        return f"{self.target} with the preset {self.preset}" if self.preset else self.target

    @property
    def exact(self) -> bool:
        """Whether it has exactly the tensors of the saved one."""
        return self.sure and not self.different


@dataclass(frozen=True, slots=True)
class Verification:
    """A model held against an artifact.

    Args:
        target: The model that was asked about.
        artifact: What it was held against.
        form: The artifact's format.
        facts: Everything that was compared, in the order of the model.
        notes: How names were aligned, and what was taken for granted.
        shows: What an artifact of this kind can confirm.
        hides: What it cannot.
    """

    target: str
    artifact: str
    form: str
    facts: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()

    def of(self, status: Status) -> tuple[Fact, ...]:
        """The facts of one status."""
        return tuple(fact for fact in self.facts if fact.status is status)

    @property
    def computes(self) -> str:
        """How both are known to compute the same; empty where that is not known."""
        wanted = ("forward", "computation", Status.CONFIRMED)
        return next((fact.note for fact in self.facts if (fact.subject, fact.about, fact.status) == wanted), "")

    @property
    def verdict(self) -> Verdict:
        """Contradicted by one contradiction; confirmed only when nothing is left open."""
        if self.of(Status.CONTRADICTED):
            return Verdict.CONTRADICTED
        open_facts = self.of(Status.ABSENT) or self.hides or not self.of(Status.CONFIRMED)
        return Verdict.CONSISTENT if open_facts else Verdict.CONFIRMED
