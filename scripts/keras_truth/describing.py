"""What a live Keras model says of itself, as a record of truth has it."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # pyright: ignore[reportMissingImports] - a program of the judge's own Python

Row = list[Any]


def facts(model: Any) -> dict[str, Any]:
    """Layers, nested layers, weights in order, counts and outputs."""
    nested: dict[str, list[Row]] = {}
    _nested(model, "", nested)
    functional = isinstance(model, keras.src.models.Functional)
    return {
        "model_class": _qualified(model),
        "model_name": model.name,
        "kind": "functional" if functional else "sequential" if isinstance(model, keras.Sequential) else "subclassed",
        "layers": [_row(layer) for layer in _layers(model)],
        "nested": nested,
        "weights": [[w.path, list(w.shape), keras.backend.standardize_dtype(w.dtype), bool(w.trainable)] for w in model.weights],
        "n_params": model.count_params() if model.built else None,
        "trainable": _count(model.trainable_weights),
        "non_trainable": _count(model.non_trainable_weights),
        "built": model.built,
        "output": _shapes(model.output if functional else getattr(model, "outputs", None) or []),
    }


def _layers(model: Any) -> list[Any]:
    """The layers of a model; of a mere layer those it holds, whatever it calls ``layers`` itself."""
    return list(model.layers) if isinstance(model, keras.Model) else model._flatten_layers(include_self=False, recursive=False)


def _nested(model: Any, path: str, found: dict[str, list[Row]]) -> None:
    for layer in _layers(model):
        if isinstance(layer, keras.Model) and layer is not model:
            place = f"{path}/{layer.name}" if path else layer.name
            found[place] = [_row(below) for below in _layers(layer)]
            _nested(layer, place, found)


def _row(layer: Any) -> Row:
    shapes: list[Any] = []
    inbound: dict[str, None] = {}
    for node in layer._inbound_nodes:
        found = [list(x.shape) for x in node.outputs]
        if found not in shapes:
            shapes.append(found)
        for tensor in node.input_tensors:
            inbound[tensor._keras_history.operation.name] = None
    stated = None if not shapes else shapes[0] if len(shapes) == 1 else {"per_node": shapes}
    return [layer.name, _qualified(layer), None, stated, list(inbound)]


def _qualified(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _count(weights: list[Any]) -> int:
    return sum(int(weight.value.size) if hasattr(weight.value, "size") else _size(weight.shape) for weight in weights)


def _size(shape: Any) -> int:
    total = 1
    for size in shape:
        total *= size
    return total


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shapes(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shapes(item) for item in value]
    return [list(value.shape), keras.backend.standardize_dtype(value.dtype)]


@contextmanager
def cheap_weights() -> Generator[None]:
    """Weights are zeros: nothing is drawn, so that large models cost little."""
    kinds = [kind for kind in vars(keras.initializers).values() if isinstance(kind, type) and "random" in kind.__module__]
    before = [(kind, kind.__call__) for kind in kinds if "__call__" in vars(kind)]
    for kind, _ in before:
        kind.__call__ = lambda self, shape, dtype=None, **_: keras.ops.zeros(shape, dtype or keras.config.floatx())
    try:
        yield
    finally:
        for kind, call in before:
            kind.__call__ = call
