"""Whole repositories: read from git's own files, packed or loose, without checkout; exactly the models that are affected."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from astarch import api
from astarch.cli import commands
from astarch.errors import AstarchError
from astarch.ir.change import Kind, Verdict
from astarch.readers.git_tree import Repository

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="the repositories are made by git")

BLOCK = """import torch.nn.functional as F
from torch import nn


class Block(nn.Module):
    def __init__(self, width, out):
        super().__init__()
        self.conv = nn.Conv2d(width, out, 3, padding=1)
        self.norm = nn.BatchNorm2d(out)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)))
"""
NET = """from torch import nn
{imports}


class {name}(nn.Module):
    def __init__(self, classes={classes}):
        super().__init__()
        self.body = {body}
        self.head = nn.Linear(8, classes)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))
"""


def git(root: Path, *words: str) -> str:
    names = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *names, "-C", str(root), *words], check=True, capture_output=True, text=True).stdout.strip()


def commit(root: Path, message: str) -> str:
    git(root, "add", "-A")
    git(root, "commit", "-qm", message)
    return git(root, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three models: two use a block, one of them through a second file; one does not."""
    root = tmp_path / "work"
    package = root / "models"
    package.mkdir(parents=True)
    git(root, "init", "-q")
    (package / "__init__.py").write_text("")
    (package / "blocks.py").write_text(BLOCK)
    (package / "between.py").write_text("from .blocks import Block as Part\n\n\ndef part():\n    return Part(3, 8)\n")
    (package / "direct.py").write_text(NET.format(imports="from .blocks import Block", name="Direct", body="Block(3, 8)", classes=3))
    (package / "through.py").write_text(NET.format(imports="from models import between", name="Through", body="between.part()", classes=4))
    (package / "alone.py").write_text(NET.format(imports="import os", name="Alone", body="nn.Conv2d(3, 8, 3)", classes=5))
    commit(root, "one")
    monkeypatch.chdir(root)
    return root


def test_models_changed_through_an_import(repository: Path) -> None:
    (repository / "models" / "blocks.py").write_text(BLOCK.replace("F.relu", "F.gelu"))
    found = api.diff_repository("HEAD")
    names = {one.name: one.verdict for one in found.comparisons}
    assert names["models/direct.py:Direct"] is Verdict.BEHAVIOUR
    assert names["models/through.py:Through"] is Verdict.BEHAVIOUR
    assert "models/alone.py:Alone" not in names
    assert not found.failures


def test_layout_and_comments_change_nothing(repository: Path) -> None:
    (repository / "models" / "blocks.py").write_text('"""Blocks."""\n# new\n\n' + BLOCK)
    assert api.diff_repository("HEAD").comparisons == ()


def test_packed_objects_and_deltas(repository: Path) -> None:
    """Everything that git itself reads is read the same from a pack with deltas."""
    for number in range(6):
        (repository / "models" / "long.py").write_text(
            "\n".join(f"value_{line} = {line * (number if line == 77 else 1)}" for line in range(400))
        )
        commit(repository, f"step {number}")
    git(repository, "tag", "-a", "v1", "-m", "a tag")
    git(repository, "gc", "-q", "--aggressive")
    assert list((repository / ".git" / "objects" / "pack").glob("*.pack"))
    opened = Repository.around(repository / "models")
    for revision in (
        "HEAD",
        "main",
        "v1",
        "HEAD~3",
        "HEAD^",
        "main~2^1",
        "refs/heads/main",
        git(repository, "rev-parse", "--short", "HEAD~1"),
    ):
        assert opened.commit(revision) == git(repository, "rev-parse", f"{revision}^{{commit}}")
        tree = opened.tree(revision)
        for path in tree.files:
            assert tree.data(path) == subprocess.run(["git", "show", f"{revision}:{path}"], check=True, capture_output=True).stdout


def test_since_the_fork(repository: Path) -> None:
    """What others did to the base meanwhile is not shown."""
    git(repository, "checkout", "-qb", "mine")
    (repository / "models" / "direct.py").write_text((repository / "models" / "direct.py").read_text().replace("self.head", "self.fc"))
    commit(repository, "mine")
    git(repository, "checkout", "-q", "main")
    (repository / "models" / "alone.py").write_text((repository / "models" / "alone.py").read_text().replace("classes=5", "classes=6"))
    commit(repository, "theirs")
    found = api.diff_repository("main", "mine")
    assert [one.name for one in found.comparisons] == ["models/direct.py:Direct"]
    assert found.comparisons[0].mapping == {"head.weight": "fc.weight", "head.bias": "fc.bias"}
    assert len(api.diff_repository("main", "mine", since_fork=False).comparisons) == 2


def test_moved_added_and_removed_models(repository: Path) -> None:
    package = repository / "models"
    (package / "alone.py").rename(package / "elsewhere.py")
    (package / "direct.py").unlink()
    (package / "fresh.py").write_text(NET.format(imports="import os", name="Fresh", body="nn.Conv2d(3, 8, 1)", classes=2))
    found = {one.name: one for one in api.diff_repository("HEAD").comparisons}
    assert found["models/fresh.py:Fresh"].old is None
    assert found["models/direct.py:Direct"].new is None
    assert found["models/direct.py:Direct"].verdict is Verdict.BREAKING
    moved = found.get("models/elsewhere.py:Alone")
    assert moved is None or {change.kind for change in moved.changes} <= {Kind.MODULE_RETYPED}


def test_targets_of_revisions(repository: Path) -> None:
    (repository / "models" / "alone.py").write_text((repository / "models" / "alone.py").read_text().replace("classes=5", "classes=9"))
    said = api.diff("HEAD:models/alone.py:Alone", "models/alone.py:Alone")
    assert {change.subject for change in said.changes if change.kind is Kind.KEY_RESHAPED} == {"head.weight", "head.bias"}
    assert api.diff("HEAD:models/alone.py:Alone", "models/alone.py:Alone(5)").verdict is Verdict.COMPATIBLE
    with pytest.raises(AstarchError, match="no revision"):
        api.read("nothing:models/alone.py:Alone")
    with pytest.raises(AstarchError, match="no file"):
        api.read("HEAD:models/other.py:Alone")


def test_command_and_exit_codes(repository: Path) -> None:
    run = CliRunner().invoke
    assert run(commands, ["diff", "-a", "HEAD", "--fail-on", "any"]).exit_code == 0
    (repository / "models" / "blocks.py").write_text(BLOCK.replace("F.relu", "F.gelu"))
    assert run(commands, ["diff", "-a", "HEAD", "--fail-on", "breaking"]).exit_code == 0
    assert run(commands, ["diff", "-a", "HEAD", "--fail-on", "behaviour"]).exit_code == 1
    data = json.loads(run(commands, ["diff", "-a", "HEAD", "-f", "json", "models/through.py"]).output)
    assert [one["name"] for one in data["comparisons"]] == ["models/through.py:Through"]
    for form in ("text", "markdown", "mermaid", "html", "github", "hook"):
        assert run(commands, ["diff", "-a", "HEAD", "-f", form]).exit_code == 0
    summary = repository / "summary.md"
    run(commands, ["diff", "-a", "HEAD", "--summary", str(summary)])
    assert summary.read_text().startswith("<!-- astarch:report -->")
    assert run(commands, ["diff", "one"]).exit_code == 2
