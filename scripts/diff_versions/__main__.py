"""Compare the models of consecutive released versions of a library, unpacked from pip.

python -m scripts.diff_versions timm wheels/timm-1.0.20-*.whl wheels/timm-1.0.31-*.whl [--every 10] [--only resnet]
"""

from __future__ import annotations

import argparse
import ast
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from astarch import api
from astarch.errors import AstarchError
from astarch.ir.change import Comparison
from astarch.render.difference.wording import sentence


def registered(folder: Path, package: str) -> Iterator[str]:
    """The targets of a library: every function under ``@register_model``."""
    for file in sorted((folder / package / "models").rglob("*.py")):
        name = ".".join(file.relative_to(folder).with_suffix("").parts)
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any("register_model" in ast.unparse(one) for one in node.decorator_list):
                yield f"{name}:{node.name}"


def compared(target: str, old: Path, new: Path, shape: str) -> Comparison | str:
    """One model of both versions."""
    option = "(pretrained=False)" if target.startswith("timm.") else "(weights=None)"
    sides = []
    for folder in (old, new):
        try:
            sides.append(api.read(f"{target}{option}", inputs=shape, search_path=[folder]))
        except AstarchError as error:
            return str(error)
    return api.diff(*sides)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("package")
    parser.add_argument("wheels", nargs="+", type=Path)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--input", default="1,3,224,224")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folders = []
        for wheel in options.wheels:
            folder = Path(place) / wheel.stem
            zipfile.ZipFile(wheel).extractall(folder)
            folders.append(folder)
        for old, new in pairwise(folders):
            report(options, old, new)


def report(options: argparse.Namespace, old: Path, new: Path) -> None:
    """Two versions, to standard output."""
    start = time.monotonic()
    both = sorted(set(registered(old, options.package)) & set(registered(new, options.package)))
    both = [target for target in both if options.only in target][:: options.every]
    verdicts: Counter[str] = Counter()
    for target in both:
        found = compared(target, old, new, options.input)
        if isinstance(found, str):
            verdicts["not read"] += 1
            print(f"{target}: not read: {found}")
            continue
        verdicts[found.verdict.id] += 1
        if found.verdict.id != "none":
            print(f"{target}: {found.verdict.id}, behaviour {found.behaviour}, {len(found.mapping)} renamed; {'; '.join(found.doubts[:2])}")
            for change in found.changes[:4]:
                print(f"    {change.kind.title}: {sentence(change)[:160]}")
    print(f"== {old.name} → {new.name}: {len(both)} models, {dict(verdicts)}, {time.monotonic() - start:.0f} s")
    sys.stdout.flush()


main()
