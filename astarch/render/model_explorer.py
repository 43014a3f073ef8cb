"""A drawing as the JSON that Google's Model Explorer opens: a collection of one graph, its boxes as namespaces."""

from __future__ import annotations

import json
from typing import Any

from ..ir.architecture import Architecture
from .notation import count_text, short_count
from .paint import clean
from .picture import Edge, Item, picture
from .picture.palette import INKS
from .places import Places


def to_model_explorer(architecture: Architecture, *, fold: bool = False) -> str:
    """The text of the file.

    >>> json.loads(to_model_explorer(Architecture("net.py:Net")))["graphs"][0]["nodes"]
    []
    """
    return json.dumps(to_data(architecture, fold=fold), ensure_ascii=False, indent=1) + "\n"


def to_data(architecture: Architecture, *, fold: bool = False) -> dict[str, Any]:
    """The collection as dicts and lists."""
    drawing = picture(architecture, depth=None, fold=fold)
    entering: dict[str, list[Edge]] = {}
    for edge in drawing.edges:
        entering.setdefault(edge.target, []).append(edge)
    nodes: list[dict[str, Any]] = []
    groups: dict[str, dict[str, str]] = {}
    for item in drawing.items:
        _visit(item, "", nodes, groups, entering, drawing.places)
    graph = {"id": clean(drawing.title), "nodes": nodes, "groupNodeAttributes": groups}
    return {"label": clean(drawing.places.target), "graphs": [graph]}


def _visit(
    item: Item,
    space: str,
    nodes: list[dict[str, Any]],
    groups: dict[str, dict[str, str]],
    entering: dict[str, list[Edge]],
    places: Places,
) -> None:
    if item.children:
        times = f" ×{item.times}" if item.times != 1 else ""
        inside = "/".join(part for part in (space, f"{_plain(item.label)} ({_plain(item.type)}){times}") if part)
        groups[inside] = dict(_facts(item, places))
        for child in item.children:
            _visit(child, inside, nodes, groups, entering, places)
        return
    ink = INKS[item.family]
    node: dict[str, Any] = {
        "id": item.key,
        "label": clean(item.type if item.kind != "module" else f"{item.label} {item.type}"),
        "namespace": space,
        "attrs": [{"key": key, "value": value} for key, value in _facts(item, places).items()],
        "incomingEdges": [
            {"sourceNodeId": edge.source, "sourceNodeOutputId": "0", "targetNodeInputId": str(number)}
            for number, edge in enumerate(entering.get(item.key, ()))
        ],
        "style": {"backgroundColor": ink.fill, "borderColor": ink.line},
    }
    if item.output:
        node["outputsMetadata"] = [{"id": "0", "attrs": [{"key": "shape", "value": clean(item.output)}]}]
    nodes.append(node)


def _facts(item: Item, places: Places) -> dict[str, str]:
    facts = {
        "name": item.name,
        "class": item.type,
        "arguments": item.arguments,
        "output": item.output,
        "parameters": count_text(item.parameters) if str(item.parameters) != "0" else "",
        "macs": short_count(item.macs) if item.macs is not None else "",
        "line": places.line(item.place),
        "times": str(item.times) if item.times != 1 else "",
    }
    return {key: clean(value) for key, value in facts.items() if value}


def _plain(text: str) -> str:
    """Text without the sign that parts namespaces."""
    return clean(text).replace("/", "∕")
