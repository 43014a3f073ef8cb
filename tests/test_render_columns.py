"""A tall drawing in columns: nothing is lost, all runs on where it was broken, and what belongs together stays together."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

import astarch
from astarch import api
from astarch.cli import commands
from astarch.ir.architecture import Architecture
from astarch.render.dot import columns_of, to_dot
from astarch.render.picture import Picture, in_columns, picture

CHAIN = """
from torch import nn

class Net(nn.Module):
    def __init__(self, residual=False):
        super().__init__()
        layers = []
        for i in range(12):
            layers += [nn.Conv2d(3 + i, 4 + i, 3, padding=1), nn.ReLU()]
        self.features = nn.Sequential(*layers)
        self.residual = residual
        self.last = nn.Conv2d(15, 3, 1)

    def forward(self, x):
        y = self.last(self.features(x))
        return x + y if self.residual else y
"""


def read(tmp_path: Path, expression: str, source: str = CHAIN, **options: object) -> Architecture:
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    return astarch.read(f"{tmp_path / 'net.py'}:{expression}", **({"inputs": (1, 3, 8, 8)} | options))


def joined(drawing: Picture) -> set[tuple[str, str]]:
    """The arrows of a broken drawing with its marks taken out again: a head takes from where the foot of its number leads."""
    marks = {leaf.key: leaf.type for leaf in drawing.leaves() if leaf.kind == "mark"}
    entering = {marks[edge.target]: edge.source for edge in drawing.edges if edge.target in marks}
    return {(entering[marks[e.source]] if e.source in marks else e.source, e.target) for e in drawing.edges if e.target not in marks}


def test_a_tall_chain_is_broken_into_columns(tmp_path: Path) -> None:
    whole = picture(read(tmp_path, "Net"), depth=None)
    drawing = in_columns(whole)
    assert not whole.columns
    assert 2 <= len(drawing.columns) <= 4
    assert joined(drawing) == {(edge.source, edge.target) for edge in whole.edges}
    kept = [leaf.key for leaf in drawing.leaves() if leaf.kind != "mark"]
    assert sorted(kept) == sorted(leaf.key for leaf in whole.leaves())
    assert len(set(kept)) == len(kept)
    assert len({item.key for item in drawing.walk()}) == sum(1 for _ in drawing.walk())
    labels = [item.label for column in columns_of(drawing) for item in column if item.children]
    assert labels[0] == "features"
    assert set(labels[1:]) == {"features (continued)"}
    sizes = [sum(1 for item in column for _ in item.leaves()) for column in columns_of(drawing)]
    assert max(sizes) < 2 * min(sizes)
    heads = [next(leaf for leaf in column[1].leaves()) for column in columns_of(drawing)[1:]]
    assert {head.type for head in heads} == {"Conv2d"}  # an activation stays below its layer


def test_what_goes_around_all_is_passed_on(tmp_path: Path) -> None:
    """A value that is needed at the very end has a mark of its own, at both ends; of itself a drawing is not torn so."""
    whole = picture(read(tmp_path, "Net(True)"), depth=None)
    assert in_columns(whole) is whole
    drawing = in_columns(whole, 3)
    assert len(drawing.columns) > 1
    assert joined(drawing) == {(edge.source, edge.target) for edge in whole.edges}
    last = columns_of(drawing)[-1]
    assert sum(item.kind == "mark" for item in last) == 2
    assert any(edge.skip and edge.source.startswith("head") for edge in drawing.edges)


SKIPS = """
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Conv2d(3, 3, 3 + 2 * i, padding=1 + i) for i in range(24)])

    def forward(self, x):
        kept = []
        for layer in self.layers:
            x = layer(x)
            kept.append(x)
        for one in kept:
            x = x + one
        return x
"""


def test_where_much_passes_nothing_is_broken(tmp_path: Path) -> None:
    whole = picture(read(tmp_path, "Net", SKIPS), depth=None)
    assert len(list(whole.leaves())) > 40
    assert in_columns(whole) is whole


REPEATED = """
from torch import nn

class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*[layer for i in range(10) for layer in (nn.Linear(8, 8 + i), nn.Linear(8 + i, 8))])

    def forward(self, x):
        return self.body(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(*[Block() for _ in range(3)])

    def forward(self, x):
        return self.blocks(x)
"""


def test_what_stands_for_several_is_not_torn(tmp_path: Path) -> None:
    whole = picture(read(tmp_path, "Net", REPEATED, inputs=(1, 8)), depth=None)
    assert next(item for item in whole.walk() if item.type == "Block").times == 3
    drawing = in_columns(whole, 5)
    assert all("continued" not in item.label for item in drawing.walk())


def test_a_small_or_wide_drawing_is_left_as_it_is(tmp_path: Path) -> None:
    source = CHAIN.replace("range(12)", "range(2)").replace("Conv2d(15", "Conv2d(5")
    small = picture(read(tmp_path, "Net", source), depth=None)
    assert in_columns(small) is small
    assert len(in_columns(small, 2).columns) == 2  # unless it is asked for
    assert in_columns(small, 1) is small


@pytest.mark.skipif(not shutil.which("dot"), reason="needs graphviz")
@pytest.mark.parametrize("direction", ["TB", "BT", "LR", "RL"])
def test_columns_stand_side_by_side(tmp_path: Path, direction: str) -> None:
    pytest.importorskip("graphviz")
    architecture = read(tmp_path, "Net")
    shapes = {}
    for wrap in (1, "auto"):
        drawn = bytes(api.draw(architecture, "svg", depth=None, direction=direction, wrap=wrap))  # type: ignore[arg-type]
        texts = set(re.findall(rb"<text\b[^>]*>([^<]*)</text>", drawn))
        assert {b"Conv2d", b"Net", b"output"} <= {text.replace(b"&#160;", b" ").strip() for text in texts}
        width, height = map(int, re.search(rb'width="(\d+)pt" height="(\d+)pt"', drawn).groups())  # type: ignore[union-attr]
        shapes[wrap] = (height, width) if direction in ("TB", "BT") else (width, height)
    assert shapes[1][0] > 6 * shapes[1][1]
    assert shapes["auto"][0] < (1.6 if direction in ("TB", "BT") else 4) * shapes["auto"][1]


@pytest.mark.skipif(not shutil.which("dot"), reason="needs graphviz")
def test_columns_in_the_language_of_graphviz(tmp_path: Path) -> None:
    text = to_dot(in_columns(picture(read(tmp_path, "Net"), depth=None)))
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=False)
    assert not done.stderr
    assert done.returncode == 0


def test_other_programs_get_it_whole(tmp_path: Path) -> None:
    architecture = read(tmp_path, "Net")
    assert "column" not in str(api.draw(architecture, "dot", depth=None))
    assert "cluster_column" in str(api.draw(architecture, "dot", depth=None, wrap=3))
    assert "continued" not in str(api.draw(architecture, "mermaid", depth=None))
    assert "continued" in str(api.draw(architecture, "mermaid", depth=None, wrap=3))


def test_the_command_takes_a_number_of_columns(tmp_path: Path) -> None:
    read(tmp_path, "Net")
    target = f"{tmp_path / 'net.py'}:Net"
    shown = CliRunner().invoke(commands, ["show", target, "-i", "1,3,8,8", "-f", "dot", "--wrap", "2"])
    assert shown.output.count('subgraph "cluster_column') == 2
    assert "neither a number" in CliRunner().invoke(commands, ["show", target, "--wrap", "many"]).output
