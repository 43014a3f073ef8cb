"""Where people already are: pylint, flake8, ruff, pre-commit and GitHub's actions are run as their users run them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]

MODEL = """\
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.layers = [nn.Linear(4, 4)]
        self.head = None
        if n:
            self.head = nn.Linear(4, 4)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return F.dropout(self.head(x), 0.5)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "net.py").write_text(MODEL, encoding="utf-8")
    return tmp_path


def run(folder: Path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", **environment},
    )  # fmt: skip


def pylint(folder: Path, *arguments: str) -> list[str]:
    done = run(folder, sys.executable, "-m", "pylint", "--disable=all", "--score=n", "--msg-template={line}:{msg_id}:{symbol}", *arguments)
    assert not done.stderr, done.stderr
    return [line for line in done.stdout.splitlines() if re.match(r"\d", line)]


def test_pylint_tells_what_the_rules_find(project: Path) -> None:
    plugin = "--load-plugins=astarch.integrations.pylint"
    found = pylint(project, plugin, "--enable=astarch", "net.py")
    assert sorted(found) == ["16:E9611:functional-dropout-training", "8:E9110:modules-in-python-list"]
    assert pylint(project, plugin, "--enable=modules-in-python-list", "net.py") == ["8:E9110:modules-in-python-list"]
    text = MODEL.replace("self.layers = [nn.Linear(4, 4)]", "self.layers = [nn.Linear(4, 4)]  # pylint: disable=modules-in-python-list")
    (project / "net.py").write_text(text, encoding="utf-8")
    assert pylint(project, plugin, "--enable=astarch", "net.py") == ["16:E9611:functional-dropout-training"]


def test_pylint_says_nothing_wrong_of_modules(project: Path) -> None:
    """What a class of another file sets later can be called; what is no module cannot."""
    (project / "base.py").write_text(
        "from torch import nn\n\n\nclass Base(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.head = None\n\n"
        "    def forward(self, x):\n        return self.head(x)\n\n\nclass Other:\n    def __init__(self):\n        self.three = 3\n\n"
        "    def forward(self, x):\n        return self.three(x).nothing + self.three.nothing\n",
        encoding="utf-8",
    )
    (project / "heir.py").write_text(
        "from base import Base\n\n\nclass Heir(Base):\n    def __init__(self):\n        super().__init__()\n        self.tail = None\n\n"
        "    def forward(self, x):\n        return self.tail(super().forward(x))\n",
        encoding="utf-8",
    )
    asked = ("--enable=not-callable,no-member", "base.py", "heir.py")
    alone = pylint(project, *asked)
    assert [line for line in alone if "not-callable" in line] == ["10:E1102:not-callable", "18:E1102:not-callable", "10:E1102:not-callable"]
    with_plugin = pylint(project, "--load-plugins=astarch.integrations.pylint", *asked)
    assert with_plugin == [line for line in alone if line.startswith("18:")]
    assert len(with_plugin) == 2


def test_flake8_tells_what_the_rules_find(project: Path) -> None:
    """Installed it is found by its entry point, too; where it is not, it is named: each finding counts once."""
    local = "[flake8]\nselect = MDL\n[flake8:local-plugins]\nextension =\n    MDL = astarch.integrations.flake8:Plugin\n"
    (project / "setup.cfg").write_text(local, encoding="utf-8")
    found = dict.fromkeys(run(project, sys.executable, "-m", "flake8", "net.py").stdout.splitlines())
    assert [line.split(" ")[:2] for line in found] == [["net.py:8:23:", "MDL110"], ["net.py:16:16:", "MDL611"]]
    (project / "net.py").write_text(MODEL.replace("0.5)", "0.5)  # noqa: MDL611"), encoding="utf-8")
    assert len(set(run(project, sys.executable, "-m", "flake8", "net.py").stdout.splitlines())) == 1


def test_ruff_leaves_our_comments_alone(project: Path) -> None:
    """Told that MDL is another's, ruff neither complains of our codes in its comments nor removes them; ours it never touches."""
    text = MODEL.replace("0.5)", "0.5)  # noqa: MDL611").replace("4)]\n", "4)]  # astarch: ignore[modules-in-python-list] -- wanted\n")
    (project / "net.py").write_text(text, encoding="utf-8")
    (project / "ruff.toml").write_text("[lint]\nselect = ['RUF', 'E', 'F']\npreview = true\n", encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"]
    assert "MDL611" in run(project, *ruff).stdout, "without being told it complains"
    (project / "ruff.toml").write_text("[lint]\nselect = ['RUF', 'F']\nexternal = ['MDL']\n", encoding="utf-8")
    done = run(project, *ruff, "--fix")
    assert done.returncode == 0, done.stdout
    assert (project / "net.py").read_text(encoding="utf-8") == text
    assert run(project, sys.executable, "-m", "astarch", "check", "--no-cache", "--no-read").returncode == 0


def test_hooks_are_what_pre_commit_takes(project: Path) -> None:
    assert run(ROOT, sys.executable, "-m", "pre_commit", "validate-manifest", ".pre-commit-hooks.yaml").returncode == 0
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    assert set(hooks) == {"astarch", "astarch-docs"}
    command = [sys.executable, "-m", *hooks["astarch"]["entry"].split()]
    assert run(project, *command, "net.py").returncode == 1
    (project / "pyproject.toml").write_text("[tool.astarch.check]\nexclude = ['net.py']\n", encoding="utf-8")
    assert run(project, *command, "net.py").returncode == 0, "pre-commit names the files, and the project leaves them out"
    (project / "README.md").write_text("# Nothing of ours\n", encoding="utf-8")
    assert run(project, sys.executable, "-m", *hooks["astarch-docs"]["entry"].split(), "README.md").returncode == 0


def test_the_action_runs(project: Path) -> None:
    """The script of the action, where installing is done already."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if "run" in step]
    assert step["env"] == {
        "SRC": "${{ inputs.src }}", "ARGS": "${{ inputs.args }}", "BASE_REF": "${{ inputs.base-ref }}",
        "VERSION": "${{ inputs.version }}", "SARIF": "${{ inputs.sarif }}",
    }  # fmt: skip
    assert set(action["inputs"]) == {"src", "args", "base-ref", "version", "sarif"}
    programs = project / "bin"
    programs.mkdir()
    for name, text in {"python": "exit 0", "astarch": f'exec "{sys.executable}" -m astarch "$@"'}.items():
        (programs / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    given = {"SRC": "net.py", "ARGS": "--no-cache", "BASE_REF": "", "VERSION": "", "SARIF": "out.sarif"}
    path = os.pathsep.join([str(programs), os.environ["PATH"]])
    done = run(project, "bash", "-e", "-c", step["run"], PATH=path, GITHUB_STEP_SUMMARY=str(project / "summary.md"), **given)
    assert done.returncode == 1, done.stderr
    assert "::error title=astarch (MDL110 modules-in-python-list),file=net.py,line=8," in done.stdout
    assert "Found 2 errors." in (project / "summary.md").read_text(encoding="utf-8")
    assert '"ruleId": "MDL611"' in (project / "out.sarif").read_text(encoding="utf-8")
