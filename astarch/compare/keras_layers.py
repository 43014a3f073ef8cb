"""What the layers of Keras become in a graph: the operations each of them is known by, with what these are made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..ir.architecture import Architecture


@dataclass(frozen=True, slots=True)
class Expected:
    """One operation that a layer becomes."""

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)


#: What an activation becomes; those that are not here are taken apart in ways that are not compared.
ACTIVATIONS: Mapping[str, tuple[str, ...]] = {
    "linear": (),
    "relu": ("relu",),
    "relu6": ("relu6",),
    "leaky_relu": ("leaky_relu",),
    "elu": ("elu",),
    "selu": ("selu",),
    "gelu": ("erf",),
    "silu": ("sigmoid",),
    "swish": ("sigmoid",),
    "sigmoid": ("sigmoid",),
    "tanh": ("tanh",),
    "softmax": ("softmax",),
    "softplus": ("softplus",),
    "softsign": ("softsign",),
}


def config_of(source: Architecture, name: str) -> Mapping[str, Any]:
    """What a layer is made with, defaults included; what it was given, where its class is not Keras's own."""
    return source.attributes.get("configs", {}).get(name, source.modules[name].arguments)


Config = Mapping[str, Any]
Found = list[Expected] | None

#: Layers that only move elements about, or do nothing where the model is not trained.
QUIET = frozenset(
    (
        *("InputLayer", "Flatten", "Reshape", "Permute", "RepeatVector", "Identity", "Rescaling", "Masking", "ActivityRegularization"),
        *("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
        *("BatchNormalization", "LayerNormalization", "GroupNormalization"),
        *(f"{word}{rank}D" for word in ("Cropping", "ZeroPadding") for rank in (1, 2, 3)),
    )
)
#: How many gates of a recurrent layer have its recurrent activation, and how many its activation.
_GATES = {"LSTM": (3, 2), "GRU": (2, 1), "SimpleRNN": (0, 1)}


def expected_operations(kind: str, config: Config, fed: int = 1) -> Found:
    """The operations that a layer is known by, in order; None for a layer of which that is not known.

    Args:
        kind: Its class.
        config: What it is made with, defaults included.
        fed: How many tensors it is fed.

    >>> [one.kind for one in expected_operations("Dense", {"activation": "relu"})]
    ['linear', 'relu']
    """
    if kind in QUIET:
        return []
    for names, rule in _RULES:
        if kind in names:
            return rule(kind, config, fed)
    return None


def is_recurrent(kind: str) -> bool:
    """Whether its operations stand in a loop, in which their order is that of the framework."""
    return kind in _GATES or kind == "Bidirectional"


def _activated(found: list[Expected], config: Config) -> Found:
    name = config.get("activation", "linear")
    kinds = ACTIVATIONS.get("linear" if name is None else name) if isinstance(name, str | None) else None
    return None if kinds is None else [*found, *map(Expected, kinds)]


def _window(config: Config, *names: str) -> dict[str, Any]:
    """What a window is moved with, under the names that all formats share."""
    shared = {"strides": "strides", "padding": "padding", "dilation_rate": "dilation", "pool_size": "pool size"}
    found = {shared[name]: config[name] for name in names if name in config}
    if found.get("padding") == "causal":
        found["padding"] = "valid"  # it is padded before
    return found


def _convolution(kind: str, config: Config, fed: int) -> Found:
    word = "depthwise" if kind.startswith("Depthwise") else "conv transpose" if kind.endswith("Transpose") else "conv"
    return _activated([Expected(word, _window(config, "strides", "padding", "dilation_rate"))], config)


def _separable(kind: str, config: Config, fed: int) -> Found:
    return _activated([Expected("depthwise", _window(config, "strides", "padding", "dilation_rate")), Expected("conv")], config)


def _dense(kind: str, config: Config, fed: int) -> Found:
    return _activated([Expected("linear")], config)


def _pooling(kind: str, config: Config, fed: int) -> Found:
    given = {**config, "strides": config.get("strides") or config.get("pool_size")}
    return [Expected("max pool" if kind.startswith("Max") else "average pool", _window(given, "pool_size", "strides", "padding"))]


def _merging(kind: str, config: Config, fed: int) -> Found:
    word = {"Add": "add", "Subtract": "sub", "Multiply": "mul", "Maximum": "maximum", "Minimum": "minimum", "Average": "add"}[kind]
    return [Expected(word)] * max(fed - 1, 1)


def _joining(kind: str, config: Config, fed: int) -> Found:
    return [Expected("cat", {"axis": config["axis"]} if "axis" in config else {})]


def _reducing(kind: str, config: Config, fed: int) -> Found:
    return [Expected("max" if "Max" in kind else "mean")]


def _activation(kind: str, config: Config, fed: int) -> Found:
    if kind == "ReLU":
        limit, slope, threshold = config.get("max_value"), config.get("negative_slope", 0), config.get("threshold", 0)
        plain = not threshold and (limit is None or not slope)
        if not plain or limit not in (None, 6):
            return None
        return [Expected("relu6" if limit else "leaky_relu" if slope else "relu", {"alpha": slope} if slope else {})]
    if kind == "LeakyReLU":
        return [Expected("leaky_relu", {"alpha": config["negative_slope"]} if "negative_slope" in config else {})]
    if kind == "ELU":
        return [Expected("elu")] if config.get("alpha", 1) == 1 else None
    if kind == "PReLU":
        return [Expected("relu")] * 2
    return [Expected("softmax")] if kind == "Softmax" else _activated([], config)


def _looking_up(kind: str, config: Config, fed: int) -> Found:
    return [Expected("gather")]


def _recurrent(kind: str, config: Config, fed: int) -> Found:
    if kind == "Bidirectional":
        found: list[Expected] = []
        for name in ("layer", "backward_layer"):
            inner = config.get(name) or config.get("layer")
            one = expected_operations(str(inner.get("class_name")), inner) if isinstance(inner, Mapping) else None
            if one is None or not isinstance(inner, Mapping) or inner.get("class_name") not in _GATES:
                return None
            found += one
        return found
    inner_gates, outer_gates = _GATES[kind]
    names = [config.get("recurrent_activation"), config.get("activation")]
    kinds = [ACTIVATIONS.get(name) if isinstance(name, str) else None for name in names]
    if kinds[1] is None or (inner_gates and kinds[0] is None):
        return None
    return [Expected("linear")] * 2 + [Expected(one) for one in (*(kinds[0] or ()) * inner_gates, *kinds[1] * outer_gates)]


_RULES: tuple[tuple[frozenset[str], Callable[[str, Config, int], Found]], ...] = (
    (frozenset(f"Conv{rank}D{end}" for rank in (1, 2, 3) for end in ("", "Transpose")), _convolution),
    (frozenset(("DepthwiseConv1D", "DepthwiseConv2D")), _convolution),
    (frozenset(("SeparableConv1D", "SeparableConv2D")), _separable),
    (frozenset(("Dense",)), _dense),
    (frozenset(f"{word}Pooling{rank}D" for word in ("Max", "Average") for rank in (1, 2, 3)), _pooling),
    (frozenset(f"Global{word}Pooling{rank}D" for word in ("Max", "Average") for rank in (1, 2, 3)), _reducing),
    (frozenset(("Add", "Subtract", "Multiply", "Maximum", "Minimum", "Average")), _merging),
    (frozenset(("Concatenate",)), _joining),
    (frozenset(("Activation", "ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax")), _activation),
    (frozenset(("Embedding",)), _looking_up),
    (frozenset((*_GATES, "Bidirectional")), _recurrent),
)


def input_layers(source: Architecture) -> dict[str, str]:
    """The inputs by their layers: Keras counts the names that it gives to both, in the order in which they are made."""
    layers = [node.target for node in source.attributes.get("layers", ()) if node.op == "placeholder"]
    names = list(source.inputs)
    if set(layers) == set(names) or len(layers) != len(names):
        return {name: name for name in layers}
    rest = [name for name in names if name not in layers], [layer for layer in layers if layer not in names]
    made = zip(*(sorted(items, key=_number) for items in rest), strict=True)
    return {**{name: name for name in layers if name in names}, **{layer: name for name, layer in made}}


def _number(name: str) -> int:
    end = name.rpartition("_")[2]
    return int(end) if end.isdecimal() else 0
