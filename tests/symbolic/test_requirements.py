"""What sizes must satisfy, or the program raises: recorded, and used from there on."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import read

ATTENTION = """
from torch import nn

class Attention(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        {test}
        self.heads, self.scale = heads, (dim // heads) ** -0.5
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = self.qkv(x).reshape(b, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) * self.scale).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(b, t, c))
"""

TESTS = [
    "if dim % heads != 0: raise ValueError('no')",
    "if dim % heads: raise ValueError('no')",
    "if not dim % heads == 0: raise ValueError('no')",
    "assert dim % heads == 0",
    "assert dim % heads == 0 and heads > 0, f'{dim}'",
]


@pytest.mark.parametrize("test", TESTS)
def test_divisible_heads(tmp_path: Path, test: str) -> None:
    file = tmp_path / "net.py"
    file.write_text(ATTENTION.replace("{test}", test))
    found = read(f"{file}:Attention", inputs=("B", "T", "dim"))
    assert [str(item.fact) for item in found.requirements] == ["dim%heads == 0"]
    assert found.requirements[0].span.line == 7
    assert [str(size) for size in found.outputs[0].shape] == ["B", "T", "dim"]
    assert str(found.macs) == "2*B*T**2*dim + 4*B*T*dim**2"
    assert found.unknown == ()
    assert found.alternatives == ()


def test_a_condition_that_is_no_fact_about_sizes_stays_an_assumption(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(ATTENTION.replace("{test}", "if not isinstance(dim / heads, int) and heads.odd: raise ValueError('no')"))
    found = read(f"{file}:Attention")
    assert found.requirements == ()


def test_what_one_reading_requires_is_forgotten_by_the_next(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(ATTENTION.replace("{test}", TESTS[0]))
    read(f"{file}:Attention")
    file = tmp_path / "other.py"
    file.write_text(ATTENTION.replace("{test}", "pass").replace("Linear(dim, dim)", "Linear(dim // heads * heads, dim)"))
    found = read(f"{file}:Attention")
    assert found.requirements == ()
    assert str(found.parameters["proj.weight"].shape[1]) != "dim"


def test_the_end_of_an_iteration_requires_nothing(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self, dim, depth):\n        super().__init__()\n"
                    "        self.depth = depth\n        self.fc = nn.Linear(dim, dim)\n        self.first = self[2]\n\n"
                    "    def __getitem__(self, index):\n        if index >= self.depth:\n            raise IndexError(index)\n"
                    "        return self.fc\n")  # fmt: skip
    found = read(f"{file}:Net")
    assert found.requirements == ()
    assert [item.message for item in found.assumptions][-1] == "not (index >= self.depth)"


def test_items_without_a_known_end_are_not_run_through(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\n\nclass Layers:\n    def __init__(self, depth):\n        self.depth = depth\n\n"
                    "    def __getitem__(self, index):\n        if index >= self.depth:\n            raise IndexError(index)\n"
                    "        return index\n\nclass Net(nn.Module):\n    def __init__(self, dim, depth):\n        super().__init__()\n"
                    "        self.fc = nn.Linear(dim, dim)\n        self.sizes = [size for size in Layers(depth)]\n")  # fmt: skip
    found = read(f"{file}:Net", budget=20_000)
    assert "how many items" in {item.detail for item in found.unknown}
    assert str(found.parameter_count) == "dim**2 + dim"
