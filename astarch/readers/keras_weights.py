"""The names that Keras's layers give their weights, in the order in which they make them: the file only numbers them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_KERNEL = ("kernel", "bias")
_SCALED = ("gamma", "beta")
_CELL = ("kernel", "recurrent_kernel", "bias")

#: Names of weights by the class of the layer.
WEIGHTS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("Dense", "EinsumDense", "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"), _KERNEL
    ),
    **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D"), _KERNEL),
    **dict.fromkeys(("SeparableConv1D", "SeparableConv2D"), ("depthwise_kernel", "pointwise_kernel", "bias")),
    **dict.fromkeys(("LSTM", "GRU", "SimpleRNN", "LSTMCell", "GRUCell", "SimpleRNNCell"), _CELL),
    "ConvLSTM2D": _CELL,
    "BatchNormalization": (*_SCALED, "moving_mean", "moving_variance"),
    "LayerNormalization": _SCALED,
    "GroupNormalization": _SCALED,
    "RMSNormalization": ("scale",),
    "Embedding": ("embeddings",),
    "PReLU": ("alpha",),
    "MultiHeadAttention": _KERNEL,
    "GroupedQueryAttention": _KERNEL,
    "Normalization": ("mean", "variance", "count"),
}

#: The layers inside of MultiHeadAttention and Bidirectional, in the order in which they are made.
_WITHIN = ("query", "key", "value", "attention_output", "forward_", "backward_")

#: Settings without which a layer does not make the weight.
_WITHOUT = {"bias": "use_bias", "gamma": "scale", "beta": "center"}


def names_for(entry: Mapping[str, Any], count: int) -> list[str]:
    """The names of a layer's weights; their numbers when its class is not known or makes another number of them.

    >>> names_for({"class_name": "Dense", "config": {"use_bias": False}}, 1)
    ['kernel']
    """
    config = entry.get("config") or {}
    known = [name for name in WEIGHTS.get(str(entry.get("class_name")), ()) if config.get(_WITHOUT.get(name, ""), True) is not False]
    return known if len(known) == count else [str(place) for place in range(count)]


def layers_in_order(config: Any, prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The layers of a configuration by name, nested models and wrapped layers included."""
    inner = config.get("config") if isinstance(config, dict) else None
    if not isinstance(inner, dict) or depth > 30:
        return
    found = inner.get("layers")
    for entry in found if isinstance(found, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("config"), dict):
            name = entry["config"].get("name", entry.get("name"))
            yield f"{prefix}{name}", entry
            yield from layers_in_order(entry, f"{prefix}{name}/", depth + 1)
    for key in ("layer", "forward_layer", "backward_layer", "cell"):
        wrapped = inner.get(key)
        if isinstance(wrapped, dict) and isinstance(wrapped.get("config"), dict):
            yield f"{prefix}{wrapped['config'].get('name')}", wrapped
            yield from layers_in_order(wrapped, f"{prefix}{wrapped['config'].get('name')}/", depth + 1)


def named_weights(config: Any, found: list[tuple[str, tuple[int, ...], str, str]]) -> list[tuple[str, tuple[int, ...], str]]:
    """The datasets of a weights file by Keras's paths, in the order of the layers.

    Args:
        config: The configuration of the model.
        found: Path, shape, type and owner of each dataset; ``layers/lstm/cell/vars/0`` is owned by ``lstm_cell``. A path that
            ends in a slash is that of a group, and says its owner only.
    """
    layers = dict(layers_in_order(config))
    order = {name: place for place, name in enumerate(layers)}
    owners = {path.rpartition("/")[0].removesuffix("vars").rstrip("/"): owner for path, _, _, owner in found if layers}
    groups: dict[str, list[tuple[tuple[int, ...], str]]] = {}
    for path, shape, dtype, _ in found:
        if path.endswith("/"):
            continue
        group = path.rpartition("/")[0].removesuffix("vars").rstrip("/")
        if not group.startswith("optimizer"):
            groups.setdefault(group, []).append((shape, dtype))
    named: list[tuple[tuple[int, int], str, tuple[int, ...], str]] = []
    for group, tensors in groups.items():
        path = _path(group, owners)
        entry = _nearest(path, layers)
        first = path.partition("/")[0]
        names = ["seed_generator_state"] if group.endswith("seed_generator") else names_for(entry or {}, len(tensors))
        place = order.get(path, order.get(first, len(order))), _rank(path)
        named += [(place, f"{path}/{name}" if path else name, *tensor) for name, tensor in zip(names, tensors, strict=True)]
    scopes = scopes_of(config)
    return [(_scoped(name, layers, scopes), shape, dtype) for _, name, shape, dtype in sorted(named, key=lambda item: item[0])]


def by_class(config: Any) -> dict[str, str]:
    """The groups of a file of Keras 2, which names them after the classes of layers and counts those: ``layers/conv2d_1`` is the second."""
    found: dict[str, str] = {}
    _by_class(config, "", found, 0)
    return found


def _by_class(config: Any, above: str, found: dict[str, str], depth: int) -> None:
    inner = config.get("config") if isinstance(config, dict) else None
    entries = inner.get("layers") if isinstance(inner, dict) else None
    counts: dict[str, int] = {}
    for entry in entries if isinstance(entries, list) and depth < 30 else ():
        if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
            continue
        kind = _snake(str(entry.get("class_name")))
        counts[kind] = counts.get(kind, -1) + 1
        group = f"{above}layers/{kind}_{counts[kind]}" if counts[kind] else f"{above}layers/{kind}"
        found[group] = str(entry["config"].get("name", entry.get("name")))
        _by_class(entry, f"{group}/", found, depth + 1)


def _snake(name: str) -> str:
    """The name of a class as Keras names objects after it.

    >>> _snake("BatchNormalization"), _snake("Conv2D"), _snake("ReLU")
    ('batch_normalization', 'conv2d', 're_lu')
    """
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", re.sub(r"\W+", "", name))).lower()


def _rank(path: str) -> int:
    """The place of a layer inside of another one: the file has them by their names, the layer in the order in which it makes them."""
    last = path.split("/")[1:]
    return next((rank for rank, start in enumerate(_WITHIN) for part in last if part.startswith(start)), 0)


def scopes_of(config: Any) -> frozenset[str]:
    """The models, by the names of the layers they are, whose own name stands in those of their weights; the whole has the name "".

    A Sequential builds its layers itself, those of a functional model were built before it.
    """
    found = {name for name, entry in layers_in_order(config) if entry.get("class_name") == "Sequential"}
    own = config.get("class_name") == "Sequential" and "module" in config if isinstance(config, dict) else False
    return frozenset(found | {""} if own else found)


def _scoped(name: str, layers: Mapping[str, Mapping[str, Any]], scopes: frozenset[str]) -> str:
    """The name of a weight without the models that give it none, behind that of the whole where it gives one."""
    kept: list[str] = []
    at = ""
    for part in name.split("/"):
        at = f"{at}/{part}" if at else part
        model = isinstance((layers.get(at, {}).get("config") or {}).get("layers"), list)
        if not model or at in scopes:
            kept.append(part)
    return "/".join(kept)


def _path(group: str, owners: Mapping[str, str]) -> str:
    """The names of the owners down to a group; the groups themselves where they say none."""
    parts: list[str] = []
    at = ""
    for part in group.split("/"):
        at = f"{at}/{part}" if at else part
        if part != "layers":
            parts.append(owners.get(at) or part)
    return "/".join(parts)


def _nearest(path: str, layers: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The layer of a path, or the one around it."""
    while path:
        if path in layers:
            return layers[path]
        path = path.rpartition("/")[0]
    return None
