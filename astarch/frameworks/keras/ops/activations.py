"""`keras.activations`: functions by their names."""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Unknown
from ...describe import REGISTRY, op, refuse
from ..operation import keras_op
from ..state import state
from .elementwise import as_tensor

_NAMES = [
    "relu",
    "relu6",
    "sigmoid",
    "sparse_sigmoid",
    "softplus",
    "softsign",
    "sparse_plus",
    "squareplus",
    "log_sigmoid",
    "hard_sigmoid",
    "selu",
    "tanh_shrink",
    "hard_tanh",
    "silu",
    "hard_silu",
    "soft_shrink",
    "hard_shrink",
    "elu",
    "celu",
    "softmax",
    "log_softmax",
    "sparsemax",
    "leaky_relu",
    "gelu",
    "glu",
    "threshold",
    "tanh",
]


def _calls(name: str) -> Any:
    """Keras' activations call the operation of the same name, which leaves its own node."""

    def function(x: Any, *args: Any, **kwargs: Any) -> Any:
        return REGISTRY[f"keras.ops.{name}"](x, *args, **kwargs)

    function.__name__ = name
    return function


@op("keras.activations.relu", lenient=True)
def relu(x: Any, negative_slope: Any = 0.0, max_value: Any = None, threshold: Any = 0.0) -> Any:
    """Rectifier; with unusual arguments an operation of its own."""
    if negative_slope != 0.0 or threshold != 0 or (max_value is not None and max_value != 6):
        return _ReLU(x)
    return REGISTRY["keras.ops.relu6" if max_value == 6 else "keras.ops.relu"](x)


@keras_op("keras.src.activations.activations.ReLU.call", class_name="ReLU", module="keras.src.activations.activations")
def _relu_class(x: Any) -> Any:
    return as_tensor(x).like()


def _ReLU(x: Any) -> Any:
    return REGISTRY["keras.src.activations.activations.ReLU.call"](x)


@op("keras.activations.gelu", lenient=True)
def gelu(x: Any, approximate: Any = False) -> Any:
    """Gaussian error linear unit."""
    return REGISTRY["keras.ops.gelu"](x, approximate=approximate)


@op("keras.activations.linear", lenient=True)
def linear(x: Any) -> Any:
    """The same."""
    return x


@op("keras.activations.exponential", lenient=True)
def exponential(x: Any) -> Any:
    """The exponential function."""
    return REGISTRY["keras.ops.exp"](x)


@op("keras.activations.softmax", lenient=True)
def softmax(x: Any, axis: Any = -1) -> Any:
    """Shares that add up to one."""
    return REGISTRY["keras.ops.softmax"](x, axis=axis)


@op("keras.activations.mish", lenient=True)
def mish(x: Any) -> Any:
    """``x * tanh(softplus(x))``; an operation of its own."""
    return REGISTRY["keras.src.activations.activations.Mish.call"](x)


@keras_op("keras.src.activations.activations.Mish.call", class_name="Mish", module="keras.src.activations.activations")
def _mish_class(x: Any) -> Any:
    return as_tensor(x).like()


for _name in _NAMES:
    if f"keras.activations.{_name}" not in REGISTRY:
        op(f"keras.activations.{_name}", lenient=True)(_calls(_name))
for _alias, _target in {"swish": "silu", "hard_swish": "hard_silu"}.items():
    REGISTRY[f"keras.activations.{_alias}"] = REGISTRY[f"keras.activations.{_target}"]


@op("keras.activations.get", lenient=True)
def get(identifier: Any = None) -> Any:
    """An activation by its name; None is the linear one."""
    if identifier is None:
        return REGISTRY["keras.activations.linear"]
    if isinstance(identifier, dict):
        identifier = identifier.get("config", identifier.get("class_name"))
    if isinstance(identifier, str):
        custom = state().custom_objects.get(identifier)
        if custom is not None:
            return custom
        found = REGISTRY.get(f"keras.activations.{identifier}")
        if found is None:
            refuse("ValueError", f"Could not interpret activation function identifier: {identifier}")
        return found
    if isinstance(identifier, Unknown) or callable(identifier):
        return identifier
    return refuse("ValueError", f"Could not interpret activation function identifier: {identifier}")


@op("keras.activations.serialize", lenient=True)
def serialize(activation: Any) -> Any:
    """The name of an activation."""
    return getattr(activation, "__name__", None) or getattr(activation, "name", None)


@op("keras.activations.deserialize", lenient=True)
def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """An activation from its name."""
    return get(config)
