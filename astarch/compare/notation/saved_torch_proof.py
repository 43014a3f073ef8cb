"""What is confirmed of a torch source by an exported program or TorchScript that computes the same: these keep what an inference shows not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ir.graph import Node
from ...ir.verification import Fact, Status
from ..kinds import base_name
from ..settings import alike, module_settings, plain
from .proof import Proof, buffer_facts, computation, elsewhere, input_facts, needed, step_facts

#: Settings that make no difference to an inference, and which these graphs keep all the same.
_KEPT = ("momentum", "p", "dropout", "padding_idx")
#: What a function takes when nothing is said.
_RATE = 0.5


def proved_torch_facts(found: Proof) -> Iterator[Fact]:
    """Every layer and function of a source whose computation is that of the artifact, and the settings that it keeps beside."""
    yield computation(found)
    yield from input_facts(found)
    wanted, kept = needed(found.source), _kept(found)
    for node in found.source.graph:
        if not node.op.startswith("call_"):
            continue
        told = {fact.about: fact for fact in _settings(found, node, kept)}
        for fact in step_facts(found, node, node.index in wanted):
            if not (fact.status is Status.ABSENT and fact.about in told):
                yield fact
        yield from told.values()
    yield from _rates(found)
    yield from buffer_facts(found)
    yield from elsewhere(found)


def _kept(found: Proof) -> dict[str, list[Node]]:
    """The artifact's operations by the source's module in which they stand."""
    kept: dict[str, list[Node]] = {}
    for node in found.artifact.graph:
        if node.op.startswith("call_"):
            kept.setdefault(found.leaves.module(node.module) or node.module, []).append(node)
    return kept


def _settings(found: Proof, node: Node, kept: dict[str, list[Node]]) -> Iterator[Fact]:
    """What the operations of a layer state of it though they do not depend on it."""
    module = found.source.modules.get(node.target) if node.op == "call_module" else None
    if module is None:
        return
    place = module.defined_at if module.defined_at.line else node.at
    own = [one for name in _names(found, node.target) for one in kept.get(name, ())]
    settings = module_settings(module)
    for key in _KEPT:
        values = [one.attributes[key] for one in own if key in one.attributes]
        if not values or not plain(settings.get(key)) or (key not in settings and key != "padding_idx"):
            continue
        value = None if key == "padding_idx" and values[0] == -1 else values[0]
        status = Status.CONFIRMED if alike(settings.get(key), value) else Status.CONTRADICTED
        yield Fact(node.target, key, status, settings.get(key), value, place, own[0].name or own[0].target)


def _names(found: Proof, name: str) -> list[str]:
    """The names that a module goes by."""
    module = found.source.modules[name]
    first = module.shared_with or name
    return [other for other, one in found.source.modules.items() if (one.shared_with or other) == first]


def _rates(found: Proof) -> Iterator[Fact]:
    """The rates of functions that drop out: the artifact's in the same module, one after the other."""
    ours, theirs = (_dropping(graph) for graph in (found.source.graph, found.artifact.graph))
    layers = {name for name, module in found.source.modules.items() if "Dropout" in module.class_name}
    theirs = {found.leaves.module(name) or name: nodes for name, nodes in theirs.items()}
    for module, nodes in ours.items():
        others = theirs.get(module, []) if module not in layers else []
        for place, node in enumerate(nodes):
            rate = node.attributes.get("arguments", {}).get("p", _RATE)
            other: Any = others[place].attributes.get("p") if len(others) == len(nodes) else None
            status = Status.ABSENT if other is None or not plain(rate) else Status.CONFIRMED if alike(rate, other) else Status.CONTRADICTED
            yield Fact(node.target, "p", status, rate, other, node.at)


def _dropping(graph: Any) -> dict[str, list[Node]]:
    found: dict[str, list[Node]] = {}
    for node in graph:
        if node.op != "call_module" and "dropout" in base_name(node.target) and "attention" not in node.target:
            found.setdefault(node.module, []).append(node)
    return found
