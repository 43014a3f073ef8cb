"""A `Verification` as text, JSON and Markdown: the verdict first, then what was contradicted, then what stays open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from ..ir.verification import Fact, Match, Status, Verdict, Verification
from .frames import wrapped
from .paint import clean

#: The version of the JSON form.
SCHEMA = 1

#: How many of a kind are listed before the rest is counted.
_SHOWN = 20
#: The width of the labels at the end.
_LABEL = 13

_SIGNS = {Verdict.CONFIRMED: "✓", Verdict.CONSISTENT: "≈", Verdict.CONTRADICTED: "✗"}


def to_text(verification: Verification, *, every: bool = False, width: int = 100) -> str:
    """The report for a terminal.

    Args:
        verification: What was found.
        every: Whether what was confirmed is listed as well, and nothing cut short.
        width: The columns that there are.

    >>> to_text(Verification("net.py:Net", "net.pt", "state dict")).splitlines()[0]
    '≈ consistent, not confirmed: net.py:Net against net.pt (state dict)'
    """
    lines = [f"{_SIGNS[verification.verdict]} {_title(verification)}"]
    for status in (Status.CONTRADICTED, Status.ABSENT, *((Status.CONFIRMED,) if every else ())):
        found = verification.of(status)
        if found:
            groups = _alike(found)
            shown = groups if every else groups[:_SHOWN]
            lines += ["", f"{status.value.capitalize()} ({len(found)})", *(f"  {line}" for group in shown for line in _facts(group))]
            rest = sum(map(len, groups[len(shown) :]))
            lines += [f"  … and {rest} more, which --all lists"] if rest else []
    lines += ["", *(_labelled("Computes", f"the same: {verification.computes}", width) if verification.computes else ())]
    lines += [*_labelled("Confirmed", summary(verification.of(Status.CONFIRMED)), width)]
    if verification.hides:
        lines += _labelled("Cannot tell", "; ".join(verification.hides), width)
    lines += [line for note in verification.notes for line in _labelled("Note", clean(note), width)]
    return "\n".join(lines) + "\n"


def _labelled(label: str, text: str, width: int) -> list[str]:
    """A label, and beside it a text in as many lines as it needs."""
    first, *more = wrapped(text, max(width - _LABEL, 20))
    return [f"{label:<{_LABEL}}{first}", *(f"{'':<{_LABEL}}{line}" for line in more)]


def _alike(facts: Iterable[Fact]) -> list[list[Fact]]:
    """Facts that say the same of the same thing, together: one for each place."""
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        said = (fact.subject, fact.about, str(fact.expected), str(fact.found), fact.note)
        groups.setdefault(said, []).append(fact)
    return list(groups.values())


def _facts(group: list[Fact]) -> Iterator[str]:
    """One of several that say the same, and how many more of them there are."""
    first, *lines = _fact(group[0])
    yield f"{first} ({len(group)} times)" if len(group) > 1 else first
    yield from lines


def to_markdown(verification: Verification) -> str:
    """The report for a review comment."""
    lines = [f"### {_SIGNS[verification.verdict]} {_cell(_title(verification))}", ""]
    for status in (Status.CONTRADICTED, Status.ABSENT):
        found = verification.of(status)
        if found:
            lines += [f"**{status.value.capitalize()}**", "", "| What | Source | Artifact | Where |", "|:--|:--|:--|:--|"]
            groups = _alike(found)
            lines += [_row(group) for group in groups[:_SHOWN]]
            rest = sum(map(len, groups[_SHOWN:]))
            lines += [f"| … and {rest} more | | | |"] if rest else []
            lines.append("")
    lines.append(f"Confirmed: {_cell(summary(verification.of(Status.CONFIRMED)))}")
    if verification.computes:
        lines += [f"Computes the same: {_cell(verification.computes)}.", ""]
    if verification.hides:
        lines += ["", f"This artifact cannot tell: {_cell('; '.join(verification.hides))}"]
    return "\n".join(lines) + "\n"


def _row(group: list[Fact]) -> str:
    """A row of the table, of one fact or of several that say the same."""
    fact = group[0]
    times = f" ({len(group)} times)" if len(group) > 1 else ""
    said = ["", ""] if fact.expected is None and fact.found is None else [_value(fact.expected), _value(fact.found)]
    cells = (f"{_subject(fact)}{times}", *said, _place(fact) or fact.note)
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def to_json(verification: Verification, *, version: str = "") -> str:
    """The report for programs."""
    return json.dumps(to_data(verification, version=version), indent=2, ensure_ascii=False) + "\n"


def matches_text(folder: str, artifact: str, found: list[Match]) -> str:
    """The models that have exactly the tensors of a saved one, each on a line; else how near the nearest come.

    >>> matches_text("models", "w.pt", [Match("net.py:Net", 0, 8)])
    'net.py:Net\\n'
    """
    exact = [clean(match.name) for match in found if match.exact]
    if exact:
        return "\n".join(exact) + "\n"
    lines = [f"no model in {clean(folder)} has the tensors of {clean(artifact)}"]
    near = _near(found)
    if near:
        width = max(len(match.name) for match in near)
        lines += ["the nearest:", *(f"  {clean(match.name):<{width}}  {_distance(match)}" for match in near)]
    return "\n".join(lines) + "\n"


def matches_markdown(folder: str, artifact: str, found: list[Match]) -> str:
    """The same for a review comment."""
    exact = [match for match in found if match.exact]
    title = f"### {'✓' if exact else '✗'} {_cell(artifact)} and the models in {_cell(folder)}"
    lines = [f"- {_cell(match.name)}: {_distance(match)}" for match in exact or _near(found)]
    return "\n".join([title, "", *(lines or ["No model was read."])]) + "\n"


def matches_json(folder: str, artifact: str, found: list[Match]) -> str:
    """The same for programs: all that were read."""
    models = [
        {
            "target": match.target,
            "preset": match.preset or None,
            "exact": match.exact,
            "different": match.different,
            "compared": match.compared,
            "sure": match.sure,
        }
        for match in found
    ]
    return json.dumps({"schema": SCHEMA, "folder": folder, "artifact": artifact, "models": models}, indent=2, ensure_ascii=False) + "\n"


def _near(found: list[Match]) -> list[Match]:
    """The few that share more than half of their tensors with the saved one."""
    return [match for match in found if match.different * 2 < match.compared][:5]


def _distance(match: Match) -> str:
    if match.exact:
        return f"all {match.compared} tensors are the same"
    same = f"{match.compared - match.different} of {match.compared} tensors are the same"
    return same if match.sure else f"{same}, but something is wrong with the model itself"


def to_data(verification: Verification, *, version: str = "") -> dict[str, Any]:
    """The report as dicts, lists, texts and numbers."""
    return {
        "schema": SCHEMA,
        "astarch": version,
        "target": verification.target,
        "artifact": verification.artifact,
        "format": verification.form,
        "verdict": verification.verdict.value,
        "computes": verification.computes or None,
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
        about = "operation" if fact.about.startswith("operation") else fact.about.rpartition(".")[2]
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
    if fact.expected is None and fact.found is None:
        yield f"{_subject(fact)}: {clean(fact.note)}" if fact.note else _subject(fact)
        if _place(fact):
            yield f"    {_place(fact)}"
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
