"""What the docstrings of the rooms outside `frameworks` show is what happens."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "astarch"
MODULES = sorted(
    ".".join(file.relative_to(HOUSE.parent).with_suffix("").parts)
    for file in HOUSE.rglob("*.py")
    if file.name not in ("__init__.py", "__main__.py")
    and file.relative_to(HOUSE).parts[0] != "frameworks"
    and ">>> " in file.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    result = doctest.testmod(import_module(name))
    assert result.attempted
    assert not result.failed
