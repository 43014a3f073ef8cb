"""The layers of a Keras source against a graph that keeps neither their names nor their bounds: one operation after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from ..ir.architecture import Architecture, Module
from ..ir.graph import Node, TensorType
from ..ir.span import NOWHERE
from ..ir.verification import Fact, Status
from .keras_layers import Expected, config_of, expected_operations, is_recurrent
from .keras_operations import CORE, kinds_of, settings_in
from .settings import alike

#: What converters to other formats take apart.
_TAKEN_APART = {"selu", "softplus", "softsign", "erf"}


def sequence_facts(source: Architecture, artifact: Architecture, layers: Mapping[str, Module]) -> Iterator[Fact]:
    """What the operations of the artifact, in their order, say of those that the source's layers become."""
    ours: list[tuple[str, Expected]] = []
    loose = False
    for name, module in layers.items():
        found = expected_operations(module.class_name, config_of(source, name))
        if found is None or is_recurrent(module.class_name):
            loose = True
            yield Fact(name, "operations", Status.ABSENT, module.class_name, note="what this layer becomes in a graph is not compared")
            continue
        calls = len(source.attributes.get("feeds", {}).get(name, ())) or 1
        loose = loose or calls > 1
        ours += [(name, one) for one in found if one.kind in CORE] * calls
    theirs = [(kind, node) for node in artifact.graph for kind in kinds_of(node) if kind in CORE]
    if artifact.framework == "onnx":  # it has one convolution for both, told apart by the number of groups
        ours = [(name, Expected("conv", one.settings) if one.kind == "depthwise" else one) for name, one in ours]
    loose = loose or any(one.kind in _TAKEN_APART for _, one in ours) or any(kind in _TAKEN_APART for kind, _ in theirs)
    kinds, others = [one.kind for _, one in ours], [kind for kind, _ in theirs]
    if kinds == others:
        for (name, one), (_, node) in zip(ours, theirs, strict=True):
            yield Fact(name, "operation", Status.CONFIRMED, one.kind, one.kind, layers[name].defined_at, node.name or node.target)
            yield from _settings(name, one, node, artifact, layers[name])
            yield from _kernel(name, one, node, source, artifact, layers[name])
    elif loose or (Counter(kinds) == Counter(others) and not _is_chain(layers)):
        yield Fact("forward", "operations", Status.ABSENT, note="they cannot be laid side by side in one order")
    else:
        yield _difference(ours, theirs, layers)
    note = "exporters take operations apart and together; only those that they keep are compared"
    if artifact.framework == "tflite":
        note = f"{note}: TFLite folds norms and activations into other operations, and keeps no names of layers and weights"
    yield Fact("forward", "other operations", Status.ABSENT, note=note)


def _is_chain(layers: Mapping[str, Module]) -> bool:
    """Whether each layer feeds one other at most, so that there is but one order."""
    fed = [name for module in layers.values() for name in module.inbound or ()]
    return len(set(fed)) == len(fed) and all(len(module.inbound or ()) <= 1 for module in layers.values())


def _difference(ours: list[tuple[str, Expected]], theirs: list[tuple[str, Node]], layers: Mapping[str, Module]) -> Fact:
    """The first operation in which the two part."""
    place = next(
        (n for n, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one[1].kind != other[0]), min(len(ours), len(theirs))
    )
    name, kind = (ours[place][0], ours[place][1].kind) if place < len(ours) else ("forward", "nothing more")
    other, node = theirs[place] if place < len(theirs) else ("nothing more", None)
    at = layers[name].defined_at if name in layers else NOWHERE
    return Fact(name, f"operation {place + 1}", Status.CONTRADICTED, kind, other, at, node.name if node else "")


def _settings(name: str, one: Expected, node: Node, artifact: Architecture, module: Module) -> Iterator[Fact]:
    found = settings_in(node, list(artifact.graph), [])
    for about, value in one.settings.items():
        if about not in found or about == "axis":
            yield Fact(name, about, Status.ABSENT, value, None, module.defined_at, node.name, "it is not known from the graph")
            continue
        narrow = found[about][-1:] if module.class_name.endswith("1D") and isinstance(found[about], list) else found[about]
        status = Status.CONFIRMED if alike(value, narrow) else Status.CONTRADICTED
        yield Fact(name, about, status, value, narrow, module.defined_at, node.name)


def _kernel(name: str, one: Expected, node: Node, source: Architecture, artifact: Architecture, module: Module) -> Iterator[Fact]:
    """The sizes of the kernel, in whichever order the format keeps its axes."""
    kernels = [item.shape for key, item in source.parameters.items() if key.startswith(f"{name}/") and item.shape is not None]
    wide = [shape for shape in kernels if len(shape) > 1]
    held = [artifact.graph[index].output for index in node.inputs if artifact.graph[index].op == "get_attr"]
    theirs = [kind.shape for kind in held if isinstance(kind, TensorType) and len(kind.shape) > 1]
    if len(wide) != 1 or len(theirs) != 1 or one.kind not in ("conv", "linear", "depthwise", "conv transpose"):
        return
    whole = wide[0]
    if "Depthwise" in module.class_name and all(type(side) is int for side in whole):
        whole = (*whole[:-2], whole[-2] * whole[-1])  # what each channel is made to lies side by side elsewhere
    expected, found = (_sizes(shape) for shape in (whole, theirs[0]))
    if expected is not None and found is not None:
        status = Status.CONFIRMED if expected == found else Status.CONTRADICTED
        yield Fact(name, "kernel", status, tuple(wide[0]), tuple(theirs[0]), module.defined_at, node.name)


def _sizes(shape: tuple[Any, ...]) -> list[int] | None:
    """The sizes in one order for all formats, those of one left out."""
    return sorted(side for side in shape if side != 1) if all(type(side) is int for side in shape) else None
