"""Findings as JSON, in ruff's fields, with what only astarch knows under ``arch``."""

from __future__ import annotations

import json
from typing import Any

from ...ir.diagnostic import Diagnostic, Fix
from ...ir.span import Span
from .report import URL, Report


def as_json(report: Report) -> str:
    """One array."""
    return json.dumps(_rows(report), indent=2, ensure_ascii=False) + "\n"


def json_lines(report: Report) -> str:
    """One object on each line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(report))


def rdjson(report: Report) -> str:
    """The format of reviewdog, which offers fixes as suggestions."""
    severity = {"error": "ERROR", "warning": "WARNING"}
    rows: list[dict[str, Any]] = []
    for one in report.findings:
        row: dict[str, Any] = {
            "message": one.message,
            "location": {"path": report.relative(one.span.file), "range": _range(one.span)},
            "severity": severity.get(one.severity, "INFO"),
            "code": {"value": one.code, "url": URL + one.name},
        }
        if one.fix is not None:
            row["suggestions"] = [{"range": _range(edit.span), "text": edit.text} for edit in one.fix.edits]
        rows.append(row)
    return (
        json.dumps(
            {"source": {"name": "astarch", "url": "https://astarch.dev"}, "severity": "WARNING", "diagnostics": rows},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _range(span: Span) -> dict[str, Any]:
    return {"start": {"line": span.line, "column": span.column}, "end": {"line": span.end_line, "column": span.end_column}}


def _rows(report: Report) -> list[dict[str, Any]]:
    return [_row(one, print_, report) for one, print_ in zip(report.findings, report.fingerprints(), strict=True)]


def _row(one: Diagnostic, fingerprint: str, report: Report) -> dict[str, Any]:
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity,
        "message": one.message,
        "filename": one.span.file,
        "location": {"row": one.span.line, "column": one.span.column},
        "end_location": {"row": one.span.end_line, "column": one.span.end_column},
        "fix": _fix(one.fix),
        "noqa_row": one.span.line,
        "url": URL + one.name,
        "cell": None,
        "arch": {
            "module": one.module,
            "help": one.help,
            "confidence": report.rules.get(one.code, {}).get("confidence", "certain"),
            "notes": [
                {"message": note.message, "filename": note.span.file, "location": {"row": note.span.line, "column": note.span.column}}
                for note in one.notes
            ],
            "assumptions": list(one.assumptions),
            "fingerprint": fingerprint[:16],
        },
    }


def _fix(fix: Fix | None) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits = [
        {
            "content": edit.text,
            "location": {"row": edit.span.line, "column": edit.span.column},
            "end_location": {"row": edit.span.end_line, "column": edit.span.end_column},
        }
        for edit in fix.edits
    ]
    return {"applicability": "safe" if fix.safe else "unsafe", "message": fix.title, "edits": edits}
