"""Known findings of an old project: kept in a file, so that only new ones are reported.

A finding is known by its rule, its file and what it says, never by its line: code above it may come and go.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

from ..ir.diagnostic import Diagnostic


def fingerprint(finding: Diagnostic) -> str:
    """What stays the same of a finding when lines move."""
    text = "\0".join((finding.code, finding.span.file.replace("\\", "/"), finding.module, finding.message))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def counted(findings: Iterable[Diagnostic]) -> dict[str, dict[str, int]]:
    """What a baseline file holds: by file, how often each finding occurs."""
    found: dict[str, Counter[str]] = {}
    for finding in findings:
        found.setdefault(finding.span.file, Counter())[f"{finding.code}:{fingerprint(finding)}"] += 1
    return {file: dict(sorted(counts.items())) for file, counts in sorted(found.items())}


def unknown_to(baseline: Mapping[str, Mapping[str, int]], findings: Iterable[Diagnostic]) -> tuple[list[Diagnostic], list[str]]:
    """The findings that are not in the baseline, and the entries of the baseline that no longer occur."""
    left = {(file, key): count for file, counts in baseline.items() for key, count in counts.items()}
    new: list[Diagnostic] = []
    for finding in findings:
        key = (finding.span.file, f"{finding.code}:{fingerprint(finding)}")
        if left.get(key, 0) > 0:
            left[key] -= 1
        else:
            new.append(finding)
    return new, [f"{file}: {key}" for (file, key), count in left.items() if count > 0]
