"""Drawings of Keras models: the arrows between layers are those that Keras itself wires, whether or not the model was run."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
pytest.importorskip("keras")

import astarch
from astarch import api
from astarch.ir.architecture import Architecture
from astarch.render.json import schema, to_json
from astarch.render.markdown import to_markdown
from astarch.render.picture import Picture, picture
from astarch.render.text import to_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "pictures" / "ticket_sorter.py"
HEAD = "import keras\nfrom keras import layers, ops\n\n"
RESIDUAL = """
def build():
    x = image = keras.Input((16, 16, 3), name="image")
    for number in range(3):
        y = layers.Conv2D(3, 3, padding="same", name=f"conv_{number}")(x)
        y = layers.BatchNormalization(name=f"norm_{number}")(y)
        x = layers.Add(name=f"add_{number}")([x, ops.relu(y) * 2.0])
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    x = ops.concatenate([x, x[:, :2]], axis=-1)
    return keras.Model(image, layers.Dense(4, name="head")(x))
"""
SHARED = """
def build():
    first, second = keras.Input((8,), name="first"), keras.Input((8,), name="second")
    encode = layers.Dense(4, name="encode")
    return keras.Model([first, second], layers.Subtract(name="distance")([encode(first), encode(second)]))
"""
STACK = """
def build():
    return keras.Sequential([keras.Input((8, 8, 1), name="image"), layers.Conv2D(4, 3, name="conv"), layers.Flatten(name="flat"),
                             layers.Dense(2, name="head")])
"""
NESTED = """
def build():
    given = keras.Input((8,), name="inside")
    inner = keras.Model(given, layers.Dense(4, name="deep")(layers.Dense(6, name="wide")(given)), name="inner")
    outer = keras.Input((8,), name="outside")
    return keras.Model(outer, layers.Dense(1, name="head")(inner(outer)))
"""
SUBCLASS = """
class Block(layers.Layer):
    def __init__(self, width):
        super().__init__()
        self.norm, self.dense = layers.LayerNormalization(), layers.Dense(width, activation="relu")
    def call(self, x):
        return x + self.dense(self.norm(x))

class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.stem, self.blocks, self.head = layers.Dense(16), [Block(16) for _ in range(4)], layers.Dense(3)
    def call(self, x):
        x = kept = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x + kept)
"""


def wired(source: str) -> set[tuple[str, str]]:
    """What Keras wires: pairs of layers, operations between them looked through."""
    scope: dict[str, Any] = {}
    exec(source, scope)
    model = scope["build"]()
    import keras

    model = getattr(model, "_functional", None) or model
    feeds: dict[int, set[str]] = {}
    found: set[tuple[str, str]] = set()
    for nodes in (model._nodes_by_depth[depth] for depth in sorted(model._nodes_by_depth, reverse=True)):
        for node in nodes:
            sources = set().union(*(feeds[id(tensor)] for tensor in node.input_tensors)) if node.input_tensors else set()
            if isinstance(node.operation, keras.layers.Layer):
                found |= {(source, node.operation.name) for source in sources}
                sources = {node.operation.name}
            feeds.update({id(tensor): sources for tensor in node.outputs})
    return found


def drawn(drawing: Picture) -> set[tuple[str, str]]:
    """The arrows between inputs and layers, operations looked through."""
    names = {leaf.key: leaf.name for leaf in drawing.leaves() if leaf.kind in ("input", "module")}
    after: dict[str, list[str]] = {}
    for edge in drawing.edges:
        after.setdefault(edge.source, []).append(edge.target)
    found: set[tuple[str, str]] = set()
    for key, name in names.items():
        waiting, seen = list(after.get(key, ())), set()
        while waiting:
            target = waiting.pop()
            if target in names:
                found.add((name, names[target]))
            elif target not in seen:
                seen.add(target)
                waiting += after.get(target, ())
    return found


def read(tmp_path: Path, source: str, expression: str, **options: Any) -> Architecture:
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    return astarch.read(f"{tmp_path / 'net.py'}:{expression}", **options)


@pytest.mark.parametrize(
    ("source", "inputs"),
    [
        (EXAMPLE.read_text(encoding="utf-8"), [(1, 7), (1, 20), (1, 12)]),
        (HEAD + RESIDUAL, [(1, 16, 16, 3)]),
        (HEAD + SHARED, [(1, 8), (1, 8)]),
        (HEAD + STACK, [(1, 8, 8, 1)]),
    ],
    ids=["example", "residual", "shared", "stack"],
)
def test_arrows_are_those_that_keras_wires(tmp_path: Path, source: str, inputs: list[tuple[int, ...]]) -> None:
    expected = wired(source)
    assert expected
    assert drawn(picture(read(tmp_path, source, "build()"), depth=None, fold=False)) == expected
    ran = drawn(picture(read(tmp_path, source, "build()", inputs=inputs), depth=None, fold=False))
    entered = {name for name, _ in expected} - {name for _, name in expected}
    inner = {(a, b) for a, b in expected if a not in entered}
    assert {(a, b) for a, b in ran if (a, b) in inner or a in {name for _, name in expected}} == inner
    assert {b for a, b in ran if (a, b) not in inner} == {b for a, b in expected if a in entered}


def test_the_title_is_the_name_that_was_given() -> None:
    assert picture(astarch.read(f"{EXAMPLE}:build")).title == "tickets"


def test_a_model_in_a_model_is_a_box(tmp_path: Path) -> None:
    drawing = picture(read(tmp_path, HEAD + NESTED, "build()"), depth=None)
    assert drawn(drawing) == {("outside", "inner/wide"), ("inner/wide", "inner/deep"), ("inner/deep", "head")}
    box = next(item for item in drawing.walk() if item.name == "inner")
    assert [(leaf.type, leaf.parameters) for leaf in box.leaves()] == [("Dense", 8 * 6 + 6), ("Dense", 6 * 4 + 4)]


def test_layers_of_ones_own_are_steps(tmp_path: Path) -> None:
    """A layer inside another has no name in Keras: the outer one is a step, with all its weights."""
    drawing = picture(read(tmp_path, HEAD + SUBCLASS, "Net()", inputs=(2, 8)), depth=None)
    assert [(leaf.type, leaf.times, leaf.parameters) for leaf in drawing.leaves()] == [
        ("x", 1, 0), ("Dense", 1, 8 * 16 + 16), ("Block", 4, 16 * 16 + 16 + 2 * 16), ("+", 1, 0), ("Dense", 1, 16 * 3 + 3), ("output", 1, 0),
    ]  # fmt: skip
    assert [edge.target for edge in drawing.edges if edge.skip] == [":+"]
    assert not drawing.idle


@pytest.mark.parametrize("inputs", [None, [(1, 7), (1, 20), (1, 12)]], ids=["wired", "run"])
def test_every_form_of_a_model_with_an_open_batch(inputs: Any) -> None:
    architecture = astarch.read(f"{EXAMPLE}:build", inputs=inputs)
    data = json.loads(to_json(architecture))
    assert not list(Draft202012Validator(schema()).iter_errors(data))
    assert (data["activation_bytes"] is None) is (inputs is None)
    assert "777,093" in to_text(architecture)
    assert "777,093" in to_markdown(architecture)
    for form in ("html", "mermaid", "dot", "model-explorer", "annotated"):
        assert api.draw(architecture, form)
