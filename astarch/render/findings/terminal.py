"""Findings for people: frames of source, one line each, or counted by rule."""

from __future__ import annotations

from collections import Counter

from ..frames import frames
from .report import Report, mark, summary


def full(report: Report) -> str:
    """Frames of source lines, and a summary."""
    shown = frames(report.findings, report.sources, report.page)
    return report.page.written(f"{shown}\n\n{summary(report.findings)}\n" if shown else f"{summary(report.findings)}\n")


def concise(report: Report) -> str:
    """One line each: ``a.py:1:8: MDL101 [*] message``."""
    lines = [
        f"{one.span.file}:{one.span.line}:{one.span.column}: {one.code} {mark(one)}{one.message} ({one.name})" for one in report.findings
    ]
    return "\n".join([*lines, summary(report.findings)]) + "\n"


def statistics(report: Report) -> str:
    """How often each rule was broken."""
    counts = Counter((one.code, one.name) for one in report.findings)
    fixable = {one.code for one in report.findings if mark(one)}
    rows = [
        f"{count}\t{code}\t{'[*] ' if code in fixable else ''}{name}"
        for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "\n".join(rows) + "\n" if rows else ""
