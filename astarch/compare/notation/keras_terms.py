"""What the layers of a Keras source compute, in index notation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node
from ..keras_layers import config_of
from .index_notation import Unproven, Value
from .keras_layer_terms import Layer
from .keras_loop_terms import ALL
from .lowering import Lowering, Terms
from .vocabulary import Vocabulary


def keras_terms(source: Architecture, words: Vocabulary, inputs: Mapping[str, Value]) -> Terms:
    """The layers of a source in the order in which they are called, given what its inputs are."""
    return _Lowering(source, words, inputs).follow(source.attributes.get("layers", ()))


class _Lowering(Lowering):
    def __init__(self, source: Architecture, words: Vocabulary, inputs: Mapping[str, Value]) -> None:
        super().__init__(words)
        self.source, self.inputs = source, inputs
        self.calls: dict[str, int] = {}

    def step(self, node: Node) -> Any:
        if node.op == "placeholder":
            return self.inputs[node.target]
        before = [self.before(index) for index in node.inputs]
        if node.op == "output":
            self.terms.results = before
            return None
        module = self.source.modules[node.target]
        times = self.calls.get(node.target, 0)
        self.calls[node.target] = times + 1
        given, settings = self._given(node, before, times)
        layer = ALL.get(module.class_name)
        if layer is None or not module.type.startswith("keras."):
            raise Unproven(module.class_name)
        held = self.source.attributes.get("holders", {})
        weights = {
            name.removeprefix(f"{node.target}/") if name.startswith(f"{node.target}/") else name.rpartition("/")[2]: self._weight(name)
            for name in self.source.parameters
            if held.get(name, name.rpartition("/")[0]) == node.target or name.startswith(f"{node.target}/")
        }
        if not all(isinstance(value, Value) for value in given):
            raise Unproven("one of several results")
        self.terms.used[node.index] = {
            name for name in self.source.parameters if held.get(name) == node.target or name.startswith(f"{node.target}/")
        }
        return layer(Layer(self.words, config_of(self.source, node.target), weights, settings), given)

    def _weight(self, name: str) -> Value:
        item = self.source.parameters[name]
        if item.shape is None or not all(type(side) is int for side in item.shape):
            raise Unproven("the sizes of a weight")
        return self.words.leaf(("parameter", item.tied_to or name), item.shape)  # type: ignore[arg-type]

    def _given(self, node: Node, before: list[Any], times: int) -> tuple[list[Any], dict[str, str]]:
        """What a call is given, in order, a tensor as often as it is; and its other arguments."""
        calls = self.source.attributes.get("feeds", {}).get(node.target)
        if not calls or times >= len(calls):
            return before, {}
        texts = [text for text in calls[times] if "=" not in text]
        settings = dict(text.split("=", 1) for text in calls[times] if "=" in text)
        settings = {name: value for name, value in settings.items() if (name, value) != ("training", "False")}
        different = list(dict.fromkeys(texts))
        if len(different) != len(before):
            raise Unproven("what it is given")
        return [before[different.index(text)] for text in texts], settings
