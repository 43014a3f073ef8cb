"""Where what a step was given comes from, as a reader that knows says it in a node's attributes: other steps, inputs, parameters.

A value is stated as nested tuples: ``("node", 3, path)``, ``("input", "x", path)``, ``("tensor", "head.weight")``,
``("list", ...)``, ``("dict", (key, value), ...)``, ``("slice", start, stop, step)``, ``("object", class, inside)``, or plain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ir.graph import Node

#: Functions whose parameters belong to them as those of a layer do.
_WEIGHTED = ("linear", "conv", "norm", "embedding", "multi_head_attention", "prelu", "bilinear")
_ORIGINS = ("node", "input", "tensor")


def origins(value: Any) -> Iterator[tuple[str, Any]]:
    """The kind and name of every origin in a value.

    >>> list(origins(("list", ("node", 3, ()), ("tensor", "cls"), 1)))
    [('node', 3), ('tensor', 'cls')]
    """
    if isinstance(value, dict):
        for item in value.values():
            yield from origins(item)
    if not isinstance(value, tuple) or not value:
        return
    kind = value[0]
    if kind in _ORIGINS and len(value) > 1:
        yield kind, value[1]
    elif kind in ("list", "slice", "after"):
        for item in value[1:]:
            yield from origins(item)
    elif kind == "dict":
        for _, item in value[1:]:
            yield from origins(item)
    elif kind == "object" and len(value) > 2:
        yield from origins(value[2])


def given(node: Node) -> list[tuple[str, Any]]:
    """The inputs and the parameters that a step uses directly; those that belong to a layer or a weighted function not."""
    arguments = node.attributes.get("arguments")
    if not isinstance(arguments, dict):
        return []
    found = [one for value in arguments.values() for one in origins(value) if one[0] != "node"]
    weighted = node.op == "call_module" or any(word in node.target.rpartition(".")[2] for word in _WEIGHTED)
    return [one for one in dict.fromkeys(found) if one[0] == "input" or not weighted]


def settings(node: Node) -> str:
    """What else a step was given, as one would write it: ``start_dim=2``, ``:, 0``."""
    if node.arguments:
        return ", ".join(text for _, text in node.arguments)
    arguments = node.attributes.get("arguments")
    if not isinstance(arguments, dict):
        return ""
    pieces: list[str] = []
    for name, value in arguments.items():
        text = _written(value)
        if text is None:
            continue
        plain = name in ("args", "index", "size", "shape", "dim", "key", "dim0", "dim1", "dims") or name.startswith("*")
        pieces.append(text if plain else f"{name}={text}")
    return ", ".join(pieces)


def _written(value: Any, inside: bool = False) -> str | None:
    """A plain value as source; None when it holds a tensor or is no plain value."""
    if value is None or isinstance(value, bool | int | float | str):
        return repr(value)
    if not isinstance(value, tuple):
        return str(value)
    if value[:1] == ("slice",):
        parts = ["" if part is None else _written(part) for part in value[1:]]
        return None if None in parts else ":".join(map(str, parts[: 3 if parts[2] else 2]))
    if value == ("...",):
        return "…"
    if value[:1] == ("list",) and len(value) <= 8:
        items = [_written(item, True) for item in value[1:]]
        if None not in items:
            return f"({', '.join(map(str, items))})" if inside else ", ".join(map(str, items))
    return None
