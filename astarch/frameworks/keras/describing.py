"""What the descriptions of Keras' layers are made of.

A layer is one class that looks like Keras' own source: ``__init__`` keeps its arguments, ``build`` makes weights,
``compute_output_shape`` says what comes out; ``call`` is written only where there is more to it. Shapes inside a description hold
numbers and `Dim`, never None. A description calls its parent by name, and need not call ``Layer.__init__``: that has happened.
"""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from ...ir.dim import Dim, same
from .. import describe
from ..describe import REGISTRY, RUN, layer, multiply, refuse, require
from .nested import is_shape, map_shapes
from .state import state
from .tensor import KerasTensor, is_open, open_size


class KerasLayer(describe.Layer):
    """Marks a class as the description of a layer of Keras; what every description has."""

    described_in = "keras.src.layers.layer"

    if TYPE_CHECKING:  # each layer takes what it takes

        def call(self, *args: Any, **kwargs: Any) -> Any: ...

    else:

        def call(self, inputs: Any) -> Any:
            return shaped(self, inputs)

    def get_config(self) -> dict[str, Any]:
        return described_config(self)


def rule_of(self: Any, name: str) -> Any:
    """The host function behind a described method, or None when the program defines it."""
    found = self.py_class.find(name)
    return getattr(getattr(found, "function", None), "raw", None)


def shaped(self: Any, *inputs: Any, dtype: str | None = None) -> Any:
    """What ``compute_output_shape`` says, as tensors: the ``call`` of a layer of which only that matters."""
    shapes = [_shapes(value) for value in inputs]
    rule = rule_of(self, "compute_output_shape")
    found = rule(self, *shapes) if rule is not None else self.compute_output_shape(*shapes)
    element = dtype or self.compute_dtype
    return map_shapes(lambda shape: KerasTensor(shape, element), found)


def _shapes(value: Any) -> Any:
    if isinstance(value, KerasTensor):
        return tuple(value.shape)
    if isinstance(value, (list, tuple)):
        return [_shapes(item) for item in value]
    if isinstance(value, dict):
        return {key: _shapes(item) for key, item in value.items()}
    return None


def described_config(self: Any) -> dict[str, Any]:
    """``get_config``: what the constructor of the described class was given, after the names every layer has."""
    policy = REGISTRY["keras.dtype_policies.serialize"].function(self.__dict__["_dtype_policy"])
    config = {"name": self.__dict__["name"], "trainable": self.__dict__["_trainable"], "dtype": policy}
    for name in config_names(self):
        config[name] = plain(self.__dict__.get(name, self.__dict__.get(f"_{name}")))
    return config


def config_names(self: Any) -> list[str]:
    """The names of what the constructor of the described class was given, those that every layer has left out."""
    for cls in self.py_class.mro:
        start = cls.namespace.get("__init__")
        rule = getattr(getattr(start, "function", None), "raw", None)
        if rule is not None:
            kinds = inspect.signature(rule).parameters.values()
            hidden = {"self", "name", "dtype", "weights", "lora_rank", "lora_alpha", *cls.namespace.get("not_in_config", ())}
            return [p.name for p in kinds if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL) and p.name not in hidden]
    return []


def plain(value: Any) -> Any:
    """A value as configuration: objects by their class and configuration, functions by name."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, (tuple, list)):
        return type(value)(plain(item) for item in value) if type(value) in (tuple, list) else [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    found = getattr(value, "py_class", None)
    if found is not None:
        return REGISTRY["keras.saving.serialize_keras_object"](value)
    return getattr(value, "__name__", None) or getattr(value, "name", None)


# --- standard arguments -----------------------------------------------------------------------------------------------


def numbers(value: Any, count: int, name: str, allow_zero: bool = False) -> tuple[Any, ...]:
    """One number for every axis, or one for each (``standardize_tuple``)."""
    if isinstance(value, int) and not isinstance(value, bool):
        found: tuple[Any, ...] = (value,) * count
    elif isinstance(value, (tuple, list)):
        found = tuple(value)
    elif isinstance(value, Dim):
        found = (value,) * count
    else:
        return refuse("ValueError", f"The `{name}` argument must be a tuple of {count} integers. Received {name}={value}")
    if len(found) != count:
        refuse("ValueError", f"The `{name}` argument must be a tuple of {count} integers. Received {name}={value}")
    for one in found:
        if not isinstance(one, (int, Dim)):
            refuse("ValueError", f"The `{name}` argument must be a tuple of {count} integers. Received {name}={value}")
        if isinstance(one, int) and (one < 0 or (one == 0 and not allow_zero)):
            refuse(
                "ValueError",
                f"The `{name}` argument must be a tuple of {count} integers. Received {name}={value}, including values not allowed",
            )
    return found


def padding_of(value: Any, allow_causal: bool = False) -> str:
    """``valid``, ``same`` and, where it makes sense, ``causal`` (``standardize_padding``)."""
    if isinstance(value, (list, tuple)):
        return value  # type: ignore[return-value]
    found = value.lower() if isinstance(value, str) else value
    if found not in ({"valid", "same", "causal"} if allow_causal else {"valid", "same"}):
        refuse("ValueError", f"The `padding` argument must be one of valid, same. Received: {value}")
    return found


def data_format_of(value: Any) -> str:
    """``channels_last`` or ``channels_first`` (``standardize_data_format``)."""
    if value is None:
        return state().data_format
    found = str(value).lower()
    if found not in ("channels_first", "channels_last"):
        refuse("ValueError", f"The `data_format` argument must be one of 'channels_first', 'channels_last'. Received: data_format={value}")
    return found


def axis_of(axis: Any, rank: int) -> int:
    """A non-negative axis (``canonicalize_axis``)."""
    if not -rank <= axis < rank:
        refuse("ValueError", f"axis {axis} is out of bounds for an array with dimension {rank}.")
    return axis + rank if axis < 0 else axis


def initializer(value: Any) -> Any:
    """An initializer from what a layer was given."""
    return None if value is None else REGISTRY["keras.initializers.get"](value)


def regularizer(value: Any) -> Any:
    """A regularizer from what a layer was given."""
    return None if value is None else REGISTRY["keras.regularizers.get"](value)


def constraint(value: Any) -> Any:
    """A constraint from what a layer was given."""
    return None if value is None else REGISTRY["keras.constraints.get"](value)


def activation(value: Any) -> Any:
    """An activation function from what a layer was given; None is the linear one."""
    return REGISTRY["keras.activations.get"](value)


def keep(self: Any, arguments: dict[str, Any], *names: str) -> None:
    """Assign arguments to the layer, those of a known family as the objects they stand for."""
    for name in names:
        value = arguments[name]
        family = name.rpartition("_")[2] if name not in ("initializer", "regularizer", "constraint") else name
        if family == "initializer":
            value = initializer(value)
        elif family == "regularizer":
            value = regularizer(value)
        elif family == "constraint":
            value = constraint(value)
        elif family == "activation":
            value = activation(value)
        setattr(self, name, value)


def make(name: Any, /, *args: Any, **kwargs: Any) -> Any:
    """A new instance of a described class, for a description that holds children."""
    return RUN.get().state["keras library"].make(name, *args, **kwargs)


def call(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call any value of the program."""
    return RUN.get().call(function, *args, **kwargs)


def ops(name: str, *args: Any, **kwargs: Any) -> Any:
    """A described op of ``keras.ops``, called as Keras' layers call it."""
    return REGISTRY[f"keras.ops.{name}"](*args, **kwargs)


def known(size: Any) -> bool:
    """Whether Keras knows a size."""
    return not is_open(size)


def agree(a: Any, b: Any) -> bool:
    """Whether two sizes can be the same."""
    return same(a, b) is not False


__all__ = ["KerasLayer", "KerasTensor", "activation", "agree", "axis_of", "call", "constraint", "data_format_of", "described_config",
           "initializer", "is_open", "is_shape", "keep", "known", "layer", "make", "multiply", "numbers", "open_size", "ops", "padding_of",
           "plain",
           "refuse", "regularizer", "require", "rule_of", "shaped", "state"]  # fmt: skip
