"""The recurrent layers of ONNX: those of torch, with their weights packed, which are known by the layer that they are in."""

from __future__ import annotations

from typing import Any

from ...ir.graph import Node
from .index_notation import Unproven, Value
from .leaves import Leaf, Leaves
from .vocabulary import Vocabulary


def recurrent_layer(words: Vocabulary, leaves: Leaves, layers: dict[str, int], node: Node, given: list[Any]) -> tuple[Value, ...]:
    """What it gives for all places, and at the last one.

    Args:
        words: The notation.
        leaves: Which tensors are known.
        layers: How many of its layers each recurrent layer had before.
        node: The step.
        given: What it is given, by place.
    """
    kind = node.target.lower()
    attributes, module = node.attributes, leaves.module(node.module)
    sides = 2 if attributes["direction"] == "bidirectional" else 1
    usual = {"direction", "hidden_size", "layout", "linear_before_reset", "input_forget"}
    if attributes["direction"] == "reverse" or attributes.get("layout") or attributes.get("input_forget") or set(attributes) - usual:
        raise Unproven("settings of a recurrent layer")
    if kind == "gru" and not attributes.get("linear_before_reset"):
        raise Unproven("settings of a recurrent layer")
    place = layers.get(module, 0)
    layers[module] = place + 1
    value, hidden = given[0], attributes["hidden_size"]
    gates = 4 if kind == "lstm" else 3
    names = [f"_l{place}{end}" for end in ("", "_reverse")[:sides]]
    bias = len(given) > 3 and given[3] is not None
    for item, inner in ((given[1], value.shape[2]), (given[2], hidden)):
        if not isinstance(item, Leaf) or item.shape != (sides, gates * hidden, inner):
            raise Unproven("the weights of a recurrent layer")
    _packed(leaves, module, names, given, bias)
    for item in given[4:]:
        if item is not None and words.constant(_zeros(words, item)) != 0.0:
            raise Unproven("an initial state")
    found, last = words.recurrent(kind, value, module, names, hidden, bias)
    return found.shaped((value.shape[0], value.shape[1], sides, hidden)).turned((0, 2, 1, 3)), last, last


def _zeros(words: Vocabulary, item: Any) -> Value:
    if isinstance(item, Leaf) and item.value:
        return words.constants(list(item.value), item.shape)
    if isinstance(item, Value):
        return item
    raise Unproven("an initial state")


def _packed(leaves: Leaves, module: str, names: list[str], given: list[Any], bias: bool) -> None:
    """The source's weights that one packed tensor holds."""
    words = (("weight_ih", given[1]), ("weight_hh", given[2]), *((("bias_ih", given[3]), ("bias_hh", given[3])) if bias else ()))
    for word, leaf in words:
        for end in names:
            key = f"{module}.{word}{end}".lstrip(".")
            item = leaves.tensors.get(key)
            if item is None or not isinstance(leaf, Leaf):
                raise Unproven("the weights of a recurrent layer")
            if item.shape[1:] != (leaf.shape[2:] if len(leaf.shape) == 3 else ()) or item.dtype != leaf.dtype:
                raise Unproven("the weights of a recurrent layer")
            leaves.bound.setdefault(key, (leaf.name, True))
            leaves.unnamed.add(key)
