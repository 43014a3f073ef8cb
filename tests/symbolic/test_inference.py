"""Inputs nobody gave: worked out from the layers that use them first, solved where something fixes them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from astarch import read
from astarch.cli import commands
from astarch.ir.dim import Dim, Fact
from astarch.readers.solving import answers

#: By what is tried: the constructor, the forward, the input as it is worked out, and the sizes that solve it.
MODELS = {
    "conv": ("self.c = nn.Conv2d(3, 8, 3)", "x: return self.c(x)", {"x": "B,3,H,W"}, []),
    "conv1d": ("self.c = nn.Conv1d(4, 8, 3)", "x: return self.c(x)", {"x": "B,4,L"}, []),
    "conv3d": ("self.c = nn.Conv3d(1, 8, 3)", "x: return self.c(x)", {"x": "B,1,D,H,W"}, []),
    "linear": ("self.f = nn.Linear(7, 3)", "x: return self.f(x)", {"x": "B,7"}, []),
    "sequence of vectors": ("self.f = nn.Linear(7, 3)", "x: b, t, c = x.shape; return self.f(x)", {"x": "B,T,7"}, []),
    "tokens": ("self.e = nn.Embedding(100, 8)", "ids: return self.e(ids)", {"ids": "B,T:int64"}, []),
    "lstm": ("self.r = nn.LSTM(5, 6, batch_first=True)", "x: return self.r(x)[0]", {"x": "B,T,5"}, []),
    "flattened": ("self.f = nn.Linear(784, 10)", "x: return self.f(x.view(x.size(0), -1))", {"x": "B,784"}, []),
    "classifier": (
        "self.c, self.f = nn.Conv2d(3, 16, 3), nn.Linear(10816, 10)",
        "x: return self.f(self.c(x).flatten(1))",
        {"x": "B,3,H,W"},
        [{"H": 28, "W": 28}],
    ),
    "several answers": (
        "self.c, self.p, self.f = nn.Conv2d(1, 4, 3, padding=1), nn.MaxPool2d(4), nn.Linear(4 * 7 * 7, 10)",
        "x: return self.f(self.p(self.c(x)).flatten(1))",
        {"x": "B,1,H,W"},
        [{"H": 28, "W": 28}, {"H": 30, "W": 30}, {"H": 29, "W": 29}, {"H": 31, "W": 31}],
    ),
    "view without a batch": (
        "self.c, self.f = nn.Conv2d(1, 6, 5), nn.Linear(6 * 28 * 28, 10)",
        "x: return self.f(self.c(x).view(-1, 6 * 28 * 28))",
        {"x": "B,1,H,W"},
        [{"H": 32, "W": 32}],
    ),
    "asserted": (
        "self.c = nn.Conv2d(3, 8, 16, 16)",
        "x: torch._assert(x.shape[2] == 64, 'no'); torch._assert(x.shape[3] == 64, 'no'); return self.c(x)",
        {"x": "B,3,H,W"},
        [{"H": 64, "W": 64}],
    ),
    "used in another order": (
        "self.f, self.c = nn.Linear(8, 2), nn.Conv2d(3, 8, 3)",
        "x: return self.f(self.c(x).mean((2, 3)))",
        {"x": "B,3,H,W"},
        [],
    ),
    "two inputs": (
        "self.a, self.b = nn.Linear(3, 4), nn.Conv2d(5, 4, 1)",
        "x, y: return self.a(x), self.b(y)",
        {"x": "B,3", "y": "B,5,H,W"},
        [],
    ),
    "a list": ("self.c = nn.Conv2d(3, 8, 3)", "xs: list[torch.Tensor]: return [self.c(x[None]) for x in xs]", {"xs": "[3,H,W]"}, []),
}


def write(folder: Path, constructor: str, forward: str) -> str:
    parameters, _, body = forward.partition(": ") if ": list" not in forward else forward.rpartition(": ")
    file = folder / "net.py"
    file.write_text(f"import torch\nfrom torch import nn\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                    f"        {constructor}\n\n    def forward(self, {parameters}):\n        {body}\n")  # fmt: skip
    return f"{file}:Net"


@pytest.mark.parametrize("name", MODELS)
def test_worked_out(tmp_path: Path, name: str) -> None:
    constructor, forward, inputs, sides = MODELS[name]
    found = read(write(tmp_path, constructor, forward), inputs="auto")
    assert found.inference is not None
    assert dict(found.inference.inputs) == inputs
    assert [dict(answer) for answer in found.inference.answers] == sides
    assert found.diagnostics == ()
    assert found.unknown == ()
    assert found.outputs is not None


def test_nothing_fits(tmp_path: Path) -> None:
    found = read(write(tmp_path, "self.c = nn.Conv2d(3, 8, 3)", "x, y, z: return self.c(x) + unheard_of(y, z)"), inputs="auto")
    assert found.inference is not None
    assert dict(found.inference.inputs) == {}
    assert found.outputs is None
    assert found.diagnostics == ()


def test_a_given_input_is_left_alone(tmp_path: Path) -> None:
    target = write(tmp_path, *MODELS["classifier"][:2])
    assert read(target, inputs=(1, 3, 28, 28)).inference is None
    assert read(target).calls == ()


def test_the_report_says_how(tmp_path: Path) -> None:
    target = write(tmp_path, *MODELS["classifier"][:2])
    shown = CliRunner().invoke(commands, ["show", target, "--derivation", "--width", "120"]).output
    assert "input worked out: x B×3×H×W by c; f fixes 16*(H - 2)*(W - 2) = 10816, so H = W = 28" in shown
    assert "c gives B×16×(H - 2)×(W - 2)" in shown
    assert "f: 16*(H - 2)*(W - 2) = 10816" in shown
    shown = CliRunner().invoke(commands, ["show", write(tmp_path, *MODELS["several answers"][:2]), "--width", "160"]).output
    assert "so H = W = 28 (29, 30, 31 fit as well)" in shown


def test_unequal_sides() -> None:
    height, width = Dim.symbol("H"), Dim.symbol("W")
    assert answers([Fact(height * 3, "==", width), Fact(width, "==", 12)], ["H", "W"]) == ({"H": 4, "W": 12},)


def test_what_fixes_nothing_gives_no_answer() -> None:
    height = Dim.symbol("H")
    assert answers([Fact(height % 8, "==", 0)], ["H", "W"]) == ()
    assert answers([Fact(2 * height, "==", 7)], ["H"]) == ()
    assert answers([], ["H"]) == ()
