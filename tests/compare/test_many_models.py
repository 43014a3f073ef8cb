"""Many models with one changed block: exactly the affected are listed, and the comment stays readable and within GitHub's limit.

``python -m scripts.many_models`` does the same for 300 models, each state in a process of its own, and says how long it took.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from astarch import api
from astarch.ir.change import Verdict
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
