"""Whether a saved graph computes what a source computes, layer by layer, whatever its exporter made of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ...ir.architecture import Architecture, Buffer, Parameter
from ...ir.dim import Dim
from ...ir.graph import Node
from ...ir.unknown import Unknown
from ...ir.verification import Fact, Status
from ..kinds import KINDS, base_name
from ..settings import module_settings, plain
from .index_notation import Value
from .keras_terms import keras_terms
from .leaves import Leaves
from .lite_terms import lite_terms
from .lowering import Terms, flat
from .onnx_terms import onnx_terms
from .saved_torch_terms import saved_torch_terms
from .tensorflow_terms import tensorflow_terms
from .torch_terms import torch_terms
from .vocabulary import Vocabulary

#: Settings that an inference shows nothing of; a rate of nothing, or a setting of None, states nothing.
_UNSEEN = {"momentum", "p", "dropout", "padding_idx", "max_norm", "track_running_stats"}
#: Settings that make no difference to what is computed, or that the sizes of the tensors state.
_IDLE = {"inplace", "sparse", "scale_grad_by_freq", "norm_type", "return_indices", "device", "dtype", "mode"}
#: Settings that what is computed depends on, or the sizes of the tensors: it would be something else with others.
_SEEN = frozenset(
    (
        *("stride", "padding", "dilation", "groups", "kernel_size", "padding_mode", "output_padding", "ceil_mode", "count_include_pad"),
        *("divisor_override", "output_size", "eps", "negative_slope", "alpha", "approximate", "dim", "normalized_shape", "num_groups"),
        *("in_channels", "out_channels", "num_channels", "in_features", "out_features", "num_features", "bias", "affine"),
        *("elementwise_affine", "num_embeddings", "embedding_dim", "input_size", "hidden_size", "num_layers", "batch_first"),
        *("bidirectional", "embed_dim", "num_heads", "kdim", "vdim", "add_bias_kv", "add_zero_attn", "start_dim", "end_dim"),
        *("upscale_factor", "size", "scale_factor", "align_corners", "recompute_scale_factor"),
    )
)


@dataclass(slots=True)
class Proof:
    """What was found: whether both compute the same, else why that is not known."""

    source: Architecture
    artifact: Architecture
    words: Vocabulary
    ours: Terms
    theirs: Terms
    leaves: Leaves
    inputs: Mapping[str, str]
    whole: bool = False
    scopes: dict[int, set[str]] = field(default_factory=dict[int, set[str]])
    makers: dict[Any, str] = field(default_factory=dict[Any, str])

    @property
    def reason(self) -> str:
        """Why it is not known that both compute the same."""
        for terms, side in ((self.ours, steps(self.source)), (self.theirs, self.artifact.graph)):
            for index, reason in terms.open.items():
                if side[index].op == "placeholder":
                    continue  # what nothing is computed of
                return f"what `{side[index].target}` computes is not known here: {reason}"
        return "the source and the artifact do not come down to the same operations"


def proof(source: Architecture, artifact: Architecture, homes: Callable[[str], str] | None = None) -> Proof | None:
    """Both graphs in index notation, and whether their results are the same; None where their inputs cannot be laid side by side.

    Args:
        source: The source.
        artifact: The artifact.
        homes: The source's layer that a scope of the artifact names, where that is not its own name.
    """
    if source.framework != "keras":
        folding = artifact.framework == "onnx" and not any(node.target == "BatchNormalization" for node in artifact.graph)
        return _proof(source, artifact, homes, folding)
    found = _proof(source, artifact, homes, False)
    normed = any(module.class_name == "BatchNormalization" for module in source.modules.values())
    if found is None or found.whole or not normed or artifact.framework == "tensorflow":
        return found
    folded = _proof(source, artifact, homes, True)
    return folded if folded is not None and folded.whole else found


def _proof(source: Architecture, artifact: Architecture, homes: Callable[[str], str] | None, folding: bool) -> Proof | None:
    words = Vocabulary()
    source = _numbered(source, artifact)
    keras = source.framework == "keras"
    pairs = _pairs(source, artifact)
    inputs = None if pairs is None else _inputs(pairs, words)
    if pairs is None or inputs is None:
        return None
    ours = (keras_terms if keras else torch_terms)(source, words, inputs, folding=folding)
    leaves = Leaves(source, artifact, words, homes=homes, sign="/" if keras else ".")
    given = {other: inputs[name] for name, _, other, _ in pairs}
    if artifact.framework in ("tensorflow", "tflite"):
        placed = {node.target: given[name] for node in artifact.graph if node.op == "placeholder" and (name := _key(node.target, given))}
        lower = tensorflow_terms if artifact.framework == "tensorflow" else lite_terms
        theirs, leaves = lower(artifact, words, leaves, ours, placed)
    elif artifact.framework == "torch":
        theirs = saved_torch_terms(artifact, words, leaves, given)
    else:
        theirs, leaves = onnx_terms(artifact, words, leaves, ours, [given[name] for name in artifact.inputs])
    found = Proof(source, artifact, words, ours, theirs, leaves, {name: other for name, _, other, _ in pairs})
    found.whole = bool(ours.results) and None not in ours.results and ours.results == theirs.results
    for node in artifact.graph:
        value = theirs.values.get(node.index)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Value) and node.op == "call_function":
                found.scopes.setdefault(item.head, set()).add(node.module)
                found.makers.setdefault(item, node.name or node.target)
    return found


def _numbered(source: Architecture, artifact: Architecture) -> Architecture:
    """With numbers for sizes that have a name: those of the artifact, or ones that nothing else has."""
    found: dict[str, int | Dim] = {}
    for one, other in zip(source.inputs.values(), artifact.inputs.values(), strict=False):
        for own, side in zip(getattr(one, "shape", ()), getattr(other, "shape", ()), strict=False):
            if isinstance(own, Dim) and str(own).isidentifier() and str(own) not in found:
                found[str(own)] = side if type(side) is int else _OPEN[len(found) % len(_OPEN)]
    return source.at(**found) if found else source


#: An input of both: its name in the source and its type, its name in the artifact and its type there.
_Pair = tuple[str, Any, str, Any]


def _pairs(source: Architecture, artifact: Architecture) -> list[_Pair] | None:
    """The inputs of both: by name, by place where the artifact numbers them or keeps their order, by what only one can be."""
    fed = {index for node in artifact.graph for index in node.inputs if node.op != "output"}
    idle = {node.target for node in artifact.graph if node.op == "placeholder" and node.index not in fed}
    ours, theirs = list(source.inputs.items()), list(artifact.inputs.items())
    if len(theirs) > len(ours):  # some that nothing is computed of, or that have a default
        held = {node.target for node in artifact.graph if node.op == "placeholder"} - idle
        theirs = [item for item in theirs if item[0] in held]
    if not ours or len(ours) != len(theirs):
        return None
    if {name for name, _ in ours} == {name for name, _ in theirs}:
        return [(name, one, name, artifact.inputs[name]) for name, one in ours]
    if artifact.framework in ("tensorflow", "tflite") and len(ours) > 1:
        parts = [_NUMBERED.fullmatch(name) for name, _ in theirs]
        stems = {part[1] for part in parts if part is not None}
        if None in parts or len(stems) != 1:
            return None
        theirs.sort(key=lambda item: int((_NUMBERED.fullmatch(item[0]) or [0, 0, 0])[2] or 0))
    return [(name, one, other, stated) for (name, one), (other, stated) in zip(ours, theirs, strict=True)]


def _key(target: str, given: Mapping[str, Any]) -> str:
    """The input that a placeholder stands for: it may have the name of a signature before its own."""
    return max((name for name in given if target == name or target.endswith(f"_{name}")), key=len, default="")


def _inputs(pairs: list[_Pair], words: Vocabulary) -> dict[str, Value] | None:
    """Where both agree on them. A size that both leave open is one that nothing else has; the first is the batch, one for all."""
    found: dict[str, Value] = {}
    for place, (name, one, _, other) in enumerate(pairs):
        shape, stated = getattr(one, "shape", None), getattr(other, "shape", None)
        if isinstance(other, Unknown) and shape is not None:  # TorchScript takes any: it is looked at what it does with these
            stated, other = shape, one
        if shape is None or stated is None or len(shape) != len(stated) or one.dtype != getattr(other, "dtype", None):
            return None
        sides: list[int] = []
        for dim, (own, side) in enumerate(zip(shape, stated, strict=True)):
            if type(own) is int and type(side) is int and own != side:
                return None
            if type(own) is not int and own is not None:
                return None
            sides.append(own if type(own) is int else side if type(side) is int else _OPEN[(place * 7 + dim if dim else 0) % len(_OPEN)])
        found[name] = words.leaf(("input", name), sides)
    return found


#: Primes in place of sizes that are left open: nothing but they themselves has them as a factor.
_OPEN = (1000003, 1000033, 1000037, 1000039, 1000081, 1000099, 1000117, 1000121, 1000133, 1000151, 1000159, 1000171, 1000183, 1000187)
_NUMBERED = re.compile(r"(.*?)(?:_(\d+))?(?::\d+)?")


# --- what it confirms -----------------------------------------------------------------------------------------------------


def proved_facts(found: Proof) -> Iterator[Fact]:
    """Every layer, function and tensor of a source whose computation is that of the artifact."""
    yield computation(found)
    yield from input_facts(found)
    wanted = needed(found.source)
    for node in found.source.graph:
        if node.op.startswith("call_"):
            yield from step_facts(found, node, node.index in wanted)
    yield from rates(found)
    yield from buffer_facts(found)
    yield from copy_facts(found)
    yield from _tensors(found)
    yield from _modules(found)


def computation(found: Proof) -> Fact:
    """That both compute the same, and how the tensors of both were brought together."""
    count = len(found.leaves.found)
    note = "every operation, with its settings, on the same tensors"
    if count:
        them = "them" if count > 1 else "it"
        note += f"; {count} of the tensors are known by what is computed with {them}, one for one: no name says which is which"
    if found.ours.folded:
        note += "; norms are folded into the weights before them"
    return Fact("forward", "computation", Status.CONFIRMED, "the same", "the same", note=note)


def input_facts(found: Proof) -> Iterator[Fact]:
    """What the forward is given."""
    for name, other in found.inputs.items():
        note = "" if name == other else f"it is called `{other}` there"
        yield Fact(name, "input", Status.CONFIRMED, str(found.source.inputs[name]), str(found.artifact.inputs[other]), note=note)


def rates(found: Proof) -> Iterator[Fact]:
    """The rates of functions that drop out: an inference shows nothing of them."""
    for node in found.source.graph:
        if node.op != "call_module" and "dropout" in base_name(node.target):
            rate = node.attributes.get("arguments", {}).get("p", 0.5)
            yield Fact(node.target, "p", Status.ABSENT, rate, None, node.at, note="dropout is gone where the model is not trained")


def copy_facts(found: Proof) -> Iterator[Fact]:
    """Tensors in whose place the artifact has several: it may be that of a model in which they are not one."""
    for name, places in found.leaves.places.items():
        if len(places) > 1:
            item, said = found.leaves.tensors[name], ", ".join(sorted(places))
            note = f"the artifact has {len(places)} tensors in its place: that they are one cannot be seen"
            yield Fact(name, "sharing", Status.ABSENT, "one tensor", said, item.at, note=note)


#: What norms learn beside their parameters, in layers of one's own too.
_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


def buffer_facts(found: Proof) -> Iterator[Fact]:
    """What is not seen of buffers that are no layer's of torch: what they are filled with, and whether they are saved."""
    for name, item in found.source.buffers.items():
        if _owned_by_layer(found.source, name) or item.tied_to or name.rpartition(".")[2] in _STATISTICS:
            continue
        if item.persistent:
            yield Fact(name, "values", Status.ABSENT, None, None, item.at, note="what it is filled with is not compared")
        if "unsaved" not in found.artifact.attributes.get("holds", ()):
            yield Fact(
                name, "saved", Status.ABSENT, item.persistent, None, item.at, note="the artifact does not say which buffers are saved"
            )


def steps(source: Architecture) -> Any:
    """The steps of a source: its functions and layers, or the calls of its layers."""
    return source.attributes["layers"] if source.framework == "keras" else source.graph


def needed(source: Architecture) -> set[int]:
    """The steps that the results come from."""
    if source.framework == "keras":
        border = [node.index for node in steps(source) if node.op == "output"]
    else:
        border = [index for index, _ in _places(source.graph.results)]
    found: set[int] = set()
    while border:
        index = border.pop()
        if index not in found:
            found.add(index)
            border.extend(steps(source)[index].inputs)
    return found


def _places(value: Any) -> Iterator[tuple[int, Any]]:
    if isinstance(value, tuple):
        if len(value) == 3 and value[0] == "node":
            yield value[1], value[2]
        else:
            for item in value:
                yield from _places(item)


def step_facts(found: Proof, node: Node, used: bool) -> Iterator[Fact]:
    """One step: that it computes the same, and the settings that this depends on."""
    module = found.source.modules.get(node.target) if node.op == "call_module" else None
    base = module.class_name if module is not None else base_name(node.target)
    kind = KINDS.get(base, base.strip("_"))
    place = module.defined_at if module is not None and module.defined_at.line else node.at
    if not used:
        yield Fact(node.target, "operation", Status.ABSENT, kind, None, place, note="nothing comes of it")
        return
    if node.index in found.ours.folded:
        conv = found.source.graph[found.ours.folded[node.index]].target
        note = f"it is folded into the weights of `{conv}`: neither it nor its settings and tensors can be seen"
        yield Fact(node.target, "operation", Status.ABSENT, kind, None, place, note=note)
        return
    if module is not None and "Dropout" in base:
        return
    yield Fact(node.target, "operation", Status.CONFIRMED, kind, kind, place, _where(found, node))
    if module is not None:
        settings = module_settings(module)
        if node.index in found.ours.folded.values():
            settings.pop("bias", None)  # the norm that is folded into it gives it one anyway
        yield from _settings(found, node.target, settings, place)


def _where(found: Proof, node: Node) -> str:
    """The artifact's operation that gives the same."""
    return found.makers.get(_first(found.ours.values.get(node.index)), "")


def _first(value: Any) -> Any:
    return _first(value[0]) if isinstance(value, (tuple, list)) and value else value


def _settings(found: Proof, name: str, settings: Mapping[str, Any], place: Any) -> Iterator[Fact]:
    for key, value in settings.items():
        if key in _IDLE or not plain(value):
            continue
        if key.split(".")[-1] in _UNSEEN:
            if value not in (None, 0, 0.0, True):
                yield Fact(name, key, Status.ABSENT, value, None, place, note="an inference shows nothing of it")
            continue
        seen = key in _SEEN and fits(found.source, name, key, value)
        note = "" if seen else "it is not compared" if key not in _SEEN else "the layer's tensor is another, and has its own sizes"
        yield Fact(name, key, Status.CONFIRMED if seen else Status.ABSENT, value, value if seen else None, place, note=note)


#: Settings that a layer's weight has as a size: a weight that was put in its place may have others.
_SIZES = {"in_features": 1, "out_features": 0, "num_embeddings": 0, "embedding_dim": 1, "out_channels": 0, "num_features": 0}


def fits(source: Architecture, name: str, key: str, value: Any) -> bool:
    """Whether a layer's weight has the size that the layer was made with."""
    item = source.parameters.get(f"{name}.weight")
    place = _SIZES.get(key)
    if place is None or item is None or item.shape is None or "Transpose" in source.modules[name].class_name:
        return True
    return place < len(item.shape) and item.shape[place] == value


# --- tensors --------------------------------------------------------------------------------------------------------------


def strangers(found: Proof) -> Iterator[Fact]:
    """Layers that the artifact names and the source does not have, where it does not name some that the source runs."""
    named = {found.leaves.module(name) for name in found.artifact.modules}
    run = {node.target for node in found.source.graph if node.op == "call_module"}
    alike = {name for name, module in found.source.modules.items() if module.shared_with in named or name in named}
    if not {name for name in run - alike if not _leaves_nothing(found.source.modules[name].class_name)}:
        return
    for name in found.artifact.modules:
        if name and not found.leaves.module(name) and any(node.module == name for node in found.artifact.graph):
            yield Fact(name, "module", Status.CONTRADICTED, None, name, note="the source has no such module")


def _leaves_nothing(kind: str) -> bool:
    """Whether a layer leaves no operation of its own behind, or one that is folded into another."""
    return kind in ("Identity", "Flatten", "Unflatten") or "Dropout" in kind or "BatchNorm" in kind


def _tensors(found: Proof) -> Iterator[Fact]:
    used = {name for index in needed(found.source) for name in found.ours.used.get(index, ())}
    folded = {name: found.source.graph[conv].target for norm, conv in found.ours.folded.items() for name in found.ours.used[norm]}
    convs = {f"{found.source.graph[conv].target}.{word}" for conv in found.ours.folded.values() for word in ("weight", "bias")}
    for name, item in found.leaves.tensors.items():
        yield from _tensor(found, name, item, folded, convs, used)
    yield from _ties(found)


def _tensor(found: Proof, name: str, item: Any, folded: Mapping[str, str], convs: set[str], used: set[str]) -> Iterator[Fact]:
    first = item.tied_to or name
    if name in folded:
        return  # as is said of the norm itself
    if name in convs and name.endswith(".bias"):
        yield Fact(name, "name", Status.ABSENT, item.shape, None, item.at, note="the norm after it gives the convolution a bias anyway")
    elif name in found.leaves.merged:
        yield Fact(name, "name", Status.ABSENT, item.shape, None, item.at, note="the exporter lets tensors of equal values share them")
    elif name in found.leaves.bound:
        at, changed = found.leaves.bound[name]
        note = _known_by(found, name, changed)
        yield Fact(name, "shape", Status.CONFIRMED, item.shape, item.shape, item.at, f"{found.artifact.target}: {at}", note)
        yield Fact(name, "dtype", Status.CONFIRMED, item.dtype, item.dtype, item.at, f"{found.artifact.target}: {at}")
        if name in found.leaves.unnamed and not _owned_by_layer(found.source, name):
            yield Fact(name, "name", Status.ABSENT, name, at, item.at, note="the exporter gave it another name")
        if isinstance(item, Parameter) and not item.trainable:
            yield Fact(name, "trained", Status.ABSENT, item.trainable, None, item.at, note="a graph does not say what is trained")
    elif first in found.leaves.bound and first != name:
        yield Fact(name, "name", Status.ABSENT, f"shares `{first}`", None, item.at, note="it shares its elements with one that is there")
    elif isinstance(item, Buffer) and not item.persistent:
        yield Fact(name, "name", Status.ABSENT, item.shape, None, item.at, note="it is not saved; what is computed with it is the same")
    elif isinstance(item, Buffer) and name not in used:
        yield Fact(name, "name", Status.ABSENT, item.shape, None, item.at, note="the forward does not use it")
    else:
        why = (
            "the exporter computed with it beforehand: the graph holds the result alone" if name in used else "the forward does not use it"
        )
        yield Fact(name, "name", Status.ABSENT, item.shape, None, item.at, note=why)


def _known_by(found: Proof, name: str, changed: bool) -> str:
    if name in found.leaves.found:
        return "known by what is computed with it"
    return "in another layout" if changed else "known by its layer" if name in found.leaves.unnamed else ""


def _owned_by_layer(source: Architecture, name: str) -> bool:
    """Whether it is a tensor of a layer of torch, whose names are known."""
    module = source.modules.get(name.rpartition(".")[0])
    return module is not None and module.type.startswith("torch.nn.")


def _ties(found: Proof) -> Iterator[Fact]:
    """Tensors of one size of which it cannot be seen that they are not the same."""
    groups: dict[Any, list[str]] = {}
    for name, item in found.leaves.tensors.items():
        if isinstance(item, Parameter) and len(item.shape or ()) > 1:
            groups.setdefault((item.shape, item.dtype), []).append(name)
    for names in groups.values():
        open_names = [
            name
            for name in names
            if name in found.leaves.unnamed and any(_may_share(found, name, other) for other in names if other != name)
        ]
        if open_names:
            item = found.leaves.tensors[open_names[0]]
            others = ", ".join(f"`{name}`" for name in names if name != open_names[0])
            note = f"whether it shares its elements with one of {others} cannot be seen: the exporter made copies"
            yield Fact(open_names[0], "sharing", Status.ABSENT, None, None, item.at, note=note)


def _may_share(found: Proof, name: str, other: str) -> bool:
    """Whether nothing in the artifact says that two tensors of different layers are two."""
    if name.rpartition(".")[0] == other.rpartition(".")[0]:
        return False
    one, two = found.leaves.bound.get(name), found.leaves.bound.get(other)
    return one is None or two is None or (one[0] != two[0] and not (one[1] == two[1] and _differ(found, one[0], two[0])))


def _differ(found: Proof, one: str, other: str) -> bool:
    """Whether two of the artifact's tensors begin with other elements, and so are two."""
    starts = found.artifact.attributes.get("starts", {})
    return one in starts and other in starts and starts[one] != starts[other]


# --- modules --------------------------------------------------------------------------------------------------------------


def _modules(found: Proof) -> Iterator[Fact]:
    """Where each layer ran, by the scopes that exporters keep."""
    if not any(node.module for node in found.artifact.graph):
        yield Fact("", "modules", Status.ABSENT, note="the artifact does not say which operations belong to which layer")
        return
    named = {found.leaves.module(name) for name in found.artifact.modules}
    named |= {parent for name in (*named, *found.leaves.bound) for parent in _above(name)}
    yield from elsewhere(found)
    for name, module in found.source.modules.items():
        if not name or module.shared_with is not None:
            continue
        status = Status.CONFIRMED if name in named else Status.ABSENT
        note = "" if name in named else "no operation of the artifact stands in it"
        yield Fact(name, "module", status, module.type, name if name in named else None, module.defined_at, note=note)
    yield from strangers(found)


def elsewhere(found: Proof) -> Iterator[Fact]:
    """Layers whose results the artifact computes in others."""
    names: dict[str, set[str]] = {}
    for name, module in found.source.modules.items():
        names.setdefault(module.shared_with or name, set()).add(name)
    for node in found.source.graph:
        if node.op == "call_module" and (wrong := _elsewhere(found, node, names.get(node.target, {node.target}))):
            module = found.source.modules[node.target]
            yield Fact(node.target, "module", Status.CONTRADICTED, node.target, " or ".join(sorted(wrong)), module.defined_at)


def _above(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:count]) for count in range(1, len(parts)))


def _elsewhere(found: Proof, node: Node, own: set[str]) -> set[str]:
    """Where the artifact computes what a layer of the source gives, when that is in other layers only."""
    value = _first(found.ours.values.get(node.index))
    if not isinstance(value, Value) or node.index in found.ours.folded or node.index in found.ours.folded.values():
        return set()
    before = {
        item.head
        for index in node.inputs
        for item in flat(found.ours.values.get(index))
        if isinstance(item, Value)
    }  # fmt: skip
    if value.head in before:
        return set()
    scopes = {found.leaves.module(scope) or scope for scope in found.scopes.get(value.head, ())}
    if not scopes or any(scope in own or any(scope.startswith(f"{name}.") for name in own) for scope in scopes):
        return set()
    return scopes - {""} if "" not in scopes else {"no layer"}
