"""What a check says beside its findings: a fault of a rule aloud, what Python warns of not at all."""

from __future__ import annotations

import warnings
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


def test_what_python_warns_of_in_a_file_is_not_passed_on(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text(
        'import torch.nn as nn\nPATTERN = "a\\_b"\n\n\nclass Net(nn.Module):\n    def forward(self, x):\n        "\\s"\n        return x\n'
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert checking.check([path]) == []
