"""What is confirmed of a Keras source by a graph that computes the same."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from ...ir.graph import Node
from ...ir.verification import Fact, Status
from ..keras_layers import config_of
from .index_notation import Value
from .proof import Proof, computation, copy_facts

#: What Keras calls an input that has no name: the source says nothing of it.
_COUNTED = re.compile(r"keras_tensor(_\d+)?")
#: What an inference shows nothing of; a rate of nothing states nothing.
_UNSEEN = ("momentum", "rate", "dropout", "recurrent_dropout", "stddev")


def proved_facts(found: Proof, others: Iterable[Fact], layers: Mapping[str, list[Node]], holds: tuple[str, ...]) -> Iterator[Fact]:
    """Every layer and weight of a source whose computation is that of the artifact, beside what was compared layer by layer.

    Args:
        found: That both compute the same.
        others: What was compared layer by layer.
        layers: The artifact's operations by layer.
        holds: What the artifact shows.
    """
    yield computation(found)
    yield from (fact for fact in others if fact.status is not Status.ABSENT)
    yield from _inputs(found)
    yield from _unseen_names(found)
    for node in found.source.attributes["layers"]:
        if node.op == "call_module":
            yield from _layer(found, node, layers.get(node.target, []))
    yield from _weights(found, holds)
    yield from copy_facts(found)


def _inputs(found: Proof) -> Iterator[Fact]:
    for name, other in found.inputs.items():
        yield Fact(name, "input", Status.CONFIRMED, str(found.source.inputs[name].dtype), str(found.artifact.inputs[other].dtype))
        if name != other and not _COUNTED.fullmatch(name):
            yield Fact(name, "name", Status.ABSENT, name, other, note="the graph gives its inputs names of its own")


def _unseen_names(found: Proof) -> Iterator[Fact]:
    """Layers whose names no graph keeps: the inputs of models inside of models, and what is done at every place of a sequence."""
    for name, module in found.source.modules.items():
        if module.class_name == "InputLayer" and name not in found.inputs and "name" in module.arguments:
            yield Fact(name, "name", Status.ABSENT, name, None, module.defined_at, note="it leaves no operation behind")
        elif module.class_name == "TimeDistributed":
            yield Fact(name, "name of its layer", Status.ABSENT, None, None, module.defined_at, note="the graph does not keep it")


def _layer(found: Proof, node: Node, nodes: list[Node]) -> Iterator[Fact]:
    """One call of a layer: that it computes the same, under its name."""
    module = found.source.modules[node.target]
    made, before = found.ours.values.get(node.index), [found.ours.values.get(index) for index in node.inputs]
    heads = {item.head for item in before if isinstance(item, Value)}
    theirs = {item.head for other in nodes if isinstance(item := found.theirs.values.get(other.index), Value)}
    moved = isinstance(made, Value) and made.head in heads
    if node.index in found.ours.folded:
        conv = found.source.attributes["layers"][found.ours.folded[node.index]].target
        note = f"it is folded into the weights of `{conv}`: neither it nor its settings and tensors can be seen"
        yield Fact(node.target, "computation", Status.ABSENT, module.class_name, None, module.defined_at, note=note)
        return
    if node.index in found.ours.folded.values():
        note = "a norm is folded into its weights: whether it has a bias of its own cannot be seen"
        own = config_of(found.source, node.target).get("use_bias", True)
        yield Fact(node.target, "use_bias", Status.ABSENT, own, None, module.defined_at, note=note)
        return
    if isinstance(made, Value) and (made.head in theirs or (moved and nodes)):
        yield Fact(node.target, "computation", Status.CONFIRMED, module.class_name, module.class_name, module.defined_at, nodes[-1].name)
    elif not nodes:
        yield Fact(node.target, "name", Status.ABSENT, module.class_name, None, module.defined_at, note="it leaves no operation behind")
    else:
        note = "the operation that gives this has no name, or another's: whether a layer of its own does it cannot be seen"
        yield Fact(node.target, "computation", Status.ABSENT, module.class_name, None, module.defined_at, note=note)
    config = config_of(found.source, node.target)
    for key in _UNSEEN:
        if config.get(key):
            yield Fact(node.target, key, Status.ABSENT, config[key], None, module.defined_at, note="an inference shows nothing of it")


def _parts(found: Proof) -> set[str]:
    """The parts of all names in the artifact, as they are and without the number behind them; and what Keras itself calls something."""
    names = [name for node in found.artifact.graph for name in (node.name, node.module, node.target)]
    parts = {part for name in names for part in re.split(r"[/;:]", name)}
    given = {str(module.arguments["name"]) for module in found.source.modules.values() if "name" in module.arguments}
    inner = {part for name in found.source.parameters for part in name.split("/")[:-1]}
    made = {part for part in inner if part in found.source.modules and part not in given}
    return parts | {re.sub(r"_\d+$", "", part) for part in parts} | made


def _weights(found: Proof, holds: tuple[str, ...]) -> Iterator[Fact]:
    """The weights, where the artifact does not list them under their names."""
    seen = _parts(found) if "names" not in holds else set[str]()
    for name, item in {} if "names" in holds else found.leaves.tensors.items():
        if hidden := [part for part in name.split("/")[:-1] if part not in seen]:
            yield Fact(name, "name", Status.ABSENT, name, None, item.at, note=f"nothing there is called `{hidden[0]}`")
        if name in found.leaves.bound:
            at = f"{found.artifact.target}: {found.leaves.bound[name][0]}"
            known = "known by what is computed with it" if name in found.leaves.found else "known by its layer"
            yield Fact(name, "shape", Status.CONFIRMED, item.shape, item.shape, item.at, at, known)
            yield Fact(name, "dtype", Status.CONFIRMED, item.dtype, item.dtype, item.at, at)
        else:
            yield Fact(
                name,
                "name",
                Status.ABSENT,
                item.shape,
                None,
                item.at,
                note="the graph holds the result alone, not what it was computed with",
            )
    for name, item in found.source.parameters.items():
        if "trained" not in holds and not item.trainable and not name.rpartition("/")[2].startswith("moving_"):
            yield Fact(name, "trained", Status.ABSENT, item.trainable, None, item.at, note="a graph does not say what is trained")
