"""Every builder of torchvision, read from its own source, equals what the live library said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.zoo.insisting import complaint
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.records import IN_REPOSITORY, read_records
from scripts.zoo.sources import source_folders

RECORDS = {record["id"]: record for record in read_records(IN_REPOSITORY / "torchvision.jsonl.xz")}


@pytest.fixture(scope="session")
def search_path() -> list[Path]:
    """The unpacked source of torchvision, fetched where it is not there yet; without it these tests fail."""
    return source_folders(LIBRARIES["torchvision"])


def test_the_truth_is_whole():
    assert len(RECORDS) == 121


@pytest.mark.parametrize("model", RECORDS)
def test_torchvision(model: str, search_path: list[Path], tmp_path: Path):
    if difference := complaint(RECORDS[model], search_path, tmp_path):
        pytest.fail(difference, pytrace=False)
