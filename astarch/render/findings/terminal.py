"""Findings for people: frames of source, one line each, or counted by rule."""

from __future__ import annotations

from ..frames import frames
from .report import Report, counts, mark, summary


def full(report: Report) -> str:
    """Frames of source lines, and a summary."""
    shown = frames(report.findings, report.sources, report.page, report.cells)
    return report.page.written(f"{shown}\n\n{summary(report.findings)}\n" if shown else f"{summary(report.findings)}\n")


def concise(report: Report) -> str:
    """One line each: ``a.py:1:8: MDL101 [*] message``."""
    lines = [f"{report.place(one.span)}: {one.code} {mark(one)}{one.message} ({one.name})" for one in report.findings]
    return "\n".join([*lines, summary(report.findings)]) + "\n"


def statistics(report: Report) -> str:
    """How often each rule was broken, and a summary."""
    found = counts(report)
    marks = {True: "[*] ", False: "[ ] " if any(row["fixable_count"] for row in found) else ""}
    rows = [f"{row['count']}\t{row['code']}\t{marks[row['fixable_count'] > 0]}{row['name']}" for row in found]
    return "\n".join([*rows, summary(report.findings)]) + "\n"
