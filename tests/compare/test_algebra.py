"""The same computation written in other ways: what the comparison says is what torch gives for equal weights."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

import astarch  # noqa: E402
from astarch import api  # noqa: E402
from astarch.ir.change import Verdict  # noqa: E402

HEAD = """import math
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self, width=32, heads=4):
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.qkv, self.proj, self.drop = nn.Linear(width, 3 * width), nn.Linear(width, width), nn.Dropout(0.1)
        self.bias = nn.Parameter(torch.zeros(heads, 5, 5))

    def forward(self, x):
        batch, length, width = x.shape
        whole = self.qkv(x).reshape(batch, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        {parts}
        {attention}
        return self.proj(x.transpose(1, 2).reshape(batch, length, width))
"""
PARTS = {"unbind": "q, k, v = whole.unbind(0)", "index": "q, k, v = whole[0], whole[1], whole[2]", "loop": "q, k, v = whole"}
ATTENTION = {
    "function": "x = F.scaled_dot_product_attention(q, k, v, dropout_p=0.1 if self.training else 0.0)",
    "after": "x = self.drop(((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)) @ v",
    "before": "x = torch.matmul(F.softmax(torch.matmul(q * self.scale, k.transpose(3, 2)), dim=3), v)",
    "divided": "x = self.drop(torch.softmax(q @ k.mT / math.sqrt(q.size(-1)), -1)) @ v",
    "both": "x = self.drop(((q * self.scale ** 0.5) @ (k * self.scale ** 0.5).transpose(-1, -2)).softmax(-1)) @ v",
    "unscaled": "x = F.scaled_dot_product_attention(q, k, v, scale=1.0)",
    "turned": "x = self.drop(((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-2)) @ v",
    "causal": "x = F.scaled_dot_product_attention(q, k, v, is_causal=True)",
    "biased": "x = F.scaled_dot_product_attention(q, k, v, attn_mask=self.bias + 0.0 * q[0, 0, 0, 0])",
    "biased by hand": "x = ((q @ k.transpose(-2, -1)) * self.scale + (self.bias + 0.0 * q[0, 0, 0, 0])).softmax(dim=-1) @ v",
}
WAYS = {("unbind", name): HEAD.format(parts=PARTS["unbind"], attention=text) for name, text in ATTENTION.items()} | {
    (name, "after"): HEAD.format(parts=text, attention=ATTENTION["after"]) for name, text in PARTS.items()
}


def live(source: str) -> Any:
    """What the real torch gives."""
    scope: dict[str, Any] = {}
    exec(source, scope)
    torch.manual_seed(0)
    model = scope["Net"]().eval()
    with torch.no_grad():
        model.bias.copy_(torch.randn(4, 5, 5, generator=torch.Generator().manual_seed(2)))
        return model(torch.randn(2, 5, 32, generator=torch.Generator().manual_seed(1)))


def test_what_counts_as_the_same_is_the_same(tmp_path: Path) -> None:
    """Never the same where torch differs, and the ways people write attention count as one."""
    gives = {way: live(source) for way, source in WAYS.items()}
    read: dict[Any, astarch.Architecture] = {}
    for number, (way, source) in enumerate(WAYS.items()):
        (tmp_path / f"net{number}.py").write_text(source, encoding="utf-8")
        read[way] = astarch.read(f"{tmp_path / f'net{number}.py'}:Net", inputs=(2, 5, 32))
    for one, other in combinations(WAYS, 2):
        same = bool(torch.allclose(gives[one], gives[other], atol=1e-5))
        verdict = api.diff(read[one], read[other]).verdict
        if same:
            assert verdict in (Verdict.COMPATIBLE, Verdict.NONE), (one, other)
        else:
            assert verdict is Verdict.BEHAVIOUR, (one, other)


def test_a_slice_of_everything_is_nothing(tmp_path: Path) -> None:
    head = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(4, 4)\n"
    ways = {"plain": "x", "all": "x[:, :3, :4]", "rest": "x[..., :]", "less": "x[:, :2, :]", "other": "x[:, 1:, :]", "new": "x[None][0]"}
    for name, text in ways.items():
        (tmp_path / f"{name}.py").write_text(f"{head}    def forward(self, x):\n        return self.fc({text})\n", encoding="utf-8")
    verdicts = {name: api.diff(*(f"{tmp_path / one}.py:Net" for one in ("plain", name)), inputs=(2, 3, 4)).verdict for name in ways}
    assert {name for name, verdict in verdicts.items() if verdict in (Verdict.NONE, Verdict.COMPATIBLE)} == {"plain", "all", "rest", "new"}
