#!/usr/bin/env python3
"""Breaks working models and scores `astarch check`: ``python scripts/mutations --live PYTHON own keras torchvision timm``.

PYTHON is an interpreter with torch, for `keras` with Keras and TensorFlow (and what the libraries need); it may be the one that runs
this. Exits with 1 when fewer than 95 % of the crashing mutants are reported at the right line, or when one that runs is reported as
failing.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from mutations.scoring import Score  # noqa: E402 - the path above comes first
from mutations.subjects import LIBRARIES, Place, of_keras, of_library, own  # noqa: E402
from mutations.trying import Live, trials  # noqa: E402


def main() -> int:
    """Draw, ask, check, score."""
    parser = argparse.ArgumentParser(prog="scripts/mutations", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("what", nargs="*", choices=("own", "keras", *LIBRARIES), default="own")
    parser.add_argument("--live", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--count", type=int, default=20, help="mutants of each model")
    parser.add_argument("--seed", default="", help="a fresh one without")
    parser.add_argument("--only", default="", help="models whose name holds this")
    parser.add_argument("--kind", default="", help="one kind of mutation")
    parser.add_argument("--slice", default="0/1", metavar="I/N", help="every N-th model, from the I-th")
    parser.add_argument("--blind", action="store_true", help="the check is not told how models are built and what they are given")
    chosen = parser.parse_args()
    seed = chosen.seed or secrets.token_hex(4)
    names = [chosen.what] if isinstance(chosen.what, str) else chosen.what
    subjects = [one for name in names for one in (own() if name == "own" else of_keras() if name == "keras" else of_library(name))]
    start, step = map(int, chosen.slice.split("/"))
    subjects = [one for one in subjects if chosen.only in one.name][start::step]
    folders = list(dict.fromkeys(folder for one in subjects if one.library is not None for folder in (one.library, *one.reads)))
    score = Score()
    for framework in dict.fromkeys(one.framework for one in subjects):
        some = [one for one in subjects if one.framework == framework]
        live = Live(chosen.live, folders, framework)
        with tempfile.TemporaryDirectory() as folder:
            for trial in trials(some, live, Place(Path(folder)), chosen.count, seed, chosen.kind, chosen.blind):
                score.trials.append(trial)
                if trial.fails:
                    print(trial, flush=True)
        live.close()
    print(
        f"\nseed {seed}, {len(subjects)} models, {len(score.trials)} mutants, {score.crashed} crash, {score.first:.1%} stand right\n{score.table()}"
    )
    return 0 if score.recall >= 0.95 and not score.count("false") else 1


if __name__ == "__main__":
    sys.exit(main())
