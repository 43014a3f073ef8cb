#!/usr/bin/env python3
"""Makes the truth that travels with the repository, small enough for it, out of full truth files.

``python scripts/digest torchvision`` writes ``tests/truth/torchvision.jsonl.xz`` with every model,
``python scripts/digest timm --sample 60`` as many as that, spread evenly over the families;
``python scripts/digest timm --exact RUN.json`` notes which of these an earlier ``scripts/zoo timm --json RUN.json`` found exact:
from then on the tests insist on them.
"""

from __future__ import annotations

import argparse
import json
import lzma
import sys
from pathlib import Path
from typing import Any

SCRIPTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS.parent)]

from zoo.libraries import LIBRARIES  # noqa: E402 - the path above comes first
from zoo.records import IN_REPOSITORY, Record, read_records, truth_file  # noqa: E402

#: What a comparison does not need.
DROPPED = frozenset({"lib", "item", "init_device", "meta_init_error", "meta_forward_error", "meta_block_error", "block_errors", "title"})
EXACT = IN_REPOSITORY / "exact.json"


def main() -> int:
    """Write the digest of a library, or its list of exact models."""
    parser = argparse.ArgumentParser(prog="scripts/digest", description=__doc__.partition("\n")[0])
    parser.add_argument("library", choices=LIBRARIES)
    parser.add_argument("--truth", type=Path, metavar="FILE", help="the full truth file")
    parser.add_argument("--sample", type=int, metavar="N", help="keep N models only")
    parser.add_argument("--exact", type=Path, metavar="RUN", help="a --json of scripts/zoo: note the exact models instead")
    chosen = parser.parse_args()
    file = IN_REPOSITORY / f"{chosen.library}.jsonl.xz"
    IN_REPOSITORY.mkdir(exist_ok=True)
    if chosen.exact:
        note_exact(chosen.library, file, json.loads(chosen.exact.read_text()))
        return 0
    records = sample(list(read_records(chosen.truth or truth_file(chosen.library))), chosen.sample)
    file.write_bytes(packed(records))
    print(f"{file}: {len(records)} models, {file.stat().st_size / 1000:.0f} kB")
    return 0


def sample(records: list[Record], count: int | None) -> list[Record]:
    """As many records as wanted, evenly spread in the order of their ids, so that large families do not crowd out small ones.

    Only records that tell something: a model the library could not build is left out.
    """
    told = sorted((record for record in records if not record.get("error")), key=lambda record: record["id"])
    if count is None or count >= len(told):
        return told
    return [told[i * len(told) // count] for i in range(count)]


def packed(records: list[Record]) -> bytes:
    """The records without what comparisons do not need, minified and compressed; the same records give the same bytes."""
    lines = (json.dumps({name: slim(name, value) for name, value in record.items() if name not in DROPPED}, separators=(",", ":"))
             for record in records)  # fmt: skip
    return lzma.compress("\n".join(lines).encode() + b"\n", preset=9 | lzma.PRESET_EXTREME)


def slim(name: str, value: Any) -> Any:
    """A field as it is kept: of an error only its beginning."""
    return value[:200] if name == "forward_error" and value else value


def note_exact(library: str, file: Path, run: dict[str, Any]) -> None:
    """Add to ``exact.json`` the models of the digest that a run found exact; never take one away."""
    kept = {record["id"] for record in read_records(file)}
    known = json.loads(EXACT.read_text()) if EXACT.is_file() else {}
    exact = {reading["id"] for reading in run["readings"] if reading["status"] == "exact"} & kept
    ids = sorted(exact | set(known.get(library, ())))
    EXACT.write_text(json.dumps(known | {library: ids}, indent=1, sort_keys=True) + "\n")
    print(f"{EXACT}: {len(ids)} of {len(kept)} models of {library} are exact")


if __name__ == "__main__":
    sys.exit(main())
