#!/usr/bin/env python3
"""Makes truth of Keras models by building them: ``python scripts/keras_truth keras_applications --out FILE``.

Run it with a Python that has keras, tensorflow and the library. ``--check FILE`` makes the records of a truth file again and
says what differs from it; ``--source FOLDER`` takes programs (``*.py`` that leave a ``model`` behind) instead.
"""

from __future__ import annotations

import argparse
import gzip
import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from keras_truth import models  # noqa: E402 - the path above comes first
from keras_truth.describing import cheap_weights, facts, keras  # noqa: E402
from zoo.records import as_function, read_records  # noqa: E402

Record = dict[str, Any]
COMPARED = ("kind", "weights", "n_params", "trainable", "non_trainable", "built", "output")


def main() -> int:
    """Write or compare."""
    parser = argparse.ArgumentParser(prog="scripts/keras_truth", description=str(__doc__).partition("\n")[0])
    parser.add_argument("library", choices=("keras_applications", "keras_hub_backbones", "programs"))
    parser.add_argument("--only", default="", metavar="REGEX", help="only models whose id matches")
    parser.add_argument("--check", type=Path, metavar="FILE", help="make these records again and print what differs")
    parser.add_argument("--source", type=Path, metavar="FOLDER", help="with programs: where they are")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write (.jsonl or .jsonl.gz)")
    chosen = parser.parse_args()
    listed = read_records(chosen.check) if chosen.check else models.of(chosen.library, chosen.source)
    asked = [record for record in listed if re.search(chosen.only, record["id"])]
    if chosen.check:
        return check(asked)
    opened = sys.stdout if chosen.out is None else (gzip.open if chosen.out.suffix == ".gz" else open)(chosen.out, "wt", encoding="utf-8")
    with opened as file:
        for record in made(asked):
            file.write(json.dumps(record) + "\n")
    return 0


def made(asked: list[Record]) -> Iterator[Record]:
    """The records, each named on stderr when it is done."""
    for one in asked:
        record = {name: one[name] for name in ("id", "builder", "kwargs", "source") if name in one}
        record |= {"layers": [], "nested": {}, "weights": [], "output": [], "error": None}
        try:
            record |= facts(built(one))
        except Exception as error:
            record["error"] = f"{type(error).__name__}: {str(error)[:300]}"
        finally:
            keras.config.set_dtype_policy("float32")
            keras.config.set_image_data_format("channels_last")
        print(f"{record['id']}  {record['error'] or 'ok'}"[:200], file=sys.stderr)
        yield record


def built(record: Record) -> Any:
    """The live model of a record, from a cleared session."""
    keras.backend.clear_session()
    with cheap_weights():
        if record.get("source"):
            scope: dict[str, Any] = {}
            exec(as_function(record["source"]), scope)  # noqa: S102 - the user's own files, run on purpose
            return scope["build"]()
        module, _, name = record["builder"].partition(":")
        return getattr(importlib.import_module(module), name)(**record["kwargs"])


def check(asked: list[Record]) -> int:
    """Print what differs; 1 when anything does."""
    differing = 0
    for theirs, ours in zip(asked, made(asked), strict=True):
        pairs = [(name, theirs.get(name), json.loads(json.dumps(ours.get(name)))) for name in COMPARED]
        pairs.append(("layers", plain_rows(theirs["layers"]), plain_rows(ours["layers"])))
        below = [{path: plain_rows(rows) for path, rows in one["nested"].items()} for one in (theirs, ours)]
        pairs.append(("nested", below[0], below[1]))
        for name, theirs_, ours_ in pairs:
            if theirs_ is not None and theirs_ != ours_:
                differing += 1
                print(f"{theirs['id']}: {name}: recorded {str(theirs_)[:300]}, now {str(ours_)[:300]}")
    return int(bool(differing))


def plain_rows(rows: list[Any]) -> list[Any]:
    """Rows of layers without their configurations, which are not made here."""
    return [[*row[:2], *row[3:]] for row in rows]


if __name__ == "__main__":
    raise SystemExit(main())
