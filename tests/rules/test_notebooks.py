"""Notebooks are checked cell by cell: what only IPython understands is no mistake, lines are those of a cell, fixes change it alone."""

from __future__ import annotations

import ast
import difflib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from astarch import checking
from astarch.cli import commands
from astarch.source.notebook import cells_of, code_of

MODEL = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(3, 4)
        self.b = nn.Linear(5, 6)

    def forward(self, x):
        return F.dropout(self.b(self.a(x)), 0.1)
"""

CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": ["# A model\n", "of ours"]},
    {
        "cell_type": "code",
        "outputs": [{"text": ["ü\n"]}],
        "source": ["%matplotlib inline\n", "!pip install \\\n", "    torch\n", "from torch import nn\n", "import torch.nn.functional as F"],
    },
    {"cell_type": "code", "outputs": [], "source": ["%%time\n", *MODEL.splitlines(keepends=True)]},
    {"cell_type": "code", "outputs": [], "source": ["%%bash\n", "for i in *; do echo $i; done"]},
    {"cell_type": "code", "outputs": [], "source": "files = !ls\n%time net = Net()\ndisplay(net)\nnet?"},
]


def run(*arguments: str, input: str | None = None):
    return CliRunner().invoke(commands, ["check", *arguments], input=input)


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "book.ipynb"
    path.write_text(json.dumps({"cells": CELLS, "nbformat": 4}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "python"),
    [
        ("%matplotlib inline", "pass"),
        ("if x:\n    !ls", "if x:\n    pass"),
        ("?net", "pass"),
        ("net.forward??", "pass"),
        ("a, b = !ls *.py", "a, b = get_ipython().getoutput('ls *.py')"),
        ("%time net = Net()", "if 1: net = Net()"),
        ("x = a % b", "x = a % b"),
        ("x = y != z", "x = y != z"),
        ("x = (a\n     % b)", "x = (a\n     % b)"),
        ("x = a \\\n  % b", "x = a \\\n  % b"),
        ('x = """\n% of it\n!"""', 'x = """\n% of it\n!"""'),
        ("x = '(' # )\n%cd", "x = '(' # )\npass"),
        ("# why?", "# why?"),
    ],
)
def test_what_only_ipython_understands(line: str, python: str) -> None:
    text = json.dumps({"cells": [{"cell_type": "code", "source": line}]})
    code = code_of(text, "a.ipynb")
    ast.parse(code)
    first = cells_of(text, "a.ipynb").cells[0].first
    assert "\n".join(code.split("\n")[first - 1 :]) == python + "\n"


def test_places_are_counted_in_cells(book: Path) -> None:
    rows = json.loads(run("-o", "json").output)
    assert [(row["name"], row["cell"], row["location"]["row"], row["location"]["column"]) for row in rows] == [
        ("linear-mismatch", 3, 6, 28),
        ("functional-dropout-training", 3, 9, 16),
    ]
    assert rows[0]["arch"]["notes"][1]["cell"] == 3
    assert rows[1]["fix"]["edits"][0]["location"] == {"row": 9, "column": 48}
    assert run("-o", "concise").output.startswith("book.ipynb:cell 3:6:28: MDL207 ")
    shown = run().output
    assert "book.ipynb:cell 3:9:16\n" in shown
    assert "\n 9 │         return F.dropout(" in shown or "\n9 │         return F.dropout(" in shown


def test_others_are_given_the_line_of_the_file(book: Path) -> None:
    """Who shows the file as it is, and not its cells, must be sent to the line that holds the code."""
    lines = book.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if "nn.Linear(5, 6)" in text)
    assert f"file=book.ipynb,line={line},endLine={line}::book.ipynb:cell 3:6:28: MDL207" in run("-o", "github").output
    issue, _ = json.loads(run("-o", "gitlab").output)
    assert issue["location"]["positions"]["begin"] == {"line": line}
    result, _ = json.loads(run("-o", "sarif").output)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": line, "endLine": line}
    assert result["message"]["text"].startswith("cell 3, line 6: ")


def test_a_fix_changes_one_line_of_the_file(book: Path) -> None:
    before = book.read_text(encoding="utf-8")
    result = run("--diff")
    assert result.exit_code == 1
    assert "--- book.ipynb:cell 3\n" in result.output
    assert book.read_text(encoding="utf-8") == before
    assert run("--fix").exit_code == 1
    after = book.read_text(encoding="utf-8")
    changed = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]
    assert [line[0] for line in changed] == ["-", "+"]
    assert changed[1].endswith('training=self.training)\\n"')
    assert [one.name for one in checking.check([book])] == ["linear-mismatch"]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("ascii", [True, False])
def test_the_form_of_a_file_is_kept(book: Path, indent: int | None, ascii: bool) -> None:
    book.write_text(json.dumps({"cells": CELLS}, indent=indent, ensure_ascii=ascii), encoding="utf-8")
    run("--fix")
    wanted = json.loads(json.dumps(CELLS))
    wanted[2]["source"][-1] = wanted[2]["source"][-1].replace("0.1)", "0.1, training=self.training)")
    assert book.read_text(encoding="utf-8") == json.dumps({"cells": wanted}, indent=indent, ensure_ascii=ascii)


def test_from_standard_input(book: Path) -> None:
    result = run("-", "--stdin-filename", "other.ipynb", "-o", "concise", input=book.read_text(encoding="utf-8"))
    assert result.output.startswith("other.ipynb:cell 3:6:28: MDL207 ")
