"""Constructors of layers and functions of `keras.ops` have the parameters, defaults and modules that Keras gives them."""

from __future__ import annotations

import inspect
from typing import Any

import pytest

keras = pytest.importorskip("keras")

from astarch.frameworks.describe import REGISTRY  # noqa: E402
from astarch.frameworks.keras import library  # noqa: E402, F401 - brings every description

#: Bases, layers around models of other frameworks, and of boxes, which are not described.
NOT_DESCRIBED = {
    "FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper", "MaxNumBoundingBoxes", "Layer",
    "InputSpec",
}  # fmt: skip
LAYERS = [name for name, value in vars(keras.layers).items() if inspect.isclass(value) and name not in NOT_DESCRIBED]
FUNCTIONS = [name for name, value in vars(keras.ops).items() if inspect.isfunction(value) and name not in {"jvp", "rearrange", "vectorize"}]


def _parameters(function: Any) -> list[tuple[Any, ...]]:
    found = inspect.signature(function).parameters.values()
    return [(p.name, p.kind, p.default) for p in found if p.name != "self"]


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name: str) -> None:
    described, live = REGISTRY[f"keras.layers.{name}"], getattr(keras.layers, name)
    assert described.described_in == live.__module__
    assert _parameters(vars(described)["__init__"]) == _parameters(live.__init__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_function(name: str) -> None:
    assert _parameters(REGISTRY[f"keras.ops.{name}"].function) == _parameters(getattr(keras.ops, name))
