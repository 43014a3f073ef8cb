"""Loops over a count that is a symbol: formulas that are right for every number of rounds, or the loop is left unread."""

# ruff: noqa: E501, ISC004 - a program, a line
from __future__ import annotations

from pathlib import Path

import pytest

from astarch import read
from astarch.ir.dim import evaluate

HEAD = """
import copy
import torch
from torch import nn

class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.up, self.down = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim, bias=False)

    def forward(self, x):
        return x + self.down(self.up(self.norm(x)).relu())

class Net(nn.Module):
    def __init__(self, dim, depth):
        super().__init__()
"""

#: By what is tried: the constructor's body and the forward's.
REPEATED = {
    "list comprehension": (
        "self.blocks = nn.ModuleList([Block(dim) for _ in range(depth)])",
        "for block in self.blocks:\n            x = block(x)\n        return x",
    ),
    "generator": (
        "self.blocks = nn.ModuleList(Block(dim) for _ in range(depth))",
        "for i, block in enumerate(self.blocks): x = block(x)\n        return x",
    ),
    "sequential of a list": ("self.blocks = nn.Sequential(*[Block(dim) for _ in range(depth)])", "return self.blocks(x)"),
    "sequential of a generator": ("self.blocks = nn.Sequential(*(Block(dim) for _ in range(depth)))", "return self.blocks(x)"),
    "list that grows": (
        "layers = []\n        for _ in range(depth):\n            layers.append(Block(dim))\n        self.blocks = nn.Sequential(*layers)",
        "return self.blocks(x)",
    ),
    "several in a round": (
        "layers = [nn.Linear(dim, dim)]\n        for _ in range(depth - 1):\n            layers += [nn.Linear(dim, dim)]\n            layers.append(nn.ReLU())\n"
        "        layers.append(nn.Linear(dim, 3))\n        self.blocks = nn.Sequential(*layers)",
        "return self.blocks(x)",
    ),
    "star in a list": (
        "self.blocks = nn.Sequential(*[Block(dim), *[Block(dim) for _ in range(depth)], nn.Linear(dim, 2)])",
        "return self.blocks(x)",
    ),
    "concatenated lists": (
        "layers = [Block(dim) for _ in range(depth)] + [nn.Linear(dim, 5)]\n        self.blocks = nn.Sequential(*layers)",
        "return self.blocks(x)",
    ),
    "module list that grows": (
        "self.blocks = nn.ModuleList([])\n        for _ in range(depth):\n            self.blocks.append(nn.ModuleList([Block(dim), nn.Linear(dim, dim)]))",
        "for block, mix in self.blocks:\n            x = mix(block(x)) + x\n        return x",
    ),
    "add_module": (
        "self.depth = depth\n        for i in range(depth):\n            self.add_module(f'block{i}', Block(dim))",
        "for i in range(self.depth):\n            x = getattr(self, f'block{i}')(x)\n        return x",
    ),
    "copies": (
        "block = Block(dim)\n        self.blocks = nn.ModuleList([copy.deepcopy(block) for _ in range(depth)])",
        "for block in self.blocks: x = block(x)\n        return x",
    ),
    "loops in loops": (
        "self.stages = nn.ModuleList([nn.Sequential(*[Block(dim) for _ in range(depth)]) for _ in range(depth + 2)])",
        "for stage in self.stages: x = stage(x)\n        return x",
    ),
    "pairs": (
        "self.a = nn.ModuleList([Block(dim) for _ in range(depth)])\n        self.b = nn.ModuleList([nn.Linear(dim, dim) for _ in range(depth)])",
        "for a, b in zip(self.a, self.b): x = b(a(x))\n        return x",
    ),
    "transformer encoder": ("self.blocks = nn.TransformerEncoder(nn.TransformerEncoderLayer(dim, 4), depth)", "return self.blocks(x)"),
    "transformer decoder": ("self.blocks = nn.TransformerDecoder(nn.TransformerDecoderLayer(dim, 2), depth)", "return self.blocks(x, x)"),
    "called several times": (
        "self.block, self.depth = Block(dim), depth",
        "for _ in range(self.depth): x = self.block(x)\n        return x",
    ),
}

#: Rounds that differ, or depend on one another: what is not known is said.
DIFFERING = {
    "first is another": ("self.blocks = nn.ModuleList([Block(dim) if i == 0 else nn.Linear(dim, dim) for i in range(depth)])", "return x"),
    "every second": (
        "self.blocks = nn.ModuleList([])\n        for i in range(depth):\n            if i % 2 == 0: self.blocks.append(Block(dim))",
        "return x",
    ),
    "growing width": ("self.blocks = nn.ModuleList([nn.Linear(dim + i, dim) for i in range(depth)])", "return x"),
    "carried width": (
        "self.blocks = nn.ModuleList([])\n        for _ in range(depth):\n            self.blocks.append(nn.Linear(dim, 2 * dim))\n            dim = 2 * dim",
        "return x",
    ),
    "the same module": ("block = Block(dim)\n        self.blocks = nn.ModuleList([block for _ in range(depth)])", "return x"),
    "repeated list": ("self.blocks = nn.ModuleList([Block(dim)] * depth)", "return x"),
    "left early": (
        "self.blocks = nn.ModuleList([])\n        for i in range(depth):\n            self.blocks.append(Block(dim))\n            if i > 2: break",
        "return x",
    ),
    "counter": (
        "self.count = 0\n        self.blocks = nn.ModuleList([])\n        for i in range(depth):\n            self.count += 1\n"
        "            self.blocks.append(nn.Linear(dim, self.count))",
        "return x",
    ),
}


def target(folder: Path, name: str, source: tuple[str, str]) -> str:
    file = folder / f"{name.replace(' ', '_')}.py"
    file.write_text(f"{HEAD}        {source[0]}\n\n    def forward(self, x):\n        {source[1]}\n")
    return f"{file}:Net"


@pytest.mark.parametrize("name", REPEATED)
def test_formulas_are_right_for_every_count(tmp_path: Path, name: str) -> None:
    model = target(tmp_path, name, REPEATED[name])
    formula = read(model, inputs=("B", "T", "dim"))
    assert formula.unknown == ()
    assert formula.diagnostics == ()
    assert formula.alternatives == ()
    for dim, depth, batch, time in ((8, 1, 2, 3), (16, 4, 1, 5), (24, 7, 3, 1)):
        values = {"dim": dim, "depth": depth, "B": batch, "T": time}
        number = read(model, inputs=("B", "T", "dim"), set=values)
        assert evaluate(formula.parameter_count, values) == number.parameter_count
        assert evaluate(formula.macs, values) == number.macs
        assert evaluate(sum(module.times for module in formula.modules.values()), values) == len(number.modules)
        assert evaluate(sum(call.times for call in formula.calls), values) == len(number.calls)
        assert [evaluate(size, values) for size in formula.outputs[0].shape] == list(number.outputs[0].shape)


@pytest.mark.parametrize("name", DIFFERING)
def test_rounds_that_differ_are_not_claimed(tmp_path: Path, name: str) -> None:
    found = read(target(tmp_path, name, DIFFERING[name]))
    assert found.unknown
    assert not any("{" in module for module in found.modules)


def test_the_round_is_named_and_counted(tmp_path: Path) -> None:
    found = read(target(tmp_path, "net", REPEATED["list comprehension"]))
    assert [(name, str(module.times)) for name, module in found.modules.items()][2:4] == [
        ("blocks.{i}", "depth"),
        ("blocks.{i}.norm", "depth"),
    ]
    assert str(found.parameter_count) == "8*depth*dim**2 + 6*depth*dim"
    assert str(found.parameters["blocks.{i}.norm.weight"].count) == "depth*dim"


def test_a_forward_that_differs_leaves_the_modules_known(tmp_path: Path) -> None:
    forward = "for i, block in enumerate(self.blocks):\n            x = block(x) if i > 3 else x\n        return x"
    found = read(target(tmp_path, "net", (REPEATED["list comprehension"][0], forward)), inputs=("B", "T", "dim"))
    assert str(found.parameter_count) == "8*depth*dim**2 + 6*depth*dim"
    assert found.unknown
