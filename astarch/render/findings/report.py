"""What is rendered: findings, with the texts they stand in and the rules they come from."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...ir.diagnostic import Diagnostic
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
        total: How many findings there were before a baseline or a limit.
    """

    findings: Sequence[Diagnostic]
    sources: Mapping[str, str] = field(default_factory=dict[str, str])
    rules: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    version: str = ""
    page: Page = field(default_factory=Page)
    root: str = ""

    def relative(self, path: str) -> str:
        """A path from the root, with forward slashes."""
        found = os.path.relpath(path, self.root) if self.root and path.startswith(("/", self.root)) else path
        return found.replace(os.sep, "/")

    def line(self, finding: Diagnostic) -> str:
        """The source line of a finding."""
        lines = self.sources.get(finding.span.file, "").splitlines()
        return lines[finding.span.line - 1] if 0 < finding.span.line <= len(lines) else ""

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
