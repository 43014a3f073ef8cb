"""Keras models run in the live framework: built from a source, called on zeros and ones, what comes out as a digest."""

from __future__ import annotations

from typing import Any


def ready() -> None:
    """Import what models need, and compute nothing: a process that has computed cannot be forked."""
    import os

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import keras

    keras.config.disable_traceback_filtering()


def computed(namespace: dict[str, Any], expression: str, inputs: list[Any]) -> Any:
    """What a model holds and gives, with weights that depend on nothing but their place and size."""
    import keras
    import numpy as np

    keras.utils.set_random_seed(0)
    model = eval(expression, namespace)
    arguments = [_input(sizes, dtype) for sizes, dtype in inputs]
    functional = isinstance(model, (keras.Sequential, keras.Model)) and type(model).__name__ in ("Sequential", "Functional")
    given = arguments if functional and len(arguments) > 1 else arguments[0]
    model(given)
    for place, weight in enumerate(model.weights):
        size = int(np.prod(weight.shape))
        if "float" in str(weight.dtype):
            weight.assign(np.sin(np.arange(size) * 0.7 + place).reshape(weight.shape) * 0.3 + 0.4)
    output = model(given)
    if output is None:
        raise TypeError("the call gives None")
    return [tuple(weight.shape) for weight in model.weights], _rounded(output)


def _input(sizes: list[int], dtype: str) -> Any:
    import numpy as np

    size = int(np.prod(sizes))
    if dtype.startswith("int"):
        return (np.arange(size) % 3).reshape(sizes).astype(dtype)
    return np.cos(np.arange(size) * 0.9).reshape(sizes).astype(dtype)


def _rounded(value: Any) -> Any:
    import numpy as np

    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(item) for item in value]
    array = np.asarray(value)
    return array.shape, str(array.dtype), np.round(array.astype("float64"), 4).tolist()
