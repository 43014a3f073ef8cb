"""A `Verification` as text, JSON and Markdown: the verdict first, then what was contradicted, then what stays open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..ir.verification import Fact, Status, Verdict, Verification
from .paint import clean

#: The version of the JSON form.
SCHEMA = 1

_SIGNS = {Verdict.CONFIRMED: "✓", Verdict.CONSISTENT: "≈", Verdict.CONTRADICTED: "✗"}


def to_text(verification: Verification, *, every: bool = False) -> str:
    """The report for a terminal.

    >>> to_text(Verification("net.py:Net", "net.pt", "state dict")).splitlines()[0]
    '≈ consistent, not confirmed: net.py:Net against net.pt (state dict)'
    """
    lines = [f"{_SIGNS[verification.verdict]} {_title(verification)}"]
    for status in (Status.CONTRADICTED, Status.ABSENT, *((Status.CONFIRMED,) if every else ())):
        found = verification.of(status)
        if found:
            lines += ["", f"{status.value.capitalize()} ({len(found)})", *(f"  {line}" for fact in found for line in _fact(fact))]
    lines += ["", f"Confirmed    {summary(verification.of(Status.CONFIRMED))}"]
    if verification.hides:
        lines.append(f"Cannot tell  {'; '.join(verification.hides)}")
    lines += [f"Note         {clean(note)}" for note in verification.notes]
    return "\n".join(lines) + "\n"


def to_markdown(verification: Verification) -> str:
    """The report for a review comment."""
    lines = [f"### {_SIGNS[verification.verdict]} {_cell(_title(verification))}", ""]
    for status in (Status.CONTRADICTED, Status.ABSENT):
        found = verification.of(status)
        if found:
            lines += [f"**{status.value.capitalize()}**", "", "| What | Source | Artifact | Where |", "|:--|:--|:--|:--|"]
            lines += [
                f"| {_cell(_subject(fact))} | {_cell(_value(fact.expected))} | {_cell(_value(fact.found))} | {_cell(_place(fact))} |"
                for fact in found
            ]
            lines.append("")
    lines.append(f"Confirmed: {_cell(summary(verification.of(Status.CONFIRMED)))}")
    if verification.hides:
        lines += ["", f"This artifact cannot tell: {_cell('; '.join(verification.hides))}"]
    return "\n".join(lines) + "\n"


def to_json(verification: Verification, *, version: str = "") -> str:
    """The report for programs."""
    return json.dumps(to_data(verification, version=version), indent=2, ensure_ascii=False) + "\n"


def to_data(verification: Verification, *, version: str = "") -> dict[str, Any]:
    """The report as dicts, lists, texts and numbers."""
    return {
        "schema": SCHEMA,
        "astarch": version,
        "target": verification.target,
        "artifact": verification.artifact,
        "format": verification.form,
        "verdict": verification.verdict.value,
        "counts": {status.value: len(verification.of(status)) for status in Status},
        "facts": [
            {
                "subject": fact.subject,
                "about": fact.about,
                "status": fact.status.value,
                "expected": _data(fact.expected),
                "found": _data(fact.found),
                "at": fact.expected_at._asdict() if fact.expected_at.line else None,
                "found_at": fact.found_at,
                "note": fact.note,
            }
            for fact in verification.facts
        ],
        "shows": list(verification.shows),
        "hides": list(verification.hides),
        "notes": list(verification.notes),
    }


def summary(facts: Iterable[Fact]) -> str:
    """How many facts of each kind.

    >>> summary([Fact("fc.weight", "shape", Status.CONFIRMED)])
    'shape 1'
    """
    counts: dict[str, int] = {}
    for fact in facts:
        about = "operation" if fact.about.startswith("operation") else fact.about
        counts[about] = counts.get(about, 0) + 1
    return ", ".join(f"{about} {count}" for about, count in counts.items()) or "nothing"


def _title(verification: Verification) -> str:
    return f"{verification.verdict.value}: {clean(verification.target)} against {clean(verification.artifact)} ({clean(verification.form)})"


def _subject(fact: Fact) -> str:
    return f"{clean(fact.subject) or 'the model'}: {clean(fact.about)}"


def _fact(fact: Fact) -> Iterator[str]:
    if fact.status is Status.CONFIRMED:
        yield f"{_subject(fact)} {_value(fact.expected)}"
        return
    both = "" if fact.status is Status.ABSENT and fact.found is None else f", the artifact {_value(fact.found)}"
    yield f"{_subject(fact)}: the source says {_value(fact.expected)}{both}"
    if _place(fact):
        yield f"    {_place(fact)}"
    if fact.note:
        yield f"    {clean(fact.note)}"


def _place(fact: Fact) -> str:
    places = [f"{clean(fact.expected_at.file)}:{fact.expected_at.line}"] if fact.expected_at.line else []
    return " | ".join([*places, *([clean(fact.found_at)] if fact.found_at else [])])


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    return clean("×".join(map(str, value)) or "a scalar" if isinstance(value, tuple) else str(value))


def _data(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_data(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _cell(text: str) -> str:
    """Text that Markdown leaves alone."""
    text = clean(text).replace("\\", "\\\\")
    for sign in "|*_`<>[]":
        text = text.replace(sign, f"\\{sign}")
    return text
