"""Files run from their first line to their last: what their own calls of their models show, and that working programs stay silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking

HEAD = """
import torch
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self, channels, classes=10):
        super().__init__()
        self.conv = nn.Conv2d(channels, 8, 3)
        self.fc = nn.Linear(8 * 30 * 30, classes)

    def forward(self, x):
        return self.fc(F.relu(self.conv(x)).flatten(1))
"""

MAIN = """
if __name__ == "__main__":
    model = Net(3)
    print(model(torch.randn(2, 3, SIZE, SIZE)).shape)
"""

FUNCTION = """
def main():
    model = Net(3)
    x = torch.randn(2, 3, SIZE, SIZE)
    return model(x)

main()
"""

TEST = """
def test_shape():
    net = Net(3).eval()
    with torch.no_grad():
        assert net(torch.zeros(1, 3, SIZE, SIZE)).shape == (1, 10)
"""

TRAINING = """
def main(arguments=None):
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--epochs", type=int, default=3)
    args = parser.parse_args(arguments)
    model = Net(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(args.epochs):
        for images, labels in torch.utils.data.DataLoader(torch.load(args.data), batch_size=4):
            loss = F.cross_entropy(model(images), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print(model(torch.randn(2, 3, SIZE, SIZE)).argmax(1).tolist())

if __name__ == "__main__":
    main()
"""


@pytest.mark.parametrize("rest", [MAIN, FUNCTION, TEST, TRAINING], ids=["main", "function", "test", "training"])
def test_what_a_program_gives_its_model_must_fit(rest: str, tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(HEAD + rest.replace("SIZE", "32"))
    assert checking.check([path]) == []
    path.write_text(HEAD + rest.replace("SIZE", "28"))
    (found,) = checking.check([path])
    assert (found.name, found.span.line) == ("flatten-linear-mismatch", 10)
    assert "5408" in found.message


def test_a_file_that_leaves_early_is_not_wrong(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(HEAD + 'import sys\nif len(sys.argv) < 2:\n    raise SystemExit("usage")\nopen(sys.argv[1])\nNet(3)\n')
    assert checking.check([path]) == []


def test_a_name_imported_by_itself_is_no_stand_in(tmp_path: Path) -> None:
    """A lazy package that names its members for type checkers, beside stand-ins for where a package is missing."""
    package = tmp_path / "lazy"
    package.mkdir()
    (package / "__init__.py").write_text(
        "from typing import TYPE_CHECKING\nfrom .real import SLOW, available\n"
        "if TYPE_CHECKING or SLOW:\n    try:\n        if not available():\n            raise ImportError\n"
        "    except ImportError:\n        from .dummies import *\n    else:\n        from .real import Model\n"
        "else:\n    import sys\n    sys.modules[__name__] = object()\n"
    )
    (package / "real.py").write_text(
        "import torch.nn as nn\nSLOW = False\ndef available():\n    return True\n"
        "class Model(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(2, 2)\n"
    )
    (package / "dummies.py").write_text("class Model:\n    def __init__(self, *args):\n        pass\n")
    path = tmp_path / "use.py"
    path.write_text("import torch\nfrom lazy import Model\nmodel = Model()\nprint(model.fc.weight.shape)\n")
    assert checking.check([path]) == []
    path.write_text("import torch\nfrom lazy import Model\nmodel = Model()\nprint(model.fcc.weight.shape)\n")
    (found,) = checking.check([path])
    assert found.span.line == 4


NET = """import torch
from torch import nn
IMPORTS

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.size = SIZE
        self.fc = nn.Linear(2, 2)

    def forward(self, x):
        return self.fc(x)
"""


def of_net(imports: str, size: str) -> str:
    return NET.replace("IMPORTS", imports).replace("SIZE", size)


def test_names_that_a_module_is_given_are_not_missing(tmp_path: Path) -> None:
    """Generated messages bind their names by `globals()`, registries by `setattr`: neither shows in the statements."""
    (tmp_path / "messages.py").write_text("from somewhere import builder\nbuilder.fill('messages', globals())\n")
    (tmp_path / "models.py").write_text("import models as own\n\n\ndef register(maker):\n    setattr(own, maker.__name__, maker)\n")
    (tmp_path / "plain.py").write_text("size = 3\n")
    path = tmp_path / "use.py"
    path.write_text(of_net("import messages, models", "messages.Schema(), models.Tiny(3)"))
    assert checking.check([path]) == []
    path.write_text(of_net("from messages import Schema\nfrom models import Tiny", "Schema(), Tiny(3)"))
    assert checking.check([path]) == []
    path.write_text(of_net("import plain", "plain.Tiny(3)"))
    (found,) = checking.check([path])
    assert "has no attribute 'Tiny'" in found.message


def test_a_script_inside_of_a_package_hides_no_package(tmp_path: Path) -> None:
    """It is run from its own folder, which has no `__init__.py`; what it does not find there, files after it do."""
    package = tmp_path / "outer" / "package"
    (package / "a_scripts").mkdir(parents=True)
    (package / "below").mkdir()
    (package / "__init__.py").write_text("SIZE = 3\n")
    (package / "a_scripts" / "run.py").write_text(of_net("import package", "package.SIZE"))
    (package / "below" / "__init__.py").write_text("")
    (package / "below" / "use.py").write_text(of_net("import package as whole", "whole.SIZE"))
    assert checking.check([tmp_path]) == []
    (package / "below" / "use.py").write_text(of_net("import package as whole", "whole.SIZES"))
    (found,) = checking.check([tmp_path])
    assert "has no attribute 'SIZES'" in found.message
