"""Many models with one changed block: exactly the affected are listed, and the comment stays readable and within GitHub's limit.

``python -m scripts.many_models`` does the same for 300 models, each state in a process of its own, and says how long it took.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from astarch import api
from astarch.ir.change import Kind, Verdict
from astarch.render.difference.markdown import MARKER, MOST_CHARACTERS, to_markdown
from scripts.many_models.repository import made

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="the repository is made by git")


def test_exactly_the_affected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    affected = made(tmp_path / "work", 64)
    monkeypatch.chdir(tmp_path / "work")
    found = api.diff_repository("HEAD")
    assert {one.name.rpartition(":")[2] for one in found.comparisons} == affected
    assert {one.verdict for one in found.comparisons} == {Verdict.BREAKING}
    assert found.looked_at == 64
    names = [int(re.sub(r"\D", "", one.name.rpartition(":")[2])) for one in found.comparisons]
    assert names == sorted(names)  # 2 before 10
    text = to_markdown(found)
    assert text.startswith(MARKER)
    assert len(text) < MOST_CHARACTERS
    assert "32 of 64 models" in text
    assert "32 🔴 breaking" in text
    open_rows, _, folded = text.partition("<summary>and 12 more</summary>")
    assert open_rows.count("| 🔴 breaking |") == 20
    assert folded.partition("</details>")[0].count("| 🔴 breaking |") == 12
    assert text.count("<details>") == text.count("</details>") == 33


def test_factory_arguments_that_say_nothing_are_no_change(tmp_path: Path) -> None:
    """As libraries that pass ``device`` and ``dtype`` on do everywhere."""
    head = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self, device=None, dtype=None):\n        super().__init__()\n"
    tail = "    def forward(self, x):\n        return self.fc(x)\n"
    for name, arguments in (("old", "3, 4"), ("new", "3, 4, device=device, dtype=dtype"), ("half", "3, 4, dtype=torch.float16")):
        text = f"import torch\n{head}        self.fc = nn.Linear({arguments})\n{tail}"
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    old, new, half = (f"{tmp_path / name}.py:Net" for name in ("old", "new", "half"))
    assert not [change for change in api.diff(old, new, inputs=(1, 3)).changes if change.kind is Kind.MODULE_REARGUED]
    assert [change.subject for change in api.diff(old, half, inputs=(1, 3)).changes if change.kind is Kind.MODULE_REARGUED] == ["fc"]


def test_what_holds_for_all_is_said_once(tmp_path: Path) -> None:
    text = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.{name} = nn.Linear(3, 4)\n"
    for name in ("head", "classifier"):
        body = text.format(name=name) + f"    def forward(self, x):\n        return self.{name}(x)\n"
        (tmp_path / f"{name}.py").write_text(body, encoding="utf-8")
    old, new = (f"{tmp_path / name}.py:Net" for name in ("head", "classifier"))
    told = to_markdown(api.diff(old, new, inputs=(1, 3)))
    assert "- key renamed (2), 99% sure: " in told
    assert "  - `head.weight` → `classifier.weight`\n" in told
