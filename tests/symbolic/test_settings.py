"""Values by name, presets of a project, flags: one model at several settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from astarch import read
from astarch.api import presets, settings
from astarch.cli import commands
from astarch.errors import InputError, TargetError
from astarch.inputs import parse_settings
from astarch.ir.dim import Dim, evaluate

MODEL = """
from dataclasses import dataclass
from torch import nn

@dataclass
class Config:
    width: int = 64
    depth: int = 4
    bias: bool = True

class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.fc1 = nn.Linear(config.width, 4 * config.width, bias=config.bias)
        self.fc2 = nn.Linear(4 * config.width, config.width)

    def forward(self, x):
        return x + self.fc2(self.fc1(x).relu())

class Net(nn.Module):
    def __init__(self, config{annotation}):
        super().__init__()
        assert config.width % 4 == 0
        self.blocks = nn.Sequential(*[Block(config) for _ in range(config.depth)])

    def forward(self, x):
        return self.blocks(x)
{presets}
"""

PRESETS = {
    "dict of dicts": "PRESETS = {'small': dict(width=32, depth=2), 'large': {'width': 128, 'depth': 12}}",
    "inside a function": "def load(name):\n    return Net(Config(**{'small': dict(width=32, depth=2), 'large': dict(width=128, depth=12)}[name]))",
    "names": "small = Config(width=32, depth=2)\nlarge = Config(width=128, depth=12)",
    "functions": "def small():\n    return Config(width=32, depth=2)\n\ndef large():\n    return Config(width=128, depth=12)",
}
FILES = {
    "small.json": '{"width": 32, "depth": 2, "name": "small"}',
    "large.yaml": "# the large one\nname: large\nwidth: 128  # wide\ndepth: 12\n",
}


def write(folder: Path, annotation: str = "", found: str = "") -> str:
    file = folder / "net.py"
    file.write_text(MODEL.replace("{annotation}", annotation).replace("{presets}", found))
    return f"{file}:Net"


def count(width: int, depth: int) -> int:
    return depth * (8 * width**2 + 5 * width)


@pytest.mark.parametrize("annotation", ["", ": Config", ": 'Config'"])
def test_a_config_is_read_under_the_names_of_its_fields(tmp_path: Path, annotation: str) -> None:
    found = read(write(tmp_path, annotation), inputs="auto")
    assert str(found.parameter_count) == "8*config.depth*config.width**2 + 5*config.depth*config.width"
    assert [str(size) for size in found.outputs[0].shape] == ["B", "config.width"]
    assert [str(item.fact) for item in found.requirements] == ["config.width%4 == 0"]
    assert found.at(width=64, depth=4).parameter_count == count(64, 4)
    assert found.at(width=63).diagnostics[0].message == "raises unless config.width%4 == 0"


@pytest.mark.parametrize("kind", PRESETS)
def test_presets_in_the_source(tmp_path: Path, kind: str) -> None:
    table = settings(write(tmp_path, "", PRESETS[kind]))
    numbers = {preset.name: found.parameter_count for preset, found in table.columns}
    assert numbers == {"defaults": count(64, 4), "small": count(32, 2), "large": count(128, 12)}
    for preset, found in table.columns:
        named = {f"config.{name}": value for name, value in preset.values.items()}
        assert evaluate(table.formula.parameter_count, named) == found.parameter_count


def test_presets_in_files_beside(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "other.json").write_text('{"x": 1}')
    found = {preset.name: preset.values for preset in presets(read(write(tmp_path)))}
    assert found == {"defaults": {"width": 64, "depth": 4}, "small": {"width": 32, "depth": 2}, "large": {"width": 128, "depth": 12}}


def test_other_calls_are_no_presets(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("x = softmax(width=3)\ny = dict(width=3, color='red')\nz = {'width': 3}\n")
    assert [preset.name for preset in presets(read(write(tmp_path)))] == ["defaults"]


def test_no_class_at_all(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\n\nclass Net(nn.Module):\n    def __init__(self, args):\n        super().__init__()\n"
                    "        self.fc = nn.Linear(args.width, args.classes)\n")  # fmt: skip
    assert str(read(f"{file}:Net").parameter_count) == "args.classes*args.width + args.classes"
    assert read(f"{file}:Net", set={"args.width": 3, "classes": 2}).parameter_count == 8


def test_values_by_name(tmp_path: Path) -> None:
    target = write(tmp_path)
    assert read(target, set={"width": 8, "depth": 3}).parameter_count == count(8, 3)
    assert read(target, set={"config.width": 8, "depth": 3, "bias": False}).parameter_count == count(8, 3) - 3 * 32
    assert str(read(target, set={"depth": 1}, inputs=("B", "T", 64)).parameter_count) == "8*config.width**2 + 5*config.width"
    assert read(target, set={"width": 8, "depth": 3, "B": 5}, inputs=("B", 8)).outputs[0].shape == (5, 8)
    with pytest.raises(TargetError, match="nothing is named `witdh`"):
        read(target, set={"witdh": 8})


def test_defaults_can_be_freed(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(MODEL.replace("{annotation}", ": Config = Config()").replace("{presets}", ""))
    target = f"{file}:Net"
    assert read(target).parameter_count == count(64, 4)
    assert str(read(target, free=["width"]).parameter_count) == "32*config.width**2 + 20*config.width"
    assert str(read(target, free=["all"]).parameter_count) == "8*config.depth*config.width**2 + 5*config.depth*config.width"


FLAGS = """
from torch import nn

class Net(nn.Module):
    def __init__(self, dim, norm: bool, bias: bool, gated: bool):
        super().__init__()
        self.fc = nn.Linear(dim, dim, bias=bias)
        if norm:
            self.norm = nn.LayerNorm(dim)
        if gated:
            self.gate = nn.Linear(dim, dim)
        self.gated, self.normed = gated, norm

    def forward(self, x):
        y = self.fc(self.norm(x) if self.normed else x)
        return y * self.gate(x).sigmoid() if self.gated else y
"""


def test_each_flag_shows_its_effect(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(FLAGS)
    found = read(f"{file}:Net", inputs="auto")
    assert str(found.parameter_count) == "dim**2"
    assert found.unknown == ()
    effects = {one.condition: str(one.architecture.parameter_count) for one in found.alternatives}
    assert effects == {"norm": "dim**2 + 2*dim", "bias": "dim**2 + dim", "gated": "2*dim**2 + dim"}
    shown = CliRunner().invoke(commands, ["show", f"{file}:Net", "--width", "120"]).output
    assert "if norm: + norm LayerNorm(dim); 2*dim parameters more" in shown
    assert "if bias: dim parameters more" in shown
    assert "if gated: + gate Linear(dim, dim); dim**2 + dim parameters more" in shown


def test_a_field_that_is_only_asked_for_its_truth_is_a_flag(tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(
        "from torch import nn\n"
        "class Net(nn.Module):\n"
        "    def __init__(self, config):\n"
        "        super().__init__()\n"
        "        self.fc = nn.Linear(config.dim, config.dim, bias=config.bias)\n"
        "        if config.norm and not config.plain:\n"
        "            self.norm = nn.LayerNorm(config.dim)\n"
        "        self.tail = nn.Linear(config.dim, config.rate * 2) if config.rate else None\n"
        "    def forward(self, x):\n"
        "        return self.fc(x)\n"
    )
    found = read(f"{file}:Net", inputs="auto")
    assert {one.condition for one in found.alternatives} == {"config.norm", "config.plain"}
    assert "norm" not in found.modules
    assert found.modules["tail"].arguments["out_features"] == 2 * Dim.symbol("config.rate")  # counted with: no flag
    assert "norm" in read(f"{file}:Net", inputs="auto", set={"config.norm": True}).modules


def test_several_values_give_a_table(tmp_path: Path) -> None:
    shown = CliRunner().invoke(commands, ["show", write(tmp_path), "--set", "width=8,16", "--set", "depth=3"]).output
    assert f"{count(8, 3):,}" in shown
    assert f"{count(16, 3):,}" in shown
    assert "Parameters = depth*(8*width**2 + 5*width)" in shown


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (["dim=3"], [{"dim": 3}]),
        (["dim=3,4", "bias=False"], [{"dim": 3, "bias": False}, {"dim": 4, "bias": False}]),
        (["a.b=(1,2),[3]"], [{"a.b": (1, 2)}, {"a.b": [3]}]),
        (["act=gelu", "rate=0.5", "on=true"], [{"act": "gelu", "rate": 0.5, "on": True}]),
        ([], []),
    ],
)
def test_settings_as_users_write_them(texts: list[str], found: list[dict[str, Any]]) -> None:
    assert parse_settings(texts) == found


@pytest.mark.parametrize("texts", [["dim"], ["=3"], ["dim="], ["a b=3"], ["a=1,2", "b=1,2,3"]])
def test_mistakes_in_settings(texts: list[str]) -> None:
    with pytest.raises(InputError):
        parse_settings(texts)
