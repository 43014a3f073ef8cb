"""A block that is built with the wrong number is wrong where it is built; one whose layers do not fit each other, inside."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking

SOURCE = """
import torch.nn as nn

class Block(nn.Module):
    def __init__(self, c_in, c_out, stride=1):
        super().__init__()
        self.net = nn.Sequential(nn.Conv2d(c_in, c_out, 3, stride, 1), nn.ReLU())
        self.last = nn.Conv2d(c_out, c_out, 1)

    def forward(self, x):
        return self.last(self.net(x))

class Stage(nn.Module):
    def __init__(self, width, wide):
        super().__init__()
        self.block = Block(width, c_out=wide)

    def forward(self, x):
        return self.block(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = Block(3, 16)
        self.b = Stage(16, 32)
        self.head = nn.Conv2d(32, 10, 1)

    def forward(self, x):
        return self.head(self.b(self.a(x)))
"""


@pytest.mark.parametrize(
    ("right", "wrong", "line"),
    [
        ("Stage(16, 32)", "Stage(24, 32)", 25),  # two blocks further down, a convolution takes 24
        ("Block(width, c_out=wide)", "Block(wide, c_out=wide)", 25),  # what stands there is what does not fit: 32
        ("self.last = nn.Conv2d(c_out, c_out, 1)", "self.last = nn.Conv2d(c_in, c_out, 1)", 8),
        ("self.head = nn.Conv2d(32, 10, 1)", "self.head = nn.Conv2d(24, 10, 1)", 26),
    ],
)
def test_a_number_is_wrong_where_it_is_written(right: str, wrong: str, line: int, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(SOURCE)
    assert checking.check([path]) == []
    path.write_text(SOURCE.replace(right, wrong))
    found = [one for one in checking.check([path]) if one.name == "channel-mismatch"]
    assert [one.span.line for one in found][:1] == [line], found
    if "wide" in wrong:
        assert 16 in {note.span.line for note in found[0].notes}
