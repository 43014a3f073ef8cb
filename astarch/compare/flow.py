"""The forward of a source against that of an artifact: the operations in order, their settings, weights, and what feeds what."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir.architecture import Architecture
from ..ir.span import NOWHERE
from ..ir.verification import Fact, Status
from .notation.differences import difference
from .notation.proof import Proof, proof, proved_facts, strangers
from .notation.saved_torch_proof import proved_torch_facts
from .operations import BY_SHAPE, COMPARED, Operation, artifact_operations, moves, source_operations
from .settings import alike, module_settings, plain

#: Operations that exporters to ONNX, TensorFlow and TFLite leave as they are.
_KEPT = {
    "conv",
    "conv_transpose",
    "linear",
    "layer_norm",
    "embedding",
    "lstm",
    "gru",
    "relu",
    "gelu",
    "tanh",
    "leaky_relu",
    "elu",
    "max_pool",
    "log_softmax",
}
#: Those that are kept unless something else was taken apart into them.
_PARTS = {"add", "sub", "mul", "div", "matmul", "softmax", "sigmoid", "cat", "avg_pool", "attention"}
#: What those exporters take apart.
_TAKEN_APART = {
    "silu",
    "hardswish",
    "mish",
    "group_norm",
    "instance_norm",
    "attention",
    "stack",
    "mean",
    "sum",
    "pow",
    "sqrt",
    "softplus",
    "relu6",
    "upsample",
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "prelu",
}

_COMMUTATIVE = {"add", "mul"}

#: Arguments that do not change a result.
_SILENT = {"inplace", "training", "momentum", "auto_pad", "storage_order", "half_to_float", "dtype"}


def flow_facts(source: Architecture, artifact: Architecture, holds: tuple[str, ...]) -> Iterator[Fact]:
    """What the artifact's graph says of the source's."""
    shown = proof(source, artifact) if artifact.framework in ("onnx", "torch") else None
    if shown is not None and shown.whole and artifact.framework == "torch":
        yield from proved_torch_facts(shown)
        yield from _dropouts(source, artifact)
        return
    if shown is not None and shown.whole:
        yield from proved_facts(shown)
        yield from _dropouts(source, artifact)
        return
    contradicted = False
    for fact in _laid_beside(source, artifact, holds, shown):
        contradicted |= fact.status is Status.CONTRADICTED
        yield fact
    if artifact.framework == "torch":
        why = "which input is which is not sure" if shown is None else shown.reason
        yield Fact("forward", "computation", Status.ABSENT, note=f"that both compute the same is not proven: {why}")
    if shown is not None and not contradicted:
        yield from difference(shown)
        yield from strangers(shown)


def _laid_beside(source: Architecture, artifact: Architecture, holds: tuple[str, ...], shown: Proof | None) -> Iterator[Fact]:
    """Operation by operation, in order."""
    exact = artifact.framework == "torch"
    ours, composite, strange = source_operations(source)
    known = shown is not None and bool(shown.theirs.results) and None not in shown.theirs.results
    theirs, others = artifact_operations(artifact, composite, shown.theirs.idle if shown is not None and known else ())
    yield from _composite(source, artifact, composite, holds)
    yield from _dropouts(source, artifact)
    if not exact:
        ours, theirs = _comparable(ours, theirs, bool(composite or strange))
        if composite and not any(node.module for node in artifact.graph):
            yield Fact("forward", "operations", Status.ABSENT, note="the artifact does not say which operations belong to which layer")
            return
    kinds, found = [one.kind for one in ours], [one.kind for one in theirs]
    if kinds != found:
        forks = not known and any(node.target == "ops.prim.If" for node in artifact.graph)  # of which one arm alone is taken
        loose = strange or forks or (others and not exact)
        yield _difference(ours, theirs, loose=bool(loose), names=[*strange, *others])
        return
    aligned_names = exact and all(one.module in artifact.modules for one in ours)
    for one, other in zip(ours, theirs, strict=True):
        yield Fact(one.name, "operation", Status.CONFIRMED, one.kind, other.kind, one.at, other.name)
        yield from _settings(one, other, exact)
        yield from _weight(one, other)
        yield from _result(one, other, exact)
        if exact:
            yield from _place(source, one, other, aligned_names)
    yield from _ambiguous(ours)
    if len(source.inputs) > 1:
        yield Fact("forward", "inputs", Status.ABSENT, ", ".join(source.inputs), note="which of the inputs goes where is not compared")
    moved = moves(source, shaped=not exact or all(node.output is not None for node in artifact.graph if node.op.startswith("call")))
    if moved:
        yield Fact("forward", "movements", Status.ABSENT, ", ".join(moved), note="how these move elements is not compared")
    if strange:
        yield Fact("forward", "operations", Status.ABSENT, ", ".join(sorted(set(strange))), note="these operations are not compared")
    if not exact:
        note = "exporters take operations apart; only those that they keep are compared"
        yield Fact("forward", "other operations", Status.ABSENT, note=note if shown is None else f"{note}: {shown.reason}")


def _difference(ours: list[Operation], theirs: list[Operation], *, loose: bool, names: list[str]) -> Fact:
    """The first operation in which the two part."""
    place = next(
        (n for n, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one.kind != other.kind), min(len(ours), len(theirs))
    )
    one = ours[place] if place < len(ours) else None
    other = theirs[place] if place < len(theirs) else None
    if loose:
        return Fact(
            "forward", "operations", Status.ABSENT, note=f"they cannot be laid side by side, for {', '.join(sorted(set(names))[:6])}"
        )
    return Fact(
        one.name if one else "forward",
        f"operation {place + 1}",
        Status.CONTRADICTED,
        one.kind if one else "nothing more",
        other.kind if other else "nothing more",
        one.at if one else ours[-1].at if ours else NOWHERE,
        other.name if other else "",
    )


def _comparable(ours: list[Operation], theirs: list[Operation], mixed: bool) -> tuple[list[Operation], list[Operation]]:
    """The operations that such an exporter leaves as they are, on both sides; a recurrent layer is one operation per layer there."""
    wanted = set(_KEPT)
    if not mixed and not any(one.kind in _TAKEN_APART for one in ours):
        wanted |= _PARTS
    if any(one.kind == "batch_norm" for one in theirs):
        wanted.add("batch_norm")
    if sum(one.kind == "embedding" for one in theirs) < sum(one.kind == "embedding" for one in ours):
        wanted.discard("embedding")  # one of constant places is folded into its result
    spread: list[Operation] = []
    for one in ours:
        layers = one.settings.get("num_layers", 1) if one.kind in ("lstm", "gru") else 1
        spread += [one] * (layers if isinstance(layers, int) and 0 < layers < 1_000 else 1)
    return [one for one in spread if one.kind in wanted], [one for one in theirs if one.kind in wanted]


def _settings(one: Operation, other: Operation, exact: bool) -> Iterator[Fact]:
    mode = one.settings.get("padding_mode", "zeros")
    if mode != "zeros":
        zeros = any(_flat(other.settings.get("padding", 0)))
        status = Status.CONTRADICTED if zeros else Status.ABSENT
        yield Fact(one.name, "padding_mode", status, mode, "zeros" if zeros else None, one.at, other.name)
    compared = COMPARED.get(one.kind, ())
    rest = [name for name in one.settings if name not in compared and name not in BY_SHAPE] if exact and one.layer else []
    for name in (*compared, *rest):
        if name not in one.settings or not plain(one.settings[name]) or (name == "padding" and mode != "zeros"):
            continue
        expected = one.settings[name]
        if name not in other.settings or not plain(other.settings[name]):
            told = name == "hidden_size" or (name in rest and (name == "kernel_size" or not expected))  # by the weights; nothing to tell
            if exact and not told and (name != "padding_idx" or expected is not None):
                yield Fact(one.name, name, Status.ABSENT, expected, None, one.at, other.name)
            continue
        found = other.settings[name]
        if name == "padding" and isinstance(found, str) != isinstance(expected, str):
            continue
        if name == "padding_idx" and expected is None and found == -1:
            found = None
        status = Status.CONFIRMED if alike(expected, found) else Status.CONTRADICTED
        yield Fact(one.name, name, status, expected, found, one.at, other.name)


def _flat(value: object) -> list[object]:
    return [one for item in value for one in _flat(item)] if isinstance(value, list | tuple) else [value]


def _result(one: Operation, other: Operation, exact: bool) -> Iterator[Fact]:
    """The shape of what it gives; and what a function was called with, which the source's graph does not keep."""
    same = one.output is not None and one.output == other.output
    if exact and one.output is not None and other.output is not None:
        yield Fact(one.name, "output", Status.CONFIRMED if same else Status.CONTRADICTED, one.output, other.output, one.at, other.name)
    if one.layer:
        return
    for name, value in other.settings.items():
        if name in _SILENT or (name, value) == ("alpha", 1):
            continue
        expected = one.given.get(name, _DEFAULTS.get(name, _NOTHING))
        if expected is _NOTHING or not plain(value):
            note = "the artifact does not name it" if name.isdecimal() else "the source leaves it at its default"
            yield Fact(one.name, name, Status.ABSENT, None, value, one.at, other.name, note)
        else:
            rank = len(one.output) if one.output is not None else 0
            alike_axes = name in ("dim", "dims") and _axes(expected, rank) == _axes(value, rank)
            status = Status.CONFIRMED if alike_axes or alike(expected, value) else Status.CONTRADICTED
            if status is Status.CONTRADICTED and name in ("dim", "dims") and _signs(expected) != _signs(value):
                status = Status.ABSENT  # counted from both ends, of a rank that is not known
            yield Fact(one.name, name, status, expected, value, one.at, other.name)
    for name, value in one.given.items():
        if exact and name not in other.settings and name not in _SILENT and value != _DEFAULTS.get(name, _NOTHING):
            yield Fact(one.name, name, Status.ABSENT, value, None, one.at, other.name, note="the artifact does not state it")


_NOTHING = object()
#: What functions take when nothing is said.
_DEFAULTS = {"keepdim": False, "dtype": None, "dim": 0, "is_causal": False, "dropout_p": 0.0, "attn_mask": None, "scale": None,
             "enable_gqa": False, "rounding_mode": None, "approximate": "none", "alpha": 1}  # fmt: skip


def _axes(value: object, rank: int) -> list[object]:
    return [axis + rank if isinstance(axis, int) and axis < 0 and rank else axis for axis in _flat(value)]


def _signs(value: object) -> list[bool]:
    return [isinstance(axis, int) and axis < 0 for axis in _flat(value)]


def _weight(one: Operation, other: Operation) -> Iterator[Fact]:
    """The shape and type of the kernel; a product may keep it transposed, a recurrent layer packed."""
    if one.weight is None or other.weight is None or not all(type(side) is int for side in (*one.weight, *other.weight)):
        return
    if one.kind in ("lstm", "gru", "rnn") and len(other.weight) == 3:
        return
    same = one.weight == other.weight or (one.kind == "linear" and one.weight == other.weight[::-1])
    yield Fact(one.name, "kernel", Status.CONFIRMED if same else Status.CONTRADICTED, one.weight, other.weight, one.at, other.name)
    if one.dtype and other.dtype:
        status = Status.CONFIRMED if one.dtype == other.dtype else Status.CONTRADICTED
        yield Fact(one.name, "kernel dtype", status, one.dtype, other.dtype, one.at, other.name)


def _place(source: Architecture, one: Operation, other: Operation, aligned_names: bool) -> Iterator[Fact]:
    """In which module it runs, and what it takes."""
    module = source.modules.get(one.module)
    if aligned_names and module is not None and one.name == one.module and other.module in source.modules:
        theirs = source.modules[other.module]
        same = (module.shared_with or module.name) == (theirs.shared_with or theirs.name)
        if not same:
            yield Fact(one.name, "module", Status.CONTRADICTED, one.module, other.module, one.at, other.name)
    order = tuple(sorted(one.feeders)) == tuple(sorted(other.feeders)) if one.kind in _COMMUTATIVE else one.feeders == other.feeders
    status = Status.CONFIRMED if order else Status.CONTRADICTED
    yield Fact(
        one.name, "inputs", status, ", ".join(one.feeders) or "the input", ", ".join(other.feeders) or "the input", one.at, other.name
    )


def _composite(source: Architecture, artifact: Architecture, composite: list[str], holds: tuple[str, ...]) -> Iterator[Fact]:
    """Layers that are many operations: what is seen of their settings."""
    for name in composite:
        module = source.modules[name]
        stated = artifact.modules[name].arguments if name in artifact.modules and "arguments" in holds else {}
        heads = [
            node.output.shape[1]
            for node in artifact.graph
            if node.module == name
            and "scaled_dot_product_attention" in node.target
            and hasattr(node.output, "shape")
            and len(node.output.shape) == 4
        ]
        for key, value in module_settings(module).items():
            if key in stated or not plain(value) or key in ("embed_dim", "dropout"):
                continue
            if key in ("num_heads", "nhead") and heads and type(heads[0]) is int:
                status = Status.CONFIRMED if heads[0] == value else Status.CONTRADICTED
                yield Fact(name, key, status, value, heads[0], module.defined_at)
            else:
                yield Fact(
                    name, key, Status.ABSENT, value, None, module.defined_at, note="the artifact holds only the operations inside of it"
                )


def _dropouts(source: Architecture, artifact: Architecture) -> Iterator[Fact]:
    """Dropout is not part of a forward that is not trained."""
    for name, module in source.modules.items():
        stated = any(node.module == name and "p" in node.attributes for node in artifact.graph)
        if "Dropout" not in module.class_name or stated or (name in artifact.modules and "p" in artifact.modules[name].arguments):
            continue
        rate = module_settings(module).get("p")
        if rate in (0, 0.0):
            continue  # a rate of nothing states nothing
        yield Fact(name, "p", Status.ABSENT, rate, None, module.defined_at, note="dropout is gone where the model is not trained")


def _ambiguous(ours: list[Operation]) -> Iterator[Fact]:
    """Recurrent layers of whose several results it is not sure from the shapes which one is used."""
    for place, one in enumerate(ours):
        if one.kind not in ("lstm", "gru", "rnn") or one.output is None:
            continue
        users = [other for other in ours if f"operation {place}" in other.feeders]
        sure = bool(users) and all(other.output is not None and other.output[:-1] == one.output[:-1] for other in users)
        if not sure:
            yield Fact(one.name, "results", Status.ABSENT, None, None, one.at, note="which of its results is used is not compared")
