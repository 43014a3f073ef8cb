"""`astarch check --fix`: only what a fix names changes, bytes included; what it does to checkpoints is said; what is left is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from astarch.cli import commands

BAD = """\
# é
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(4, 4)  ,   nn.Linear(4, 4)]   # two

    def forward(self, x):
        for layer in self.layers: x = layer(x)
        return F.dropout(x, 0.5)
"""
SAFE = BAD.replace("0.5)", "0.5, training=self.training)")
UNSAFE = SAFE.replace("[nn.Linear(4, 4)  ,   nn.Linear(4, 4)]", "nn.ModuleList([nn.Linear(4, 4)  ,   nn.Linear(4, 4)])")


@pytest.fixture
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "net.py"


def run(*arguments: str, input: bytes | None = None):
    return CliRunner().invoke(commands, ["check", *arguments], input=input)


@pytest.mark.parametrize(
    ("encoding", "end", "head"),
    [
        ("utf-8", "\n", ""),
        ("utf-8", "\r\n", ""),
        ("utf-8", "\r", ""),
        ("utf-8-sig", "\n", ""),
        ("latin-1", "\r\n", "# -*- coding: latin-1 -*-\n"),
    ],
)
def test_encoding_and_ends_of_lines_stay(net: Path, encoding: str, end: str, head: str) -> None:
    net.write_bytes((head + BAD).replace("\n", end).encode(encoding))
    run("--fix")
    assert net.read_bytes() == (head + SAFE).replace("\n", end).encode(encoding)
    run("--fix", "--unsafe-fixes")
    assert net.read_bytes() == (head + UNSAFE).replace("\n", end).encode(encoding)


def test_what_happens_to_checkpoints_is_said(net: Path) -> None:
    net.write_text(BAD, encoding="utf-8")
    said = (
        "the state dict of `Net` gains `layers.0.weight`, `layers.0.bias`, `layers.1.weight`, `layers.1.bias`: older checkpoints no longer"
    )
    shown = run("--diff", "--unsafe-fixes")
    assert said in shown.stderr
    assert "Would fix 2 findings in 1 file." in shown.stderr
    assert "state dict" not in run("--fix").stderr
    done = run("--fix", "--unsafe-fixes")
    assert said in done.stderr
    assert done.exit_code == 0
    assert "Fixed 1 finding in 1 file." in done.stderr


def test_only_what_is_reported_is_mended(net: Path) -> None:
    net.write_text(BAD, encoding="utf-8")
    assert run("--fix", "--select", "MDL110").exit_code == 1
    assert net.read_text(encoding="utf-8") == BAD
    run("--baseline", "known.json", "--update-baseline")
    assert run("--fix", "--baseline", "known.json").exit_code == 0
    assert net.read_text(encoding="utf-8") == BAD


def test_what_is_known_is_not_mended_beside_what_is_new(net: Path) -> None:
    """The list stays as it is, and of two dropouts of which one is known one is mended."""
    net.write_text(BAD, encoding="utf-8")
    run("--baseline", "known.json", "--update-baseline")
    text = BAD.replace("return F", "x = F.alpha_dropout(x, 0.1)\n        return F")
    net.write_text(text, encoding="utf-8")
    assert run("--fix", "--unsafe-fixes", "--baseline", "known.json").exit_code == 0
    assert net.read_text(encoding="utf-8") == text.replace("0.5)", "0.5, training=self.training)")


def test_standard_input_becomes_standard_output(net: Path) -> None:
    done = run("-", "--fix", input=BAD.encode())
    assert done.stdout == SAFE
    assert "modules-in-python-list" in done.stderr
    assert done.exit_code == 1
    assert run("-", "--fix", "--unsafe-fixes", input=BAD.encode()).stdout == UNSAFE
    done = run("-", "--fix", input=UNSAFE.encode())
    assert (done.stdout, done.exit_code) == (UNSAFE, 0)


def test_fixes_are_looked_at_again(net: Path) -> None:
    """What a fix brings to light is found at once: with the layers registered, they are run, and do not fit."""
    net.write_text(BAD.replace("nn.Linear(4, 4)]", "nn.Linear(5, 4)]"), encoding="utf-8")
    assert "linear-mismatch" in run("--fix", "--unsafe-fixes").stdout
