"""Frozen TensorFlow graphs (.pb) and the ``.meta`` of TF1 checkpoints."""

from __future__ import annotations

from pathlib import Path

from ..ir.architecture import Architecture, Assumption, Module, Parameter
from ..ir.unknown import Reason, Unknown
from .opening import refuse, size_of
from .saved_model import read_meta_graph
from .tensorflow_graph import TensorFlowGraph, owner, steps_of
from .tree import facts
from .wire import Message, Source, WireError


def reads(path: Path, head: bytes) -> bool:
    """Whether it ends like one; the format has no magic number."""
    return path.suffix in (".pb", ".meta", ".graphdef") and path.name != "saved_model.pb"


def read(path: Path) -> Architecture:
    """All nodes that lead to what nothing else uses."""
    with path.open("rb") as file:
        graph = Message(Source(path, file), None, 0, size_of(path))
        if path.suffix == ".meta" or (graph.has(2) and graph.message(2).has(1) and graph.message(1).has(4) and not _is_graph(graph)):
            return read_meta_graph(path, path, graph, 1)
        if not _is_graph(graph):
            refuse(path, "is no TensorFlow graph", "give the folder of a SavedModel, or a frozen graph")
        steps = steps_of(path, graph.messages(1))
        flow = TensorFlowGraph(path, graph.message(2).messages(1))
        used = {owner(name) for step in steps for name in step.inputs}
        ends = [step.name for step in steps if step.name not in used and step.op not in ("NoOp", "Const")]
        starts = [step.name for step in steps if step.op.startswith("Placeholder")]
        made = flow.put(steps, [*starts, *ends], {})
        results = [index for name in ends for index in made.get(name, [])]
        lost = Unknown(Reason.OUTSIDE, "the graph does not keep the shapes of its results")
        types = tuple(lost if (kind := flow.wiring.nodes[index].output) is None else kind for index in results)
        flow.wiring.add("output", "output", results, output=types[0] if len(types) == 1 else types)
    modules = {"": Module("", "GraphDef")}
    for node in flow.wiring.nodes:
        modules.setdefault(node.module, Module(node.module, ""))
    parameters = {name: Parameter(name, tuple(kind.shape), kind.dtype, trainable=False) for name, kind in flow.used.items()}
    inputs = {node.target: node.output for node in flow.wiring.nodes if node.op == "placeholder" and node.target in starts}
    said = [Assumption("constants too large to be settings are listed as parameters: a frozen graph has no variables")]
    said += [Assumption(f"the graph reaches outside of itself: `{op}`") for op in sorted(flow.outward)]
    return Architecture(
        target=str(path), framework="tensorflow", inputs=inputs, modules=modules, parameters=parameters, graph=flow.wiring.graph(),
        outputs=types, assumptions=tuple(said), attributes=facts("frozen GraphDef", ("operations", "order"), slots=tuple(flow.wiring.slots)),
    )  # fmt: skip


def _is_graph(graph: Message) -> bool:
    """Whether its first nodes are such: a name, an operation."""
    try:
        nodes = graph.messages(1)
        return bool(nodes) and all(node.text(1) and node.text(2).isidentifier() for node in nodes[:3])
    except WireError:
        return False
