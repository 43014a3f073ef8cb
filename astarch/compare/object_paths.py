"""The paths of objects in a TensorFlow checkpoint as a Keras source names its weights: layers by their order, weights by their attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ..ir.architecture import Architecture

_LISTS = {"_operations", "layers", "_layers", "_self_tracked_trackables", "layer_with_weights"}
_WORDS = re.compile(r"[a-z0-9]+")


def named(source: Architecture, paths: Sequence[str]) -> dict[str, str] | None:
    """The source's name for every path; None where that is not sure.

    >>> model = Architecture("m:f", attributes={"holders": {"conv/kernel": "conv", "conv/bias": "conv"}})
    >>> named(model, ["model._operations.1._kernel", "model._operations.1.bias"])
    {'model._operations.1._kernel': 'conv/kernel', 'model._operations.1.bias': 'conv/bias'}
    """
    held: Mapping[str, str] = source.attributes.get("holders", {})
    order = {name: place for place, name in enumerate(source.modules)}
    layers: dict[str, list[str]] = {}
    for name, layer in sorted(held.items(), key=lambda item: order.get(item[1], 0)):
        layers.setdefault(layer, []).append(name)
    groups: dict[tuple[int | str, ...], list[tuple[str, list[str]]]] = {}
    for path in paths:
        home, inner = _split(path)
        groups.setdefault(home, []).append((path, inner))
    numbered = all(home and all(isinstance(part, int) for part in home) for home in groups)
    if not numbered or len(groups) != len(layers):
        by_name = {(layer.rpartition("/")[2],): layer for layer in layers}
        if len(by_name) != len(layers) or set(by_name) != set(groups):
            return None
        pairs = [(groups[home], layers[layer]) for home, layer in by_name.items()]
    else:
        pairs = [(groups[home], names) for home, names in zip(sorted(groups, key=_places), layers.values(), strict=True)]
    found: dict[str, str] = {}
    for group, names in pairs:
        inside = _weights(group, names)
        if inside is None:
            return None
        found.update(inside)
    return {path: found[path] for path in paths}


def _places(home: tuple[int | str, ...]) -> tuple[int, ...]:
    """Places in lists, to sort by."""
    return tuple(part for part in home if isinstance(part, int))


def _split(path: str) -> tuple[tuple[int | str, ...], list[str]]:
    """The places of the layer in the lists that hold it, or its attribute, and what is below it."""
    parts = path.split(".")
    home: list[int | str] = []
    place = next((n for n, part in enumerate(parts) if part in _LISTS and parts[n + 1 : n + 2] and parts[n + 1].isdecimal()), None)
    if place is None:
        return (tuple(parts[1:2]), parts[2:]) if len(parts) > 2 else (tuple(parts[:1]), parts[1:])
    while place + 1 < len(parts) and parts[place] in _LISTS and parts[place + 1].isdecimal():
        home.append(int(parts[place + 1]))
        place += 2
    return tuple(home), parts[place:]


def _weights(group: list[tuple[str, list[str]]], names: list[str]) -> dict[str, str] | None:
    """The weights of one layer: by the attribute that holds them, and by the words of what is between."""
    if len(group) != len(names):
        return None
    left = list(names)
    found: dict[str, str] = {}
    for path, inner in group:
        last = inner[-1].lstrip("_") if inner else ""
        fitting = [name for name in left if name.rpartition("/")[2] == last]
        if len(fitting) > 1:
            words = {word for part in inner[:-1] for word in _WORDS.findall(part)}
            shared = {name: len(words & set(_WORDS.findall("/".join(name.split("/")[1:-1])))) for name in fitting}
            best = max(shared.values())
            fitting = [name for name in fitting if shared[name] == best] if best else fitting
        if len(fitting) != 1:
            return None
        found[path] = fitting[0]
        left.remove(fitting[0])
    return found
