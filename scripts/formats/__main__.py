"""Draws models of the zoo in every form and says what is wrong with any: ``python -m scripts.formats --count 200``.

DOT goes to graphviz, Mermaid to its own parser (npm brings it), JSON to its schema, and pages to Chromium: some of them, evenly spread.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from astarch import api
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.reading import TimeSpent, _time_limit, read_architecture
from scripts.zoo.records import Record, read_records, truth_file
from scripts.zoo.sources import source_folders

from .browser import Browser
from .forms import complaints

_LIBRARIES = ("timm", "torchvision", "transformers", "vit_pytorch", "keras_applications")


def chosen(names: list[str], count: int) -> list[tuple[str, Record]]:
    """So many models, evenly spread over the libraries as far as these have as many, and over each."""
    known = {name: [record for record in read_records(truth_file(name)) if not record.get("error")] for name in names}
    found: dict[str, list[tuple[str, Record]]] = {}
    for left, name in zip(range(len(names), 0, -1), sorted(names, key=lambda name: len(known[name])), strict=True):
        records = known[name]
        wanted = min((count - sum(map(len, found.values()))) // left, len(records))
        found[name] = [(name, records[number * len(records) // wanted]) for number in range(wanted)]
    return [one for name in names for one in found[name]]


def main() -> int:
    """Run, and say how it went."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("libraries", nargs="*", default=[*_LIBRARIES], help=f"by default {', '.join(_LIBRARIES)}")
    parser.add_argument("--count", type=int, default=200, help="how many models")
    parser.add_argument("--pages", type=int, default=20, help="how many pages are opened in a browser")
    parser.add_argument("--seconds", type=float, default=60, help="what reading a model may take; what takes longer is passed over")
    parser.add_argument("--keep", type=Path, help="a folder for the pages that were opened, and pictures of them")
    options = parser.parse_args()
    models = chosen(options.libraries, options.count)
    every = max(len(models) // options.pages, 1) if options.pages else len(models) + 1
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place, Browser() as browser:
        folder = options.keep or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        for number, (library, record) in enumerate(models):
            try:
                with _time_limit(options.seconds):
                    architecture = read_architecture(record, source_folders(LIBRARIES[library]), Path(place))
            except TimeSpent:
                counts["too long to read"] += 1
                continue
            started = time.perf_counter()
            wrong = list(complaints(architecture, browser, str(source_folders(LIBRARIES[library])[0].parent)))
            counts["drawn"] += 1
            if number % every == 0:
                page = folder / f"{number}.html"
                page.write_text(str(api.draw(architecture, "html")), encoding="utf-8")
                seconds, against = browser.opened(page, folder / f"{number}.png" if options.keep else None)
                wrong += [("page", text) for text in against] + ([("page", f"opened in {seconds:.1f} s")] if seconds > 2 else [])
                counts["opened"] += 1
            took = time.perf_counter() - started
            print(f"{number:4} {record['id']}: {len(architecture.modules)} modules, {took:.1f} s", *wrong, sep="\n       ", flush=True)
            counts.update(f"wrong: {form}" for form, _ in wrong)
    print(", ".join(f"{count} {what}" for what, count in counts.items()))
    return any(what.startswith("wrong") for what in counts)


if __name__ == "__main__":
    sys.exit(main())
