"""Weights are set without a record: what a reading says is the same as if every step had been recorded, and what torch says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

import astarch
from astarch.interpreter.compile.filling import attempts
from astarch.ir.graph import Graph
from astarch.readers.python import Session
from astarch.render.json import to_json

HEAD = """
import math
from functools import partial
import torch
from torch import nn

SEEN = []
STD = 0.02

def named_apply(fn, module, name='', depth_first=True):
    for child_name, child in module.named_children():
        child_name = '.'.join((name, child_name)) if name else child_name
        named_apply(fn=fn, module=child, name=child_name, depth_first=depth_first)
    fn(module=module, name=name)
    return module

def trunc_(tensor, mean=0., std=1., a=-2., b=2.):
    def cdf(x):
        return (1. + math.erf(x / math.sqrt(2.))) / 2.
    if mean < a - 2 * std or mean > b + 2 * std:
        raise ValueError('far away')
    with torch.no_grad():
        tensor.uniform_(2 * cdf((a - mean) / std) - 1, 2 * cdf((b - mean) / std) - 1)
        tensor.erfinv_()
        tensor.mul_(std * math.sqrt(2.)).add_(mean)
        tensor.clamp_(min=a, max=b)
        return tensor

class Block(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.fc = nn.Linear(dim, dim)
        self.gate = nn.Parameter(torch.empty(dim))
        self.scale = 1
    def init_weights(self):
        nn.init.zeros_(self.gate)
    def forward(self, x):
        return x + self.fc(self.norm(x)) * self.gate * self.scale

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 4, 4)
        self.blocks = nn.ModuleList([Block(8) for _ in range(3)])
        self.head = nn.Linear(8, 5, bias=False)
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.begin()
    def begin(self):
        BEGIN
    def forward(self, x):
        x = self.stem(x).flatten(2).transpose(1, 2) + self.token
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean(1))
"""

#: What a model does once it is built, by what it tries. "filled" says that nothing of it needs a record.
FILLED = {
    "apply": """
        self.apply(self._init)
    def _init(self, m):
        if isinstance(m, (nn.Linear, nn.Conv2d)):
            trunc_(m.weight, std=.02)
            if m.bias is not None:
                nn.init.zeros_(m.bias)
        elif isinstance(m, nn.LayerNorm):
            nn.init.constant_(m.bias, 0)
            nn.init.constant_(m.weight, 1.0)
    """,
    "by name": """
        named_apply(partial(self.fill, head=1e-3), self)
    def fill(self, module, name, head=0.):
        if isinstance(module, nn.Linear):
            if name.startswith('head'):
                nn.init.normal_(module.weight, std=head)
            elif 'fc' in name and module.bias is not None:
                fan_in, fan_out = nn.init._calculate_fan_in_and_fan_out(module.weight)
                nn.init.uniform_(module.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_out))
        elif hasattr(module, 'init_weights'):
            module.init_weights()
    """,
    "all modules": """
        for name, m in self.named_modules():
            if isinstance(m, nn.Conv2d):
                fan_out = m.kernel_size[0] * m.kernel_size[1] * m.out_channels
                fan_out //= m.groups
                m.weight.data.normal_(0, math.sqrt(2.0 / fan_out))
                if m.bias is not None:
                    m.bias.data.zero_()
            elif isinstance(m, nn.Linear) and not name.endswith('fc'):
                m.weight.data.mul_(0.5)
    """,
    "one by one": """
        nn.init.normal_(self.token, std=1e-6)
        trunc_(self.head.weight, std=.02)
        self.head.weight.data.mul_(0.1)
    """,
    "known numbers": """
        for p in self.parameters():
            if len(p.shape) < 2:
                nn.init.ones_(p)
                p.data.mul_(3).sub_(2)
    """,
}

#: What leaves something else behind, or goes wrong: to be run the usual way, after the attempt has been undone.
LEFT = {
    "attributes": """
        self.apply(self._init)
    def _init(self, m):
        if isinstance(m, nn.Linear):
            nn.init.zeros_(m.weight)
            m.weight.special = True
        if isinstance(m, Block):
            m.scale = 2
    """,
    "new parameters": """
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.zeros_(m.weight)
                m.extra = nn.Parameter(torch.zeros(4))
    """,
    "a list of names": """
        for name, m in self.named_modules():
            if isinstance(m, nn.Linear):
                nn.init.zeros_(m.weight)
                SEEN.append(name)
        self.more = nn.Linear(8, len(SEEN))
    """,
    "a counter": """
        count = 0
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.zeros_(m.weight)
                count += 1
                getattr(self, 'nothing' if count < 3 else 'stem')
    """,
    "a count that is used": """
        count = 0
        for m in self.modules():
            if isinstance(m, nn.Linear):
                nn.init.zeros_(m.weight)
                count += 1
        self.more = nn.Linear(8, count)
    """,
    "a global that changes": """
        global STD
        for m in self.modules():
            if isinstance(m, nn.Linear):
                trunc_(m.weight, std=STD)
        STD = 100
        self.more = nn.Linear(8, STD)
        for m in self.modules():
            if isinstance(m, nn.Conv2d):
                trunc_(m.weight, std=STD)
    """,
    "numbers that are read": """
        nn.init.ones_(self.blocks[0].gate)
        self.halve()
        self.more = nn.Linear(8, int(self.blocks[0].gate[0].item() * 8))
    def halve(self):
        self.blocks[0].gate.data.mul_(0.5)
        self.blocks[0].gate.data.mul_(2 if self.blocks[0].gate[0].item() == 0.5 else 8)
    """,
    "requires_grad": """
        self.apply(self._init)
    def _init(self, m):
        if isinstance(m, nn.Linear):
            nn.init.zeros_(m.weight)
            for p in m.parameters():
                p.requires_grad = False
    """,
    "a name that is not there": """
        self.apply(self._init)
    def _init(self, m):
        if isinstance(m, nn.Linear):
            nn.init.zeros_(m.weight)
            nn.init.zeros_(m.bias)
    """,
    "too few axes": """
        for m in self.modules():
            if isinstance(m, (nn.Linear, nn.LayerNorm)):
                nn.init.kaiming_normal_(m.weight)
    """,
    "an error of its own": """
        for m in self.modules():
            if isinstance(m, nn.Linear):
                trunc_(m.weight, mean=100.)
    """,
    "an overridden apply": """
        for block in self.blocks:
            block.apply = lambda fn: SEEN.append(fn)
        self.apply(self._init)
        self.more = nn.Linear(8, 1 + len(SEEN))
    def _init(self, m):
        if isinstance(m, nn.Linear):
            nn.init.zeros_(m.weight)
    """,
}


def read(folder: Path, name: str, begin: str) -> Any:
    file = folder / "net.py"
    file.write_text(HEAD.replace("BEGIN", begin.strip()))
    return astarch.read(f"{file}:Net", inputs=["1,3,32,32"])


@pytest.mark.parametrize("name", [*FILLED, *LEFT])
def test_the_record_makes_no_difference(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = {**FILLED, **LEFT}[name]
    quick = read(tmp_path, name, begin)
    recorded = Session.__init__

    def without(self: Session, *args: Any, **kwargs: Any) -> None:
        recorded(self, *args, **kwargs)
        self.machine.filler = None

    monkeypatch.setattr(Session, "__init__", without)
    usual = read(tmp_path, name, begin)
    if usual.diagnostics:  # of a model that is not built, the graph is what was recorded until then
        usual, quick = replace(usual, graph=Graph()), replace(quick, graph=Graph())
    assert to_json(quick) == to_json(usual)


@pytest.mark.parametrize("name", [*FILLED, *LEFT])
def test_torch_says_the_same(name: str, tmp_path: Path) -> None:
    found = read(tmp_path, name, {**FILLED, **LEFT}[name])
    names: dict[str, Any] = {}
    try:
        exec((tmp_path / "net.py").read_text(), names)
        live = names["Net"]()
    except Exception as error:
        assert type(error).__name__ in found.diagnostics[-1].message
        return
    assert {name: (p.shape, p.trainable) for name, p in found.parameters.items()} == {
        name: (tuple(p.shape), p.requires_grad) for name, p in live.named_parameters()
    }
    assert found.outputs[0].shape == tuple(live(torch.zeros(1, 3, 32, 32)).shape)
    assert not found.unknown


@pytest.mark.parametrize("name", FILLED)
def test_what_only_fills_is_not_recorded(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[bool] = []
    attempt = attempts._done

    def watched(*args: Any) -> bool:
        done.append(attempt(*args))
        return done[-1]

    monkeypatch.setattr(attempts, "_done", watched)
    read(tmp_path, name, FILLED[name])
    assert done
    assert all(done)
