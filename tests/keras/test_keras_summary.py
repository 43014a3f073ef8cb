"""The table of a Keras model holds what ``model.summary()`` prints: names, classes, shapes, counts, what each is connected to, and totals."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("keras")

import astarch
from astarch.ir.architecture import Architecture
from astarch.render.rows import flat, rows
from tests.keras.drawn_programs import program
from tests.keras.keras_oracle import HEAD, begin
from tests.keras.keras_programs import MODELS

PROGRAMS = {**MODELS, **{f"drawn {seed}": program(seed) for seed in range(400, 430)}}
WIDE = 400


def live_summary(source: str) -> list[str] | None:
    """The lines that Keras prints; None when it refuses the program."""
    begin()
    scope: dict[str, Any] = {}
    try:
        exec(HEAD + source, scope)
        lines: list[str] = []
        scope["model"].summary(line_length=WIDE, expand_nested=True, print_fn=lines.append)
        return "\n".join(lines).splitlines()
    except Exception:
        return None
    finally:
        begin()


def live_rows(lines: list[str]) -> list[list[str]]:
    """The cells of the rows."""
    found = [[cell.strip() for cell in line.strip("│\n ").split("│")] for line in lines if line.startswith("│")]
    return [[cells[0].lstrip("└ ").strip(), *cells[1:]] for cells in found]


def read(source: str, folder: Path) -> Architecture:
    file = folder / "program.py"
    text = "\n".join(f"    {line}" for line in source.splitlines())
    file.write_text(f"{HEAD}def build():\n{text}\n    return model\n", encoding="utf-8")
    return astarch.read(f"{file}:build()", search_path=[])


def shapes_of(value: Any) -> list[tuple[Any, ...]]:
    """The shapes in what a cell says, or what a row gives."""
    if isinstance(value, dict):
        return [shape for one in value.values() for shape in shapes_of(one)]
    if isinstance(value, tuple) and all(size is None or isinstance(size, int) for size in value):
        return [value]
    if isinstance(value, list | tuple):
        return [shape for one in value for shape in shapes_of(one)]
    return [tuple(value.shape)]


@pytest.mark.parametrize("name", PROGRAMS)
def test_table_is_the_summary(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDE))  # of what Keras prints with
    lines = live_summary(PROGRAMS[name])
    if lines is None or any("unbuilt" in line for line in lines):
        return  # what Keras does not count; `test_keras_layers` says that both refuse what is refused
    architecture = read(PROGRAMS[name], tmp_path)
    assert not architecture.unknown
    ours = [row for _, row in flat(rows(architecture, fold=False))]
    theirs = live_rows(lines)
    told = [f"{re.sub(r'#[0-9]+$', '', row.name).rpartition('/')[2]} ({row.type})" for row in ours]
    assert told == [cells[0] for cells in theirs]
    for row, cells in zip(ours, theirs, strict=True):
        if cells[1] != "?" and row.outputs:
            shown = shapes_of(ast.literal_eval(cells[1]))  # of the last call, where we show what differs before it too
            assert shapes_of(list(row.outputs[0]))[-len(shown) :] == shown, row.name
        counted = row.parameters + row.tied
        assert counted == int(cells[2].partition(" ")[0].replace(",", "")), row.name
        if len(cells) > 3 and cells[3] != "-":
            assert list(row.inbound or ()) == list(dict.fromkeys(re.findall(r"([^\s,]+?)\[[0-9]+\]\[[0-9]+\]", cells[3]))), row.name
    totals = [int(match[1].replace(",", "")) for line in lines if (match := re.search(r"params: ([0-9,]+)", line))]
    trainable = sum(p.count for p in architecture.parameters.values() if p.trainable)
    assert [architecture.parameter_count, trainable, architecture.parameter_count - trainable] == totals[:3]
