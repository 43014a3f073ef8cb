"""Programs that make, compile and train a model of Keras, with one mistake each, beside the same programs without.

A line of `bugs/keras_scripts.txt` that starts with ``#-`` stands only in the wrong program, one with ``#+`` only in the right one; ``#!``
ends a line at which the mistake may be reported as well. A name that starts with ``crash`` is an error where Keras raises one, other
mistakes are silent.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from astarch import checking
from astarch.ir.diagnostic import Diagnostic

CASES = {
    part.partition("\n")[0].strip(): part.partition("\n")[2].rstrip("\n").split("\n")
    for part in (Path(__file__).parent / "bugs" / "keras_scripts.txt").read_text(encoding="utf-8").split("=== ")[1:]
}


def both(rows: list[str]) -> tuple[str, str, set[int]]:
    """The wrong program, the right one, and the lines of the wrong one at which the mistake may be reported."""
    wrong: list[str] = []
    right: list[str] = []
    lines: set[int] = set()
    for row in rows:
        if row.startswith("#+ "):
            right.append(row[3:])
            continue
        text = row.removesuffix("#!").rstrip()
        wrong.append(text.removeprefix("#- "))
        if row.startswith("#- "):
            lines.add(len(wrong))
        else:
            right.append(text)
        if row.endswith("#!"):
            lines.add(len(wrong))
    return "\n".join(wrong) + "\n", "\n".join(right) + "\n", lines


def check(folder: Path, text: str) -> list[Diagnostic]:
    path = folder / "train.py"
    path.write_text(text, encoding="utf-8")
    return checking.check([path])


@pytest.mark.parametrize("name", CASES)
def test_mistake_is_found_where_it_stands(name: str, tmp_path: Path) -> None:
    wrong, _, lines = both(CASES[name])
    found = [one for one in check(tmp_path, wrong) if one.severity == "error" or not name.startswith("crash")]
    assert {one.span.line for one in found} & lines, [str(one) for one in found]


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_found_without_the_mistake(name: str, tmp_path: Path) -> None:
    assert check(tmp_path, both(CASES[name])[1]) == []
