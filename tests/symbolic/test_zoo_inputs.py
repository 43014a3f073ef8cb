"""Every builder of torchvision without an input: its rank and channels, and formulas that give the live library's sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from astarch import read
from astarch.inputs import parse_input
from scripts.zoo.libraries import LIBRARIES
from scripts.zoo.records import IN_REPOSITORY, read_records, request
from scripts.zoo.scoring import Verdict, score
from scripts.zoo.sources import source_folders

RECORDS = {record["id"]: record for record in read_records(IN_REPOSITORY / "torchvision.jsonl.xz")}


@pytest.fixture(scope="session")
def search_path() -> list[Path]:
    return source_folders(LIBRARIES["torchvision"])


def recorded_shapes(record: dict[str, Any]) -> list[list[int]]:
    """The shapes that the live model was given."""
    return [shape["list"][0] if isinstance(shape, dict) else shape for shape in record["input"].values()]


@pytest.mark.parametrize("model", RECORDS)
def test_without_input(model: str, search_path: list[Path], tmp_path: Path) -> None:
    record = RECORDS[model]
    target = request(record, tmp_path).target
    found = read(target, inputs="auto", search_path=search_path)
    inference = found.inference
    assert inference is not None
    specs = [parse_input(text) for text in inference.inputs.values()]
    told = [(spec.items[0] if spec.items else spec).shape for spec in specs]
    truth = recorded_shapes(record)
    assert [bool(spec.items) for spec in specs] == [isinstance(shape, dict) for shape in record["input"].values()]
    assert [len(shape) for shape in told] == [len(shape) for shape in truth]
    sizes = {
        name: size
        for names, shape in zip(told, truth, strict=True)
        for name, size in zip(names, shape, strict=True)
        if isinstance(name, str)
    }
    assert [[sizes.get(name, name) for name in names] for names in told] == truth  # channels, and each symbol one size
    space = {name: size for name, size in sizes.items() if name != "B"}
    if inference.answers:  # something fixes the sizes: the live model's are among the answers
        fixed = [name for name in space if name in inference.answers[0]]
        assert {name: space[name] for name in fixed} in [dict(answer) for answer in inference.answers]
        found = read(target, inputs="auto", search_path=search_path, set={name: space[name] for name in fixed})
    result = score(found.at(**sizes), record)
    assert result.verdict < Verdict.WRONG, [finding for finding in result.findings if finding.verdict == Verdict.WRONG][:4]
    if not any(spec.items for spec in specs):  # what detectors find depends on the picture
        assert result.verdict == Verdict.EXACT, result.findings[:4]
