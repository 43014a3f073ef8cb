"""How long `astarch check` takes beside other linters of models, how it gains by processes, and what one change costs.

    python scripts/bench_check.py FOLDER --rival /venv/bin/torchfix --rival /venv/bin/mlinter [--every 20] [--rounds 3]

Every program gets the same files, nothing kept from before, on one core; what counts is the time of the processor, the least of
the rounds, and only ratios are printed: they hold on any machine. The last lines are of the clock: two processes beside one,
and a file changed in a project that was checked before.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

#: What is changed in a file.
_EDITS: dict[str, Callable[[str, int], str]] = {
    "nothing": lambda text, number: text,
    "a comment": lambda text, number: f"{text}\n# {number}\n",
    "a method": lambda text, number: re.sub(r"\n( {8,})return ", rf"\n\1_changed = {number}\n\1return ", text, count=1),
    "all methods": lambda text, number: re.sub(r"\n( {8,})return ", rf"\n\1_changed = {number}\n\1return ", text),
}

ROOT = Path(__file__).resolve().parents[1]

#: How a rival is told to use one core and nothing kept.
_ALONE = {"torchfix": ["-j", "1"], "mlinter": ["--no-cache", "--no-progress"]}


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="scripts/bench_check.py", description=str(__doc__).partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rival", type=Path, action="append", default=[], help="its program")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th file")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--change", type=Path, help="the file that is changed, below the folder; the largest by default")
    chosen = parser.parse_args()
    files = sorted(chosen.folder.rglob("*.py"))[:: chosen.every]
    lines = sum(len(path.read_bytes().splitlines()) for path in files)
    print(f"{len(files)} files, {lines} lines")
    with tempfile.TemporaryDirectory() as kept:
        beside(files, chosen.rival, chosen.rounds, Path(kept))
        processes(files, chosen.rounds, Path(kept))
        one_change(chosen.folder, chosen.change, Path(kept))
    return 0


def beside(files: list[Path], rivals: list[Path], rounds: int, kept: Path) -> None:
    """The processor's time of every program, as a multiple of ours."""
    commands = {rival.name: [str(rival), *_ALONE[rival.name], *map(str, files)] for rival in rivals}
    commands["astarch"] = [*_ours("--no-cache", "--isolated"), *map(str, files)]
    least = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, command in commands.items():
            least[name] = min(least[name], _processor(command, kept))
    for name, seconds in least.items():
        if name != "astarch":
            print(f"{name}: {seconds / least['astarch']:.2f} times the processor's time of astarch")


def processes(files: list[Path], rounds: int, kept: Path) -> None:
    """How much sooner two processes are done than one."""
    clocks = [min(_clock([*_ours("--no-cache", "--isolated", "-j", jobs), *map(str, files)], kept) for _ in range(rounds)) for jobs in "12"]
    print(f"-j 2: {clocks[0] / clocks[1]:.2f} times as fast as -j 1")


def one_change(folder: Path, change: Path | None, kept: Path) -> None:
    """A second check after one file changed, as a part of the first, and of half a second: by what changed in it."""
    copy = kept / "project"
    shutil.copytree(folder, copy, ignore=shutil.ignore_patterns("__pycache__"))
    changed = copy / change if change is not None else max(copy.rglob("*.py"), key=lambda path: path.stat().st_size)
    command = [*_ours("--isolated", "-j", "2"), str(copy)]
    first = _clock(command, kept)
    text = changed.read_text(encoding="utf-8")
    for name, edit in _EDITS.items():
        again: list[float] = []
        for number in range(3):
            changed.write_text(edit(text, number), encoding="utf-8")
            again.append(_clock(command, kept))
        print(f"{changed.name}, {name}: 1/{first / min(again):.0f} of the first check, {min(again) / 0.5:.2f} of half a second")


def _ours(*options: str) -> list[str]:
    return [sys.executable, "-m", "astarch", "check", "--exit-zero", "--output-format", "json", *options]


def _processor(command: list[str], kept: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _run(command, kept)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _clock(command: list[str], kept: Path) -> float:
    start = perf_counter()
    _run(command, kept)
    return perf_counter() - start


def _run(command: list[str], kept: Path) -> None:
    """Run a linter; one is allowed: something was found."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ASTARCH_CACHE": str(kept / "cache")}
    done = subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stderr[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
