"""Our own documentation is what `python -m scripts.documents` makes: numbers, tables, pictures, pages of rules and classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.documents.__main__ import stale

ROOT = Path(__file__).parent.parent


def test_nothing_is_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)  # and back to where it was
    assert not stale(), "python -m scripts.documents makes them anew"


def test_no_document_tells_whose_machine_made_it() -> None:
    home = str(Path.home())
    for file in (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples" / "pictures").iterdir()):
        text = file.read_text(encoding="utf-8")
        assert str(ROOT) not in text
        assert home == "/" or home not in text
