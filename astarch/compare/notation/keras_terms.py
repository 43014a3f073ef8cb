"""What the layers of a Keras source compute, in index notation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node
from ..keras_layers import config_of, input_layers
from .index_notation import Unproven, Value
from .keras_layer_terms import Layer
from .keras_loop_terms import ALL
from .lowering import Lowering, Terms
from .vocabulary import Vocabulary


def keras_terms(source: Architecture, words: Vocabulary, inputs: Mapping[str, Value], *, folding: bool = False) -> Terms:
    """The layers of a source in the order in which they are called, given what its inputs are; with norms folded where that is done."""
    return _Lowering(source, words, inputs, folding).follow(source.attributes.get("layers", ()))


#: What a norm after it is folded into.
_FOLDED = ("Dense", "Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D")


class _Lowering(Lowering):
    def __init__(self, source: Architecture, words: Vocabulary, inputs: Mapping[str, Value], folding: bool) -> None:
        super().__init__(words)
        self.source, self.folding = source, folding
        self.inputs = {layer: inputs[name] for layer, name in input_layers(source).items() if name in inputs}
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
        weights = self._weights(node)
        if not all(isinstance(value, Value) for value in given):
            raise Unproven("one of several results")
        if self.folding and module.class_name == "BatchNormalization" and (found := self._folded(node)) is not None:
            return found
        return layer(Layer(self.words, config_of(self.source, node.target), weights, settings), given)

    def _weights(self, node: Node) -> dict[str, Value]:
        """The weights of a layer, by what they are called in it."""
        held, name = self.source.attributes.get("holders", {}), node.target
        own = [key for key in self.source.parameters if held.get(key, key.rpartition("/")[0]) == name or key.startswith(f"{name}/")]
        self.terms.used[node.index] = set(own)
        return {key.removeprefix(f"{name}/") if key.startswith(f"{name}/") else key.rpartition("/")[2]: self._weight(key) for key in own}

    def _folded(self, node: Node) -> Value | None:
        """A norm right after a convolution that nothing else uses: the convolution, with weights of its own."""
        layers = self.source.attributes["layers"]
        before = layers[node.inputs[0]]
        kind = self.source.modules[before.target].class_name if before.op == "call_module" else ""
        config = config_of(self.source, before.target) if kind in _FOLDED else {}
        axis = config_of(self.source, node.target).get("axis", -1)
        last = len(self.before(before.index).dims) - 1
        if not config or config.get("activation") not in (None, "linear") or axis not in (-1, last, [-1], [last]):
            return None
        if config.get("data_format", "channels_last") != "channels_last" or sum(before.index in other.inputs for other in layers) != 1:
            return None
        weights, used = self._weights(before), self.terms.used
        kernel, width = weights["kernel"], self.before(before.index).shape[-1]
        if kernel.head in self.words.folded or sum(other.target == before.target for other in layers) != 1 or before.index not in used:
            return None
        made = self.words.leaf(("folded", kernel.head), kernel.shape), self.words.leaf(("folded bias", kernel.head), (width,))
        self.words.folded[kernel.head] = made
        self.terms.folded[node.index] = before.index
        given = [self.before(index) for index in before.inputs]
        return ALL[kind](Layer(self.words, config, {"kernel": made[0], "bias": made[1]}, {}), given)

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
