"""What a wired Keras model multiplies, without an input: the figures of one with an input, for every batch."""

from __future__ import annotations

from pathlib import Path

import pytest

import astarch
from astarch.render.paint import Page
from astarch.render.text import to_text

WIRED = """
import keras
from keras import layers, ops

def pictures():
    i = keras.Input((32, 32, 3))
    x = layers.Conv2D(8, 3, activation="relu")(i)
    x = layers.MaxPooling2D()(x)
    y = layers.SeparableConv2D(8, 3, padding="same")(x)
    x = layers.Reshape((-1, 8))(layers.Add()([x, y]))
    x = layers.MultiHeadAttention(2, 4, name="att")(x, x)
    x = layers.EinsumDense("abc,cd->abd", output_shape=(None, 5))(x)
    s = ops.matmul(x, ops.transpose(x, (0, 2, 1)))
    return keras.Model(i, [layers.Dense(2)(layers.Bidirectional(layers.LSTM(6))(x)), s])

def nested():
    inner = keras.Sequential([keras.Input((8,)), layers.Dense(16), layers.Dense(4)])
    a, b = keras.Input((8,), name="a"), keras.Input((None, 8), name="b")
    return keras.Model([a, b], layers.Concatenate()([inner(a), layers.GlobalAveragePooling1D()(layers.Dense(3)(b))]))
"""
#: Worked out by hand: 30*30*8*(3*3*3) for the convolution, and so on.
PICTURES = {
    "conv2d": 30 * 30 * 8 * 27,
    "separable_conv2d": 15 * 15 * 8 * 9 + 15 * 15 * 8 * 8,
    "att": 4 * 225 * 8 * 8 + 2 * 2 * 225 * 225 * 4,
    "einsum_dense": 225 * 8 * 5,
    "bidirectional": 2 * 225 * 4 * 6 * (5 + 6),
    "dense": 12 * 2,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "wired.py"
    path.write_text(WIRED, encoding="utf-8")
    return path


def test_each_layer_of_a_wired_model_is_counted(file: Path) -> None:
    found = astarch.read(f"{file}:pictures()", search_path=[])
    here = found.at(batch=1)
    assert {call.module: call.macs for call in here.calls if call.module and call.macs} == PICTURES
    assert here.macs == sum(PICTURES.values()) + 225 * 225 * 5
    assert found.at(batch=7).macs == 7 * here.macs
    assert here.macs == astarch.read(f"{file}:pictures()", inputs=["1,32,32,3"], search_path=[]).macs
    assert not found.unknown and not found.assumptions


def test_open_sizes_of_inputs_have_names(file: Path) -> None:
    found = astarch.read(f"{file}:nested()", search_path=[])
    assert found.at(batch=1, b_time=10).macs == 8 * 16 + 16 * 4 + 10 * 8 * 3


def test_the_table_says_what_feeds_each_layer(file: Path) -> None:
    shown = to_text(astarch.read(f"{file}:pictures()", search_path=[]), page=Page(width=140))
    line = next(line for line in shown.splitlines() if line.startswith("add"))
    assert "None×15×15×8" in line and line.endswith("max_pooling2d, separable_conv2d")
    assert "1.47M*batch MACs" in shown
