"""Reads one model with astarch and compares it: what a worker of the pool does, and what it sends back."""

from __future__ import annotations

import os
import signal
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .records import Record, request

try:
    import resource
except ImportError:  # not on Windows
    resource = None

#: Findings sent back per model: enough for `--detail`, and no flood where everything differs.
KEPT_FINDINGS = 400


@dataclass(slots=True)
class Reading:
    """What came of reading one model: plain values only, to be sent between processes and written as JSON.

    Args:
        id: Of the record.
        status: ``exact``, ``partial``, ``wrong``, ``error`` or ``skipped`` (the library itself could not build it).
        aspects: Status by aspect.
        findings: Differences, as dictionaries (see `scoring.Finding`).
        unknowns: What the Architecture says is not known: reason, detail and place.
        diagnostics: Code, message and place.
        assumptions: Message and place.
        error: One line on what was raised, with the innermost place in astarch.
        traceback: All of it.
        cpu: Seconds of processor time.
        wall: Seconds.
        memory: Largest size of the process so far, in MB.
        live: Recorded live seconds of init and forward.
    """

    id: str
    status: str = "error"
    aspects: dict[str, str] = field(default_factory=dict)
    findings: list[dict[str, Any]] = field(default_factory=list)
    unknowns: list[dict[str, str]] = field(default_factory=list)
    diagnostics: list[dict[str, str]] = field(default_factory=list)
    assumptions: list[dict[str, str]] = field(default_factory=list)
    error: str = ""
    traceback: str = ""
    target: str = ""
    cpu: float = 0.0
    wall: float = 0.0
    memory: float = 0.0
    live: float = 0.0

    @property
    def cause(self) -> tuple[str, str]:
        """The kind and text by which it is counted: the first thing that is likely to be its trouble."""
        return next(self.causes(), ("", ""))

    def causes(self) -> Iterator[tuple[str, str]]:
        """Everything to blame, the likeliest first: what was raised, errors, unknowns, differences."""
        if self.error:
            yield "raised", self.error
        for diagnostic in self.diagnostics:
            if diagnostic["severity"] == "error":
                yield "diagnostic", f"{diagnostic['code']} {diagnostic['message']} @ {diagnostic['at']}"
        for unknown in self.unknowns:
            yield "unknown", f"{unknown['reason']}: {unknown['detail']} @ {unknown['at']}"
        for finding in self.findings:
            yield "difference", f"{finding['aspect']}: {finding['kind']} ({finding['verdict']})"


class TimeSpent(BaseException):
    """A model took longer than it may. No `Exception`: nothing on the way may swallow it."""


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    if not hasattr(signal, "setitimer"):  # Windows: the pool's deadline alone must do
        yield
        return

    def spent(*_: Any) -> None:
        raise TimeSpent(f"not finished after {seconds:g} s")

    before = signal.signal(signal.SIGALRM, spent)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def read_model(record: Record, search_path: Sequence[Path], scratch: Path, seconds: float, aspects: Sequence[str]) -> Reading:
    """Read the model of a record with astarch, within a time, and compare it.

    Args:
        record: What the live library said.
        search_path: Unpacked sources.
        scratch: A folder for source that only the record has.
        seconds: The time it may take.
        aspects: The aspects to compare.
    """
    live = (record.get("init_s") or 0) + (record.get("forward_s") or 0)
    reading = Reading(record["id"], live=live)
    if record.get("error"):
        reading.status = "skipped"
        return reading
    started, cpu = time.perf_counter(), time.process_time()
    try:
        with _time_limit(seconds):
            architecture = read_architecture(record, search_path, scratch, reading)
        reading.cpu, reading.wall = time.process_time() - cpu, time.perf_counter() - started
        _compare(reading, architecture, record, aspects)
    except (Exception, TimeSpent) as error:
        reading.cpu, reading.wall = time.process_time() - cpu, time.perf_counter() - started
        _failed(reading, error)
    reading.memory = _memory()
    return reading


def _memory() -> float:
    """The largest size of this process so far, in MB. (On Linux `getrusage` would count the parent it was forked from.)"""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2 if resource else 0.0


def read_architecture(record: Record, search_path: Sequence[Path], scratch: Path, reading: Reading | None = None) -> Any:
    """The Architecture of a record's model."""
    import astarch  # the package under test: a broken one is an error of the reading, not of this module

    asked = request(record, scratch)
    if reading is not None:
        reading.target = asked.target
    return astarch.read(asked.target, inputs=asked.inputs, search_path=list(search_path), names=asked.names)


def _compare(reading: Reading, architecture: Any, record: Record, aspects: Sequence[str]) -> None:
    from .scoring import score

    result = score(architecture, record, aspects)
    reading.status = result.verdict.name.lower()
    reading.aspects = {aspect: verdict.name.lower() for aspect, verdict in result.verdicts.items()}
    ordered = sorted(result.findings, key=lambda finding: -finding.verdict)
    reading.findings = [
        {name: getattr(finding, name) for name in ("aspect", "kind", "place", "index", "ours", "theirs")}
        | {"verdict": finding.verdict.name.lower()}
        for finding in ordered[:KEPT_FINDINGS]
    ]
    reading.unknowns = _unique({"reason": u.reason.id, "detail": u.detail, "at": _place(u.span)} for u in architecture.unknown)
    reading.diagnostics = _unique(
        {"severity": d.severity, "code": d.code, "message": d.message, "at": _place(d.span)} for d in architecture.diagnostics
    )
    reading.assumptions = _unique({"message": a.message, "at": _place(a.span)} for a in architecture.assumptions)


def _unique(entries: Iterator[dict[str, str]]) -> list[dict[str, str]]:
    """Each entry once, in order, no more than are kept of anything."""
    return list({tuple(entry.values()): entry for entry in entries}.values())[:KEPT_FINDINGS]


def _place(span: Any) -> str:
    """File and line, the file from its package on."""
    if not span.line:
        return ""
    parts = Path(str(span.file)).parts
    package = next((i + 2 for i, part in enumerate(parts) if part == "src"), max(len(parts) - 3, 0))
    return f"{'/'.join(parts[package:])}:{span.line}"


def _failed(reading: Reading, error: BaseException) -> None:
    reading.status = "error"
    reading.traceback = "".join(traceback.format_exception(error))
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if f"{os.sep}astarch{os.sep}" in frame.filename]
    where = f" @ {_short(frames[-1])}" if frames else ""
    reading.error = f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}{where}"


def _short(frame: traceback.FrameSummary) -> str:
    return f"astarch/{frame.filename.rpartition(f'{os.sep}astarch{os.sep}')[2]}:{frame.lineno} in {frame.name}"
