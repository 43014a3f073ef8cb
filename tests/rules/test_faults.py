"""A fault of a rule is said aloud, and costs nothing that other rules find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from astarch import checking
from astarch.ir.class_source import ClassSource
from astarch.ir.diagnostic import Diagnostic
from astarch.rules.dataflow.modulelist_called import ModulelistCalled

TEXT = """
import torch.nn as nn

class Net(nn.Module):
    def __init__(self):
        self.fc = nn.Linear(3, 4)

    def forward(self, x):
        return self.fc(x)
"""


@pytest.mark.parametrize("late", [False, True])
def test_other_rules_still_find(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    def fails(self: ModulelistCalled, cls: ClassSource) -> Iterator[Diagnostic]:
        if not late:
            raise ZeroDivisionError("a fault")
        return fails_later(cls)

    def fails_later(cls: ClassSource) -> Iterator[Diagnostic]:
        yield from ()
        raise ZeroDivisionError("a fault")

    path = tmp_path / "net.py"
    path.write_text(TEXT)
    monkeypatch.setattr(ModulelistCalled, "check_class", fails)
    with pytest.warns(UserWarning, match=r"failed to check .*net\.py for modulelist-called.*ZeroDivisionError: a fault"):
        found = checking.check([path])
    assert "missing-super-init" in {one.name for one in found}
