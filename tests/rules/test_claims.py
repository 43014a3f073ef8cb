"""What documentation claims of a model: numbers of parameters, shapes in comments and docstrings. True claims are left alone, vague ones too."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking
from astarch.config import ModelConfig
from astarch.inputs import parse_inputs
from astarch.source.edits import apply
from astarch.targets import parse_target

HEAD = "from torch import nn\nimport torch.nn.functional as F\n\n\n"
NET = '''class Net(nn.Module):
    """{}"""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 32, 3, padding=1)
        self.fc = nn.Linear(32, 1000)

    def forward(self, x):
        x = self.conv(x){}
        x = F.adaptive_avg_pool2d(x, 1){}
        return self.fc(x.flatten(1)){}
'''
#: 3·32·9 + 32 and 32·1000 + 1000.
COUNT = 33_896


def said(tmp_path: Path, rule: str, doc: str = "A net.", comments: tuple[str, str, str] = ("", "", ""), inputs: str = "") -> list[str]:
    path = tmp_path / "net.py"
    path.write_text(HEAD + NET.format(doc, *comments), encoding="utf-8")
    models = [ModelConfig(parse_target(f"{path}:Net()"), tuple(parse_inputs([inputs])))] if inputs else []
    return [one.message for one in checking.check([path], select=[rule], models=models)]


@pytest.mark.parametrize(
    "claim", ["33.9K parameters", "33,896 parameters", "34k trainable params", "33.9 thousand parameters", "Params: 33.9K"]
)
def test_true_numbers(tmp_path: Path, claim: str) -> None:
    assert said(tmp_path, "MDL501", f"A net, {claim}.") == []


@pytest.mark.parametrize(
    ("claim", "right"),
    [
        ("25.6K parameters", "33.9K parameters"),
        ("31,000 parameters", "33,896 parameters"),
        ("1.2M params", ""),
        ("parameters: 40000", "parameters: 33896"),
        ("40 thousand parameters", "34 thousand parameters"),
    ],
)
def test_wrong_numbers(tmp_path: Path, claim: str, right: str) -> None:
    (message,) = said(tmp_path, "MDL501", f"A net, {claim}.")
    assert message.startswith(f"`Net()` has {COUNT:,} parameters, and its documentation says ")
    (one,) = checking.check([tmp_path / "net.py"], select=["MDL501"])
    text = (tmp_path / "net.py").read_text(encoding="utf-8")
    if right:
        assert one.fix is not None
        assert one.fix.safe
        assert apply(text, [one.fix])[0] == text.replace(claim, right)
    else:
        assert one.fix is None, "0.0M says nothing"


@pytest.mark.parametrize("claim", [
    "3x fewer than 86M parameters", "about 50K parameters", "takes 2 parameters", "the encoder has 50K parameters", "~50K parameters",
    "50K parameters, or 60K parameters with bias",
])  # fmt: skip
def test_numbers_of_something_else(tmp_path: Path, claim: str) -> None:
    assert said(tmp_path, "MDL501", f"A net: {claim}.") == []


def test_shapes_that_hold_for_every_input(tmp_path: Path) -> None:
    assert said(tmp_path, "MDL502", comments=("  # [B, 32, H, W]", "  # (N, 32, 1, 1)", "  # B x 1000 logits")) == []
    assert said(tmp_path, "MDL502", comments=("  # [B, 64, H, W]", "", "")) == ["this line gives N×32×H×W, and the comment says 64"]
    assert said(tmp_path, "MDL502", comments=("", "  # (N, 32, 2, 1)", "  # (batch, 10)")) == [
        "this line gives N×32×1×1, and the comment says 2",
        "this line gives N×1000, and the comment says 10",
    ]
    assert said(tmp_path, "MDL502", comments=("  # [N, 3, H, W] -> [N, 64, H, W]", "", "")) == [
        "this line gives N×32×H×W, and the comment says 64"
    ]


@pytest.mark.parametrize("comment", [
    "(see section 4, 2)", "[B, 64, 224, 224] for the paper", "(3, 32)", "TODO: 64", "[B, C]", "(B, ..., 64)", "64 channels", "[B, 56*56, C]",
])  # fmt: skip
def test_comments_that_are_no_shapes_or_may_be_right(tmp_path: Path, comment: str) -> None:
    assert said(tmp_path, "MDL502", comments=(f"  # {comment}", "", "")) == []


def test_with_an_input_the_number_of_axes_counts_and_sizes_that_depend_on_it_do_not(tmp_path: Path) -> None:
    assert said(tmp_path, "MDL502", comments=("  # [B, 32, 224, 224]", "", ""), inputs="1,3,32,32") == []
    assert said(tmp_path, "MDL502", comments=("  # [B, 32, 224]", "", ""), inputs="1,3,32,32") == [
        "this line gives 1×32×32×32, and the comment says 3 axes"
    ]


def test_the_shape_of_a_docstring(tmp_path: Path) -> None:
    doc = "A net.\n\n    Shape:\n        - Input: :math:`(N, 3, H, W)`\n        - Output: :math:`({})`\n    "
    assert said(tmp_path, "MDL502", doc.format("N, 1000")) == []
    assert said(tmp_path, "MDL502", doc.format("N, *")) == []
    assert said(tmp_path, "MDL502", doc.format("N, 10")) == ["`Net` gives N×1000, and its documentation says 10"]
    assert said(tmp_path, "MDL502", doc.format("N, 1000, 1, 1")) == ["`Net` gives N×1000, and its documentation says 4 axes"]
