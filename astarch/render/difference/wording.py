"""How a change, a verdict and a difference of totals read, in one line each; shared by all forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ...ir.change import Change, Comparison, Kind, Verdict
from ...ir.dim import Dim
from ...ir.graph import Record
from ..notation import bytes_text, count_text, plain_text, short_count
from ..paint import clean

#: A coloured sign for every verdict, as reviewers know them from other bots.
SIGNS: Mapping[Verdict, str] = dict(zip(Verdict, "🔴🟠🟡⚪🟢⚫", strict=True))

#: The order in which changes are told, with the heading of each group.
GROUPS: Mapping[str, tuple[Kind, ...]] = {
    "State dict": (Kind.KEY_REMOVED, Kind.KEY_ADDED, Kind.KEY_RENAMED, Kind.KEY_RESHAPED, Kind.PERSISTENCE, Kind.KEY_RETYPED,
                   Kind.KEY_NATURE, Kind.TIED, Kind.UNTIED, Kind.TRAINABLE, Kind.ORDER),
    "Forward": (Kind.DATA_FLOW, Kind.CALL_ORDER, Kind.OUTPUT, Kind.FRAMEWORK),
    "Modules": (Kind.MODULE_REMOVED, Kind.MODULE_ADDED, Kind.MODULE_RENAMED, Kind.MODULE_MOVED, Kind.MODULE_RETYPED, Kind.MODULE_REARGUED),
    "Interface": (Kind.FORWARD_SIGNATURE, Kind.CONSTRUCTOR_SIGNATURE, Kind.DEFAULT, Kind.CONFIG),
}  # fmt: skip


def sentence(change: Change, code: str = "") -> str:
    """A change in one line.

    >>> sentence(Change(Kind.KEY_RESHAPED, "fc.weight", "error", (10, 8), (12, 8)))
    'fc.weight: [10, 8] → [12, 8]'

    Args:
        change: What happened.
        code: What stands around names, such as a backquote.
    """
    subject = f"{code}{_code(change.subject, code) or 'model'}{code}"
    before, after = _value(change.before), _value(change.after)
    note = f" ({clean(change.note)})" if change.note else ""
    if change.kind in (Kind.KEY_RENAMED, Kind.MODULE_RENAMED, Kind.MODULE_MOVED):
        return f"{code}{_code(before, code)}{code} → {subject}{note}"
    if change.kind is Kind.TIED:
        return f"{subject} = {code}{_code(after, code)}{code}{note}"
    if change.before is None and change.after is None:
        return f"{subject}{note}"
    if change.before is None:
        return f"{subject}: + {code}{_code(after, code)}{code}{note}"
    if change.after is None:
        return f"{subject}: − {code}{_code(before, code)}{code}{note}"
    return f"{subject}: {code}{_code(before, code)}{code} → {code}{_code(after, code)}{code}{note}"


def _code(text: str, code: str) -> str:
    cleaned = clean(str(text))
    return cleaned.replace("`", "'") if code else cleaned


def _value(value: Any) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(str, value))}]"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={_argument(item)}" for name, item in value.items()) or "defaults"
    return str(value)


def _argument(value: Any) -> str:
    return str(value.type) if isinstance(value, Record) else plain_text(value)


def told_once(changes: Sequence[Change]) -> tuple[str, list[Change]]:
    """The note that all of several changes share, and the changes without it."""
    notes = {change.note for change in changes}
    if len(changes) < 2 or len(notes) > 1 or "" in notes:
        return "", list(changes)
    return clean(notes.pop()), [replace(change, note="") for change in changes]


def grouped(comparison: Comparison) -> Iterator[tuple[str, list[tuple[Kind, list[Change]]]]]:
    """The changes by group and kind, in the order of telling."""
    for title, kinds in GROUPS.items():
        by_kind = [(kind, [change for change in comparison.changes if change.kind is kind]) for kind in kinds]
        filled = [(kind, changes) for kind, changes in by_kind if changes]
        if filled:
            yield title, filled


def totals(comparison: Comparison) -> list[tuple[str, str, str, str]]:
    """What is counted, before and after, and the difference: parameters, operations, memory."""
    old, new = comparison.old, comparison.new
    rows: list[tuple[str, Any, Any, Any]] = [("parameters", *_both(comparison, lambda model: model.parameter_count), count_text)]
    if all(model is None or model.calls for model in (old, new)):
        rows.append(("MACs", *_both(comparison, lambda model: model.macs), short_count))
    rows.append(("memory", *_both(comparison, lambda model: sum(model.bytes.values())), bytes_text))
    return [(label, _written(before, write), _written(after, write), _delta(before, after, write)) for label, before, after, write in rows]


def _both(comparison: Comparison, ask: Any) -> tuple[Any, Any]:
    return tuple(None if model is None else ask(model) for model in (comparison.old, comparison.new))  # type: ignore[return-value]


def _written(value: Any, write: Any) -> str:
    return "–" if value is None else write(value)


def _delta(before: Any, after: Any, write: Any) -> str:
    """The difference with its sign, and in percent where both are numbers."""
    if before is None or after is None or str(before) == str(after):
        return ""
    if isinstance(before, int) and isinstance(after, int):
        sign = "+" if after > before else "−"
        percent = f", {sign}{abs(after - before) / before:.1%}" if before else ""
        return f"{sign}{write(abs(after - before))}{percent}"
    return f"{write(after - before)}" if isinstance(after - before, Dim) else ""


def counted(comparison: Comparison) -> str:
    """The changes of the state dict in a few words: ``2 keys renamed, 1 added``."""
    words = {Kind.KEY_RENAMED: "renamed", Kind.KEY_ADDED: "added", Kind.KEY_REMOVED: "removed", Kind.KEY_RESHAPED: "reshaped",
             Kind.PERSISTENCE: "of other persistence"}  # fmt: skip
    found = [
        (sum(change.kind is kind and change.severity == "error" for change in comparison.changes), word) for kind, word in words.items()
    ]
    parts = [f"{count} {word}" for count, word in found if count]
    if comparison.old is None:
        return "new model"
    return "model removed" if comparison.new is None else ", ".join(parts) or "same keys"
