"""`astarch check`: what it finds in files, how comments silence, what its forms look like, how it exits."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

import astarch
from astarch import checking
from astarch.checking.files import checked
from astarch.cli import commands
from astarch.rules.baseline import counted, unknown_to

BAD = """\
from torch import nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 8)

    def forward(self, x):
        return F.dropout(self.fc(x), 0.5)
"""

SMALL = """\
from torch import nn


class SmallCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3)
        self.relu = nn.ReLU()
        self.fc = nn.Linear(16 * 26 * 26, 10)

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = x.view(x.size(0), -1)
        return self.fc(x)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "net.py").write_text(BAD)
    return tmp_path


def run(*arguments: str, input: str | None = None):
    return CliRunner().invoke(commands, ["check", *arguments], input=input)


def silenced(text: str, line: str, comment: str) -> list[str]:
    new = text.replace(line, f"{line}  {comment}")
    assert new != text
    return [one.name for one in checking.check_text(new)]


def test_finds_and_exits(project: Path) -> None:
    result = run()
    assert result.exit_code == 1
    assert "functional-dropout-training" in result.output
    assert run("--exit-zero").exit_code == 0
    assert run("--ignore", "MDL6").exit_code == 0
    assert run("--select", "NOPE").exit_code == 2 or isinstance(run("--select", "NOPE").exception, astarch.AstarchError)
    assert isinstance(run("absent.py").exception, astarch.ReadError)


def test_comments_silence() -> None:
    line = "return F.dropout(self.fc(x), 0.5)"
    assert silenced(BAD, line, "# astarch: ignore[functional-dropout-training]") == []
    assert silenced(BAD, line, "# astarch: ignore[MDL611] -- wanted") == []
    assert silenced(BAD, line, "# astarch: ignore") == []
    assert silenced(BAD, line, "# noqa: MDL611") == []
    assert silenced(BAD, line, "# noqa: E501") == ["functional-dropout-training"]
    assert silenced(BAD, line, "# astarch: ignore[MDL110]") == ["functional-dropout-training", "unused-suppression"]
    assert silenced(BAD, "class Net(nn.Module):", "# astarch: ignore[MDL611]") == []
    assert checking.check_text("# astarch: ignore-file[MDL611]\n" + BAD) == []
    assert checking.check_text(BAD.replace("class Net", "# astarch: off\nclass Net")) == []


def test_standard_input_takes_the_options_of_files(project: Path) -> None:
    silent = "# astarch: ignore-file\n" + BAD
    assert run("-", input=silent).exit_code == 0
    assert "functional-dropout-training" in run("-", "--ignore-comments", input=silent).output
    assert run("-", "--per-file-ignores", "some/*:MDL611", "--stdin-filename", "some/where.py", input=BAD).exit_code == 0
    assert run("-", "--per-file-ignores", "other/*:MDL611", "--stdin-filename", "some/where.py", input=BAD).exit_code == 1
    assert isinstance(run("-", "--ignore", "NOPE", input=BAD).exception, astarch.AstarchError)


def test_standard_input(project: Path) -> None:
    result = run("-", "--stdin-filename", "some/where.py", "-o", "concise", input=BAD)
    assert result.exit_code == 1
    assert result.output.startswith("some/where.py:11:16: MDL611 [*] ")


def test_fix(project: Path) -> None:
    assert run("--diff").exit_code == 1
    assert (project / "net.py").read_text() == BAD
    assert run("--fix").exit_code == 0
    assert (project / "net.py").read_text() == BAD.replace("0.5)", "0.5, training=self.training)")


def test_baseline(project: Path) -> None:
    assert run("--baseline", "known.json", "--update-baseline").exit_code == 0
    assert run("--baseline", "known.json").exit_code == 0
    (project / "net.py").write_text("# a line above\n" + BAD)
    assert run("--baseline", "known.json").exit_code == 0
    found = checking.check(["net.py"])
    new, gone = unknown_to(counted(found), [])
    assert new == []
    assert len(gone) == 1


def test_configuration(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.astarch.check]\nignore = ["functional-dropout-training"]\n')
    assert run().exit_code == 0
    (project / "pyproject.toml").write_text('[tool.astarch.check]\nper-file-ignores = { "net.py" = ["MDL6"] }\n')
    assert run().exit_code == 0
    (project / "pyproject.toml").write_text('[tool.astarch.check]\nignroe = ["MDL6"]\n')
    assert "did you mean `ignore`" in str(run().exception)


def test_json_has_the_fields_of_ruff(project: Path) -> None:
    (row,) = json.loads(run("-o", "json").output)
    assert row["code"] == "MDL611"
    assert row["filename"] == "net.py"
    assert row["location"] == {"row": 11, "column": 16}
    assert row["end_location"]["row"] == 11
    assert row["fix"]["applicability"] == "safe"
    assert row["fix"]["edits"][0]["content"] == ", training=self.training"
    assert len(row["arch"]["fingerprint"]) == 16
    assert json.loads(run("-o", "json-lines").output) == row


def test_sarif(project: Path) -> None:
    report = json.loads(run("-o", "sarif").output)
    (one,) = report["runs"]
    (result,) = one["results"]
    assert report["version"] == "2.1.0"
    assert one["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "MDL611"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "net.py", "uriBaseId": "%SRCROOT%"}
    assert result["partialFingerprints"]["primaryLocationLineHash"]
    assert result["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"]["text"]


def test_forms_of_pipelines(project: Path) -> None:
    assert run("-o", "github").output.startswith("::error title=astarch (MDL611 functional-dropout-training),file=net.py,line=11,col=16,")
    (issue,) = json.loads(run("-o", "gitlab").output)
    assert issue["severity"] == "major"
    assert issue["location"]["path"] == "net.py"
    tree = ET.fromstring(run("-o", "junit").output)
    assert tree.tag == "testsuites"
    assert tree.find("testsuite/testcase/failure") is not None
    (found,) = json.loads(run("-o", "rdjson").output)["diagnostics"]
    assert found["suggestions"][0]["text"] == ", training=self.training"
    assert "| error |" in run("-o", "markdown").output
    assert run("--statistics").output.splitlines()[:2] == ["1\tMDL611\t[*] functional-dropout-training", "Found 1 error."]
    (row,) = json.loads(run("--statistics", "-o", "json").output)
    assert row == {"code": "MDL611", "name": "functional-dropout-training", "count": 1, "fixable": True, "fixable_count": 1}


def test_several_forms_in_one_run(project: Path) -> None:
    result = run("-o", "concise", "-o", "sarif:out.sarif")
    assert "MDL611" in result.output
    assert json.loads((project / "out.sarif").read_text())["version"] == "2.1.0"


def test_annotations_are_limited(project: Path) -> None:
    many = BAD.replace("        return F", "        x = F.dropout(x)\n" * 20 + "        return F")
    (project / "net.py").write_text(many)
    lines = run("-o", "github").output.splitlines()
    assert sum(line.startswith("::error") for line in lines) == 10
    assert "11 more" in lines[-1]


def test_gitignore_is_respected(project: Path) -> None:
    (project / ".gitignore").write_text("old/\n")
    (project / "old").mkdir()
    (project / "old" / "net.py").write_text(BAD)
    assert len(checking.check(["."])) == 1


def test_parallel_is_the_same(project: Path) -> None:
    for number in range(3):
        (project / f"net{number}.py").write_text(BAD)
    assert checking.check(["."], jobs=2) == checking.check(["."])


def test_syntax_error_is_a_finding(project: Path) -> None:
    (project / "net.py").write_text("class Net(:\n")
    (one,) = checking.check(["net.py"])
    assert one.name == "syntax-error"
    assert one.span.line == 1


def test_notebook(project: Path) -> None:
    (project / "net.py").unlink()
    cells = [{"cell_type": "code", "source": ["%matplotlib inline\n"]}, {"cell_type": "code", "source": BAD.splitlines(keepends=True)}]
    (project / "net.ipynb").write_text(json.dumps({"cells": cells}))
    (one,) = checking.check(["."])
    assert one.name == "functional-dropout-training"


def test_flatten_linear_mismatch(project: Path) -> None:
    (project / "net.py").write_text(SMALL)
    net = astarch.read("net.py:SmallCNN", inputs=(1, 3, 32, 32))
    (one,) = net.diagnostics
    assert (one.code, one.name) == ("MDL201", "flatten-linear-mismatch")
    assert one.message == "`fc` takes 10816 features and gets 14400"
    assert (one.span.line, one.span.column) == (9, 29)
    assert [(note.span.line, note.message) for note in one.notes] == [
        (9, "10816 = 16·26·26"),
        (13, "14400 = 16·30·30"),
        (12, "`conv1` makes 30×30 of 32×32"),
        (14, "called here"),
    ]
    assert one.help == "a 28×28 input fits this layer; for 32×32 it would be Linear(16 * 30 * 30, ...)"
    assert not astarch.read("net.py:SmallCNN", inputs=(1, 3, 28, 28)).diagnostics
    assert astarch.read("net.py:SmallCNN", inputs=(1, 3, 28, 28)).parameter_count == 108_618


def test_configured_models_are_run(project: Path) -> None:
    (project / "net.py").write_text(SMALL)
    (project / "pyproject.toml").write_text('[[tool.astarch.models]]\ntarget = "net.py:SmallCNN"\ninputs = ["1,3,32,32"]\n')
    result = run("-o", "concise")
    assert result.exit_code == 1
    assert "net.py:9:29: MDL201" in result.output


def test_explain() -> None:
    text = astarch.explain("modules-in-python-list")
    assert text == astarch.explain("MDL110")
    assert "## Why" in text
    assert "Use instead" in text
    with pytest.raises(astarch.ConfigError, match="did you mean `modules-in-python-list`"):
        astarch.explain("module-in-python-list")


def test_models_without_inputs_run_on_what_their_first_layer_takes(project: Path) -> None:
    """Channels that cannot fit are found whatever the image size; the finding stands at the number to change."""
    text = SMALL.replace("nn.ReLU()", "nn.Conv2d(32, 8, 3)")
    (project / "net.py").write_text(text)
    (one,) = checking.check(["net.py"])
    assert one.name == "channel-mismatch"
    assert one.message == "`relu` takes 32 channels and gets 16"
    assert (one.span.line, [note.message for note in one.notes]) == (8, ["takes 32", "`conv1` gives 16", "called here"])
    (project / "net.py").write_text(SMALL)
    assert not checking.check(["net.py"])


def test_findings_are_kept_and_forgotten(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept is used only while nothing changed that it depends on: the file, its imports, mentions in other files."""
    monkeypatch.setenv("ASTARCH_CACHE", str(project / "kept"))
    base = "from torch import nn\n\n\nclass Base(nn.Module):\n    def __init__(self):\n"
    base += "        super().__init__()\n        self.head = nn.Linear(8, 8)\n"
    heir = "import torch\nfrom base import Base\n\n\nclass Net(Base):\n    def forward(self, x):\n        return self.head(x)\n"
    hidden = BAD.replace("class Net", "class Other").replace("self.fc(x), 0.5)", "self.gone(x), 0.5, self.training)")
    for name, text in (("base.py", base), ("heir.py", heir), ("other.py", hidden)):
        (project / name).write_text(text)

    def found() -> list[str]:
        first, again = checking.check(["."], cache=True), checking.check(["."], cache=True)
        assert first == again == checking.check(["."])
        return [f"{one.span.file}:{one.name}" for one in first]

    usual = ["net.py:functional-dropout-training", "other.py:undefined-attribute"]
    assert found() == usual
    (project / "base.py").write_text(base.replace("self.head", "self.heed"))
    assert found() == ["heir.py:undefined-attribute", *usual]
    (project / "base.py").write_text(base)
    assert found() == usual
    (project / "heir.py").write_text(heir + "\n\nNet().gone = 3\n")
    assert found() == usual[:1]
    (project / "heir.py").unlink()
    assert found() == usual
    (project / "net.py").write_text(BAD.replace("0.5)", "0.5, self.training)"))
    assert found() == usual[1:]


def test_kept_findings_are_not_looked_for_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASTARCH_CACHE", str(project / "kept"))
    (project / "good.py").write_text("x = 1\n")
    checking.check(["."], cache=True)
    (project / "good.py").write_text("x = 2\n")
    looked: list[list[Path]] = []
    real = checked
    monkeypatch.setattr("astarch.checking.files.checked", lambda files, *rest: looked.append(files) or real(files, *rest))
    assert len(checking.check(["."], cache=True)) == 1
    assert looked == [[Path("good.py")]]


@pytest.mark.parametrize("branches", [True, False])
def test_processes_find_the_same_in_many_files(project: Path, monkeypatch: pytest.MonkeyPatch, branches: bool) -> None:
    from astarch.checking import files

    if not branches:
        monkeypatch.setattr(files, "_can_branch", lambda: False)
    (project / "shared.py").write_text("from torch import nn\n\nclass Shared(nn.Module):\n    width = 3\n")
    for number in range(40):
        text = BAD.replace("nn.Module", "Shared") if number % 3 else BAD
        (project / f"net{number}.py").write_text(f"from shared import Shared\n{text}")
    one = checking.check(["."])
    assert len(one) > 40
    assert checking.check(["."], jobs=2) == one == checking.check(["."], jobs=3)


def test_portions_hold_every_file_once_in_order() -> None:
    from astarch.checking.files import _portions

    for count in (1, 2, 13, 100, 1000):
        paths = [Path(str(number)) for number in range(count)]
        portions = list(_portions(paths, 2))
        assert [path for portion in portions for path in portion] == paths
        assert len(portions[-1]) == 1


def test_only_changed_files(project: Path) -> None:
    git = ["git", "-c", "user.name=n", "-c", "user.email=e", "-c", "init.defaultBranch=main"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"], ["branch", "old"]):
        subprocess.run([*git, *command], cwd=project, check=True)
    assert run("--changed-only").exit_code == 0
    (project / "new.py").write_text(BAD)
    assert [row["filename"] for row in json.loads(run("--changed-only", "-o", "json").output)] == ["new.py"]
    for command in (["add", "new.py"], ["commit", "-qm", "second"]):
        subprocess.run([*git, *command], cwd=project, check=True)
    assert run("--changed-only").exit_code == 0
    assert len(json.loads(run("--changed-only", "--base-ref", "old", "-o", "json").output)) == 1
    assert run("--base-ref", "old").exit_code == 2
    assert isinstance(run("--changed-only", "--base-ref", "none").exception, astarch.ReadError)


BLOCKS = """\
from torch import nn


class Block(nn.Module):
    def __init__(self, a, b):
        super().__init__()
        self.conv = nn.Conv2d(a, b, 3, padding=1)

    def forward(self, x):
        return x + self.conv(x)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = Block(8, 8)
        self.two = Block(8, 16)
        self.rnn = nn.LSTM(16, 8, bidirectional=True)
        self.rnn2 = nn.LSTM(8, 8)

    def forward(self, x):
        y, _ = self.rnn(self.two(self.one(x)).flatten(2).permute(2, 0, 1))
        return self.rnn2(y)[0]
"""


def test_a_shortcut_of_another_shape_and_a_recurrent_layer_of_another_width(project: Path) -> None:
    (project / "net.py").write_text(BLOCKS)
    (project / "pyproject.toml").write_text('[[tool.astarch.models]]\ntarget = "net.py:Net()"\ninputs = ["1,8,6,6"]\n')
    rows = json.loads(run("-o", "json").output)
    assert [(row["code"], row["name"], row["location"]["row"]) for row in rows] == [
        ("MDL204", "residual-shape-mismatch", 10),
        ("MDL208", "rnn-width", 22),
        ("MDL208", "rnn-width", 23),
    ]
    assert rows[0]["message"] == "the shortcut is 1×8×6×6, and what it goes around makes 1×16×6×6 of it"
    assert rows[2]["message"] == "LSTM takes 8 features and gets 16"


def test_a_view_that_is_meant_as_a_transpose(project: Path) -> None:
    text = BAD.replace("return F.dropout(self.fc(x), 0.5)", "b, t, c = x.shape\n        return self.fc(x).view(b, c, t)")
    (project / "net.py").write_text(text)
    (project / "pyproject.toml").write_text('[[tool.astarch.models]]\ntarget = "net.py:Net()"\ninputs = ["2,5,8"]\n')
    (row,) = json.loads(run("-o", "json").output)
    assert (row["name"], row["location"]["row"]) == ("reshape-mixes-axes", 12)
    assert row["message"] == "2×5×8 is viewed as 2×8×5: the axes keep their places, and their values are mixed"
    (project / "net.py").write_text(text.replace(".view(b, c, t)", ".transpose(1, 2)"))
    assert run().exit_code == 0


def test_a_block_of_another_file_fails_where_it_is_built(project: Path) -> None:
    """The block is right, what it is given is not: the finding stands in the file that gives it."""
    (project / "parts.py").write_text(BLOCKS.partition("class Net")[0])
    (project / "net.py").write_text("from parts import Block\nfrom torch import nn\n\n\nnet = nn.Sequential(Block(8, 8), Block(16, 16))\n")
    (project / "pyproject.toml").write_text('[[tool.astarch.models]]\ntarget = "net.py:net"\ninputs = ["1,8,6,6"]\n')
    (row,) = [row for row in json.loads(run("-o", "json").output) if row["name"] == "channel-mismatch"]
    assert (row["filename"], row["location"]["row"]) == ("net.py", 5)
    assert row["message"] == "`1.conv` takes 16 channels and gets 8"


def test_a_model_that_is_named_with_arguments_it_does_not_take(project: Path) -> None:
    """Nothing in the file builds it so: the finding stands where it is defined, and says how it is built."""
    (project / "net.py").write_text(BLOCKS.partition("class Net")[0])
    (project / "pyproject.toml").write_text('[[tool.astarch.models]]\ntarget = "net.py:Block(8)"\ninputs = ["1,8,6,6"]\n')
    (row,) = json.loads(run("-o", "json").output)
    assert "def __init__" in BLOCKS.splitlines()[row["location"]["row"] - 1]
    assert row["message"].startswith("raises TypeError: Block.__init__() missing 1 required positional argument")
    assert "`Block(8)`" in run().output


def test_a_baseline_is_found_from_wherever_one_stands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "inner").mkdir()
    (project / "inner" / "net.py").write_text(BAD)
    assert run("--baseline", "known.json", "--update-baseline").exit_code == 0
    assert list(json.loads((project / "known.json").read_text())) == ["inner/net.py", "net.py"]
    assert run(str(project), "--baseline", "known.json").exit_code == 0
    monkeypatch.chdir(project / "inner")
    assert run("--baseline", "../known.json").exit_code == 0


def test_models_of_the_project_from_wherever_one_stands(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "inner").mkdir()
    (project / "net.py").unlink()
    (project / "inner" / "net.py").write_text(SMALL)
    (project / "pyproject.toml").write_text('[[tool.astarch.models]]\ntarget = "inner/net.py:SmallCNN"\ninputs = ["1,3,32,32"]\n')
    monkeypatch.chdir(project / "inner")
    assert [row["name"] for row in json.loads(run("-o", "json").output)] == ["flatten-linear-mismatch"]


def test_files_that_are_left_out(project: Path) -> None:
    (project / ".git").mkdir()
    (project / ".gitignore").write_text("made/\n")
    for folder in ("made", "old", "build"):
        (project / folder).mkdir()
        (project / folder / "net.py").write_text(BAD)
    shown = lambda *arguments: run("--show-files", *arguments).output.split()  # noqa: E731
    assert shown("--exclude", "old") == ["net.py"]
    assert shown("--no-respect-gitignore") == ["made/net.py", "net.py", "old/net.py"]
    named = [f"{folder}/net.py" for folder in ("build", "made", "old")]
    assert shown(*named) == named
    assert shown("--force-exclude", "--exclude", "old", *named) == []
    assert shown("--force-exclude", "--no-respect-gitignore", *named) == ["made/net.py", "old/net.py"]


def test_where_it_is_written(project: Path) -> None:
    done = run("--output-file", "out.txt", "-o", "concise", "-o", "json:out.json")
    assert done.output == ""
    assert (project / "out.txt").read_text().startswith("net.py:11:16: MDL611")
    assert json.loads((project / "out.json").read_text())[0]["code"] == "MDL611"
    assert run("-o", "json:none/out.json").exit_code == 2 or run("-o", "json:none/out.json").exception
    assert run("--ignore", "MDL6", "-q").output == ""


@pytest.mark.parametrize(
    ("data", "name"), [(b"\xff\xfe\x00", "stdin.py"), (b"class Net(:", "a.py"), (b"{", "a.ipynb"), (b"[1]", "b.ipynb")]
)
def test_standard_input_that_is_no_code_is_a_finding(project: Path, data: bytes, name: str) -> None:
    for form in ("full", "json", "sarif", "github"):
        done = CliRunner().invoke(commands, ["check", "-", "--stdin-filename", name, "-o", form], input=data)
        assert done.exit_code == 1, done.exception
        assert "MDL000" in done.output
    fixed = CliRunner().invoke(commands, ["check", "-", "--stdin-filename", name, "--fix"], input=data)
    assert fixed.exit_code == 1
    assert fixed.stdout_bytes == data, "what is no code goes on as it came"


def test_nothing_to_look_at_is_said(project: Path) -> None:
    (project / "empty").mkdir()
    done = run("empty")
    assert done.exit_code == 0
    assert "there are no Python files" in done.stderr
    assert run("empty", "-q").output == ""
