"""Findings that are kept: after any change the same as found anew, and nothing is done again that the change does not touch."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking

BLOCKS = """
import torch
from torch import nn

WIDTH = 16


def double(number):
    return 2 * number


def unrelated(text):
    return text.upper()


class Block(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv = nn.Conv2d(a, b, 3, padding=1)

    def forward(self, x):
        return torch.relu(self.conv(x))


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)
"""
NET = """
from torch import nn

from .blocks import WIDTH, Block, double


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Block(3, WIDTH)
        self.two = Block(double(8), 4)

    def forward(self, x):
        return self.two(self.one(x))
"""

#: What is changed in the blocks, whether the net fails then, and whether its file is looked at again.
CHANGES = [
    ("# a comment", "", False, False),
    ("text.upper()", "text.lower()", False, False),
    ("def unrelated", "def unrelated_now", False, True),
    ("nn.Linear(4, 4)", "nn.Linear(4, 4, bias=False)", False, False),
    ("2 * number", "3 * number", True, True),
    ("WIDTH = 16", "WIDTH = 8", True, True),
    ("nn.Conv2d(a, b, 3, padding=1)", "nn.Conv2d(a, b + 1, 3, padding=1)", True, True),
]


@pytest.mark.parametrize(("old", "new", "fails", "again"), CHANGES)
def test_a_change_is_followed_as_far_as_it_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, fails: bool, again: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "kept"))
    package = tmp_path / "nets"
    package.mkdir()
    for name, text in (("__init__", ""), ("blocks", BLOCKS), ("net", NET)):
        (package / f"{name}.py").write_text(text)
    assert checking.check(["nets"], cache=True) == []
    looked: list[Path] = []
    real = checking.checked
    monkeypatch.setattr(checking, "checked", lambda files, *rest: looked.extend(files) or real(files, *rest))
    changed = BLOCKS.replace(old, new) if old in BLOCKS else BLOCKS + old + "\n"
    (package / "blocks.py").write_text(changed)
    found = checking.check(["nets"], cache=True)
    assert bool(found) == fails
    assert (Path("nets/net.py") in looked) == again
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert found == checking.check(["nets"])


def test_models_of_a_changed_file_are_read_only_where_the_change_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from astarch.checking import models

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "kept"))
    Path("net.py").write_text(BLOCKS)
    assert checking.check(["."], cache=True) == []
    read: list[str] = []
    real = models.architectures
    monkeypatch.setattr(models, "architectures", lambda file, *rest: read.append(file.path) or real(file, *rest))
    Path("net.py").write_text("# above\n" + BLOCKS.replace("text.upper()", "text.lower()"))
    assert checking.check(["."], cache=True) == []
    assert read == []
    Path("net.py").write_text(BLOCKS.replace("self.fc = nn.Linear(4, 4)", "self.fc = nn.Sequential(nn.Linear(4, 5), nn.Linear(4, 4))"))
    assert [one.name for one in checking.check(["."], cache=True)] == ["linear-mismatch"]
    assert read == ["net.py"]
