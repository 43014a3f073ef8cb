"""How long `astarch diff` takes for a repository of many models, and whether it lists exactly the affected: ``python -m scripts.many_models``.

Every run is a process of its own, as in CI; the first finds an empty cache, the second is warm.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from .repository import made


def main() -> int:
    """Cold, then warm, then the comment."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--comment", type=Path, help="where to put the comment that a pull request would get")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        root = Path(place) / "work"
        affected = made(root, options.count)
        environment = {**os.environ, "XDG_CACHE_HOME": place, "PYTHONPATH": str(Path(__file__).parents[2])}
        wrong = False
        for state in ("cold", "warm"):
            started, before = time.perf_counter(), _work()
            told = _diff(root, environment, "json")
            seconds, work = time.perf_counter() - started, _work() - before
            listed = {model["name"].rpartition(":")[2] for model in json.loads(told)["comparisons"]}
            wrong = wrong or listed != affected
            exactly = "exactly the affected" if listed == affected else "NOT the affected"
            print(f"{state}: {seconds:.1f} s, {work:.1f} s of processor time, {len(listed)} listed, {exactly}")
        if options.comment:
            options.comment.write_text(_diff(root, environment, "markdown"), encoding="utf-8")
    return wrong


def _work() -> float:
    """Seconds of processor time that the processes started here have taken."""
    times = os.times()
    return times.children_user + times.children_system


def _diff(root: Path, environment: dict[str, str], form: str) -> str:
    command = [sys.executable, "-m", "astarch", "diff", "-a", "HEAD", "-f", form]
    return subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
