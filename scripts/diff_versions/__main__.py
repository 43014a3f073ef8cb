"""Compare the models of consecutive released versions of a library, unpacked from pip.

python -m scripts.diff_versions timm wheels/timm-1.0.20-*.whl wheels/timm-1.0.31-*.whl [--every 10] [--only resnet] [--live PYTHON]

With ``--live`` every verdict is held against the library itself, run by an interpreter that has torch and what the library imports:
the old version's state is loaded into the new version's model, with the suggested hook where it breaks, and both are given the same.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import subprocess
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from astarch import api
from astarch.errors import AstarchError
from astarch.ir.change import Comparison
from astarch.render.difference.hook import hook
from astarch.render.difference.wording import sentence

#: How models are built without weights, by library.
_OPTIONS: dict[str, dict[str, Any]] = {"timm": {"pretrained": False}, "torchvision": {"weights": None}}


def registered(folder: Path, package: str) -> Iterator[str]:
    """The targets of a library: every function under ``@register_model``."""
    for file in sorted((folder / package / "models").rglob("*.py")):
        name = ".".join(file.relative_to(folder).with_suffix("").parts)
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any("register_model" in ast.unparse(one) for one in node.decorator_list):
                yield f"{name}:{node.name}"


def compared(target: str, old: Path, new: Path, options: argparse.Namespace) -> Comparison | str:
    """One model of both versions."""
    given = ", ".join(f"{name}={value}" for name, value in _OPTIONS[target.partition(".")[0]].items())
    sides = []
    for folder in (old, new):
        try:
            sides.append(api.read(f"{target}({given})", inputs=options.input, search_path=[folder, *options.search_path]))
        except AstarchError as error:
            return str(error)
    return api.diff(*sides)


def main() -> None:
    """All pairs of versions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", choices=sorted(_OPTIONS))
    parser.add_argument("wheels", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="", metavar="REGEX")
    parser.add_argument("--search-path", "-p", action="append", default=[], metavar="DIR", help="sources that the library imports")
    parser.add_argument("--input", default="1,3,224,224")
    parser.add_argument("--live", metavar="PYTHON", help="hold every verdict against the library itself")
    parser.add_argument("--most", type=float, default=60e6, help="with --live: models of more parameters are not built")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folders = []
        for wheel in options.wheels:
            folder = Path(place) / wheel.stem
            zipfile.ZipFile(wheel).extractall(folder)
            folders.append(folder)
        for old, new in pairwise(folders):
            found = report(options, old, new)
            if options.live:
                held_against(options, old, new, found)


def report(options: argparse.Namespace, old: Path, new: Path) -> dict[str, Comparison]:
    """Two versions, to standard output; the comparisons by target."""
    start = time.monotonic()
    both = sorted(set(registered(old, options.package)) & set(registered(new, options.package)))
    both = [target for target in both if re.search(options.only, target)][:: options.every]
    verdicts: Counter[str] = Counter()
    comparisons: dict[str, Comparison] = {}
    for target in both:
        found = compared(target, old, new, options)
        if isinstance(found, str):
            verdicts["not read"] += 1
            print(f"{target}: not read: {found}")
            continue
        comparisons[target] = found
        verdicts[found.verdict.id] += 1
        if found.verdict.id != "none":
            print(
                f"{target}: {found.verdict.id}, behaviour {found.behaviour}, {len(found.mapping)} renamed; {'; '.join(found.doubts[:2])}",
                flush=True,
            )
            for change in found.changes[:4]:
                print(f"    {change.kind.title}: {sentence(change)[:160]}")
    print(f"== {old.name} → {new.name}: {len(both)} models, {dict(verdicts)}, {time.monotonic() - start:.0f} s", flush=True)
    return comparisons


# --- held against the library itself ----------------------------------------------------------------------------------


def held_against(options: argparse.Namespace, old: Path, new: Path, found: dict[str, Comparison]) -> None:
    """Say for each verdict whether the live library agrees."""
    small = {target: one for target, one in found.items() if one.new is not None and _count(one) <= options.most}
    shape = [int(size) for size in options.input.split(",")]
    given = _OPTIONS[options.package]
    jobs = [{"target": target, "options": given, "shape": shape, "hook": hook(one)} for target, one in small.items()]
    with tempfile.TemporaryDirectory() as scratch:
        listed = Path(scratch) / "jobs.json"
        listed.write_text(json.dumps(jobs), encoding="utf-8")
        before, after = (_answers(options.live, mode, folder, listed, scratch) for mode, folder in (("save", old), ("load", new)))
    tally: Counter[str] = Counter()
    for (target, one), kept, answer in zip(small.items(), before, after, strict=True):
        error = kept.get("error") or answer.get("error")
        outcome = f"not run: {error}" if error else judged(one, answer)
        tally[outcome.partition(":")[0]] += 1
        if outcome != "agrees" or one.verdict.id != "none":
            print(f"live {target}: {one.verdict.id}: {outcome}; {json.dumps(answer)}")
    print(f"== live, {old.name} → {new.name}: {dict(tally)}", flush=True)


def _count(one: Comparison) -> float:
    count = one.new.parameter_count if one.new is not None else 0
    return count if isinstance(count, int) else float("inf")


def _answers(python: str, mode: str, folder: Path, jobs: Path, scratch: str) -> list[dict[str, Any]]:
    script = Path(__file__).with_name("live.py")
    done = subprocess.run([python, str(script), mode, str(folder), str(jobs), scratch], stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def judged(one: Comparison, answer: dict[str, Any]) -> str:
    """Whether the library bears the verdict out; ``cautious``: other steps were said, which give the same."""
    loads, hooked, same = not answer["strict"], answer["hooked"], answer["same"]
    agrees = {
        "none": loads and same,
        "compatible": loads and same,
        "behaviour": loads,
        "undecided": loads,
        "breaking-with-mapping": not loads and hooked and (same or one.behaviour is not False),
        "breaking": not loads and not hooked,
    }[one.verdict.id]
    return "differs" if not agrees else "cautious" if same and one.behaviour else "agrees"


if __name__ == "__main__":
    main()
