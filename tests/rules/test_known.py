"""Findings that are kept: after any change the same as found anew, and nothing is done again that the change does not touch."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from astarch import checking
from astarch.checking import known
from astarch.checking.files import checked
from astarch.readers import survey

BLOCKS = """
import torch
from torch import nn

WIDTH = 16


def double(number):
    return 2 * number


def unrelated(text):
    return text.upper()


class Block(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv = nn.Conv2d(a, b, 3, padding=1)

    def forward(self, x):
        return torch.relu(self.conv(x))


class Other(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(x)
"""
NET = """
from torch import nn

from .blocks import WIDTH, Block, double


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Block(3, WIDTH)
        self.two = Block(double(8), 4)

    def forward(self, x):
        return self.two(self.one(x))
"""

#: What is changed in the blocks, whether the net fails then, and whether its file is looked at again.
CHANGES = [
    ("# a comment", "", False, False),
    ("text.upper()", "text.lower()", False, False),
    ("def unrelated", "def unrelated_now", False, False),
    ("WIDTH = 16", "WIDTH = 16\nDEPTH = 2", False, False),
    ("import torch\n", "import math\nimport torch\n", False, False),
    ("WIDTH = 16", "HALF = 4\nWIDTH = 2 * HALF", True, True),
    ("WIDTH = 16", "WIDTH = 16\nif WIDTH:\n    WIDTH = 8", True, True),
    ("class Other", "double = round\n\n\nclass Other", True, True),
    ("from torch import nn", "from torch import nn as other", True, True),
    ("WIDTH = 16", 'WIDTH = 16\nTEXT = """\nWIDTH = 8\n"""', False, False),
    ("nn.Linear(4, 4)", "nn.Linear(4, 4, bias=False)", False, False),
    ("2 * number", "3 * number", True, True),
    ("WIDTH = 16", "WIDTH = 8", True, True),
    ("nn.Conv2d(a, b, 3, padding=1)", "nn.Conv2d(a, b + 1, 3, padding=1)", True, True),
]


@pytest.mark.parametrize(("old", "new", "fails", "again"), CHANGES)
def test_a_change_is_followed_as_far_as_it_matters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, old: str, new: str, fails: bool, again: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "kept"))
    package = tmp_path / "nets"
    package.mkdir()
    for name, text in (("__init__", ""), ("blocks", BLOCKS), ("net", NET)):
        (package / f"{name}.py").write_text(text)
    assert checking.check(["nets"], cache=True) == []
    looked: list[Path] = []
    real = checked
    monkeypatch.setattr("astarch.checking.files.checked", lambda files, *rest: looked.extend(files) or real(files, *rest))
    changed = BLOCKS.replace(old, new) if old in BLOCKS else BLOCKS + old + "\n"
    (package / "blocks.py").write_text(changed)
    found = checking.check(["nets"], cache=True)
    assert bool(found) == fails
    assert (Path("nets/net.py") in looked) == again
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    assert found == checking.check(["nets"])


def watched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The expressions of the models that are read from now on."""
    from astarch.readers import python

    read: list[str] = []
    real = python.read_source
    monkeypatch.setattr(python, "read_source", lambda target, *rest: read.append(target.expression) or real(target, *rest))
    return read


def test_models_of_a_changed_file_are_read_only_where_the_change_matters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "kept"))
    text = BLOCKS + BLOCKS[BLOCKS.index("class Other") :].replace("Other", "Third").replace("nn.Linear(4, 4)", "Block(4, 4)")
    Path("net.py").write_text(text)
    assert checking.check(["."], cache=True) == []
    read = watched(monkeypatch)
    Path("net.py").write_text("# above\n" + text.replace("text.upper()", "text.lower()"))
    assert checking.check(["."], cache=True) == []
    assert read == []
    Path("net.py").write_text(text.replace("return torch.relu(self.conv(x))", "return self.conv(torch.relu(x))"))
    assert checking.check(["."], cache=True) == []
    assert set(read) == {"Third()"}
    Path("net.py").write_text(text.replace("self.fc = nn.Linear(4, 4)", "self.fc = nn.Sequential(nn.Linear(4, 5), nn.Linear(4, 4))"))
    assert [one.name for one in checking.check(["."], cache=True)] == ["linear-mismatch"]
    assert set(read) == {"Third()", "Other()"}


def test_a_model_that_can_be_built_only_now_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "kept"))
    text = BLOCKS.replace("def __init__(self):", "def __init__(self, width):").replace(
        "nn.Linear(4, 4)", "nn.Sequential(nn.Linear(4, width), nn.Linear(4, 4))"
    )
    Path("net.py").write_text(text)
    assert checking.check(["."], cache=True) == []
    Path("net.py").write_text(text.replace("(self, width)", "(self, width=5)"))
    assert [one.name for one in checking.check(["."], cache=True)] == ["linear-mismatch"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package that was checked, in the folder that is the current one."""
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "kept"))
    place = tmp_path / "project"
    (place / "nets").mkdir(parents=True)
    for name, text in (("__init__", ""), ("blocks", BLOCKS), ("net", NET)):
        (place / "nets" / f"{name}.py").write_text(text)
    (place / "pyproject.toml").write_text('[project]\nname = "nets"\n')
    monkeypatch.chdir(place)
    assert checking.check(["."], cache=True) == []
    return place


def wrong(text: str) -> str:
    """The blocks with a layer that gets less than it takes."""
    return text.replace("nn.Conv2d(a, b, 3, padding=1)", "nn.Conv2d(a + 1, b, 3, padding=1)")


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text)


HEIR = "\n\nclass Heir(Block):\n    def forward(self, x):\n        return super().forward(x) + self.{0}\n"
MAKE = "\n\ndef make():\n    return Net()\n"
REGISTRY = """
made = {}


def keep(function):
    made[function.__name__] = function
    return function


def made_by(name):
    return made[name]
"""


def to(path: str, text: str) -> Callable[[], object]:
    return lambda: write(path, text)


#: What is done to the project, step by step; after each what is found is the same as anew.
STEPS: list[list[Callable[[], object]]] = [
    [to("nets/blocks.py", wrong(BLOCKS)), to("nets/blocks.py", BLOCKS)],
    [lambda: Path("nets/blocks.py").unlink(), to("nets/blocks.py", wrong(BLOCKS))],
    [
        lambda: Path("nets/blocks.py").rename("nets/parts.py"),
        to("nets/net.py", NET.replace(".blocks", ".parts")),
        to("nets/parts.py", wrong(BLOCKS)),
    ],
    [lambda: Path("nets/blocks.py").unlink(), to("nets/blocks/__init__.py", "from .one import *"), to("nets/blocks/one.py", wrong(BLOCKS))],
    [to("nets/net.py", NET.replace(".blocks", ".later")), to("nets/later.py", wrong(BLOCKS))],
    [to("nets/blocks.py", BLOCKS + "\n)\n"), to("nets/blocks.py", wrong(BLOCKS))],
    [
        to("nets/heir.py", "import torch\nfrom .blocks import Block" + HEIR.format("conv")),
        to("nets/blocks.py", BLOCKS.replace("conv", "turn")),
    ],
    [
        to("nets/heir.py", "import torch\nfrom .blocks import Block" + HEIR.format("scale")),
        to("nets/given.py", "def give(block):\n    block.scale = 2\n"),
        lambda: Path("nets/given.py").unlink(),
    ],
    [
        to("nets/star.py", "import torch\nfrom .blocks import *" + HEIR.format("scale")),
        to("nets/blocks.py", '__all__ = ["Other"]\n' + BLOCKS),
    ],
    [
        to("nets/net.py", NET.replace("(self)", "(self, width=5)", 1).replace("double(8)", "width")),
        to("train.py", "from nets.net import Net\nNet(16)\n"),
        lambda: Path("train.py").unlink(),
        to("nets/train.py", "from .net import Net\nNet(16)\n"),
        to("nets/train.py", "from .net import Net\nNet(17)\n"),
    ],
    [
        to("nets/blocks.py", "HALF = 8\n" + BLOCKS.replace("WIDTH = 16", "WIDTH = 2 * HALF")),
        to("nets/blocks.py", "HALF = 4\n" + BLOCKS.replace("WIDTH = 16", "WIDTH = 2 * HALF")),
        to("nets/blocks.py", "HALF = 4\n" + BLOCKS.replace("WIDTH = 16", "HALF = 8\nWIDTH = 2 * HALF")),
        to("nets/blocks.py", "HALF = 4\n" + BLOCKS.replace("WIDTH = 16", "WIDTH = 2 * HALF\nHALF = 8")),
    ],
    [
        to("nets/blocks.py", BLOCKS.replace("WIDTH = 16", 'WIDTH = len("""\n16\nDEPTH = 2\n""")')),
        to("nets/blocks.py", BLOCKS.replace("WIDTH = 16", 'WIDTH = len("""\n16\nDEPTH = 2, 3\n""")')),
    ],
    [
        to("nets/net.py", NET.replace("double(8)", "range(16).stop").replace("WIDTH, Block, double", "*")),
        to("nets/blocks.py", BLOCKS + "\n\ndef range(number):\n    return slice(number + 1)\n"),
        to("nets/blocks.py", BLOCKS.replace("def double", "def _double")),
        to("nets/blocks.py", '__all__ = ["Block", "WIDTH"]\n' + BLOCKS + "\n\ndef range(number):\n    return slice(number + 1)\n"),
    ],
    [
        to("nets/blocks.py", REGISTRY + BLOCKS),
        to("nets/net.py", NET.replace("double(8)", "made_by('double')(8)").replace("WIDTH, Block, double", "WIDTH, Block, made_by") + MAKE),
        to("nets/blocks.py", REGISTRY + BLOCKS.replace("def double", "@keep\ndef double")),
        to("nets/blocks.py", REGISTRY + BLOCKS.replace("def double", "@keep\ndef double").replace("2 * n", "3 * n")),
    ],
    [
        to("nets/heir.py", "import torch\nfrom .blocks import Block" + HEIR.format("scale")),
        to("nets/more.py", "from torch import nn\n\n\nclass Base(nn.Module):\n    def __init__(self):\n        super().__init__()\n"),
        to("nets/blocks.py", "from .more import Base\n" + BLOCKS.replace("Block(nn.Module)", "Block(Base)")),
        to("nets/most.py", "from .more import Base as Old\n\n\nclass Base(Old):\n    scale = 2\n"),
        to("nets/blocks.py", "from .most import Base\n" + BLOCKS.replace("Block(nn.Module)", "Block(Base)")),
    ],
    [to("nets/__init__.py", "from .net import Net\n"), lambda: Path("nets/__init__.py").unlink(), to("nets/blocks.py", wrong(BLOCKS))],
]


@pytest.mark.parametrize("steps", STEPS)
def test_whatever_happens_is_found_as_it_would_be_anew(project: Path, steps: list[Callable[[], object]]) -> None:
    found: list[object] = []
    for step in steps:
        step()
        now = checking.check(["."], cache=True)
        assert now == checking.check(["."])
        assert now == checking.check(["."], jobs=2)
        assert now == checking.check(["."], cache=True)
        found += now
    assert found


@pytest.mark.parametrize("age", [0, 3600])
def test_a_content_of_the_same_size_and_time_is_seen(project: Path, age: int) -> None:
    place = Path("nets/blocks.py")
    then = time.time_ns() - age * 10**9
    place.write_text(BLOCKS.replace("2 * number", "2 * number"))
    os.utime(place, ns=(then, then))
    assert checking.check(["."], cache=True) == []
    place.write_text(BLOCKS.replace("2 * number", "3 * number"))
    os.utime(place, ns=(then, then))
    assert [one.code for one in checking.check(["."], cache=True)] == [one.code for one in checking.check(["."])] != []


def test_what_is_unchanged_is_not_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in project.rglob("*.py"):  # written long ago
        os.utime(path, (1, 1))
    monkeypatch.setattr("astarch.checking.stamps._TICK", 0)
    assert checking.check(["."], cache=True) == []
    real = Path.read_bytes
    read: list[Path] = []
    monkeypatch.setattr(Path, "read_bytes", lambda path: read.append(path) or real(path))
    assert checking.check(["."], cache=True) == []
    assert [path for path in read if path.suffix == ".py"] == []


def test_another_way_to_check_and_another_program_know_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[Path] = []
    real = checked
    monkeypatch.setattr("astarch.checking.files.checked", lambda files, *rest: looked.extend(files) or real(files, *rest))
    assert checking.check(["."], cache=True) == [] and not looked
    checking.check(["."], cache=True, select=["MDL2"])
    assert len(looked) == 3
    looked.clear()
    monkeypatch.setattr(known, "VERSION", "0.0.0")
    checking.check(["."], cache=True)
    assert len(looked) == 3


def test_what_else_a_project_says_is_followed(project: Path) -> None:
    from click.testing import CliRunner

    from astarch.cli import commands

    def run() -> list[str]:
        result = CliRunner().invoke(commands, ["check", "-o", "concise", "--exit-zero"])
        assert result.output == CliRunner().invoke(commands, ["check", "-o", "concise", "--exit-zero", "--no-cache"]).output
        return result.output.splitlines()

    Path("nets/blocks.py").write_text(wrong(BLOCKS))
    first = run()
    start = '[project]\nname = "nets"\n[tool.astarch.check]\n'
    Path("pyproject.toml").write_text(start + 'ignore = ["MDL2"]\n')
    assert run() != first
    Path("pyproject.toml").write_text(start + 'exclude = ["nets"]\n')
    assert run() != first
    Path("pyproject.toml").write_text(start)
    assert run() == first


def test_a_file_that_cannot_be_kept_only_takes_time(project: Path) -> None:
    for path in (project.parent / "kept" / "findings").iterdir():
        path.write_bytes(path.read_bytes()[:-9])
    assert checking.check(["."], cache=True) == []


def test_who_builds_a_model_matters_to_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = NET.replace("(self)", "(self, width=5)", 1).replace("double(8)", "width") + "\n\ndef make(width):\n    return {0}\n"
    write("nets/net.py", text.format("Net(16)"))
    for other, found in (("Net(17)", 1), ("Net(16)", 0), ("Net()", 1), ("Net(16)", 0)):
        write("nets/net.py", text.format(other))
        now = checking.check(["."], cache=True)
        assert now == checking.check(["."])
        assert len(now) == found
    read = watched(monkeypatch)
    write("nets/net.py", "# a comment\n" + text.format("Net(16)"))
    assert checking.check(["."], cache=True) == []
    assert read == []


def test_what_a_package_grows_to_is_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large library nothing is built with symbols: files that make one of a package change what is found in others."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / "kept"))
    monkeypatch.setattr(known, "LARGE", 3)
    monkeypatch.setattr(survey, "LARGE", 3)
    package = tmp_path / "nets"
    package.mkdir()
    wrong = "from torch import nn\n\n\nclass Net(nn.Module):\n    def __init__(self, width):\n        super().__init__()\n"
    wrong += "        self.layers = nn.Sequential(nn.Linear(width, 8), nn.Linear(9, 2))\n\n    def forward(self, x):\n        return self.layers(x)\n"
    for name, text in (("__init__", ""), ("net", wrong)):
        (package / f"{name}.py").write_text(text)
    assert [one.name for one in checking.check(["nets"], cache=True)] == ["linear-mismatch"]
    for number in range(3):
        (package / f"more{number}.py").write_text("")
    assert checking.check(["nets"], cache=True) == checking.check(["nets"]) == []
    (package / "more1.py").unlink()
    (package / "more2.py").unlink()
    assert [one.name for one in checking.check(["nets"], cache=True)] == ["linear-mismatch"]


def test_where_nothing_changed_nothing_is_loaded_that_checks(project: Path) -> None:
    code = """
import sys
from astarch import checking
found = checking.check(["."], cache=True)
print(len(found), *(name for name in ("astarch.ir.program", "astarch.rules.runner", "astarch.interpreter") if name in sys.modules))
"""

    def said() -> list[str]:
        return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=project).stdout.split()

    said()  # this one may be another program than the one that the tests run in
    assert said() == ["0"]
    write("nets/net.py", NET + "\n# later\n")
    assert said() == ["0", "astarch.ir.program", "astarch.rules.runner", "astarch.interpreter"]
