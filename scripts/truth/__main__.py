#!/usr/bin/env python3
"""Makes a truth file by running an installed library: ``python scripts/truth torchvision --out torchvision.jsonl.gz``.

Run it with a Python that has torch and the library. Models are built on the meta device, or on the cpu where they cannot be.
``--like FILE`` makes the records of a truth file again, ``--check FILE`` also says what differs from it; ``--time`` reads
records from stdin and prints the processor time of init and forward, and the memory.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import resource
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from zoo.records import read_records  # noqa: E402

from truth import models  # noqa: E402 - the path above comes first
from truth.building import build, given  # noqa: E402
from truth.describing import facts, recorded, run  # noqa: E402
from truth.notation import notation  # noqa: E402
from truth.stubs import import_torchvision  # noqa: E402

Record = dict[str, Any]
DEVICES = ("meta", "cpu")
#: What two makings of one record may differ in.
VOLATILE = frozenset({"init_s", "forward_s", "lib", "item", "error", "forward_error", "meta_init_error", "meta_forward_error"})


def main() -> int:
    """Write, compare or time."""
    parser = argparse.ArgumentParser(prog="scripts/truth", description=__doc__.partition("\n")[0])
    parser.add_argument("library", choices=("torchvision", "timm", "transformers", "vit_pytorch"))
    parser.add_argument("--only", default="", metavar="REGEX", help="only models whose id matches")
    parser.add_argument("--like", type=Path, metavar="FILE", help="the models and inputs of this truth file, not all of the library")
    parser.add_argument("--check", type=Path, metavar="FILE", help="as --like, and print what differs from it")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where to write (.jsonl or .jsonl.gz)")
    parser.add_argument("--time", action="store_true", help="records from stdin: print id and cpu seconds only")
    chosen = parser.parse_args()
    if find_spec(chosen.library) is None:
        print(f"{sys.executable} has no {chosen.library}: run this with a Python that has torch and the library", file=sys.stderr)
        return 2
    import_torchvision()
    if chosen.time:
        for line in sys.stdin:
            print(json.dumps(timed(json.loads(line))), flush=True)
        return 0
    like = chosen.check or chosen.like
    asked = [r for r in (read_records(like) if like else models.of(chosen.library)) if re.search(chosen.only, r["id"])]
    made = progress(make(chosen.library, record) for record in asked)
    if chosen.check:
        return check(asked, made)
    lines = (json.dumps(record) + "\n" for record in made)
    if chosen.out is None:
        sys.stdout.writelines(lines)
    else:
        with (gzip.open if chosen.out.suffix == ".gz" else open)(chosen.out, "wt", encoding="utf-8") as file:
            file.writelines(lines)
    return 0


def progress(records: Iterator[Record]) -> Iterator[Record]:
    """The records, each named on stderr when it is done."""
    for record in records:
        print(f"{record['id']}  {record['error'] or record['forward_error'] or 'ok'}"[:160], file=sys.stderr)
        yield record


def make(library: str, asked: Record) -> Record:
    """The record of one model: built, described and run."""
    empty: Record = {"modules": [], "params": [], "buffers": [], "tied": [], "calls": [], "n_params": None, "output": None}
    record = {name: value for name, value in asked.items() if name in ("id", "builder", "kwargs", "kind", "model_type", "code",
              "statement", "var", "prefix_code", "title")}  # fmt: skip
    record |= {"lib": library, "error": None, "forward_error": None, "init_device": None, "forward_device": None, "init_s": None}
    record |= {"forward_s": None, "input": asked.get("input"), **empty}
    model, errors = None, []
    for device in DEVICES:
        try:
            model, record["init_s"] = _seconds(build, asked, device)
        except Exception as error:
            errors.append(_said(error))
        else:
            record["init_device"] = device
            break
    if model is None:
        return record | {"error": errors[-1]}
    if errors:
        record["meta_init_error"] = errors[0]
    return record | facts(model) | _forward(asked, model, record["init_device"])


def _forward(asked: Record, model: Any, built_on: str) -> Record:
    """Calls and output of a forward: on the meta device if that can be, else on the cpu with real values."""
    errors: list[str] = []
    partial: list[Any] = []
    for device in DEVICES[DEVICES.index(built_on) :]:
        try:
            live = model if device == built_on else build(asked, device)
            arguments, keywords = given(asked, device)
            with recorded(live) as calls:
                partial = partial or calls
                output, seconds = _seconds(run, live, arguments, keywords)
        except Exception as error:
            errors.append(_said(error))
            continue
        told = {"calls": calls, "output": notation(output), "forward_device": device, "forward_s": seconds}
        return told | ({"meta_forward_error": errors[0]} if errors else {})
    return {"calls": partial, "calls_partial": True, "forward_error": " || ".join(errors)}


def _seconds(function: Any, *args: Any) -> tuple[Any, float]:
    started = time.perf_counter()
    result = function(*args)
    return result, round(time.perf_counter() - started, 4)


def _said(error: Exception) -> str:
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = "/".join(Path(frame.filename).parts[-3:])
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''} @ {place}:{frame.lineno}"


def timed(asked: Record) -> Record:
    """Processor time of init and forward, on the first device that can do it, and the most memory the process has had, in MB."""
    told: Record = {"id": asked["id"], "cpu": None}
    if asked.get("error"):
        return told
    for device in DEVICES:
        started = time.process_time()
        try:
            model = build(asked, device)
            if asked.get("input"):
                arguments, keywords = given(asked, device)
                run(model, arguments, keywords)
        except Exception as error:
            told["error"] = _said(error)
        else:
            cpu, memory = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
            return told | {"cpu": round(cpu, 4), "device": device, "memory": memory}
    return told


def check(asked: list[Record], made: Iterable[Record]) -> int:
    """Print what differs between records and their making again; 1 when anything does."""
    differing = 0
    for old, new in zip(asked, made, strict=True):
        fields = [name for name in old.keys() & new.keys() - VOLATILE if old[name] != json.loads(json.dumps(new[name]))]
        differing += bool(fields)
        for name in sorted(fields):
            print(f"{old['id']}: {name}: {_first_difference(old[name], new[name])}")
    print(f"{len(asked) - differing} of {len(asked)} the same")
    return int(bool(differing))


def _first_difference(old: Any, new: Any) -> str:
    if isinstance(old, list) and isinstance(new, list):
        for index, (a, b) in enumerate(zip(old, new, strict=False)):
            if a != b:
                return f"#{index}: {json.dumps(a)[:300]} is now {json.dumps(b)[:300]}"
        return f"{len(old)} entries are now {len(new)}"
    return f"{json.dumps(old)[:300]} is now {json.dumps(new)[:300]}"


if __name__ == "__main__":
    sys.exit(main())
