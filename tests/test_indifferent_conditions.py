"""Conditions that change nothing are not explored, those that do are; what a program needs to run counts as there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import Any

import astarch
from astarch.ir.unknown import Unknown


def read(folder: Path, source: str, shape: str = "2,3") -> Any:
    file = folder / "model.py"
    file.write_text(dedent(source))
    return astarch.read(f"{file}:Net", inputs={"x": shape})


def test_a_warning_that_cannot_be_decided_is_no_alternative(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        import logging
        from torch import nn
        logger = logging.getLogger(__name__)
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 4)
            def forward(self, x):
                if x.sum() > 0:
                    text = "odd" + getattr(self, "name", "")
                    logger.warning(text)
                return self.fc(x)
    """,
    )
    assert found.outputs[0].shape == (2, 4)
    assert not found.alternatives and not found.assumptions


def test_the_order_of_a_set_is_stated_only_where_it_does_not_matter(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.ModuleDict({"a": nn.Linear(3, 4), "b": nn.Linear(3, 5)})
            def forward(self, x):
                sizes = {name: self.fc[name](x) for name in {"a", "b"}}
                return sizes["a"], sizes["b"]
    """,
    )
    assert [out.shape for out in found.outputs[0]] == [(2, 4), (2, 5)]
    assert any("set" in str(item) for item in found.unknown)


def test_whether_a_made_up_mask_masks_anything_is_not_looked_at_and_a_computed_scalar_is_known(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        import torch
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 4)
                self.stride = nn.Buffer(torch.tensor(2), persistent=False)
            def forward(self, x):
                mask = torch.ones(x.shape[:-1])
                mask = None if mask.all() else mask
                extra = max(self.stride, self.stride - 1)
                return mask, self.fc(nn.functional.pad(x, (0, 0, 0, extra)))
    """,
    )
    mask, out = found.outputs[0]
    assert mask.shape == (2,) and out.shape == (4, 4), "as a traced run, which has no elements"
    assert "not mask.all()" in {item.message for item in found.assumptions}
    (eager,) = found.alternatives
    assert eager.condition == "mask.all()" and eager.architecture.outputs[0][0] is None
    run = {"format": "a run", "holds": ("names", "shapes", "calls")}
    held = astarch.verify(replace(found, alternatives=()), replace(eager.architecture, attributes=run))
    assert held.verdict.value == "contradicted"
    held = astarch.verify(found, replace(eager.architecture, attributes=run))
    assert held.verdict.value == "consistent, not confirmed" and held.notes[0].startswith("this is what the source gives if mask.all()")


def test_a_package_the_program_fails_without_counts_as_installed(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        from importlib.util import find_spec
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                if find_spec("nowhere_found") is None:
                    raise ImportError("please install nowhere_found")
                self.fc = nn.Linear(3, 4)
            def forward(self, x):
                return self.fc(x)
    """,
    )
    assert found.outputs[0].shape == (2, 4)
    assert any("nowhere_found is installed" in item.message for item in found.assumptions)


def test_what_an_initializer_writes_is_known(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        import torch
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.stride = nn.Buffer(torch.tensor(1))
                nn.init.constant_(self.stride, 2)
            def forward(self, x):
                return nn.functional.pad(x, (0, self.stride))
    """,
    )
    assert found.outputs[0].shape == (2, 5)


def test_a_question_met_only_on_the_other_way_is_asked_as_well(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        """
        from torch import nn
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.fc = nn.Linear(3, 4)
            def skips(self, mask):
                if mask.sum() == 2:
                    return mask.max() > 5
                return False
            def forward(self, x):
                return self.fc(x) if self.skips(x) else None
    """,
    )
    assert isinstance(found.outputs[0], Unknown)
    assert any(" and " in alternative.condition for alternative in found.alternatives)
