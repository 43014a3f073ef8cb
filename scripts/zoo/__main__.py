#!/usr/bin/env python3
"""Reads every model of a library and compares it with what the live library said: ``python scripts/zoo torchvision``.

Where models are not exact, the causes are counted; ``--detail ID`` shows one model in full. For its own files it uses
ASTARCH_ZOO (a folder with ``src/<name>-<version>``; default: the user's cache) and ASTARCH_TRUTH (a folder of truth files).
"""

from __future__ import annotations

import argparse
import cProfile
import json
import pstats
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

#: The fields of a record that say how to build its model and what to give it.
ASKED = ("id", "builder", "kwargs", "input", "code", "var", "statement", "prefix_code", "error")
#: Columns when the output is not a terminal.
WIDE = 200
SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from rich.console import Console  # noqa: E402 - the path above comes first
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn  # noqa: E402

from zoo import pool, report  # noqa: E402
from zoo.libraries import LIBRARIES  # noqa: E402
from zoo.reading import Reading, read_architecture, read_model  # noqa: E402
from zoo.records import NoTruthError, Record, read_records, truth_file  # noqa: E402
from zoo.report import Live  # noqa: E402
from zoo.scoring import ASPECTS  # noqa: E402
from zoo.sources import NotFetchedError, source_folders  # noqa: E402


def arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="scripts/zoo", description=__doc__.partition("\n")[0])
    parser.add_argument("library", choices=list(LIBRARIES))
    parser.add_argument("--truth", type=Path, metavar="FILE", help="records to compare with (.jsonl, .jsonl.gz, .jsonl.xz)")
    parser.add_argument("--only", default="", metavar="REGEX", help="only models whose id matches")
    parser.add_argument("--limit", type=int, metavar="N", help="at most N models, evenly spread over the library")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="processes (1 for honest times: caches are per process)")
    parser.add_argument("--timeout", type=float, default=120.0, metavar="SECONDS", help="time one model may take")
    parser.add_argument("--aspect", action="append", choices=ASPECTS, help="compare only this (repeatable)")
    parser.add_argument("--show-causes", type=int, default=25, metavar="N", help="how many causes to print")
    parser.add_argument("--detail", metavar="ID", help="read one model (an id, or what ids end with, or a regex) and show everything")
    parser.add_argument("--each", type=int, default=12, metavar="N", help="with --detail: how many entries of each kind")
    parser.add_argument("--profile", action="store_true", help="with --detail: where the time goes (cold, then warm)")
    parser.add_argument("--list", action="store_true", help="print id, status and first cause of every model that is not exact")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all results")
    parser.add_argument("--against", type=Path, metavar="OLD", help="say what changed since a --json (may be the same file)")
    parser.add_argument("--live", metavar="PYTHON", help="measure live init and forward now, in a Python that has the library")
    parser.add_argument("--fail-under", type=float, metavar="PCT", help="exit with 1 when fewer are exact")
    return parser.parse_args(given)


def main() -> int:
    """Run; the exit code is 1 when less is exact than `--fail-under` demands."""
    chosen, errors = arguments(), Console(stderr=True)
    console = Console(width=None if sys.stdout.isatty() else WIDE)
    try:
        search_path = source_folders(LIBRARIES[chosen.library])
        file = chosen.truth or truth_file(chosen.library)
    except (NotFetchedError, NoTruthError) as error:
        errors.print(str(error), style="red", highlight=False)
        return 2
    records = select(list(read_records(file)), chosen.detail or chosen.only, chosen.limit, exact=bool(chosen.detail))
    if not records:
        errors.print(f"no model of {file} matches", style="red")
        return 2
    with tempfile.TemporaryDirectory(prefix="astarch-zoo-") as scratch:
        read = partial(read_model, search_path=search_path, scratch=Path(scratch), seconds=chosen.timeout, aspects=chosen.aspect or ASPECTS)
        if chosen.detail:
            return show_details(console, records, read, chosen, search_path, Path(scratch))
        console.print(f"[bold]{LIBRARIES[chosen.library].requirement}[/bold]  {len(records)} models  {file}", highlight=False)
        started = time.perf_counter()
        readings = read_all(records, read, chosen, errors)
        wall = time.perf_counter() - started
    live = measure_live(records, chosen.live, LIBRARIES[chosen.library].name) if chosen.live else None
    print_report(console, readings, chosen, wall, live)
    return 1 if chosen.fail_under is not None and report.exact_share(readings) < chosen.fail_under else 0


def select(records: list[Record], pattern: str, limit: int | None, exact: bool) -> list[Record]:
    """The records whose id matches: with `exact` an id or an end of one is preferred to a regex."""
    if exact:
        for wanted in (lambda name: name == pattern, lambda name: name.endswith(f".{pattern}")):
            if found := [record for record in records if wanted(record["id"])]:
                return found
    found = [record for record in records if re.search(pattern, record["id"])]
    if limit is not None and len(found) > limit:
        found = [found[i * len(found) // limit] for i in range(limit)]
    return found


def read_all(records: list[Record], read: Any, chosen: argparse.Namespace, errors: Console) -> list[Reading]:
    """Read all in a pool, with a progress bar; in the order of the records."""
    order = {record["id"]: index for index, record in enumerate(records)}
    readings: list[Reading] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.fields[tally]}"))
    with Progress(*columns, console=errors, transient=True) as progress:
        bar = progress.add_task(chosen.library, total=len(records), tally="")
        for reading in pool.run(read, records, chosen.jobs, chosen.timeout, _lost):
            readings.append(reading)
            tally = ", ".join(f"{count} {status}" for status in report.STATUSES if (count := sum(r.status == status for r in readings)))
            progress.update(bar, advance=1, tally=tally)
    return sorted(readings, key=lambda reading: order[reading.id])


def _lost(record: Record, message: str) -> Reading:
    return Reading(record["id"], status="error", error=message, traceback=message)


def print_report(console: Console, readings: list[Reading], chosen: argparse.Namespace, wall: float, live: Live | None) -> None:
    """Print and write what was found."""
    report.verdicts(console, readings, chosen.aspect or ASPECTS)
    console.print()
    report.causes(console, readings, chosen.show_causes)
    if chosen.list:
        for reading in readings:
            if reading.status not in ("exact", "skipped"):
                console.print(f"{reading.status:8}{reading.id}  {': '.join(reading.cause)}", highlight=False, markup=False)
    report.times(console, readings, wall, min(chosen.jobs, len(readings)), live)
    if chosen.against and not chosen.against.is_file():
        console.print(f"There is no earlier run {chosen.against} to compare with")
    elif chosen.against:
        report.changes(console, readings, json.loads(chosen.against.read_text()))
    if chosen.json:
        run = {
            "library": chosen.library,
            "wall": wall,
            "live": live and asdict(live),
            "readings": [asdict(reading) for reading in readings],
        }
        chosen.json.write_text(json.dumps(run))


def show_details(
    console: Console, records: list[Record], read: Any, chosen: argparse.Namespace, search_path: list[Path], scratch: Path
) -> int:
    """Read in this very process, one after the other, and show everything."""
    for record in records[: chosen.limit or 5]:
        if chosen.profile:
            for run in ("cold", "warm"):
                console.rule(run)
                profile = cProfile.Profile()
                # A reading runs in a thread with a deep stack, and only that is of interest.
                threading.setprofile(lambda *_, profile=profile: profile.enable())
                read_architecture(record, search_path, scratch)
                threading.setprofile(None)  # type: ignore[arg-type]
                pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        report.detail(console, read(record), chosen.each)
    if len(records) > (chosen.limit or 5):
        console.print(f"… {len(records) - (chosen.limit or 5)} more match (--limit {len(records)})", style="dim")
    return 0


def measure_live(records: list[Record], python: str, library: str) -> Live:
    """Init and forward on the meta device, in one process of a Python that has the library."""
    asked = "\n".join(json.dumps({name: record[name] for name in ASKED if name in record}) for record in records)
    command = [python, str(SCRIPTS / "truth"), library, "--time"]
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    rows = [row for row in rows if row.get("cpu") is not None]
    return Live({row["id"]: row["cpu"] for row in rows}, max((row["memory"] for row in rows), default=0))


if __name__ == "__main__":
    sys.exit(main())
