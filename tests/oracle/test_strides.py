"""How tensors lie in memory, by programs drawn at random: what is said of it is what torch says, and a view fails where torch's does."""

from __future__ import annotations

import math
import random
import secrets
from pathlib import Path
from typing import Any

import torch

import astarch
from astarch.ir.unknown import Unknown

PROGRAMS = 150
HEAD = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n\n\n"


def test_programs(tmp_path: Path) -> None:
    """The strides of every result are right or unknown; nothing is refused that runs; most of what fails is found."""
    seed = secrets.token_hex(4)
    chance = random.Random(seed)
    failing = found = known = 0
    for number in range(PROGRAMS):
        shape = tuple(chance.choice((1, 2, 3, 4, 6)) for _ in range(chance.randint(3, 4)))
        lines, error = _drawn(chance, shape)
        name = f"Net{number}"
        text = f"class {name}(nn.Module):\n    def forward(self, x):\n" + "".join(f"        {line}\n" for line in lines)
        text += "        return x, x.stride()\n"
        path = tmp_path / f"net{number}.py"
        path.write_text(HEAD + text, encoding="utf-8")
        read = astarch.read(f"{path}:{name}", inputs=shape)
        said = f"seed {seed}: {shape}\n{text}{error}\n{read.diagnostics}"
        if error:
            failing += 1
            found += any("view size" in one.message for one in read.diagnostics)
            continue
        assert not read.diagnostics, said
        assert read.outputs is not None
        output, strides = read.outputs[0]
        live, expected = _run(lines, shape)
        assert tuple(output.shape) == tuple(live.shape), said
        if not isinstance(strides, Unknown):
            known += 1
            assert _said(strides, live.shape) == _said(expected, live.shape), said
    assert failing > PROGRAMS // 20, seed
    assert found >= 0.3 * failing, f"seed {seed}: {found} of {failing}"
    assert known > PROGRAMS // 4, seed


def _said(strides: Any, shape: Any) -> list[int]:
    """Strides where they mean something: those of axes of one element do not."""
    return [stride for stride, size in zip(strides, shape, strict=True) if size != 1]


def _drawn(chance: random.Random, shape: tuple[int, ...]) -> tuple[list[str], str]:
    """The lines of a forward, as far as they run; and what the last one raises, if it does."""
    axes = list(range(len(shape)))
    chance.shuffle(axes)
    lines = [f"x = x.permute({axes})"]
    for _ in range(chance.randint(1, 6)):
        x, _ = _run(lines, shape)
        lines.append(f"x = {_step(chance, tuple(x.shape))}")
        try:
            _run(lines, shape)
        except RuntimeError as error:
            assert "view size is not compatible" in str(error), (lines, error)
            return lines, str(error)
    return lines, ""


def _step(chance: random.Random, shape: tuple[int, ...]) -> str:
    rank = len(shape)
    axes = list(range(rank))
    chance.shuffle(axes)
    other = _refactored(chance, math.prod(shape))
    first = chance.randrange(rank)
    last = chance.randint(first + 1, rank)
    joined = (*shape[:first], math.prod(shape[first:last]), *shape[last:])
    if chance.random() < 0.3:
        return f"x.view({joined})"
    steps = [
        f"x.permute({axes})", f"x.transpose({axes[0]}, {axes[-1]})", f"x.view{other}", f"x.view{other}", f"x.reshape{other}",
        "torch.relu(x)", "F.gelu(x)", "x + x", "x * 2", "x.contiguous()", f"x.unsqueeze({axes[0]})", "x.softmax(-1)",
        f"F.linear(x, torch.ones(3, {shape[-1]}))", f"x.flatten({min(axes[0], axes[-1])})", f"F.layer_norm(x, ({shape[-1]},))",
        f"x.movedim({axes[0]}, {axes[-1]})", f"x.narrow({axes[0]}, 0, 1)", "x.clone()",
    ]  # fmt: skip
    return chance.choice(steps)


def _refactored(chance: random.Random, count: int) -> tuple[int, ...]:
    """Sizes whose product is so many."""
    sizes: list[int] = []
    while count > 1 and len(sizes) < 4:
        size = chance.choice([size for size in range(2, count + 1) if count % size == 0])
        sizes.append(size)
        count //= size
    return (*sizes, count) if count > 1 or not sizes else (*sizes, 1) if len(sizes) == 1 else tuple(sizes)


def _run(lines: list[str], shape: tuple[int, ...]) -> tuple[Any, tuple[int, ...]]:
    names: dict[str, Any] = {"x": torch.zeros(shape), "torch": torch, "F": torch.nn.functional}
    exec("\n".join(lines), names)
    return names["x"], names["x"].stride()


def test_a_program_that_names_another_memory_format_is_not_refused(tmp_path: Path) -> None:
    text = """class Net(nn.Module):
    def forward(self, x):
        x = x.contiguous(memory_format=torch.channels_last)
        return x.permute(0, 2, 3, 1).view(x.size(0), -1)
"""
    (tmp_path / "net.py").write_text(HEAD + text, encoding="utf-8")
    names: dict[str, Any] = {}
    exec(HEAD + text, names)
    read = astarch.read(f"{tmp_path / 'net.py'}:Net", inputs=(2, 3, 4, 5))
    assert not read.diagnostics
    assert read.outputs is not None
    assert tuple(read.outputs[0].shape) == tuple(names["Net"]()(torch.zeros(2, 3, 4, 5)).shape)
