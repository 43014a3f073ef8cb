"""What a change does to checkpoints is found beside the base revision, where the change stands, and nowhere without one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from astarch.cli import commands

BLOCKS = """\
from torch import nn


class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.fc1 = nn.Linear(width, width)
        self.out = nn.Linear(width, 10)

    def forward(self, x):
        return self.out(self.fc1(x))
"""
NET = """\
from torch import nn

from blocks import Head


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 8, 3),
            nn.ReLU(),
            nn.Conv2d(8, 8, 3),
            nn.AdaptiveAvgPool2d(1),
            nn.Flatten(),
        )
        self.head = Head(8)

    def forward(self, x):
        return self.head(self.body(x))
"""


def found(*arguments: str) -> list[tuple[str, int, str]]:
    """What is found: file, line, message."""
    result = CliRunner().invoke(
        commands, ["check", "--changed-only", "--select", "state-dict-key-changed,unused-suppression", "-o", "json", *arguments]
    )
    assert result.exit_code in (0, 1), result.output + repr(result.exception)
    rows: list[dict[str, Any]] = json.loads(result.output)
    return [
        (row["filename"], row["location"]["row"], row["message"].removesuffix(": checkpoints saved before no longer load")) for row in rows
    ]


def git(*arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main", *arguments], check=True)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASTARCH_CACHE", str(tmp_path / ".cache"))
    (tmp_path / "blocks.py").write_text(BLOCKS)
    (tmp_path / "net.py").write_text(NET)
    (tmp_path / ".gitignore").write_text(".cache\n")
    git("init", "-q")
    git("add", ".")
    git("commit", "-qm", "first")
    return tmp_path


def edit(path: str, before: str, after: str) -> None:
    text = Path(path).read_text()
    assert before in text
    Path(path).write_text(text.replace(before, after))


def test_a_block_of_a_model_that_did_not_change(project: Path) -> None:
    edit("blocks.py", "fc1", "first")
    assert found() == [("blocks.py", 7, "`head.fc1` is called `head.first` now")]
    git("commit", "-qam", "second")
    assert found() == []
    assert len(found("--base-ref", "HEAD~1")) == 1


def test_shapes_additions_and_what_is_gone(project: Path) -> None:
    edit("blocks.py", "nn.Linear(width, 10)", "nn.Linear(width, 12)")
    edit("net.py", "        self.head", "        self.aux = nn.Linear(8, 2)\n        self.head")
    assert found() == [
        ("blocks.py", 8, "`head.out.weight` was 10×8 and is 12×8 (and 1 more)"),
        ("net.py", 16, "`aux` has new keys: `aux.weight`, `aux.bias`"),
    ]
    Path("net.py").write_text(NET.replace("            nn.Conv2d(8, 8, 3),\n", ""))
    assert ("net.py", 6, "`body.2` lost keys: `body.2.weight`, `body.2.bias`") in found()


def test_an_insertion_is_one_finding_for_all_that_follows(project: Path) -> None:
    edit("net.py", "            nn.ReLU(),\n", "            nn.ReLU(),\n            nn.Dropout(0.1),\n")
    assert found() == [("net.py", 9, "what follows in `body` has another number: `body.2.weight` is `body.3.weight` now (and 1 more)")]


def test_what_changes_no_key_is_silent(project: Path) -> None:
    edit("net.py", "        self.head", "        self.drop = nn.Dropout(0.5)\n        self.head")
    edit("blocks.py", "return self.out(self.fc1(x))", "y = self.fc1(x)\n        return self.out(y)")
    assert found() == []


@pytest.mark.parametrize(
    "seen_to",
    [
        "        self.register_load_state_dict_pre_hook(lambda module, state, *rest: None)\n",
        "        self._register_load_state_dict_pre_hook(self.old_names)\n\n    def old_names(self, state, prefix, *rest):\n        pass\n",
        "\n    def _load_from_state_dict(self, *args):\n        super()._load_from_state_dict(*args)\n",
        "\n    _version = 2\n",
    ],
)
def test_a_class_that_sees_to_old_checkpoints_is_left_alone(project: Path, seen_to: str) -> None:
    edit("blocks.py", "fc1", "first")
    assert len(found()) == 1
    edit("blocks.py", "        self.out = nn.Linear(width, 10)\n", f"        self.out = nn.Linear(width, 10)\n{seen_to}")
    assert found() == []


def test_what_is_not_known_is_not_claimed(project: Path) -> None:
    edit(
        "blocks.py",
        "        self.fc1 = nn.Linear(width, width)",
        "        for name in open('names.txt'):\n            setattr(self, name, nn.Linear(1, 1))",
    )
    assert found() == []


def test_comments_silence_it_and_are_not_unused_without_a_revision(project: Path) -> None:
    edit(
        "blocks.py", "self.fc1 = nn.Linear(width, width)", "self.first = nn.Linear(width, width)  # astarch: ignore[state-dict-key-changed]"
    )
    edit("blocks.py", "self.fc1(x)", "self.first(x)")
    assert found() == []
    result = CliRunner().invoke(commands, ["check", "--select", "state-dict-key-changed,unused-suppression", "blocks.py"])
    assert result.exit_code == 0, result.output


def test_a_model_that_the_project_names(project: Path) -> None:
    Path("wide.py").write_text(NET.replace("def __init__(self)", "def __init__(self, width)").replace("8", "width").replace("Net", "Wide"))
    Path("net.py").unlink()
    Path("pyproject.toml").write_text('[[tool.astarch.models]]\ntarget = "wide.py:Wide(6)"\n')
    git("add", ".")
    git("commit", "-qm", "second")
    edit("blocks.py", "nn.Linear(width, 10)", "nn.Linear(width, 12)")
    assert found() == [("blocks.py", 8, "`head.out.weight` was 10×6 and is 12×6 (and 1 more)")]


def test_models_are_compared_only_where_more_than_comments_changed(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import astarch.review

    compared: list[int] = []
    real = astarch.review.review
    monkeypatch.setattr(astarch.review, "review", lambda *given, **named: compared.append(1) or real(*given, **named))
    (project / "blocks.py").write_text("# above\n" + BLOCKS + "# below\n")
    assert found() == []
    assert compared == []
    (project / "blocks.py").write_text("# above\n" + BLOCKS.replace("fc1", "fc2"))
    assert len(found()) == 1
    assert compared == [1]
