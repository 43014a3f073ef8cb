"""Findings as JSON, in ruff's fields, with what only astarch knows under ``arch``."""

from __future__ import annotations

import json
from typing import Any

from ...ir.diagnostic import Diagnostic, Fix, Note
from ...ir.span import Span
from .report import URL, Report, counts


def as_json(report: Report) -> str:
    """One array."""
    return json.dumps(_rows(report), indent=2, ensure_ascii=False) + "\n"


def json_lines(report: Report) -> str:
    """One object on each line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _rows(report))


def statistics(report: Report) -> str:
    """How often each rule was broken."""
    return json.dumps(counts(report), indent=2, ensure_ascii=False) + "\n"


def rdjson(report: Report) -> str:
    """The format of reviewdog, which offers fixes as suggestions; it counts columns in bytes of UTF-8."""
    severity = {"error": "ERROR", "warning": "WARNING"}
    rows: list[dict[str, Any]] = []
    for one in report.findings:
        row: dict[str, Any] = {
            "message": one.message,
            "location": {"path": report.relative(one.span.file), "range": _range(report, one.span)},
            "severity": severity.get(one.severity, "INFO"),
            "code": {"value": one.code, "url": URL + one.name},
        }
        if one.span.file in report.cells:
            row["message"] = f"{report.place(one.span)}: {one.message}"
        elif one.fix is not None:
            row["suggestions"] = [{"range": _range(report, edit.span), "text": edit.text} for edit in one.fix.edits]
        rows.append(row)
    return (
        json.dumps(
            {"source": {"name": "astarch", "url": "https://astarch.dev"}, "severity": "WARNING", "diagnostics": rows},
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _range(report: Report, span: Span) -> dict[str, Any]:
    lines = report.in_file(span)
    if lines is not None:
        return {"start": {"line": lines[0]}, "end": {"line": lines[1]}}
    start, end = report.in_bytes(span.file, span.line, span.column), report.in_bytes(span.file, span.end_line, span.end_column)
    return {"start": {"line": span.line, "column": start}, "end": {"line": span.end_line, "column": end}}


def _rows(report: Report) -> list[dict[str, Any]]:
    return [_row(one, print_, report) for one, print_ in zip(report.findings, report.fingerprints(), strict=True)]


def _row(one: Diagnostic, fingerprint: str, report: Report) -> dict[str, Any]:
    cell, span = report.counted(one.span)
    return {
        "code": one.code,
        "name": one.name,
        "severity": one.severity,
        "message": one.message,
        "filename": span.file,
        "location": {"row": span.line, "column": span.column},
        "end_location": {"row": span.end_line, "column": span.end_column},
        "fix": _fix(one.fix, report),
        "noqa_row": span.line,
        "url": URL + one.name,
        "cell": cell,
        "arch": {
            "module": one.module,
            "help": one.help,
            "confidence": report.rules.get(one.code, {}).get("confidence", "certain"),
            "notes": [_note(note, report) for note in one.notes],
            "assumptions": list(one.assumptions),
            "fingerprint": fingerprint[:16],
        },
    }


def _note(note: Note, report: Report) -> dict[str, Any]:
    cell, span = report.counted(note.span)
    return {"message": note.message, "filename": span.file, "location": {"row": span.line, "column": span.column}, "cell": cell}


def _fix(fix: Fix | None, report: Report) -> dict[str, Any] | None:
    if fix is None:
        return None
    edits: list[dict[str, Any]] = []
    for edit in fix.edits:
        _, span = report.counted(edit.span)
        edits.append(
            {
                "content": edit.text,
                "location": {"row": span.line, "column": span.column},
                "end_location": {"row": span.end_line, "column": span.end_column},
            }
        )
    return {"applicability": "safe" if fix.safe else "unsafe", "message": fix.title, "edits": edits}
