"""Findings as SARIF 2.1.0, for code scanning."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from ...ir.diagnostic import Diagnostic
from ...ir.span import Span
from .report import URL, Report

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM = {"error": "error", "warning": "warning", "info": "recommendation"}
_PRECISION = {"certain": "very-high", "likely": "high", "possible": "medium"}

#: GitHub keeps so many results of a run, and refuses five times as many.
_MOST = 5000


def sarif(report: Report) -> str:
    """One run."""
    codes = sorted({one.code for one in report.findings})
    prints = report.fingerprints()
    ranked = sorted(range(len(report.findings)), key=lambda i: (_LEVELS[report.findings[i].severity] != "error", i))[:_MOST]
    results = [_result(report, report.findings[i], prints[i], codes) for i in sorted(ranked)]
    names = {one.code: one.name for one in report.findings}
    driver = {
        "name": "astarch",
        "informationUri": "https://astarch.dev",
        "version": report.version,
        "rules": [_rule(report, code, names[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "results": results,
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the root of the project"}}},
    }
    return (
        json.dumps(
            {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False
        )
        + "\n"
    )


def _rule(report: Report, code: str, name: str) -> dict[str, Any]:
    known = report.rules.get(code, {})
    text = str(known.get("summary") or name)
    help = str(known.get("explanation") or text)
    return {
        "id": code,
        "name": name,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": help, "markdown": help},
        "helpUri": URL + name,
        "defaultConfiguration": {"level": _LEVELS[known.get("severity", "error")]},
        "properties": {
            "tags": ["model", str(known.get("framework", "torch"))],
            "problem.severity": _PROBLEM[known.get("severity", "error")],
            "precision": _PRECISION[known.get("confidence", "certain")],
        },
    }


def _result(report: Report, one: Diagnostic, fingerprint: str, codes: list[str]) -> dict[str, Any]:
    text = _inside(report, one.span) + one.message + (f"\n{one.help}" if one.help else "")
    found: dict[str, Any] = {
        "ruleId": one.code,
        "ruleIndex": codes.index(one.code),
        "level": _LEVELS[one.severity],
        "message": {"text": text},
        "locations": [_location(report, one.span)],
        "partialFingerprints": {"primaryLocationLineHash": fingerprint[:16] + ":1"},
    }
    notes = [note for note in one.notes if note.span.line]
    if notes:
        found["relatedLocations"] = [
            {"id": number, **_location(report, note.span), "message": {"text": _inside(report, note.span) + note.message}}
            for number, note in enumerate(notes)
        ]
    if one.fix is not None and one.span.file not in report.cells:
        replacements = [{"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}} for edit in one.fix.edits]
        change = {"artifactLocation": _artifact(report, one.span.file), "replacements": replacements}
        found["fixes"] = [{"description": {"text": one.fix.title}, "artifactChanges": [change]}]
    return found


def _location(report: Report, span: Span) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(report, span.file), "region": _in_file(report, span)}}


def _inside(report: Report, span: Span) -> str:
    """Where in a notebook, whose file has other lines."""
    cell, counted = report.counted(span)
    return "" if cell is None else f"cell {cell}, line {counted.line}: "


def _in_file(report: Report, span: Span) -> dict[str, int]:
    lines = report.in_file(span)
    return _region(span) if lines is None else {"startLine": lines[0], "endLine": lines[1]}


def _artifact(report: Report, path: str) -> dict[str, str]:
    return {"uri": quote(report.relative(path)), "uriBaseId": "%SRCROOT%"}


def _region(span: Span) -> dict[str, int]:
    return {"startLine": span.line, "startColumn": span.column, "endLine": span.end_line, "endColumn": span.end_column}
