"""How much a finding claims: what the source says in words is believed, and is no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking

DROPOUT = '''
import torch.nn as nn
import torch.nn.functional as F


class Prenet(nn.Module):
    """Two layers.

    NOTE
    """

    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        # COMMENT
        return F.dropout(self.fc(x), 0.5)
'''


@pytest.mark.parametrize(
    ("note", "comment", "severity"),
    [
        ("This module always applies dropout even in evaluation.", "", "warning"),
        ("", "we make this part non deterministic", "warning"),
        ("Applies dropout, and a linear layer.", "the layer", "error"),
    ],
)
def test_a_dropout_that_is_meant_to_go_on(tmp_path: Path, note: str, comment: str, severity: str) -> None:
    path = tmp_path / "net.py"
    path.write_text(DROPOUT.replace("NOTE", note).replace("COMMENT", comment))
    (found,) = checking.check([path], select=("MDL611",))
    assert found.severity == severity
    assert found.fix is not None
    (edit,) = found.fix.edits
    assert edit.text == (", training=True" if severity == "warning" else ", training=self.training")


TRAIN = """
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def train(self, x):
        return self.fc(x).mean()

    def forward(self, x):
        return self.fc(x)
"""


def test_a_train_that_takes_something_else_is_found_where_it_is_defined(tmp_path: Path) -> None:
    """The reading itself puts models into evaluation: what that runs into has one cause, and one finding."""
    path = tmp_path / "net.py"
    path.write_text(TRAIN)
    (found,) = checking.check([path])
    assert (found.name, found.span.line) == ("overrides-module-method", 10)
    path.write_text(
        TRAIN.replace("def train(self, x):\n        return self.fc(x).mean()", "def train(self, mode):\n        return super().train(mode)")
    )
    assert checking.check([path]) == []


def test_what_is_never_run_is_not_wrong(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    text = """
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x, other=None):
        if other is not None:
            raise ValueError("not yet")
            return self.fc(x, other)
        return self.fc(x)
"""
    path.write_text(text)
    assert checking.check([path]) == []
    path.write_text(text.replace('            raise ValueError("not yet")\n', ""))
    (found,) = checking.check([path])
    assert (found.name, found.span.line) == ("call-arity", 12)


def test_an_operator_goes_by_its_sign(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        "import torch.nn as nn\n\n\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.one = nn.Linear(4, 8)\n        self.two = nn.Linear(6, 2)\n\n    def forward(self, x):\n"
        "        y = self.one(x)\n        y += self.one(x)[:, :1]\n        return self.two(y)\n"
    )
    (found,) = [one for one in checking.check([path]) if one.severity == "error"]
    assert any(note.message.startswith("`+=` gives ") for note in found.notes), found.notes


def test_a_rank_that_is_only_guessed_makes_nothing_wrong(tmp_path: Path) -> None:
    """The head of an image model in channels-last: nothing in it says that it takes four axes, and three fit as well."""
    text = """
import torch.nn as nn


class Head(nn.Module):
    def __init__(self, features, classes):
        super().__init__()
        self.norm = nn.LayerNorm(features)
        self.fc = nn.Linear(features, classes)

    def forward(self, x):
        return self.fc(self.norm(x.mean(dim=(1, 2))))
"""
    path = tmp_path / "net.py"
    path.write_text(text)
    assert checking.check([path]) == []
    path.write_text(text.replace("self.norm = nn.LayerNorm(features)", "self.norm = nn.Conv1d(1, 1, 1)").replace(
        "self.fc(self.norm(x.mean(dim=(1, 2))))", "self.fc(self.norm(x).mean(dim=(1, 2)))"))  # fmt: skip
    (found,) = checking.check([path])
    assert found.name == "flatten-start-dim-zero"
