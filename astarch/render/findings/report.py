"""What is rendered: findings, with the texts they stand in and the rules they come from."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...ir.cells import Cells
from ...ir.diagnostic import Diagnostic
from ...ir.span import Span
from ..paint import Page

URL = "https://astarch.dev/rules/"


@dataclass(frozen=True, slots=True)
class Report:
    """Findings to be written.

    Args:
        findings: In the order of the text.
        sources: Text of the files, by path.
        rules: What is known of the rules, by code: name, summary, explanation, severity, confidence.
        version: Of astarch.
        page: What a terminal is.
        root: Paths are written relative to it where a form asks for that.
        cells: Of notebooks, where their cells stand in the text.
    """

    findings: Sequence[Diagnostic]
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    version: str = ""
    page: Page = field(default_factory=Page)
    root: str = ""
    cells: Mapping[str, Cells] = field(default_factory=dict[str, Cells])

    def relative(self, path: str) -> str:
        """A path from the root, with forward slashes."""
        found = os.path.relpath(path, self.root) if self.root and path.startswith(("/", self.root)) else path
        return found.replace(os.sep, "/")

    def counted(self, span: Span) -> tuple[int | None, Span]:
        """The cell of a notebook that a span stands in, and the span with the lines of that cell; None and the span for other files."""
        cells = self.cells.get(span.file)
        return (None, span) if cells is None else cells.counted(span)

    def in_file(self, span: Span) -> tuple[int, int] | None:
        """The first and the last line of a span in the file of a notebook, which knows no columns; None for other files."""
        cells = self.cells.get(span.file)
        return None if cells is None else (cells.in_file(span.line), cells.in_file(span.end_line))

    def place(self, span: Span, relative: bool = False) -> str:
        """A place as people write it: ``a.py:3:5``, ``a.ipynb:cell 2:3:5``."""
        cell, counted = self.counted(span)
        file = self.relative(span.file) if relative else span.file
        return f"{file}:{'' if cell is None else f'cell {cell}:'}{counted.line}:{counted.column}"

    def line(self, finding: Diagnostic) -> str:
        """The source line of a finding."""
        return self._line(finding.span.file, finding.span.line)

    def in_bytes(self, file: str, line: int, column: int) -> int:
        """A column counted in bytes of UTF-8, from 1."""
        text = self._line(file, line)[: column - 1]
        return column + len(text.encode()) - len(text)

    def _line(self, file: str, line: int) -> str:
        lines = self.sources.get(file, "").splitlines()
        return lines[line - 1] if 0 < line <= len(lines) else ""

    def fingerprints(self) -> list[str]:
        """For each finding what stays the same when lines above it change: rule, file, text of the line, and its number among equals."""
        seen: Counter[tuple[str, ...]] = Counter()
        found: list[str] = []
        for finding in self.findings:
            key = (finding.code, self.relative(finding.span.file), finding.module, self.line(finding).strip(), finding.message)
            found.append(hashlib.sha256("\0".join((*key, str(seen[key]))).encode()).hexdigest())
            seen[key] += 1
        return found


def mark(finding: Diagnostic) -> str:
    """``[*]`` before what can be mended."""
    return "[*] " if finding.fix is not None and finding.fix.safe else ""


def summary(findings: Sequence[Diagnostic]) -> str:
    """The last lines: how many there are, how many can be mended."""
    if not findings:
        return "All checks passed!"
    counts = Counter(finding.severity for finding in findings)
    parts = [
        f"{counts[kind]} {name}{'s' * (counts[kind] > 1 and name != 'info')}"
        for kind, name in (("error", "error"), ("warning", "warning"), ("info", "info"))
        if counts[kind]
    ]
    safe = sum(finding.fix is not None and finding.fix.safe for finding in findings)
    unsafe = sum(finding.fix is not None and not finding.fix.safe for finding in findings)
    lines = [f"Found {', '.join(parts)}."]
    if safe:
        lines.append(f"[*] {safe} fixable with `--fix`" + (f" ({unsafe} more with `--unsafe-fixes`)." if unsafe else "."))
    elif unsafe:
        lines.append(f"{unsafe} fixable with `--fix --unsafe-fixes`.")
    return "\n".join(lines)


def counts(report: Report) -> list[dict[str, Any]]:
    """How often each rule was broken, as data, the most frequent first."""
    found = Counter((one.code, one.name) for one in report.findings)
    fixable = Counter(one.code for one in report.findings if mark(one))
    return [
        {"code": code, "name": name, "count": count, "fixable": fixable[code] == count, "fixable_count": fixable[code]}
        for (code, name), count in sorted(found.items(), key=lambda item: (-item[1], item[0]))
    ]
