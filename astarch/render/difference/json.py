"""A comparison or a review as JSON, for other programs: versioned, sizes as numbers or formulas."""

from __future__ import annotations

import json
from typing import Any

from ...ir.architecture import Architecture
from ...ir.change import Change, Comparison, Review
from ...ir.dim import Dim
from ...ir.graph import Record
from ...ir.span import Span

#: Grows when a key changes its meaning or goes.
SCHEMA = 1


def to_json(result: Comparison | Review, *, version: str = "") -> str:
    """The report as text."""
    data = review_data(result) if isinstance(result, Review) else comparison_data(result)
    return json.dumps({"schema": SCHEMA, "astarch": version, **data}, ensure_ascii=False, indent=1) + "\n"


def review_data(review: Review) -> dict[str, Any]:
    """A review as plain data."""
    return {
        "old": review.old,
        "new": review.new,
        "verdict": review.verdict.id,
        "models": review.looked_at,
        "comparisons": [comparison_data(one) for one in review.comparisons],
        "failures": dict(review.failures),
    }


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """A comparison as plain data."""
    return {
        "name": comparison.name,
        "verdict": comparison.verdict.id,
        "behaviour_changed": comparison.behaviour,
        "old": _totals(comparison.old),
        "new": _totals(comparison.new),
        "changes": [_change(change) for change in comparison.changes],
        "mapping": comparison.mapping,
        "renames": [{"old": one.old, "new": one.new, "confidence": one.confidence, "why": one.why} for one in comparison.renames],
        "dropped": list(comparison.dropped),
        "filled": list(comparison.filled),
        "doubts": list(comparison.doubts),
        "hooks": list(comparison.hooks),
    }


def _totals(model: Architecture | None) -> dict[str, Any] | None:
    if model is None:
        return None
    sizes = {
        "parameter_count": model.parameter_count,
        "trainable_count": model.trainable_count,
        "macs": model.macs if model.calls else None,
    }
    return {
        "target": model.target,
        **{name: _size(size) for name, size in sizes.items()},
        "bytes": {k: _size(v) for k, v in model.bytes.items()},
    }


def _size(size: Any) -> Any:
    return size if size is None or isinstance(size, int) else str(size)


def _change(change: Change) -> dict[str, Any]:
    return {
        "kind": change.kind.id,
        "subject": change.subject,
        "severity": change.severity,
        "before": _plain(change.before),
        "after": _plain(change.after),
        "before_at": _place(change.before_at),
        "after_at": _place(change.after_at),
        "note": change.note,
    }


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Dim):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    return value.type if isinstance(value, Record) else str(value)


def _place(span: Span) -> dict[str, Any] | None:
    return {"file": span.file, "line": span.line, "column": span.column} if span.line else None
