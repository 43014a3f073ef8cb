"""A tensor cut into pieces whose number and sizes are data: what is put together again is known, and equal to what torch makes."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
import torch

import astarch
from astarch.ir.unknown import Unknown

SOURCE = """
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)
    def forward(self, x, ends):
        x = self.fc(x)
        lengths = ends[1:] - ends[:-1]
        queries, keys = [torch.split(tensor, lengths.tolist(), dim=0) for tensor in (x, x)]
        pieces = RESULT
        return pieces
"""


def read(folder: Path, result: str) -> Any:
    """What is known of the result, with ``ends`` of a length that is a symbol; and what torch makes of three pieces."""
    source = dedent(SOURCE).replace("RESULT", result)
    file = folder / "packed.py"
    file.write_text(source)
    found = astarch.read(f"{file}:Net", inputs={"x": "10,8", "ends": "n:int64"})
    names: dict[str, Any] = {}
    exec(source, names)
    made = names["Net"]()(torch.zeros(10, 8), torch.tensor([0, 3, 4, 10]))
    return found, made


@pytest.mark.parametrize(
    "result",
    [
        "torch.cat([torch.softmax(q @ k.transpose(0, 1), -1) @ k for q, k in zip(queries, keys)], dim=0)",
        "torch.cat([q.view(1, -1, 8) for q in queries], dim=1)",
        "torch.cat([torch.cat([q, k]) for q, k in zip(queries, keys)])",
        "torch.cat([torch.nn.functional.gelu(q)[None] for q in queries], 1).reshape(10, -1)",
    ],
)
def test_pieces_put_together_are_as_long_as_the_whole(tmp_path: Path, result: str) -> None:
    found, made = read(tmp_path, result)
    assert found.outputs[0].shape == tuple(made.shape)
    assert not found.diagnostics


def test_one_row_of_each_piece_makes_as_many_rows_as_pieces(tmp_path: Path) -> None:
    found, made = read(tmp_path, "torch.cat([q.sum(0, keepdim=True) for q in queries])")
    assert [str(size) for size in found.outputs[0].shape] == ["n - 1", "8"] and tuple(made.shape) == (4 - 1, 8)


@pytest.mark.parametrize(
    "result",
    [
        "torch.cat([q[:2] for q in queries])",  # a piece may be shorter
        "torch.cat([q if q.shape[0] > 3 else q[:1] for q in queries])",  # the rounds differ
        "torch.cat([q @ k.transpose(0, 1) for q, k in zip(queries, keys)], dim=1)",  # not of one height
    ],
)
def test_what_depends_on_each_size_is_not_known(tmp_path: Path, result: str) -> None:
    source = dedent(SOURCE).replace("RESULT", result)
    file = tmp_path / "packed.py"
    file.write_text(source)
    found = astarch.read(f"{file}:Net", inputs={"x": "10,8", "ends": "n:int64"})
    assert isinstance(found.outputs[0], Unknown)


def test_an_element_of_a_tensor_may_be_negative(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(
        dedent(
            """
            import torch
            from torch import nn
            class Net(nn.Module):
                def forward(self, x, sizes):
                    a, b = sizes.tolist()
                    return x[:a], a in {1, 2}, torch.arange(12).reshape(b, -1)
            """
        )
    )
    rows, member, square = astarch.read(f"{file}:Net", inputs={"x": "10,8", "sizes": "2:int64"}).outputs[0]
    assert not isinstance(rows.shape[0], int) and "10" not in str(rows.shape[0]), "x[:-3] has seven rows"
    assert isinstance(member, Unknown)
    assert len(square.shape) == 2


@pytest.mark.parametrize(
    "use",
    [
        'getattr(self, f"fc{k}")(x)',
        'getattr(self, "fc" + str(k))(x)',
        'getattr(self, "fc%d" % k)(x)',
        "self.layers[k](x)",
        "{0: self.fc0, 1: self.fc1}[k](x)",
        "x.new_zeros(len({k, j}))",
        "x.new_zeros(len(set(numbers.tolist())))",
        "x[k]",
        "x.new_zeros([1, 2, 3].index(k))",
        "x.new_zeros(numbers.tolist().index(1))",
        "x.new_zeros(abs(numbers.tolist()[0]))",
        "x.new_zeros(3) if 0 in numbers.tolist() else x.new_zeros(4)",
        "x.new_zeros(3) if k in {0: 1} else x.new_zeros(4)",
    ],
)
@pytest.mark.parametrize("taken", ["k, j = numbers.tolist()", "(k, j), i = numbers.tolist(), 0", "k = j = numbers.tolist()[0]"])
def test_what_only_the_elements_tell_is_not_claimed(tmp_path: Path, use: str, taken: str) -> None:
    file = tmp_path / "net.py"
    lines = ["import torch", "from torch import nn", "class Net(nn.Module):", "    def __init__(self):", "        super().__init__()",
             "        self.fc0, self.fc1 = nn.Linear(3, 4), nn.Linear(3, 5)", "        self.layers = nn.ModuleList([self.fc0, self.fc1])",
             "    def forward(self, x, numbers):", f"        {taken}", f"        return {use}"]  # fmt: skip
    file.write_text("\n".join(lines))
    found = astarch.read(f"{file}:Net", inputs={"x": "2,3", "numbers": "2:int64"})
    assert not found.diagnostics
    (out,) = found.outputs
    assert isinstance(out, Unknown) or not all(isinstance(size, int) for size in out.shape) or use == "x[k]"
