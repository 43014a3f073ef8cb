"""What is worth saying about a program, as data: rules and the interpreter make it, renderers print it."""

from __future__ import annotations

from dataclasses import dataclass

from .span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Note:
    """A secondary place and what happened there."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a span."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that mend a finding; ``safe`` when the model computes the same and old checkpoints still load."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Args:
        code: Three letters and three digits, e.g. ``MDL201``.
        name: The kebab-case name of the rule, e.g. ``flatten-linear-mismatch``.
        severity: ``error``, ``warning`` or ``info``.
        message: One line: what is, and what was wanted.
        span: The place to change.
        notes: The way the number took: other places, in order.
        help: What would mend it, in a sentence.
        fix: Edits that mend it.
        module: Dotted name of the module it concerns.
        assumptions: What was assumed on the way here; empty when it holds in every case.
        by_framework: Whether it is an error that a framework raises, as its description says; else the program or the language does.
    """

    code: str
    name: str
    severity: str
    message: str
    span: Span = NOWHERE
    notes: tuple[Note, ...] = ()
    help: str = ""
    fix: Fix | None = None
    module: str = ""
    assumptions: tuple[str, ...] = ()
    by_framework: bool = False


def order(finding: Diagnostic) -> tuple[str, int, int, str, str]:
    """Findings stand in the order of the text."""
    return finding.span.file, finding.span.line, finding.span.column, finding.code, finding.message
