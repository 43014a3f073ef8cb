"""Findings for CI: GitHub's annotations, GitLab's code quality, JUnit, Markdown for a summary."""

from __future__ import annotations

import json
from collections import Counter
from xml.etree.ElementTree import Element, SubElement, tostring

from ...ir.diagnostic import Diagnostic
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
    path = report.relative(one.span.file)
    place = f"file={_property(path)},line={one.span.line},col={one.span.column},endLine={one.span.end_line},endColumn={one.span.end_column}"
    text = f"{path}:{one.span.line}:{one.span.column}: {one.code} {one.message}" + (f"\n  help: {one.help}" if one.help else "")
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
            "description": f"{one.code} ({one.name}): {one.message}",
            "severity": _SEVERITIES[one.severity],
            "fingerprint": fingerprint,
            "location": {
                "path": report.relative(one.span.file),
                "positions": {
                    "begin": {"line": one.span.line, "column": one.span.column},
                    "end": {"line": one.span.end_line, "column": one.span.end_column},
                },
            },
        }
        for one, fingerprint in zip(report.findings, report.fingerprints(), strict=True)
    ]
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


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
                f"line {one.span.line}, col {one.span.column}, {one.message}"
            )
    if not by_file:
        suite = SubElement(top, "testsuite", name="astarch", tests="1", failures="0", errors="0", skipped="0")
        SubElement(suite, "testcase", name="no findings", classname="astarch")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(top, encoding="unicode") + "\n"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def markdown(report: Report) -> str:
    """A table, for a summary or a comment."""
    if not report.findings:
        return "No findings.\n"
    counts = Counter(one.code for one in report.findings)
    lines = [summary(report.findings).splitlines()[0], "", "| | Rule | Place | What |", "| --- | --- | --- | --- |"]
    for one in report.findings:
        text = one.message.replace("|", "\\|").replace("<", "&lt;")
        place = f"{report.relative(one.span.file)}:{one.span.line}"
        lines.append(f"| {one.severity} | [{one.code} {one.name}]({URL}{one.name}) | `{place}` | {text} |")
    return "\n".join([*lines, "", f"{len(counts)} rules."]) + "\n"
