"""Drawings: what is in them, what is drawn once, what closes, and that every form of them is sound."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest
import samples

import astarch
from astarch import api
from astarch.ir.architecture import Architecture, Module
from astarch.ir.graph import Graph, Node, TensorType
from astarch.render.dot import to_dot
from astarch.render.mermaid import MOST_CHARACTERS, MOST_EDGES, fitting, to_mermaid
from astarch.render.model_explorer import to_data
from astarch.render.picture import Picture, picture
from astarch.render.site import part

VIT = '''
import torch
from torch import nn

class Mlp(nn.Module):
    """Two layers and what is between."""
    def __init__(self, d):
        super().__init__()
        self.fc1 = nn.Linear(d, 4 * d)
        self.act = nn.GELU()
        self.fc2 = nn.Linear(4 * d, d)
    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))

class Block(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.norm1 = nn.LayerNorm(d)
        self.attn = nn.MultiheadAttention(d, h, batch_first=True)
        self.norm2 = nn.LayerNorm(d)
        self.mlp = Mlp(d)
    def forward(self, x):
        y = self.norm1(x)
        x = x + self.attn(y, y, y)[0]
        return x + self.mlp(self.norm2(x))

class ViT(nn.Module):
    def __init__(self, d=32, h=4, n=12):
        super().__init__()
        self.patch = nn.Conv2d(3, d, 16, 16)
        self.pos = nn.Parameter(torch.zeros(1, 4, d))
        self.blocks = nn.ModuleList([Block(d, h) for _ in range(n)])
        self.head = nn.Linear(d, 10)
        self.spare = nn.Linear(d, d)
    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2) + self.pos
        for block in self.blocks:
            x = block(x)
        return self.head(x[:, 0])
'''
SHARED = """
from torch import nn
import torch

class Twice(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
    def forward(self, a, b):
        return torch.cat([self.encoder(a), self.encoder(b)], 1)
"""
UNET = """
from torch import nn
import torch

class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList([nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(8, 16, 3, padding=1)])
        self.middle = nn.Conv2d(16, 16, 3, padding=1)
        self.up = nn.ModuleList([nn.Conv2d(32, 8, 3, padding=1), nn.Conv2d(16, 4, 3, padding=1)])
    def forward(self, x):
        kept = []
        for layer in self.down:
            x = layer(x)
            kept.append(x)
        x = self.middle(x)
        for layer, skip in zip(self.up, reversed(kept)):
            x = layer(torch.cat([x, skip], 1))
        return x
"""


def read(tmp_path: Path, source: str, name: str, **options: object) -> Architecture:
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    return astarch.read(f"{tmp_path / 'net.py'}:{name}", **options)


@pytest.fixture
def vit(tmp_path: Path) -> Architecture:
    return read(tmp_path, VIT, "ViT", inputs=(1, 3, 32, 32))


def ends(drawing: Picture) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in drawing.edges}


def test_transformer_is_one_block(vit: Architecture) -> None:
    drawing = picture(vit, depth=None)
    block = next(item for item in drawing.walk() if item.type == "Block")
    assert (block.times, block.name, block.last, block.label) == (12, "blocks.0", "blocks.11", "blocks.0–11")
    assert [leaf.type for leaf in block.leaves()] == ["LayerNorm", "MultiheadAttention", "+", "LayerNorm", "Linear", "GELU", "Linear", "+"]
    assert all(leaf.place.line for leaf in block.leaves())
    skips = [edge for edge in drawing.edges if edge.skip]
    assert len(skips) == 2
    assert {edge.label for edge in skips} == {"1×4×32"}
    assert not any(edge.again for edge in drawing.edges)
    assert drawing.idle == ("spare",)


GROWING = """
from torch import nn

class Block(nn.Module):
    def __init__(self, d, i):
        super().__init__()
        self.norm, self.fc1, self.act, self.fc2 = nn.LayerNorm(d), nn.Linear(d, d + i), nn.GELU(), nn.Linear(d + i, d)
    def forward(self, x):
        return x + self.fc2(self.act(self.fc1(self.norm(x))))

class Many(nn.Module):
    def __init__(self, n=400, step=1):
        super().__init__()
        self.blocks = nn.ModuleList([Block(16, 16 + step * i) for i in range(n)])
    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        return x
"""


@pytest.mark.parametrize("step", [0, 1])
def test_two_thousand_modules_are_one_block(tmp_path: Path, step: int) -> None:
    """Equal neighbours are drawn once; those that only differ in their sizes are as well, where else nothing could be seen."""
    architecture = read(tmp_path, GROWING, f"Many(step={step})", inputs=(1, 16))
    assert len(architecture.modules) > 2000
    start = time.process_time()
    drawing = picture(architecture)
    text = str(api.draw(architecture, "dot"))
    assert time.process_time() - start < 5
    block = next(item for item in drawing.walk() if item.type == "Block")
    assert (block.times, block.label, block.varied) == (400, "blocks.0–399", bool(step))
    assert block.parameters == (sum(2 * 16 + 16 * n + n + n * 16 + 16 for n in range(32, 432)) if step else 2 * 16 + 33 * 32 + 16)
    assert [leaf.type for leaf in block.leaves()] == ["LayerNorm", "Linear", "GELU", "Linear", "+"]
    widths = "32–431" if step else "32"
    assert [leaf.arguments for leaf in block.leaves()][1::2] == [f"16, {widths}", f"{widths}, 16"]
    assert {edge.label for edge in drawing.edges} == {"1×16", f"1×{widths}"}
    assert drawing.size < 20
    assert "in all" in text if step else "each" in text


def test_a_layer_made_where_it_is_used(tmp_path: Path) -> None:
    """It has no name: it is drawn as what it does."""
    text = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.fc = nn.Linear(3, 3)\n"
    text += "    def forward(self, x):\n        return nn.ReLU()(nn.Dropout(0.5)(self.fc(x)))\n"
    architecture = read(tmp_path, text, "Net", inputs=(2, 3))
    drawing = picture(architecture, depth=None)
    assert [leaf.type for leaf in drawing.leaves()] == ["x", "Linear", "Dropout → ReLU", "output"]
    assert [leaf.kind for leaf in drawing.leaves()] == ["input", "module", "operation", "output"]
    for form in ("html", "mermaid", "dot", "model-explorer"):
        assert api.draw(architecture, form)


def test_without_folding_there_are_all(vit: Architecture) -> None:
    drawing = picture(vit, depth=None, fold=False)
    assert sum(item.type == "Block" for item in drawing.walk()) == 12
    assert sum(edge.skip for edge in drawing.edges) == 24


def test_operations_can_be_left_out(vit: Architecture) -> None:
    drawing = picture(vit, depth=None, operations=False)
    assert {leaf.kind for leaf in drawing.leaves()} == {"input", "module", "output"}
    assert ("patch", "blocks.0.norm1") in ends(drawing)
    assert ("blocks.0.norm1", "blocks.0.attn") in ends(drawing)


def test_depth_and_collapse(vit: Architecture) -> None:
    closed = next(item for item in picture(vit, depth=1).walk() if item.name == "blocks.0")
    assert closed.closed
    assert not closed.children
    named = {item.name: item for item in picture(vit, depth=None, collapse=["Mlp", "*.attn"]).walk() if item.kind == "module"}
    assert named["blocks.0.mlp"].closed
    assert not named["blocks.0"].closed
    assert "blocks.0.mlp.fc1" not in named
    assert picture(vit, most=12).size <= 26


def test_shared_module_is_drawn_once(tmp_path: Path) -> None:
    drawing = picture(read(tmp_path, SHARED, "Twice", inputs=[(1, 8), (1, 8)]), depth=None)
    linear = [leaf for leaf in drawing.leaves() if leaf.type == "Linear"]
    assert len(linear) == 1
    assert linear[0].calls == 2
    assert len([leaf for leaf in drawing.leaves() if leaf.type == "ReLU"]) == 1


def test_skips_of_a_unet(tmp_path: Path) -> None:
    drawing = picture(read(tmp_path, UNET, "UNet", inputs=(1, 3, 16, 16)), depth=None)
    skips = {(edge.source, edge.target) for edge in drawing.edges if edge.skip}
    assert skips == {("down.0", ":concat#2"), ("down.1", ":concat")}


def test_nothing_run_is_modules_alone(tmp_path: Path) -> None:
    drawing = picture(read(tmp_path, VIT, "ViT"), depth=None)
    assert not drawing.flows
    assert "patch" in {leaf.name for leaf in drawing.leaves()}
    assert "no input was given" in to_dot(drawing)


def test_inside_of_one_module(vit: Architecture) -> None:
    inside = part(picture(vit, depth=None), "blocks.0.mlp")
    assert inside is not None
    assert [item.type for item in inside.items] == ["input", "Linear", "GELU", "Linear", "output"]
    assert len(inside.edges) == 4


@pytest.mark.parametrize("name", ["small", "deep"])
@pytest.mark.parametrize("form", ["html", "dot", "mermaid", "model-explorer", "annotated"])
def test_every_form_of_every_sample(name: str, form: str) -> None:
    text = api.draw(getattr(samples, name)(), form)
    assert isinstance(text, str)
    assert text


def hostile() -> Architecture:
    """Names that try to break out of every language."""
    name = '"]; end --> <script>alert(1)</script> `|\\ & \u202e'
    node = Node(0, "call_module", name, (), (), TensorType((1, 2)))
    other = Node(1, "call_function", f"torch.{name}", (0,), (("a", "-->"),), TensorType((1, 2)))
    modules = {"": Module("", f"net.{name}"), name: Module(name, f"net.{name}", {"mode": name})}
    return Architecture(name, modules=modules, graph=Graph((node, other)), outputs=(TensorType((1, 2)),))


def test_names_stay_names() -> None:
    page = api.draw(hostile(), "html")
    assert isinstance(page, str)
    assert "<script>alert" not in page
    assert "<script>alert" not in str(api.draw(hostile(), "mermaid"))
    assert json.loads(str(api.draw(hostile(), "model-explorer")))


@pytest.mark.parametrize("form", ["dot", "html", "mermaid", "model-explorer", "annotated"])
def test_no_picture_tells_whose_machine_made_it(tmp_path: Path, form: str) -> None:
    """Files are named from the folder of the search path they were found in, however they were asked for."""
    package = tmp_path / "library" / "models"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "vit.py").write_text(VIT, encoding="utf-8")
    for target, options in ((f"{package / 'vit.py'}:ViT", {}), ("models.vit:ViT", {"search_path": [package.parent]})):
        text = str(api.draw(astarch.read(target, inputs=(1, 3, 32, 32), **options), form))
        assert str(tmp_path) not in text
        assert form not in ("dot", "html", "model-explorer") or "models/vit.py" in text


@pytest.mark.skipif(not shutil.which("dot"), reason="needs graphviz")
@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_dot_is_dot(vit: Architecture, direction: str) -> None:
    for architecture in (vit, samples.small(), samples.deep(), hostile()):
        text = to_dot(picture(architecture, depth=None), direction=direction)
        done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        assert not done.stderr


@pytest.mark.skipif(not shutil.which("dot"), reason="needs graphviz")
def test_images(vit: Architecture) -> None:
    pytest.importorskip("graphviz")
    assert b"<svg" in bytes(api.draw(vit, "svg"))  # type: ignore[arg-type]
    assert bytes(api.draw(vit, "png")).startswith(b"\x89PNG")  # type: ignore[arg-type]
    assert bytes(api.draw(vit, "pdf")).startswith(b"%PDF")  # type: ignore[arg-type]


def test_mermaid_stays_within_what_github_draws() -> None:
    nodes = [Node(0, "placeholder", "x", output=TensorType((1, 8)))]
    modules = {"": Module("", "net.Net")}
    for number in range(900):
        name = f"layer_{number}_of_many_with_a_long_name"
        modules[name] = Module(name, "torch.nn.Linear", {"in_features": number, "out_features": number + 1})
        nodes.append(Node(number + 1, "call_module", name, (number,), output=TensorType((1, number))))
    nodes.append(Node(len(nodes), "output", "output", (len(nodes) - 1,)))
    text = fitting(Architecture("net.py:Net", modules=modules, graph=Graph(tuple(nodes)), outputs=(TensorType((1, 899)),)))
    # Nine hundred layers side by side cannot be folded: they are one box, which says how many it holds.
    assert text.startswith("flowchart TD")
    assert "900 layers" in text
    assert [line.strip() for line in text.splitlines() if "-->" in line] == ['n0 -->|"1×8"| n1', 'n1 -->|"1×899"| n2']
    drawing = picture(samples.deep(12))
    assert len(drawing.edges) <= MOST_EDGES
    assert len(to_mermaid(drawing)) <= MOST_CHARACTERS


def test_model_explorer_edges_name_nodes(vit: Architecture) -> None:
    data = to_data(vit)
    nodes = data["graphs"][0]["nodes"]
    names = {node["id"] for node in nodes}
    assert len(names) == len(nodes)
    assert all(edge["sourceNodeId"] in names for node in nodes for edge in node["incomingEdges"])
    assert any(node["namespace"].count("/") == 2 for node in nodes)


def test_notebook(vit: Architecture) -> None:
    bundle = vit._repr_mimebundle_()  # type: ignore[attr-defined]
    assert bundle["text/plain"].startswith("ViT")
    assert bundle["text/html"].startswith("<iframe ")
