"""Models are found by what they inherit and what they return, through the files of a project."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import astarch


@pytest.fixture
def project(tmp_path: Path) -> Path:
    package = tmp_path / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("from .parts import Block as Block\n")
    (package / "parts.py").write_text(
        "import torch.nn as nn\n\n\nclass Block(nn.Module):\n    pass\n\n\n"
        "class Plain:\n    pass\n\n\nclass _Hidden(nn.Module):\n    pass\n"
    )
    (package / "net.py").write_text(
        "from . import Block\nfrom torch import nn\n\n\nclass Net(Block):\n    def __init__(self, size): ...\n\n\n"
        "def build(size=3):\n    model = Net(size)\n    return model\n\n\n"
        "def tower():\n    return nn.Sequential(nn.ReLU())\n\n\ndef other():\n    return 3\n"
    )
    (package / "k.py").write_text("import tensorflow as tf\n\n\nclass L(tf.keras.layers.Layer):\n    pass\n")
    (package / "ignored.py").write_text("from torch import nn\n\n\nclass Ignored(nn.Module):\n    pass\n")
    (tmp_path / ".gitignore").write_text("ignored.py\n")
    cell = {"cell_type": "code", "source": "from torch import nn\nclass Cell(nn.Module):\n    pass\n"}
    (tmp_path / "book.ipynb").write_text(json.dumps({"cells": [cell]}))
    return tmp_path


def test_models_are_found(project: Path) -> None:
    found = astarch.find(project)
    assert [(one.name, one.kind, one.framework) for one in found] == [
        ("Cell", "class", "torch"),
        ("L", "class", "keras"),
        ("Net", "class", "torch"),
        ("build", "function", "torch"),
        ("tower", "function", "torch"),
        ("Block", "class", "torch"),
    ]
    net = found[2]
    assert net.needs == ("size",)
    assert net.line == 5
    assert net.target.endswith("net.py:Net")


def test_one_file(project: Path) -> None:
    assert [one.name for one in astarch.find(project / "pkg" / "net.py")] == ["Net", "build", "tower"]
    with pytest.raises(astarch.ReadError):
        astarch.find(project / "absent.py")
