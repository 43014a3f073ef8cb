"""The host's search for reference cycles: seldom during a reading and until its workings are gone, then as before."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

import astarch
from astarch import checking
from astarch.interpreter.cycles import LATER, PACE, rarely_searched
from astarch.ir.program import File

MODEL = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 4)

    def forward(self, x):
        return self.fc(x)
"""


@pytest.fixture(autouse=True)
def usual() -> Iterator[tuple[int, int, int]]:
    gc.collect()  # readings of other tests that nobody holds any more
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*before)


@pytest.fixture
def model(tmp_path: Path) -> str:
    file = tmp_path / "net.py"
    file.write_text(MODEL)
    return f"{file}:Net"


def test_as_usual_when_the_reading_is_thrown_away(model: str, usual: tuple[int, int, int]) -> None:
    found = astarch.read(model, inputs=["1,3"])
    assert gc.get_threshold()[0] == LATER
    assert found.graph.nodes  # which the workings are held for
    del found
    assert gc.get_threshold() == usual


def test_several_readings_at_once(model: str, usual: tuple[int, int, int]) -> None:
    first, second = (astarch.read(model, inputs=["1,3"]) for _ in range(2))
    del first
    assert gc.get_threshold()[0] == LATER
    del second
    assert gc.get_threshold() == usual


def test_one_inside_another(usual: tuple[int, int, int]) -> None:
    with rarely_searched():
        with rarely_searched():
            assert gc.get_threshold()[0] == PACE
        assert gc.get_threshold()[0] == PACE
    assert gc.get_threshold() == usual


@pytest.mark.parametrize("pace", [0, 2 * PACE])
def test_a_pace_of_the_hosts_own_is_left_alone(model: str, pace: int) -> None:
    gc.set_threshold(pace, 10, 10)
    found = astarch.read(model, inputs=["1,3"])
    assert gc.get_threshold()[0] == pace
    del found
    assert gc.get_threshold()[0] == pace


def test_what_the_host_sets_while_it_holds_a_reading_stays(model: str) -> None:
    found = astarch.read(model, inputs=["1,3"])
    gc.set_threshold(1234, 10, 10)
    del found
    assert gc.get_threshold()[0] == 1234


def test_a_check_leaves_no_file_behind(tmp_path: Path) -> None:
    for number in range(3):
        text = f"from torch import nn\nfrom net{(number + 1) % 3} import Net as Other\n\n\nclass Net(nn.Module):\n    fc = Other\n"
        (tmp_path / f"net{number}.py").write_text(text)
    gc.disable()
    try:
        left = []
        for _ in range(4):
            checking.check([tmp_path])
            left.append(sum(isinstance(one, (File, ast.ClassDef)) for one in gc.get_objects()))
        assert left[1:] == left[1:2] * 3
    finally:
        gc.enable()
