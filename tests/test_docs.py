"""Documents kept fresh: markers, what is stale, pages for classes, and the hosts that show them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from test_render_picture import VIT

from astarch.cli import commands

TEXT = """# Net
It has <!-- astarch:begin model=net.py:ViT view=parameters -->1<!-- astarch:end --> parameters.

<!-- astarch:begin model=net.py:ViT input=1,3,32,32 view=table depth=1 -->
<!-- astarch:end -->

<!-- astarch:begin model=net.py:ViT input=1,3,32,32 view=mermaid -->
old
<!-- astarch:end -->

```md
<!-- astarch:begin model=nothing.py:No view=table -->
```
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.py").write_text(VIT, encoding="utf-8")
    (tmp_path / "README.md").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands, ["docs", *arguments])
    return result.exit_code, result.output


def test_write_then_check(project: Path) -> None:
    assert run("--check", "README.md")[0] == 1
    assert run("--write", "README.md")[0] == 0
    text = (project / "README.md").read_text(encoding="utf-8")
    assert "-->155,978<!--" in text or "parameters." in text
    assert "| `patch` | `Conv2d(3, 32, 16" in text
    assert "```mermaid\nflowchart TD" in text
    assert run("--check", "README.md") == (0, "")


def test_planted_number_is_found(project: Path) -> None:
    run("--write", "README.md")
    readme = project / "README.md"
    text = readme.read_text(encoding="utf-8")
    count = text.split("view=parameters -->")[1].split("<!--")[0]
    readme.write_text(text.replace(f"-->{count}<!--", "-->1,234<!--"), encoding="utf-8")
    code, output = run("--check", "README.md")
    assert code == 1
    assert "README.md:2: stale" in output
    assert f"+{count}" in output


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("<!-- astarch:begin model=net.py:ViT -->", "has no `astarch:end`"),
        ("<!-- astarch:begin view=table --><!-- astarch:end -->", "`model=` is missing"),
        ("<!-- astarch:begin model=net.py:ViT view=cube --><!-- astarch:end -->", "no view `cube`"),
        ("<!-- astarch:begin model=net.py:ViT colour=red --><!-- astarch:end -->", "`colour=red` is none of"),
    ],
)
def test_markers_that_cannot_be_understood(project: Path, marker: str, message: str) -> None:
    (project / "bad.md").write_text(marker, encoding="utf-8")
    result = CliRunner().invoke(commands, ["docs", "bad.md"])
    assert message in str(result.exception)


def test_site(project: Path) -> None:
    assert run("--site", "pages", "net.py:ViT", "--input", "1,3,32,32")[0] == 0
    page = (project / "pages" / "net.Mlp.md").read_text(encoding="utf-8")
    for part in (
        "Two layers and what is between.",
        "## Arguments",
        "| 1×4×32 | 1×4×32 |",
        "| `fc1.weight` | 128×32 | 4,096 |",
        "[net.Block](net.Block.md), 12 times",
        "flowchart TD",
    ):
        assert part in page
    assert "net.ViT.md" in (project / "pages" / "index.md").read_text(encoding="utf-8")


def test_stale_pages_are_found(project: Path) -> None:
    asked = ("--site", "pages", "net.py:ViT", "--input", "1,3,32,32")
    assert run(*asked)[0] == 0
    assert run("--check", *asked) == (0, "")
    page = project / "pages" / "net.Mlp.md"
    page.write_text(page.read_text(encoding="utf-8").replace("4,096", "4,095"), encoding="utf-8")
    code, output = run("--check", *asked)
    assert code == 1
    assert "net.Mlp.md: stale" in output
    assert "4,095" in page.read_text(encoding="utf-8")


def test_formulas_are_code(project: Path) -> None:
    """Stars would be taken for emphasis."""
    (project / "net.py").write_text(
        "from torch import nn\nclass Net(nn.Sequential):\n    def __init__(self, d):\n        super().__init__(nn.Linear(d, d))\n",
        encoding="utf-8",
    )
    (project / "README.md").write_text(
        "It has <!-- astarch:begin model=net.py:Net view=parameters --><!-- astarch:end -->.", encoding="utf-8"
    )
    assert run("--write", "README.md")[0] == 0
    assert "-->`d**2 + d`<!--" in (project / "README.md").read_text(encoding="utf-8")


def test_sphinx(project: Path) -> None:
    pytest.importorskip("sphinx")
    (project / "conf.py").write_text("project = 'demo'\nextensions = ['astarch.integrations.sphinx']\n", encoding="utf-8")
    text = (
        "Demo\n====\n\n.. astarch:: net.py:ViT\n   :input: 1,3,32,32\n\n.. astarch:: net.py:ViT\n   :view: picture\n   :input: 1,3,32,32\n"
    )
    (project / "index.rst").write_text(text, encoding="utf-8")
    done = subprocess.run([sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", ".", "out"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (project / "out" / "index.html").read_text(encoding="utf-8")
    assert ">MultiheadAttention<" in page.split("<svg")[1].split("</svg>")[0]
    assert "LayerNorm" in page.split("<table")[1].split("</table>")[0]


def test_mkdocs(project: Path) -> None:
    pytest.importorskip("mkdocs")
    pytest.importorskip("mkdocstrings_handlers.python")
    (project / "docs").mkdir()
    (project / "docs" / "index.md").write_text("# Demo\n\n::: net.ViT\n", encoding="utf-8")
    extension = (
        "astarch.integrations.griffe:AstarchExtension: {inputs: {net.ViT: '1,3,32,32'}, only: [net.ViT], views: [table, mermaid, picture]}"
    )
    (project / "mkdocs.yml").write_text(
        "site_name: demo\ntheme: {name: mkdocs}\nplugins:\n  - mkdocstrings:\n      handlers:\n        python:\n          paths: [.]\n"
        f"          options:\n            extensions:\n              - {extension}\n",
        encoding="utf-8",
    )
    done = subprocess.run([sys.executable, "-m", "mkdocs", "build", "-q"], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    page = (project / "site" / "index.html").read_text(encoding="utf-8")
    assert "flowchart TD" in page
    assert page.count("<svg") == 1
    table, picture = page.split("<svg")[0], page.split("<svg")[1].split("</svg>")[0]
    assert "<code>blocks.0.norm1</code></td>" in table
    assert ">MultiheadAttention<" in picture
    assert "×12" in picture
