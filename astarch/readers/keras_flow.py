"""What flows between the layers of a Keras model, and which weights each of them holds: what the names alone do not tell.

Keras names weights by where they were built, and a layer inside another that is no model has no name of its own. So a layer
that holds no named one is one step, whatever happens inside; operations outside of such layers are steps of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ..frameworks.describe import Run
from ..frameworks.keras.model.instances import LayerInstance
from ..frameworks.keras.model.layer import collect, flatten_layers
from ..frameworks.keras.nested import flatten
from ..frameworks.keras.tensor import KerasTensor
from ..interpreter.values import MISSING
from ..ir.dim import Dim
from ..ir.graph import Graph, Node
from ..ir.span import NOWHERE, Span

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class LayerFlow:
    """Lays out the steps of a model.

    Args:
        names: The names of the layers, by identity; the model's is empty.
        value: States a value of the program as data.
    """

    def __init__(self, names: Mapping[int, str], value: Callable[[Any], Any]) -> None:
        self.names, self.value = names, value
        self.nodes: list[Node] = []
        self.maker: dict[int, int] = {}
        self.around = {name[:place] for name in names.values() for place, sign in enumerate(name) if sign == "/"}

    def of_run(self, run: Run, inputs: Mapping[str, Any], outputs: Any) -> Graph:
        """The steps of a finished run; none when no layer was run."""
        calls = list(self._outermost(run))
        if not calls:
            return Graph()
        for name, given in inputs.items():
            self._add("placeholder", name, (), given)
        done = 0
        for call in calls:
            first, last = call.nodes
            self._operations(run.nodes[done:first])
            macs: Any = sum(node.macs for node in run.nodes[first:last])
            self._layer(call.module, (call.args, call.kwargs), call.outputs, call.span, macs)
            done = last
        self._operations(run.nodes[done:])
        if outputs is not MISSING:
            self._add("output", "output", outputs, outputs)
        return Graph(tuple(self.nodes))

    def of_functional(self, model: Any) -> Graph:
        """The steps of a model that was wired and not run; none when it is of another kind."""
        held = _functional(model)
        if held.get("_graph") is None:
            return Graph()
        for tensor in held["_inputs"]:
            self._add("placeholder", tensor.history[0].name if tensor.history else tensor.name, (), tensor)
        self._wired(held)
        self._add("output", "output", held["_outputs"], held["_outputs_struct"])
        return Graph(tuple(self.nodes))

    # --- a run ----------------------------------------------------------------------------------------------------

    def _outermost(self, run: Run) -> Iterator[Any]:
        """The calls of layers that hold no named one, without those made inside of them."""
        inside: int | None = None
        for call in run.calls:
            if inside is not None and call.depth > inside:
                continue
            inside = None
            name = self.names.get(id(call.module))
            if name and name not in self.around and call.outputs is not MISSING:
                inside = call.depth
                yield call

    def _operations(self, nodes: Sequence[Any]) -> None:
        for node in nodes:
            given = (list(node.args), dict(node.kwargs))
            self._add("call_function", node.op, given, node.result, self.names.get(id(node.module), ""), node.span, node.macs)

    # --- a wired model --------------------------------------------------------------------------------------------

    def _wired(self, held: Mapping[str, Any], around: str = "") -> None:
        for node in (node for nodes in held["_graph"].nodes_by_depth.values() for node in nodes if not node.is_input):
            operation = node.operation
            if not isinstance(operation, LayerInstance):
                self._add("call_function", _HUMP.sub("_", operation.class_name).lower(), node.inputs, node.outputs, around, node.span)
                continue
            inner = _functional(operation)
            if self.names.get(id(operation)) in self.around and len(inner.get("_inputs", ())) == len(node.inputs) and inner.get("_graph"):
                self._same(node.inputs, inner["_inputs"])
                self._wired(inner, self.names[id(operation)])
                self._same(inner["_outputs"], node.outputs)
            else:
                self._layer(operation, node.inputs, node.outputs, node.span)

    def _same(self, known: Sequence[Any], tensors: Sequence[Any]) -> None:
        """What a model is given is what its own inputs stand for, and likewise what it gives."""
        for one, other in zip(known, tensors, strict=False):
            if id(one) in self.maker:
                self.maker[id(other)] = self.maker[id(one)]

    # --- both -----------------------------------------------------------------------------------------------------

    def _layer(self, layer: Any, given: Any, result: Any, at: Span, macs: int | Dim = 0) -> None:
        name = self.names.get(id(layer))
        if name is None:
            self._add("call_function", layer.py_class.name, given, result, "", at, macs)
        else:
            self._add("call_module", name, given, result, name.rpartition("/")[0], at, macs)

    def _add(self, op: str, target: str, given: Any, result: Any, module: str = "", at: Span = NOWHERE, macs: int | Dim = 0) -> None:
        number = len(self.nodes)
        sources = tuple(dict.fromkeys(self.maker[id(leaf)] for leaf in _tensors(given) if id(leaf) in self.maker))
        self.nodes.append(Node(number, op, target, sources, (), self.value(result), module, at, macs))
        for leaf in _tensors(result):
            self.maker[id(leaf)] = number


def _tensors(value: Any) -> Iterator[KerasTensor]:
    return (leaf for leaf in flatten(value) if isinstance(leaf, KerasTensor))


def _functional(model: Any) -> Mapping[str, Any]:
    """What a functional model knows of itself; a Sequential keeps one inside."""
    inner = model.__dict__.get("_functional")
    return model.__dict__ if inner is None else inner.__dict__


def holders(root: Any, names: Mapping[int, str], weights: Sequence[str]) -> dict[str, str]:
    """By weight: the innermost named layer that holds it.

    Args:
        root: The model.
        names: The names of the layers, by identity.
        weights: The names of the model's weights, in order.
    """
    if not weights:  # of a model that is not wholly known none is told
        return {}
    innermost: dict[int, str] = {}
    for layer in sorted(flatten_layers(root), key=lambda layer: names.get(id(layer), "").count("/")):
        if id(layer) in names:
            innermost.update((id(variable), names[id(layer)]) for variable in collect(layer, False))
    return {name: innermost.get(id(variable), "") for name, variable in zip(weights, collect(root, False), strict=True)}
