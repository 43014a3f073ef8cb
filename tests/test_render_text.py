"""The text report: what it says, that it fits any width, and that a page is what was asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import samples

from astarch.api import read
from astarch.ir.architecture import Architecture, Module
from astarch.ir.graph import TensorType
from astarch.ir.text import to_text as canonical
from astarch.ir.verify import problems
from astarch.render.csv import to_csv
from astarch.render.markdown import to_markdown
from astarch.render.paint import ASCII, Page
from astarch.render.rows import flat, rows
from astarch.render.text import to_text

SOURCES = {samples.FILE: samples.SMALL_SOURCE}
SMALL = """\
SmallCNN                                                                     examples/small_cnn.py:7
x 1×3×32×32 → 1×10

Module  Type               Line  Output      Parameters  MACs
conv1   Conv2d(3, 16, 3)     10  1×16×30×30         448  389k
relu    ReLU                 11  1×16×30×30           –     –
·       view(1, -1)          16  1×14400              –     –
fc      Linear(10816, 10)    12  ✗              108,170  108k

error[MDL201 flatten-linear-mismatch]: `fc` takes 10816 features and gets 14400
   ┌─ examples/small_cnn.py:12:29
12 │         self.fc = nn.Linear(16 * 26 * 26, 10)
   │                             ^^^^^^^^^^^^ 10816 = 16·26·26
   ·
16 │         x = x.view(x.size(0), -1)
   │             -------------------- 14400 = 16·30·30, `conv1` makes 30×30 of 32×32 (line 15)
   = help: a 28×28 input fits this layer; for 32×32 it would be Linear(16 * 30 * 30, 10)

Parameters  108,618, all trainable
Size        float32 424.29 KiB
Compute     497k MACs = 994k FLOPs, two per MAC, of matmul, convolution and attention (496,960 MACs)
Known       3 modules, 4 parameter shapes, 4 outputs; nothing unknown
"""


def test_small_model_in_full() -> None:
    assert to_text(samples.small(), operations=True, sources=SOURCES) == SMALL


@pytest.mark.parametrize("width", [20, 40, 60, 79, 80, 100, 132, 200])
@pytest.mark.parametrize("plain", [False, True])
def test_fits_any_width(width: int, plain: bool) -> None:
    page = Page(width, ASCII) if plain else Page(width)
    for architecture in (samples.small(), samples.deep(12)):
        text = to_text(architecture, page=page, sources=SOURCES)
        table = text.split("\n\n")[1]
        assert max(map(len, table.splitlines())) <= max(width, 40)
        assert plain <= text.isascii()
        assert "\x1b" not in text


def test_repeats_are_folded_with_their_count() -> None:
    text = to_text(samples.deep(12), page=Page(200))
    assert "h.0–11 ×12" in text
    assert "12×(4*n_embd**2 + 5*n_embd)" in text
    assert "h.1.norm" not in text
    assert len(list(flat(rows(samples.deep(12), fold=False)))) == 4 + 12 * 3


def test_what_differs_is_not_folded() -> None:
    deep = samples.deep(3)
    modules = dict(deep.modules)
    modules["h.1.fc"] = replace(modules["h.1.fc"], arguments={"in_features": 5})
    names = [row.name for _, row in flat(rows(replace(deep, modules=modules)))]
    assert [name for name in names if name.count(".") == 1] == ["h.0", "h.1", "h.2"]


def test_depth() -> None:
    assert "h.0–11" not in to_text(samples.deep(12), page=Page(200), depth=1)
    assert "h.0.norm" not in to_text(samples.deep(12), page=Page(200), depth=2)
    assert "h.0.norm" in to_text(samples.deep(12), page=Page(200), depth=None)


def test_tied_frozen_unknown_assumed_and_otherwise_are_shown() -> None:
    text = to_text(samples.deep(2), page=Page(160))
    assert "(50257*n_embd)" in text
    assert "unique" in text
    assert "as listed" in text
    assert "2*n_embd frozen" in text
    assert "Not known (2)" in text
    assert "1 data-dependent: depends on the values inside a tensor" in text
    assert "flash_attn.flash_attn_func  src/gpt/gpt.py:61" in text
    assert "Assumed (1)" in text
    assert "if config.bias: - wte Embedding(50257, config.n_embd)" in text


def test_colour_only_when_asked() -> None:
    colored = to_text(samples.small(), page=Page(100, color=True), sources=SOURCES, operations=True)
    assert "\x1b[1;31merror[MDL201 flatten-linear-mismatch]\x1b[0m" in colored
    import re

    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == SMALL


def test_hostile_names_cannot_steer_the_terminal() -> None:
    evil = Module("a\x1b[2Jb\n", "x.\x1b[31mEvil", {"k\x07": "v\x1b"})
    architecture = Architecture("t\x1b", modules={"": Module("", "R\x1b"), evil.name: evil})
    for text in (to_text(architecture), to_text(architecture, page=Page(60, ASCII)), to_markdown(architecture)):
        assert "\x1b" not in text
        assert "\x07" not in text


def test_empty_and_lone_modules() -> None:
    assert "nothing unknown" in to_text(Architecture("net.py:Net"))
    lone = Architecture("l.py:L", modules={"": Module("", "torch.nn.modules.linear.Linear", {"in_features": 2})})
    assert "(root)  Linear(2)" in to_text(lone)


def test_a_module_called_twice_says_so() -> None:
    small = samples.small()
    again = replace(small.calls[2], outputs=(TensorType((1, 16, 15, 15)),))
    assert "1×16×30×30, … (2 calls)" in to_text(replace(small, calls=(*small.calls, again)))
    assert "1×16×30×30 (2 calls)" in to_text(replace(small, calls=(*small.calls, small.calls[2])))


def test_shared_module_refers_to_its_first_name() -> None:
    small = samples.small()
    modules = {**small.modules, "again": replace(small.modules["conv1"], name="again", shared_with="conv1")}
    assert "= conv1" in to_text(replace(small, modules=modules))


def test_very_deep_nesting_is_cut_not_crashed() -> None:
    names = [".".join(["m"] * depth) for depth in range(1, 600)]
    deep = Architecture("d.py:D", modules={"": Module("", "D"), **{name: Module(name, "x.M") for name in names}})
    assert "m.m.m" in to_text(deep, depth=None, page=Page(2000))
    assert to_text(deep, depth=None, page=Page(40))


def test_csv_and_markdown_have_a_line_per_row() -> None:
    lines = to_csv(samples.deep(2)).splitlines()
    assert len(lines) == 1 + 4 + 2 * 3
    assert lines[0].startswith("name,kind,type")
    table = [line for line in to_markdown(samples.deep(2)).splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(list(flat(rows(samples.deep(2)), 3)))
    assert all(line.replace("\\|", "").count("|") == 6 for line in table)


def test_canonical_text_is_one_fact_per_line() -> None:
    text = canonical(samples.small())
    assert "module conv1 torch.nn.modules.conv.Conv2d(in_channels=3, out_channels=16, kernel_size=3)\n" in text
    assert "parameter fc.weight float32[10, 10816]\n" in text
    assert "call fc (float32[1, 14400]) -> (float32[1, 10])\n" in text
    deep = canonical(samples.deep(1))
    assert "parameter lm_head.weight float32[50257, config.n_embd] = wte.weight\n" in deep
    assert "parameter h.0.norm.weight float32[config.n_embd] frozen\n" in deep
    assert "buffer mask bool[1, 1, T, T] transient\n" in deep
    assert "unknown data-dependent mask.nonzero()\n" in deep


def test_problems_of_an_architecture_are_found() -> None:
    small = samples.small()
    assert problems(small) == ()
    assert problems(samples.deep(3)) == ()
    nodes = list(small.graph.nodes)
    broken = replace(
        small,
        calls=(replace(small.calls[1], module="conv9"),),
        graph=replace(small.graph, nodes=(replace(nodes[0], inputs=(4, 99)), *nodes[1:])),
        parameters={**small.parameters, "fc.bias": replace(small.parameters["fc.bias"], tied_to="nowhere")},
        diagnostics=(replace(small.diagnostics[0], module="gone", severity="bad"),),
    )
    assert problems(broken) == (
        "parameter `fc.bias` is tied to `nowhere`, which does not exist",
        "call 0: there is no module `conv9`",
        "node 0 uses node 4, which comes later",
        "node 0 uses node 99, which does not exist",
        "diagnostic MDL201: `bad` is no severity",
        "diagnostic MDL201: there is no module `gone`",
    )


MEASURED = """
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, (3, 5), padding=(1, 2))
        self.blocks = nn.ModuleList(nn.Conv2d(4, 4, 2, 2) for _ in range(2))
        self.head = nn.Linear(4, 1000)
        self.head.weight.requires_grad_(False)

    def forward(self, x):
        x = self.conv(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean((2, 3)))
"""


def test_chosen_columns(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(MEASURED, encoding="utf-8")
    model = read(f"{tmp_path / 'net.py'}:Net", inputs=(1, 3, 8, 8))
    shown = to_text(model, columns=["kernel", "input", "output", "share", "trainable", "macs"], depth=None)
    lines = [line.split() for line in shown.splitlines()[3:9]]
    assert lines == [
        ["Module", "Kernel", "Input", "Output", "Share", "Trainable", "MACs"],
        ["conv", "3×5", "1×3×8×8", "1×4×8×8", "3.46%", "yes", "11.5k"],
        ["blocks", "–", "–", "–", "2.56%", "yes", "–"],
        ["├─", "blocks.0", "2", "1×4×8×8", "1×4×4×4", "1.28%", "yes", "1.02k"],
        ["└─", "blocks.1", "2", "1×4×4×4", "1×4×2×2", "1.28%", "yes", "256"],
        ["head", "–", "1×4", "1×1000", "93.98%", "partly", "4.00k"],
    ], shown
