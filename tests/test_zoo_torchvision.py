"""Every builder of torchvision, read from its own source, equals what the live library said of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch.interpreter.budget import Budget
from astarch.interpreter.values import Class
from astarch.ir.unknown import Reason, Unknown
from astarch.readers.python import Session, project_for
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


def test_every_class_of_every_file_can_be_looked_up(search_path: list[Path]):
    """Not only what the builders need: each file parses, each class is made, and nothing of ours fails on the way."""
    folder = next(place for place in search_path if (place / "torchvision").is_dir())
    session = Session(project_for(search_path), Budget())
    classes = 0

    def look_up() -> None:
        nonlocal classes
        for file in sorted((folder / "torchvision").rglob("*.py")):
            name = ".".join(file.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
            module = session.machine.import_module(name)
            for entry in session.project.find(name).entries:  # type: ignore[union-attr]
                session.project.find(name).statements(entry)  # type: ignore[union-attr]
                if entry.kind == "class":
                    classes += 1
                    assert isinstance(module.get(entry.binds[0]), (Class, Unknown)), f"{name}.{entry.binds[0]}"

    session.do(look_up)
    assert classes > 300
    assert not [lost for lost in session.machine.unknowns if lost.reason is Reason.INTERNAL]


@pytest.mark.parametrize("model", RECORDS)
def test_torchvision(model: str, search_path: list[Path], tmp_path: Path):
    if difference := complaint(RECORDS[model], search_path, tmp_path):
        pytest.fail(difference, pytrace=False)
