"""Over whole libraries of tested code the rules say what they said, and every error has been looked at.

`python scripts/lint_counts LIBRARY --write` makes the file anew.
"""

from __future__ import annotations

import json

import pytest

from scripts.lint_counts.__main__ import KEPT, counted, differences, warnings_allowed

ALL = json.loads(KEPT.read_text(encoding="utf-8"))

#: Those that are fetched and checked in a minute; the others are for the script.
QUICK = ("timm", "torchvision", "vit_pytorch")


@pytest.mark.parametrize("library", ALL)
def test_every_error_has_been_looked_at(library: str) -> None:
    assert not [place for place, error in ALL[library]["errors"].items() if not error["why"] or "NOT LOOKED AT" in error["why"]]
    warnings = sum(count for key, count in ALL[library]["counts"].items() if key.startswith("warning"))
    assert warnings <= warnings_allowed(ALL[library])


@pytest.mark.parametrize("library", QUICK)
def test_counts_are_what_they_were(library: str) -> None:
    assert differences(ALL[library], counted(library)) == []
