"""The commands: arguments in, exit code out; starting fast."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import samples

from astarch import api, cli
from astarch.errors import ReadError
from astarch.inputs import InputSpec

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command in an empty folder: exit code, output, errors."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            cli.main(list(arguments))
        captured = capsys.readouterr()
        return int(end.value.code or 0), captured.out, captured.err

    return call


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What `read` is asked for; it answers with hand-built models."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def read(target: Any, **options: Any) -> Any:
        calls.append((str(target), options))
        if "missing" in str(target):
            raise ReadError("there is no file `missing.py`", "did you mean `present.py`?")
        return samples.small() if "small" in str(target) else samples.deep(2)

    monkeypatch.setattr(api, "read", read)
    return calls


def test_help_and_version(run: Run) -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "show" in out
    assert "list" in out
    assert run("--version")[1].startswith("astarch 0.")
    assert run("show", "--help")[0] == 0


def test_exit_codes(run: Run, asked: list[Any]) -> None:
    assert run("show", "deep.py:GPT")[0] == 0
    assert run("show", "small.py:Net")[0] == 1
    code, out, err = run("show", "missing.py:Net")
    assert (code, out) == (2, "")
    assert err == "astarch: there is no file `missing.py`\n  did you mean `present.py`?\n"
    for wrong in (["shw"], ["show"], ["show", "a.py:N", "--format", "xml"], ["show", "a.py:N("], ["show", "a.py:N", "-i", "1,-1"]):
        code, out, err = run(*wrong)
        assert (code, out) == (2, ""), wrong
        assert err
    assert "Did you mean `show`?" in run("shw")[2]
    assert run("show", "a.py:N", "--depth", "0")[0] == 2
    assert run("show", "a.py:N", "--with", "config")[0] == 2


def test_options_reach_the_reader(run: Run, asked: list[tuple[str, dict[str, Any]]], tmp_path: Path) -> None:
    run(
        "show",
        "net.py:Net",
        "-i",
        "1,3,8,8",
        "-i",
        "m=1:bool",
        "--with",
        "config=a.b:C(x=1)",
        "-p",
        "lib",
        "--python",
        "v",
        "--budget",
        "9",
    )
    ((target, options),) = asked
    assert target == "net.py:Net"
    assert options == {
        "set": {},
        "free": (),
        "inputs": [InputSpec(None, (1, 3, 8, 8)), InputSpec("m", (1,), "bool")],
        "search_path": ["lib"],
        "names": {"config": "a.b:C(x=1)"},
        "python": "v",
        "budget": 9,
    }


def test_the_project_says_what_to_show(run: Run, asked: list[tuple[str, dict[str, Any]]], tmp_path: Path) -> None:
    Path("pyproject.toml").write_text(
        '[tool.astarch]\nsearch-path = ["lib"]\n[[tool.astarch.models]]\ntarget = "net.py:Net"\ninputs = ["1,2"]\n'
        '[[tool.astarch.models]]\ntarget = "small.py:Net"\n',
        encoding="utf-8",
    )
    code, out, _ = run("show")
    assert code == 1
    assert [target for target, _ in asked] == ["net.py:Net", "small.py:Net"]
    assert out.count("Known ") == 2
    asked.clear()
    run("show", "net.py:Net")
    assert asked[0][1]["inputs"] == [InputSpec(None, (1, 2))]
    assert asked[0][1]["search_path"] == [tmp_path / "lib"]
    run("show", "net.py:Net", "-i", "3,4")
    assert asked[1][1]["inputs"] == [InputSpec(None, (3, 4))]
    assert run("show", "-i", "1")[0] == 2


def test_forms(run: Run, asked: list[Any]) -> None:
    data = json.loads(run("show", "deep.py:GPT", "-f", "json")[1])
    assert data["schema"] == 1
    assert data["astarch"]
    assert run("show", "deep.py:GPT", "-f", "markdown")[1].startswith("### GPT")
    assert run("show", "deep.py:GPT", "-f", "csv")[1].startswith("name,kind")
    text = run("show", "deep.py:GPT", "--ascii", "--width", "60")[1]
    assert text.isascii()
    assert "`- " in text
    assert "\x1b" not in run("show", "small.py:Net")[1]
    assert "\x1b[" in run("show", "small.py:Net", "--color", "always")[1]


def test_colour_follows_the_environment(run: Run, asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in run("show", "small.py:Net")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("show", "small.py:Net")[1]


def test_output_file(run: Run, asked: list[Any]) -> None:
    code, out, _ = run("show", "small.py:Net", "-o", "report.txt")
    assert (code, out) == (1, "")
    assert "SmallCNN" in Path("report.txt").read_text(encoding="utf-8")
    assert run("show", "small.py:Net", "-o", "no/such/folder.txt")[0] == 2


def test_callers_mistakes_are_named() -> None:
    with pytest.raises(ReadError, match=r"there is no file `nowhere\.py`"):
        api.read("nowhere.py:Net")
    with pytest.raises(ReadError, match="no folder"):
        api.read("os.path:Net", search_path=["/no/such/folder"])
    with pytest.raises(ReadError, match="no file or folder"):
        api.find("/no/such/folder")
    with pytest.raises(ReadError, match="saved model"):
        api.read("net.onnx")


@pytest.mark.parametrize("arguments", [["-c", "import astarch"], ["-m", "astarch", "--help"]], ids=["import", "help"])
def test_starts_fast(arguments: list[str]) -> None:
    """Under 0.15 s of CPU, the best of a few: other work on the machine must not decide."""

    def seconds() -> float:
        before = os.times()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    assert min(seconds() for _ in range(5)) < 0.15


def test_the_door_loads_no_engine() -> None:
    code = (
        "import sys, astarch, astarch.cli, astarch.api; print(*sorted(m for m in sys.modules if m in ('libcst', 'rich', 'numpy', 'torch')))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == ""
