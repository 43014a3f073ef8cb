#!/usr/bin/env python3
"""Checks whole libraries: ``python scripts/lint_counts torchvision timm``, against the counts in tests/truth/lint_counts.json.

``--write`` puts what is found there. Every error in that file has been looked at and is real: `why` says in what way.
Exits with 1 when the counts differ.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from zoo.libraries import LIBRARIES, Library  # noqa: E402 - the path above comes first
from zoo.sources import fetch  # noqa: E402

from astarch import checking  # noqa: E402

#: What is checked beside the libraries whose models are read.
OTHERS = {
    library.name: library
    for library in (
        Library("diffusers", "diffusers==0.42.1", ("transformers==5.23.0",)),
        Library("keras", "keras==3.15.1", framework="keras"),
        Library("keras_hub", "keras_hub==0.32.0", ("keras==3.15.1",), framework="keras"),
        Library("monai", "monai==1.6.1"),
        Library("segmentation_models_pytorch", "segmentation_models_pytorch==0.6.0", ("timm==1.0.31", "torchvision==0.28.0")),
    )
}
CHECKED = {name: library for name, library in (LIBRARIES | OTHERS).items() if "keras_" not in name or name == "keras_hub"}

#: Of this the models are not built: there are so many that it takes longer than one waits for a count.
UNBUILT = frozenset({"timm"})

KEPT = SCRIPTS.parent / "tests" / "truth" / "lint_counts.json"

#: At most one warning in so many lines: a linter that is mostly wrong is not read.
LINES_FOR_A_WARNING = 2000


def main() -> int:
    """Check, compare, or write."""
    parser = argparse.ArgumentParser(prog="scripts/lint_counts", description=__doc__.partition("\n")[0])
    parser.add_argument("libraries", nargs="+", choices=sorted(CHECKED))
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    differs = False
    for name in chosen.libraries:
        found = counted(name)
        for line in differences(kept.get(name, {}), found):
            differs = True
            print(f"{name}: {line}")
        print(f"{name}: {found['lines']} lines, {found['counts'] or 'nothing found'}")
        kept[name] = merged(kept.get(name, {}), found)
    if chosen.write:
        KEPT.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
        return 0
    return int(differs)


def counted(name: str) -> dict[str, Any]:
    """What a check of a library finds: the version, how many lines, how often each rule, and each error."""
    library = CHECKED[name]
    folder = fetch(library.requirement)
    package = folder / library.requirement.partition("==")[0].replace("-", "_")
    folders = [folder, *(fetch(other) for other in library.reads)]
    found = checking.check([package], search_path=folders, read=name not in UNBUILT)
    lines = sum(len(path.read_text(encoding="utf-8", errors="replace").splitlines()) for path in sorted(package.rglob("*.py")))
    counts = Counter(f"{one.severity} {one.name}" for one in found)
    errors = {_place(one.span.file, folder, one.span.line, one.name): one.message for one in found if one.severity == "error"}
    return {"requirement": library.requirement, "lines": lines, "counts": dict(sorted(counts.items())), "errors": errors}


def _place(path: str, folder: Path, line: int, name: str) -> str:
    return f"{Path(path).relative_to(folder).as_posix()}:{line} {name}"


def differences(kept: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What is not as it was, a line each."""
    lines: list[str] = []
    for key in sorted({*kept.get("counts", {}), *found["counts"]}):
        old, new = kept.get("counts", {}).get(key, 0), found["counts"].get(key, 0)
        if old != new:
            lines.append(f"{key}: {old} before, {new} now")
    lines += [f"new error, look at it: {place}: {text}" for place, text in found["errors"].items() if place not in kept.get("errors", {})]
    lines += [f"no longer found: {place}" for place in kept.get("errors", {}) if place not in found["errors"]]
    return lines


def warnings_allowed(found: dict[str, Any]) -> int:
    """How many warnings a library of this size may have."""
    return -(-found["lines"] // LINES_FOR_A_WARNING)


def merged(kept: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    """What is found, each error with why it is one, as far as a person has said so."""
    why = {place: error["why"] for place, error in kept.get("errors", {}).items()}
    errors = {place: {"message": text, "why": why.get(place, "NOT LOOKED AT")} for place, text in found["errors"].items()}
    return found | {"errors": errors}


if __name__ == "__main__":
    sys.exit(main())
