"""The layers of a Keras source against a graph that TensorFlow, TFLite or ONNX keeps: layers are found by the scopes of operations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..ir.architecture import Architecture, Module
from ..ir.graph import Node, TensorType
from ..ir.verification import Fact, Status
from .keras_layers import QUIET, Expected, config_of, expected_operations, is_recurrent
from .keras_operations import CORE, constants, epsilon_in, kind_of, settings_in
from .keras_sequence import sequence_facts
from .notation.differences import difference
from .notation.keras_proof import proved_facts
from .notation.proof import proof
from .settings import alike

_COUNTED = re.compile(r"(.+?)_\d+")
_ORDERED = {"Subtract", "Concatenate"}


@dataclass(slots=True)
class _Graph:
    """An artifact's operations by the layer that they belong to."""

    nodes: list[Node]
    layers: dict[str, list[Node]] = field(default_factory=dict[str, list[Node]])
    owners: dict[int, str] = field(default_factory=dict[int, str])
    loose: list[Node] = field(default_factory=list[Node])
    names: set[str] = field(default_factory=set[str])
    counted: bool = False

    def home(self, scope: str) -> str:
        """The layer that a scope names."""
        return _named(scope.split("/"), self.names, self.counted)


def graph_facts(source: Architecture, artifact: Architecture, holds: tuple[str, ...]) -> Iterator[Fact]:
    """What the artifact's operations say of the layers that the source makes."""
    layers = {name: module for name, module in source.modules.items() if name and not _holds_layers(name, source)}
    graph = _sorted(artifact, source, layers)
    if artifact.framework != "tensorflow":
        shown = proof(source, artifact, graph.home) if "layers" in source.attributes else None
        if shown is not None and shown.whole:
            yield from proved_facts(shown, [], graph.layers, holds)
        else:
            yield from sequence_facts(source, artifact, layers)
        return
    if not graph.layers:
        yield Fact("forward", "operations", Status.ABSENT, note="the artifact does not say which operations belong to which layer")
        return
    found = [fact for name, module in layers.items() for fact in _layer(name, module, source, artifact, graph)]
    found += [*_strangers(graph), *_wiring(source, layers, graph)]
    shown = proof(source, artifact, graph.home) if "layers" in source.attributes else None
    if shown is not None and shown.whole:
        yield from proved_facts(shown, found, graph.layers, holds)
        return
    yield from found
    if shown is not None and not any(fact.status is Status.CONTRADICTED for fact in found):
        yield from difference(shown)
    note = "exporters take operations apart; only those that they keep are compared"
    yield Fact("forward", "other operations", Status.ABSENT, note=note if shown is None else f"{note}: {shown.reason}")


def _holds_layers(name: str, source: Architecture) -> bool:
    return any(other.startswith(f"{name}/") for other in source.modules)


# --- which operation belongs to which layer -------------------------------------------------------------------------------


def _sorted(artifact: Architecture, source: Architecture, layers: Mapping[str, Module]) -> _Graph:
    """The operations under the layer whose weight they use, else under the one that their scope names."""
    graph = _Graph(list(artifact.graph))
    names = {name for name in source.modules if name}
    weights = {name: name.rpartition("/")[0] for name in source.parameters}
    scopes = [_scope(node) for node in graph.nodes]
    counted = _counted([scope for node, scope in zip(graph.nodes, scopes, strict=True) if node.target != "VAR_HANDLE"], names)
    graph.names, graph.counted = names, counted
    for node, scope in zip(graph.nodes, scopes, strict=True):
        if not node.op.startswith("call") or kind_of(node) == "constant":
            continue
        used = {_layer_of(weights[name], layers) for name in _weights(graph.nodes, node) if name in weights} - {""}
        owner = next(iter(used)) if len(used) == 1 else _named(scope, names, counted)
        if not owner and node.attributes.get("fused_activation_function") == "NONE":  # the tensors of what has the name of the result
            homes = {_named(_scope_of(name), names, counted) for name in _weights(graph.nodes, node)} - {""}
            owner = next(iter(homes)) if len(homes) == 1 else ""
        if owner in layers:
            graph.owners[node.index] = owner
            graph.layers.setdefault(owner, []).append(node)
        elif scope:
            graph.loose.append(node)
    return graph


def _scope(node: Node) -> list[str]:
    """The scopes an operation stands in; a name that merges several begins with the first."""
    name = node.name.partition(";")[0]
    return (node.module or name.rpartition("/")[0]).split("/")


def _scope_of(name: str) -> list[str]:
    return name.partition(";")[0].rpartition("/")[0].split("/")


def _weights(nodes: list[Node], node: Node) -> set[str]:
    held = [nodes[index] for index in node.inputs if nodes[index].op == "get_attr" or nodes[index].target == "READ_VARIABLE"]
    return {one.name or one.target for one in held}


def _layer_of(path: str, layers: Mapping[str, Module]) -> str:
    """The layer that holds a weight, which may stand in a cell below it."""
    while path and path not in layers:
        path = path.rpartition("/")[0]
    return path


def _counted(scopes: list[list[str]], names: set[str]) -> bool:
    """Whether the scopes have a number behind the names of the layers, as Keras 3 gives them."""
    parts = {part for scope in scopes for part in scope}
    last = {name.rpartition("/")[2] for name in names}
    return len({_base(part) for part in parts} & last) > len(parts & last)  # more layers are found so


def _base(part: str) -> str:
    found = _COUNTED.fullmatch(part)
    return found[1] if found else part


def _named(scope: list[str], names: set[str], counted: bool) -> str:
    """The layer that a scope names, the innermost of those that hold one another."""
    found = ""
    for part in scope:
        for one in (_base(part), part) if counted else (part,):
            inner = f"{found}/{one}" if found else one
            if inner in names:
                found = inner
                break
    return found


# --- layer by layer -------------------------------------------------------------------------------------------------------


def _layer(name: str, module: Module, source: Architecture, artifact: Architecture, graph: _Graph) -> Iterator[Fact]:
    kind, config, nodes = module.class_name, config_of(source, name), graph.layers.get(name, [])
    expected = expected_operations(kind, config, len(module.inbound or ()) or 1)
    at = module.defined_at
    if expected is None:
        yield Fact(name, "operations", Status.ABSENT, kind, None, at, note="what this layer becomes in a graph is not compared")
        return
    if kind in QUIET:
        yield from _quiet(name, kind, config, nodes, graph, at)
        return
    wanted = CORE | {one.kind for one in expected}
    found = [node for node in nodes if kind_of(node) in wanted]
    theirs = [kind_of(node) for node in found]
    expected = expected * _times(name, source, len(theirs), len(expected))
    kinds = [one.kind for one in expected]
    same = Counter(kinds) == Counter(theirs) if is_recurrent(kind) else kinds == theirs
    status = Status.CONFIRMED if same else Status.CONTRADICTED
    said = ", ".join(kinds) or "nothing", ", ".join(filter(None, theirs)) or "nothing"
    yield Fact(name, "operations", status, *said, at, ", ".join(node.name or node.target for node in found[:3]))
    if same and not is_recurrent(kind):
        for one, node in zip(expected, found, strict=True):
            yield from _settings(name, one, node, graph, at)
    yield from _kernels(name, source, artifact, nodes, graph, at)


def _times(name: str, source: Architecture, found: int, each: int) -> int:
    """How often a layer runs in the artifact: as often as the source calls it, or less where it is part of other models too."""
    calls = len(source.attributes.get("feeds", {}).get(name, ())) or 1
    return min(calls, found // each) or 1 if each else 1


def _settings(name: str, one: Expected, node: Node, graph: _Graph, at: Any) -> Iterator[Fact]:
    found = settings_in(node, graph.nodes, graph.layers.get(name, []))
    for about, value in one.settings.items():
        if about not in found:
            yield Fact(name, about, Status.ABSENT, value, None, at, node.name, "it is not known from the graph")
            continue
        other = found[about]
        if about == "axis" and isinstance(value, int) and isinstance(other, int) and (value < 0) != (other < 0):
            continue
        yield Fact(name, about, Status.CONFIRMED if alike(value, other) else Status.CONTRADICTED, value, other, at, node.name)


def _quiet(name: str, kind: str, config: Mapping[str, Any], nodes: list[Node], graph: _Graph, at: Any) -> Iterator[Fact]:
    """Layers without an operation to know them by: a norm shows its epsilon, padding its sizes, dropout nothing."""
    strange = [kind_of(node) for node in nodes if kind_of(node) in CORE]
    if strange:
        yield Fact(name, "operations", Status.CONTRADICTED, kind, ", ".join(filter(None, strange)), at, nodes[0].name)
    elif "Normalization" in kind and "epsilon" in config:
        found = epsilon_in(nodes, graph.nodes)
        status = Status.ABSENT if found is None else Status.CONFIRMED if alike(config["epsilon"], found) else Status.CONTRADICTED
        yield Fact(name, "epsilon", status, config["epsilon"], found, at, nodes[0].name if nodes else "")
    elif kind.startswith("ZeroPadding") and "padding" in config:
        sides = [value for node in nodes if kind_of(node) == "pad" for value in constants(node, graph.nodes)]
        found = _flat(sides)[2:-2] if config.get("data_format", "channels_last") == "channels_last" else _flat(sides)[4:]
        expected = _both_sides(_flat(config["padding"]), int(kind[-2]))
        status = Status.ABSENT if not found else Status.CONFIRMED if expected == found else Status.CONTRADICTED
        yield Fact(name, "padding", status, expected, found or None, at)
    elif "rate" in config:
        yield Fact(name, "rate", Status.ABSENT, config["rate"], None, at, note="dropout is gone where the model is not trained")


def _both_sides(padding: list[Any], rank: int) -> list[Any]:
    """How much is added before and after each axis, given once for all, once for each axis, or in full.

    >>> _both_sides([1, 2], 2)
    [1, 1, 2, 2]
    """
    if len(padding) == 1:
        return padding * 2 * rank
    return [side for side in padding for _ in (0, 1)] if len(padding) == rank > 1 else padding


def _flat(value: Any) -> list[Any]:
    return [one for item in value for one in _flat(item)] if isinstance(value, list | tuple) else [value]


def _kernels(name: str, source: Architecture, artifact: Architecture, nodes: list[Node], graph: _Graph, at: Any) -> Iterator[Fact]:
    """The shapes of the weights that the operations of a layer use, where the artifact does not list them by the source's names."""
    ours = [item for item in source.parameters.values() if item.name.startswith(f"{name}/") and item.name not in artifact.parameters]
    ours = [item for item in ours if item.shape is not None and len(item.shape) > 1 and all(type(side) is int for side in item.shape)]
    held = [graph.nodes[index] for node in nodes for index in node.inputs]
    theirs = [one.output.shape for one in held if one.op == "get_attr" and isinstance(one.output, TensorType)]
    shapes = sorted(str(tuple(shape)) for shape in {tuple(shape) for shape in theirs if len(shape) > 1})
    if not ours or not shapes or artifact.framework != "tensorflow":
        return
    for item in ours:
        status = Status.CONFIRMED if str(tuple(item.shape or ())) in shapes else Status.CONTRADICTED
        yield Fact(item.name, "kernel", status, tuple(item.shape or ()), " or ".join(shapes), at)


def _strangers(graph: _Graph) -> Iterator[Fact]:
    """Operations under a name that is no layer's."""
    seen: set[str] = set()
    for node in graph.loose:
        scope = "/".join(_scope(node))
        if kind_of(node) in CORE and scope not in seen and len(_scope(node)) > 1:
            seen.add(scope)
            yield Fact(
                scope, "layer", Status.CONTRADICTED, None, kind_of(node), found_at=node.name, note="the source has no layer of this name"
            )


# --- what feeds what ------------------------------------------------------------------------------------------------------


def _wiring(source: Architecture, layers: Mapping[str, Module], graph: _Graph) -> Iterator[Fact]:
    """Which layers feed a layer, through those that leave nothing in the graph."""
    for name, module in layers.items():
        if not module.inbound or name not in graph.layers or module.shared_with is not None or "/" in name:
            continue
        ours = _expanded(module.inbound, source, graph, 0)
        theirs = _feeders(name, graph)
        if any(other not in source.modules or "/" in other for other in theirs) or not ours:
            continue
        ordered = module.class_name in _ORDERED
        same = ours == theirs if ordered else set(ours) == set(theirs)
        yield Fact(name, "fed by", Status.CONFIRMED if same else Status.CONTRADICTED, ", ".join(ours), ", ".join(theirs), module.defined_at)


def _expanded(names: tuple[str, ...], source: Architecture, graph: _Graph, depth: int) -> list[str]:
    found: dict[str, None] = {}
    for name in names:
        module = source.modules.get(name)
        if name in graph.layers or module is None or not module.inbound or depth > 100:
            if module is not None and module.class_name != "InputLayer":
                found.setdefault(name)
        else:
            found.update(dict.fromkeys(_expanded(module.inbound, source, graph, depth + 1)))
    return list(found)


def _feeders(name: str, graph: _Graph) -> list[str]:
    """The layers whose operations feed those of a layer, in the order of their use; sizes and weights are not counted."""
    found: dict[str, None] = {}
    for node in graph.layers[name]:
        if kind_of(node) == "size":
            continue
        stack, seen = list(reversed(node.inputs)), set[int]()
        while stack:
            index = stack.pop()
            if index in seen or kind_of(graph.nodes[index]) == "size":
                continue
            seen.add(index)
            owner = graph.owners.get(index)
            if owner is None:
                stack.extend(reversed(graph.nodes[index].inputs))
            elif owner != name:
                found.setdefault(owner)
    return list(found)
