"""Findings for CI: GitHub's annotations, GitLab's code quality, JUnit, Markdown for a summary."""

from __future__ import annotations

import json
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from ...ir.diagnostic import Diagnostic
from ...ir.span import Span
from .report import URL, Report, summary

_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}

#: GitHub shows so many annotations of a kind for a step, and drops the others in silence.
_MOST = 10


def github(report: Report) -> str:
    """Workflow commands; when there are more of a kind than are shown, a notice says how many, and counts as one itself."""
    lines: list[str] = []
    notices = 0
    for kind, command in _COMMANDS.items():
        found = [one for one in report.findings if one.severity == kind]
        room = _MOST - notices if command == "notice" else _MOST
        shown = found if len(found) <= room else found[: room - (command == "notice")]
        lines += [_annotation(report, one, command) for one in shown]
        if len(found) > len(shown):
            lines.append(f"::notice title=astarch::{len(found) - len(shown)} more of severity {kind} are in the log")
            notices += 1
    return "\n".join(lines) + "\n" if lines else ""


def _annotation(report: Report, one: Diagnostic, command: str) -> str:
    at, lines = one.span, report.in_file(one.span)
    place = f"file={_property(report.relative(at.file))},"
    if lines is None:
        place += f"line={at.line},col={at.column},endLine={at.end_line},endColumn={at.end_column}"
    else:
        place += f"line={lines[0]},endLine={lines[1]}"
    text = f"{report.place(at, relative=True)}: {one.code} {one.message}" + (f"\n  help: {one.help}" if one.help else "")
    return f"::{command} title=astarch ({one.code} {one.name}),{place}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def gitlab(report: Report) -> str:
    """Code Quality; a fingerprint never occurs twice."""
    rows = [
        {
            "check_name": one.code,
            "description": f"{_in_notebook(report, one.span)}{one.code} ({one.name}): {one.message}",
            "severity": _SEVERITIES[one.severity],
            "fingerprint": fingerprint,
            "location": {
                "path": report.relative(one.span.file),
                "positions": _positions(report, one.span),
            },
        }
        for one, fingerprint in zip(report.findings, report.fingerprints(), strict=True)
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def _positions(report: Report, span: Span) -> dict[str, Any]:
    lines = report.in_file(span)
    if lines is not None:
        return {"begin": {"line": lines[0]}, "end": {"line": lines[1]}}
    return {"begin": {"line": span.line, "column": span.column}, "end": {"line": span.end_line, "column": span.end_column}}


def _in_notebook(report: Report, span: Span) -> str:
    """Where in a notebook, whose file has other lines."""
    cell, counted = report.counted(span)
    return "" if cell is None else f"cell {cell}, line {counted.line}: "


def junit(report: Report) -> str:
    """A suite for each file, a failing case for each finding."""
    by_file: dict[str, list[Diagnostic]] = {}
    for one in report.findings:
        by_file.setdefault(one.span.file, []).append(one)
    failures = str(len(report.findings))
    top = Element("testsuites", name="astarch", tests=str(max(len(report.findings), 1)), failures=failures, errors="0")
    for file, found in by_file.items():
        suite = SubElement(
            top, "testsuite", name=report.relative(file), tests=str(len(found)), failures=str(len(found)), errors="0", skipped="0"
        )
        for one in found:
            case = SubElement(suite, "testcase", name=f"{one.code} ({one.name})", classname=report.relative(file))
            SubElement(case, "failure", message=_printable(one.message), type=one.severity).text = _printable(
                f"{report.place(one.span, relative=True)}: {one.message}" + (f" ({one.help})" if one.help else "")
            )
    if not by_file:
        suite = SubElement(top, "testsuite", name="astarch", tests="1", failures="0", errors="0", skipped="0")
        SubElement(suite, "testcase", name="no findings", classname="astarch")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


#: GitHub refuses a summary of more than 1 MiB.
_MOST_MARKDOWN = 1_000_000


def markdown(report: Report) -> str:
    """A table, for a summary or a comment; errors first where there are more findings than fit."""
    if not report.findings:
        return "No findings.\n"
    lines = [summary(report.findings).splitlines()[0], "", "| | Rule | Place | What |", "| --- | --- | --- | --- |"]
    room = _MOST_MARKDOWN - sum(map(len, lines))
    rows = [(one, _markdown_row(report, one)) for one in report.findings]
    kept: list[str] = []
    for _, row in sorted(rows, key=lambda pair: list(_COMMANDS).index(pair[0].severity)):
        room -= len(row.encode()) + 1
        if room < 0:
            break
        kept.append(row)
    if len(kept) < len(rows):
        return "\n".join([*lines, *kept, "", f"{len(rows) - len(kept)} more are in the log."]) + "\n"
    return "\n".join([*lines, *(row for _, row in rows)]) + "\n"


def _markdown_row(report: Report, one: Diagnostic) -> str:
    text = one.message.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
    place = report.place(one.span, relative=True).rpartition(":")[0]
    return f"| {one.severity} | [{one.code} {one.name}]({URL}{one.name}) | `{place}` | {text} |"
