"""Models of timm, transformers and vit-pytorch, read from source: those that are exact stay exact.

``tests/truth/<library>.jsonl.xz`` is a sample of each library (of vit-pytorch everything); ``tests/truth/exact.json`` lists
the models that are insisted on. ``python scripts/digest LIBRARY --exact RUN.json`` adds those a run found exact.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from scripts.zoo.insisting import complaint
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.records import IN_REPOSITORY, Record, read_records
from scripts.zoo.sources import source_folders

EXACT: dict[str, list[str]] = json.loads((IN_REPOSITORY / "exact.json").read_text(encoding="utf-8"))
INSISTED = [(library, model) for library, models in EXACT.items() for model in models]


@functools.cache
def records(library: str) -> dict[str, Record]:
    """The sample of a library, by id."""
    return {record["id"]: record for record in read_records(IN_REPOSITORY / f"{library}.jsonl.xz")}


@pytest.mark.parametrize("library", EXACT)
def test_what_is_insisted_on_is_in_the_sample(library: str):
    assert set(EXACT[library]) <= set(records(library))


if INSISTED:  # pytest calls a test without any case skipped

    @pytest.mark.parametrize(("library", "model"), INSISTED)
    def test_sample(library: str, model: str, tmp_path: Path):
        if difference := complaint(records(library)[model], source_folders(LIBRARIES[library]), tmp_path):
            pytest.fail(difference, pytrace=False)
