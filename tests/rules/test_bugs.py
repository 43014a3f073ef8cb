"""Programs with one mistake each, as people make them, beside the same programs without: the one is found where it stands, the other not.

A line of `bugs/*.txt` with ``#@`` is written the way after it in the wrong program; ``#<`` marks other lines at which the mistake may be
reported. What stands after ``run`` is run with torch: the right program must not raise.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from astarch import checking

TORCH = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F\n"
HEADS = {
    "torch": TORCH,
    "keras": "import keras\nfrom keras import layers\n",
    "strangers": TORCH,  # as published code is written: where the right program was once reported; some imports are nowhere to be read
}


class Case(NamedTuple):
    """A right program, the wrong one, the lines at which the mistake may be reported, and what runs the right one."""

    right: str
    wrong: str
    lines: set[int]
    run: str


def cases() -> dict[str, Case]:
    found: dict[str, Case] = {}
    for framework, head in HEADS.items():
        text = (Path(__file__).parent / "bugs" / f"{framework}.txt").read_text(encoding="utf-8")
        for part in text.split("=== ")[1:]:
            name, *rows = part.rstrip("\n").split("\n")
            run = rows.pop().removeprefix("run ") if rows[-1].startswith("run ") else ""
            found[f"{framework}/{name.strip()}"] = _case(head, rows, run)
    return found


def _case(head: str, rows: list[str], run: str) -> Case:
    right: list[str] = []
    wrong: list[str] = []
    lines: set[int] = set()
    for number, row in enumerate(rows, head.count("\n") + 1):
        code, _, other = row.partition("  #@ ")
        if other or code.endswith("  #<"):
            lines.add(number)
        code = code.removesuffix("  #<")
        right.append(code)
        wrong.append(code[: len(code) - len(code.lstrip())] + other if other else code)
    return Case(head + "\n".join(right) + "\n", head + "\n".join(wrong) + "\n", lines, run)


CASES = cases()


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_found_and_its_twin_is_silent(name: str, tmp_path: Path) -> None:
    case, file = CASES[name], tmp_path / "model.py"
    file.write_text(case.right, encoding="utf-8")
    assert checking.check([file]) == []
    file.write_text(case.wrong, encoding="utf-8")
    found = checking.check([file])
    assert case.lines & {finding.span.line for finding in found}, [(finding.span.line, finding.message) for finding in found]


def test_the_right_programs_run() -> None:
    for name, case in CASES.items():
        if case.run:
            names: dict[str, object] = {"__name__": "__main__"}
            exec(compile(case.right, name, "exec"), names)
            exec(case.run, names)
