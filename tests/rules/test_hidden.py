"""Layers in plain containers are found in the model that was built, whoever made the container."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking

BASE = """
import torch.nn as nn

class Base(nn.Module):
    def __init__(self, depth=2):
        super().__init__()
        self.layers = self.make_layers(depth)

def stack(depth):
    made = []
    for _ in range(depth):
        made.append(nn.Linear(8, 8))
    return made
"""

FACTORY = """
import torch.nn as nn
from base import stack

class Net(nn.Module):
    def __init__(self, depth=3):
        super().__init__()
        self.layers = WRAP(stack(depth))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
"""

PARENT = """
import torch.nn as nn
from base import Base

class Net(Base):
    def make_layers(self, depth):
        return WRAP(nn.Linear(8, 8) for _ in range(depth))

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x
"""

PARAMETERS = """
import torch
import torch.nn as nn

def weights(count):
    return WRAP([nn.Parameter(torch.zeros(8)) for _ in range(count)])

class Net(nn.Module):
    def __init__(self, count=2):
        super().__init__()
        self.weights = weights(count)

    def forward(self, x):
        for weight in self.weights:
            x = x * weight
        return x
"""


@pytest.mark.parametrize(
    ("text", "right", "wrong", "name", "line"),
    [
        (FACTORY, "nn.ModuleList", "list", "modules-in-python-list", 8),
        (PARENT, "nn.ModuleList", "tuple", "modules-in-python-list", 7),
        (PARAMETERS, "nn.ParameterList", "tuple", "parameters-in-python-container", 11),
    ],
)
def test_what_is_hidden_from_the_state_dict(text: str, right: str, wrong: str, name: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "base.py").write_text(BASE)
    path = tmp_path / "net.py"
    path.write_text(text.replace("WRAP", right))
    assert checking.check([path]) == []
    path.write_text(text.replace("WRAP", wrong))
    assert [(one.name, one.span.line) for one in checking.check([path])] == [(name, line)]


def test_a_module_is_kept_out_on_purpose_in_a_list_of_one(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        "import torch.nn as nn\ndef kept_out(module):\n    return [module]\nclass Net(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.fc = nn.Linear(8, 8)\n        self.teacher = kept_out(nn.Linear(8, 8))\n"
        "        self.both = (self.fc, self.fc)\n\n    def forward(self, x):\n        return self.both[0](x) + self.teacher[0](x)\n"
    )
    assert checking.check([path]) == []
