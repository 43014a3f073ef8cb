"""What is printed: the table of verdicts, the causes, the time, and one model in detail."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from .reading import Reading

STATUSES = ("exact", "partial", "wrong", "error", "skipped")
_COLOURS = {"exact": "green", "partial": "yellow", "wrong": "red", "error": "magenta", "skipped": "dim"}
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w])")


def verdicts(console: Console, readings: Sequence[Reading], aspects: Sequence[str]) -> None:
    """The table: models, then each aspect, by status."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for status in STATUSES:
        table.add_column(status, justify="right", style=_COLOURS[status])
    table.add_column("exact of scored", justify="right")
    _row(table, "models", Counter(reading.status for reading in readings))
    for aspect in aspects:
        counts = Counter(reading.aspects[aspect] for reading in readings if aspect in reading.aspects)
        counts["error"] = sum(reading.status == "error" for reading in readings)
        _row(table, f"  {aspect}", counts)
    console.print(table)


def _row(table: Table, title: str, counts: Counter[str]) -> None:
    scored = sum(count for status, count in counts.items() if status != "skipped")
    share = f"{100 * counts['exact'] / scored:.1f} %" if scored else "-"
    table.add_row(title, *(str(counts[status]) if counts[status] else "·" for status in STATUSES), share)


def exact_share(readings: Iterable[Reading]) -> float:
    """The percentage of scored models that are exact."""
    scored = [reading for reading in readings if reading.status != "skipped"]
    return 100 * sum(reading.status == "exact" for reading in scored) / len(scored) if scored else 0.0


def normalised(kind: str, cause: str) -> str:
    """A cause without the numbers that are particular to one model; the place after ``@`` stays.

    >>> normalised("diagnostic", "MDL201 expects 10816 features @ net.py:13")
    'MDL201 expects N features @ net.py:13'
    """
    message, at, place = cause.rpartition(" @ ")
    return f"{_NUMBER.sub('N', message)}{at}{place}" if at and kind != "difference" else cause


def causes(console: Console, readings: Sequence[Reading], limit: int) -> None:
    """What stands in the way, by the number of models it stands in the way of.

    *first* counts each model once, under what went wrong first in it; *all* counts a model under everything it shows.
    """
    first: Counter[tuple[str, str]] = Counter()
    seen: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for reading in readings:
        if reading.status in ("exact", "skipped"):
            continue
        found = list(dict.fromkeys((kind, normalised(kind, cause)) for kind, cause in reading.causes()))
        first.update(found[:1])
        for cause in found:
            seen[cause].append(reading.id)
    if not seen:
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title="Causes", title_justify="left")
    for name, options in (("first", {"justify": "right"}), ("all", {"justify": "right"}), ("kind", {}), ("cause", {"overflow": "fold"})):
        table.add_column(name, **options)
    table.add_column("for example", overflow="fold", style="cyan")
    ranked = sorted(seen, key=lambda cause: (-first[cause], -len(seen[cause]), cause))
    for cause in ranked[:limit]:
        kind, text = cause
        table.add_row(str(first[cause] or "·"), str(len(seen[cause])), kind, escape(text), min(seen[cause], key=len))
    console.print(table)
    if len(ranked) > limit:
        console.print(f"… and {len(ranked) - limit} more (--show-causes {len(ranked)})", style="dim")


@dataclass(frozen=True)
class Live:
    """What the live library took, measured now: processor seconds by id, and the most memory of its process, in MB."""

    seconds: dict[str, float]
    memory: float


def times(console: Console, readings: Sequence[Reading], wall: float, jobs: int, live: Live | None) -> None:
    """Processor time of reading against live time, the slowest models, and memory."""
    done = [reading for reading in readings if reading.status not in ("error", "skipped") and reading.live]
    cpu = sum(reading.cpu for reading in readings)
    console.print(f"Time   read {cpu:.1f} s CPU, {wall:.1f} s elapsed with {jobs} {'process' if jobs == 1 else 'processes'}")
    if done:
        mine, recorded = sum(reading.cpu for reading in done), sum(reading.live for reading in done)
        _ratio(console, mine, recorded, f"as recorded, {len(done)} models")
    if live:
        both = [reading for reading in readings if reading.id in live.seconds and reading.status not in ("error", "skipped")]
        mine, measured = sum(reading.cpu for reading in both), sum(live.seconds[reading.id] for reading in both)
        _ratio(console, mine, measured, f"as measured now, {len(both)} models")
    slowest = sorted(readings, key=lambda reading: -reading.cpu)[:3]
    console.print("       slowest: " + ", ".join(f"{reading.id} {reading.cpu:.2f} s" for reading in slowest))
    memory = f"{max((reading.memory for reading in readings), default=0):.0f} MB at most in one process"
    console.print(f"Memory {memory}" + (f" (live {live.memory:.0f} MB)" if live else ""))


def _ratio(console: Console, mine: float, live: float, how: str) -> None:
    if live:
        console.print(f"       [bold]×{mine / live:.2f}[/bold] of the live init + forward ({mine:.1f} / {live:.1f} s {how})")


def changes(console: Console, readings: Sequence[Reading], before: dict[str, Any]) -> None:
    """What has changed since an earlier run."""
    earlier = {reading["id"]: reading["status"] for reading in before["readings"]}
    moved = [(r.id, earlier[r.id], r.status) for r in readings if r.id in earlier and earlier[r.id] != r.status]
    console.print(f"Since that run: {len(moved)} changed" if moved else "Since that run: nothing changed")
    for status_before, status in sorted({move[1:] for move in moved}, key=lambda pair: (pair[1] == "exact", pair)):
        ids = [name for name, a, b in moved if (a, b) == (status_before, status)]
        shown = ", ".join(ids[:8]) + (" …" if len(ids) > 8 else "")
        console.print(f"  {status_before} → [{_COLOURS[status]}]{status}[/]: {len(ids)}  {shown}")


def detail(console: Console, reading: Reading, each: int) -> None:
    """Everything about one model: what was asked, what was raised, what is open, and the first differences with both sides."""
    console.rule(f"[bold]{reading.id}[/bold]  [{_COLOURS[reading.status]}]{reading.status}[/]", align="left")
    console.print(escape(reading.target), style="dim")
    console.print(f"{reading.cpu:.3f} s CPU (live {reading.live:.3f} s), {reading.memory:.0f} MB")
    console.print("  ".join(f"{aspect} [{_COLOURS[status]}]{status}[/]" for aspect, status in reading.aspects.items()))
    if reading.traceback:
        console.print(escape(reading.traceback), style="red")
    _entries(console, "Diagnostics", [f"{d['severity']} {d['code']} {d['message']}  {d['at']}" for d in reading.diagnostics], each)
    _entries(console, "Unknown", [f"{u['reason']}: {u['detail']}  {u['at']}" for u in reading.unknowns], each)
    _entries(console, "Assumptions", [f"{a['message']}  {a['at']}" for a in reading.assumptions], each)
    for aspect in dict.fromkeys(finding["aspect"] for finding in reading.findings):
        found = [finding for finding in reading.findings if finding["aspect"] == aspect]
        console.print(f"\n[bold]{aspect}[/bold]: {len(found)} differences, the first of them:")
        for finding in found[:each]:
            _finding(console, finding)


def _finding(console: Console, finding: dict[str, Any]) -> None:
    index = "" if finding["index"] is None else f"#{finding['index']} "
    colour = _COLOURS[finding["verdict"]]
    console.print(f"  [{colour}]{finding['verdict']}[/] {index}[bold]{escape(finding['place'])}[/bold]  {escape(finding['kind'])}")
    console.print(f"      ours   {escape(finding['ours'])}", highlight=False)
    console.print(f"      truth  {escape(finding['theirs'])}", highlight=False)


def _entries(console: Console, title: str, entries: list[str], each: int) -> None:
    if entries:
        console.print(f"\n[bold]{title}[/bold] ({len(entries)})")
        for entry in entries[:each]:
            console.print(f"  {escape(entry)}", highlight=False)
        if len(entries) > each:
            console.print(f"  … and {len(entries) - each} more (--each {len(entries)})", style="dim")
