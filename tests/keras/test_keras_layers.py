"""Every layer against installed Keras: weights, shapes, names, and what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("keras")

from tests.keras.keras_oracle import compare
from tests.keras.keras_programs import LAYERS, MODELS, program_of


@pytest.mark.parametrize(("shapes", "layer"), LAYERS, ids=[f"{shapes}-{layer}"[:90] for shapes, layer in LAYERS])
def test_layer(shapes: list[tuple[object, ...]], layer: str) -> None:
    assert not (difference := compare(program_of(shapes, layer))), difference


@pytest.mark.parametrize("name", MODELS)
def test_model(name: str) -> None:
    assert not (difference := compare(MODELS[name])), difference


#: Programs as strangers write them: functional, subclassed and both, with `keras.ops` and `tf.*`, policies, tracked containers;
#: each is headed by a line ``# --- its name``.
STRANGERS = [
    part
    for file in sorted(Path(__file__).parent.glob("strangers*.txt"))
    for part in re.split(r"^# --- (.+)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
]
PROGRAMS = dict(zip(STRANGERS[::2], STRANGERS[1::2], strict=True))


@pytest.mark.parametrize("name", PROGRAMS)
def test_program_of_a_stranger(name: str) -> None:
    assert not (difference := compare(PROGRAMS[name])), difference
