"""Holding a model against an artifact, fact by fact: what it confirms, what it contradicts, what it does not say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from ..ir.architecture import Architecture, Buffer, Parameter
from ..ir.unknown import Unknown
from ..ir.verification import Fact, Status, Verdict, Verification
from . import object_paths
from .align import aligned, numbered, partly_numbered
from .call_facts import call_facts, layer_facts
from .flow import flow_facts
from .keras_archive import archive_facts, setting_facts
from .keras_graph import graph_facts
from .settings import alike, module_settings, plain

#: What the words of an artifact's ``holds`` mean.
SHOWN = {
    "names": "the names of tensors",
    "shapes": "their shapes",
    "dtypes": "their element types",
    "ties": "which share their elements",
    "kinds": "which are parameters and which buffers",
    "trained": "which are trained",
    "modules": "all modules, those without tensors too",
    "types": "the classes of modules",
    "arguments": "what they were made with",
    "operations": "the operations of the forward with their settings",
    "order": "how they follow one another",
    "unsaved": "buffers that are not saved",
    "calls": "the calls of modules, with the shapes that go in and out",
    "layers": "what layers give, and what they are fed by",
    "numbers": "the layers of tensors",
    "tensors": "the shapes and element types of all tensors",
}

#: A word of ``holds`` that shows nothing by itself: names are those of the model, so nothing is put before them or left out.
EXACT = "exact"

#: What a model is not without.
_ESSENTIAL = ("names", "shapes", "dtypes", "operations", "order")


def confirm(source: Architecture, artifact: Architecture) -> Verification:
    """Hold the first against the second; where they differ, what the source gives when a condition is answered the other way.

    >>> confirm(Architecture("net.py:Net"), Architecture("net.pt", attributes={"format": "state dict", "holds": ("names",)})).verdict.value
    'consistent, not confirmed'
    """
    held = _held(source, artifact)
    if held.verdict is not Verdict.CONTRADICTED:
        return held
    for other in source.alternatives:
        if (tried := _held(other.architecture, artifact)).verdict is not Verdict.CONTRADICTED:
            said = f"this is what the source gives if {other.condition} ({other.span})"
            return replace(
                tried, target=held.target, notes=(said, *tried.notes), hides=(*tried.hides, f"what it gives unless {other.condition}")
            )
    return held


def _held(source: Architecture, artifact: Architecture) -> Verification:
    holds = tuple(artifact.attributes.get("holds", SHOWN))
    notes = [assumption.message for assumption in artifact.assumptions]
    facts: list[Fact] = []
    found, said = tensor_facts(source, artifact, holds)
    facts += found
    notes += [said] if said else []
    if "modules" in holds:
        facts += _modules(source, artifact, holds)
    facts += _run(source, artifact, holds)
    missing = [SHOWN[word] for word in _ESSENTIAL if word not in holds]
    if "operations" in holds:
        if source.framework == "keras":
            facts += archive_facts(source, artifact) if artifact.framework == "keras" else graph_facts(source, artifact, holds)
            facts += setting_facts(source, artifact) if "arguments" in holds and artifact.framework != "keras" else ()
        elif len(source.graph) and (source.calls or source.outputs is not None):
            facts += flow_facts(source, artifact, holds)
            facts += _outputs(source, artifact)
        else:
            missing.append("the forward, which was not run: give the shape of its input")
    elif EXACT in holds and artifact.outputs is None:
        missing.append("the forward, which was not run: give the shape of its input")
    if any((fact.subject, fact.about, fact.status) == ("forward", "computation", Status.CONFIRMED) for fact in facts):
        missing = []  # each tensor and each layer was looked for in what is computed
    if source.unknown:
        count = len(source.unknown)
        missing.append(f"{count} thing{'s' if count > 1 else ''} that the source leaves unknown")
    if any(finding.severity == "error" for finding in source.diagnostics):
        missing.append("what a source computes that raises an error")
    return Verification(
        target=source.target,
        artifact=artifact.target,
        form=str(artifact.attributes.get("format", artifact.framework)),
        facts=tuple(facts),
        notes=tuple(notes),
        shows=tuple(SHOWN[word] for word in holds if word in SHOWN),
        hides=tuple(missing),
    )


def tensor_facts(source: Architecture, artifact: Architecture, holds: tuple[str, ...]) -> tuple[list[Fact], str]:
    """What the artifact says of the source's tensors, and how the names were aligned."""
    if "names" in holds or "numbers" in holds:
        return _tensors(source, artifact, holds)
    if "tensors" in holds:
        names = object_paths.named(source, list(artifact.parameters)) if source.framework == "keras" and not artifact.buffers else None
        if names is not None and set(names.values()) == set(_all(source)):
            back = {name: path for path, name in names.items()}
            facts = [
                fact
                for name, item in _all(source).items()
                for fact in _tensor(item, _all(artifact)[back[name]], back[name], artifact, holds)
            ]
            return facts, "the checkpoint holds the layers in the model's order, and their weights by their attributes"
        return list(_counted(source, artifact)), ""
    return [], ""


def different_tensors(source: Architecture, artifact: Architecture) -> tuple[int, int] | None:
    """How many tensors an artifact holds otherwise than the source makes them, and how many were compared; None where none can be."""
    if not source.parameters:
        return None
    told = tuple(word for word in artifact.attributes.get("holds", SHOWN) if word in ("numbers", "tensors"))
    facts, _ = tensor_facts(source, artifact, told or ("names", "shapes", "dtypes"))
    wrong = {fact.subject for fact in facts if fact.status is not Status.CONFIRMED and fact.found != fact.expected and fact.about != "name"}
    wrong |= {fact.subject for fact in facts if fact.status is Status.CONTRADICTED}
    return (len(wrong), len({fact.subject for fact in facts})) if facts else None


# --- tensors --------------------------------------------------------------------------------------------------------------


def _counted(source: Architecture, artifact: Architecture) -> Iterator[Fact]:
    """All tensors by their shapes and types, where the artifact does not say which is which."""
    kinds = [
        [f"{item.dtype}{_text(item.shape)}" for item in _all(side).values() if "seed_generator" not in item.name]
        for side in (source, artifact)
    ]
    open_kinds = {f"{item.dtype}{_text(item.shape)}" for item in _all(source).values() if _sizes(item.shape) is None}
    ours, theirs = Counter(kind for kind in kinds[0] if kind not in open_kinds), Counter(kinds[1])
    left = len(kinds[0]) - sum(ours.values())  # whose sizes the source leaves open: each may be any of those that are over
    over = sum((theirs - ours).values())
    for kind in dict.fromkeys((*ours, *theirs)):
        fits = ours[kind] == theirs[kind]
        may = ours[kind] < theirs[kind] and over == left
        status = Status.CONFIRMED if fits else Status.ABSENT if may else Status.CONTRADICTED
        yield Fact(kind, "number of tensors", status, ours[kind], theirs[kind])


def _all(architecture: Architecture) -> dict[str, Parameter | Buffer]:
    return {**architecture.parameters, **architecture.buffers}


def _names(
    ours: Mapping[str, Any], theirs: Mapping[str, Any], holds: tuple[str, ...], places: Mapping[str, int] | None = None
) -> tuple[dict[str, str], str]:
    """The artifact's names as the source would write them; `places` says the place of those that are listed in the model's order."""
    if "numbers" in holds:
        return numbered(list(ours), list(theirs)) or {}, "the file numbers the tensors of a layer: they are taken in the layer's order"
    if EXACT in holds:
        return {name: name for name in theirs}, ""
    names, said = aligned(list(ours), list(theirs))
    if places and len(places) == len(ours) == len(theirs) and set(names.values()) != set(ours) and set(places) == set(theirs):
        listed = list(ours)
        return {name: listed[place] for name, place in places.items()}, "the artifact lists the variables in the order of the model"
    return {**names, **partly_numbered(list(ours), names)}, said


def _tensors(source: Architecture, artifact: Architecture, holds: tuple[str, ...]) -> tuple[list[Fact], str]:
    ours, theirs = _all(source), _all(artifact)
    names, said = _names(ours, theirs, holds, artifact.attributes.get("places"))
    if not names and theirs and "numbers" in holds:
        return list(_counted(source, artifact)), "the layers are not found by name: tensors are counted by shape"
    back = {new: old for old, new in names.items()}
    facts: list[Fact] = []
    repeated = _repeated(ours)
    for name, item in ours.items():
        if repeated and "{" in name:
            note = "how many there are of it the source leaves open"
            facts.append(Fact(name, "number of tensors", Status.ABSENT, f"{item.dtype}{_text(item.shape)}", None, item.at, note=note))
        elif name in back:
            facts += _tensor(item, theirs[back[name]], back[name], artifact, holds)
            if "ties" in holds:
                facts += _tie(source, item, theirs[back[name]], names)
        else:
            facts.append(_missing(source, item, back, holds))
    facts += [
        Fact(
            name, "name", Status.CONTRADICTED, None, f"{item.dtype}{_text(item.shape)}", found_at=old, note="the source has no such tensor"
        )
        for old, item in theirs.items()
        if (name := names.get(old, old)) not in ours and not (repeated and repeated.fullmatch(name))
    ]
    return facts, said


def _repeated(names: Iterable[str]) -> re.Pattern[str] | None:
    """What the tensors may be called that a source has as often as it leaves open: ``h.{i}.weight``."""
    found = [re.sub(r"\\\{\w+\\\}", r"\\d+", re.escape(name)) for name in names if "{" in name]
    return re.compile("|".join(found)) if found else None


def _tensor(
    item: Parameter | Buffer, other: Parameter | Buffer, name: str, artifact: Architecture, holds: tuple[str, ...]
) -> Iterator[Fact]:
    at = f"{artifact.target}: {name}"
    yield _fact(item.name, "shape", _sizes(item.shape), _sizes(other.shape), item, at)
    yield _fact(item.name, "dtype", item.dtype, other.dtype, item, at)
    if "kinds" in holds and isinstance(item, Parameter) != isinstance(other, Parameter):
        kinds = ("parameter", "buffer") if isinstance(item, Parameter) else ("buffer", "parameter")
        yield Fact(item.name, "kind", Status.CONTRADICTED, *kinds, item.at, at)
    if "unsaved" in holds and isinstance(item, Buffer) and isinstance(other, Buffer):
        yield _fact(item.name, "saved", item.persistent, other.persistent, item, at)
    if "trained" in holds and isinstance(item, Parameter) and isinstance(other, Parameter):
        yield _fact(item.name, "trained", item.trainable, other.trainable, item, at)


def _fact(name: str, about: str, expected: Any, found: Any, item: Parameter | Buffer, at: str) -> Fact:
    if expected is None or found is None:
        return Fact(name, about, Status.ABSENT, expected, found, item.at, at, "it is not known")
    return Fact(name, about, Status.CONFIRMED if expected == found else Status.CONTRADICTED, expected, found, item.at, at)


def _sizes(shape: tuple[Any, ...] | None) -> tuple[int, ...] | None:
    """Sizes that are numbers; None when one of them is not."""
    return shape if shape is not None and all(type(side) is int for side in shape) else None


def _missing(source: Architecture, item: Parameter | Buffer, back: Mapping[str, str], holds: tuple[str, ...]) -> Fact:
    """A tensor that the artifact does not list: one that need not be there, or one that should."""
    if isinstance(item, Buffer) and not item.persistent and "unsaved" not in holds:
        return Fact(
            item.name, "name", Status.CONFIRMED, "not saved", "not saved", item.at, note="a buffer that is not persistent is not saved"
        )
    first = item.tied_to or item.name
    group = [name for name, other in _all(source).items() if (other.tied_to or name) == first]
    if EXACT not in holds and any(name in back for name in group):
        kept = next(name for name in group if name in back)
        return Fact(
            item.name, "name", Status.ABSENT, f"shares `{kept}`", None, item.at, note="it shares its elements with one that is listed"
        )
    return Fact(
        item.name, "name", Status.CONTRADICTED, f"{item.dtype}{_text(item.shape)}", None, item.at, note="the artifact has no such tensor"
    )


def _text(shape: tuple[Any, ...] | None) -> str:
    return "[?]" if shape is None else str(list(shape))


def _tie(source: Architecture, item: Parameter | Buffer, other: Parameter | Buffer, names: Mapping[str, str]) -> Iterator[Fact]:
    """Whether two names are one tensor, in both."""
    found = names.get(other.tied_to, other.tied_to) if other.tied_to is not None else None
    if item.tied_to == found:
        if found is not None:
            yield Fact(item.name, "tie", Status.CONFIRMED, item.tied_to, found, item.at)
    elif (item.tied_to is None or found is None) and not isinstance(item, Buffer):
        yield Fact(item.name, "tie", Status.CONTRADICTED, item.tied_to or "a tensor of its own", found or "a tensor of its own", item.at)


# --- what ran -------------------------------------------------------------------------------------------------------------


def _run(source: Architecture, artifact: Architecture, holds: tuple[str, ...]) -> Iterator[Fact]:
    """What a model that ran says beside its tensors and modules."""
    if "calls" in holds and artifact.calls:
        yield from call_facts(source, artifact)
    if "layers" in holds:
        yield from layer_facts(source, artifact)
    if EXACT in holds and artifact.outputs is not None:
        yield from _outputs(source, artifact)


# --- modules --------------------------------------------------------------------------------------------------------------


def _modules(source: Architecture, artifact: Architecture, holds: tuple[str, ...]) -> Iterator[Fact]:
    names, _ = _names(source.modules, artifact.modules, holds)
    back = {new: old for old, new in names.items()}
    repeated = _repeated(source.modules)
    for name, module in source.modules.items():
        if repeated and "{" in name:
            continue  # as is said of its tensors
        if name not in back:
            yield Fact(name, "module", Status.CONTRADICTED, module.type, None, module.defined_at, note="the artifact has no such module")
            continue
        other = artifact.modules[back[name]]
        yield Fact(name, "module", Status.CONFIRMED, module.type, other.type or name, module.defined_at)
        if "types" in holds and other.type and module.type:
            same = module.class_name == other.class_name
            yield Fact(name, "class", Status.CONFIRMED if same else Status.CONTRADICTED, module.type, other.type, module.defined_at)
        if "arguments" in holds and other.arguments and source.framework != "keras":
            yield from _arguments(name, module, other)
    for old, other in artifact.modules.items():
        if (name := names.get(old, old)) not in source.modules and not (repeated and repeated.fullmatch(name)):
            yield Fact(names.get(old, old), "module", Status.CONTRADICTED, None, other.type or old, note="the source has no such module")


def _arguments(name: str, module: Any, other: Any) -> Iterator[Fact]:
    """The settings that both sides state."""
    if not module.type.startswith("torch."):
        return  # what a class of one's own is given need not be what it keeps under that name
    expected = module_settings(module)
    for key, value in expected.items():
        if key not in other.arguments or not plain(value) or isinstance(value, Unknown):
            continue
        found = other.arguments[key]
        if not plain(found) or found == "?":
            continue
        status = Status.CONFIRMED if alike(value, found) else Status.CONTRADICTED
        yield Fact(name, key, status, value, found, module.defined_at)


def _outputs(source: Architecture, artifact: Architecture) -> Iterable[Fact]:
    """What the forward gives, where both sides say it in numbers."""
    ours, theirs = source.outputs or (), artifact.outputs or ()
    if len(ours) != 1 or len(theirs) != 1:
        return
    one, other = (_sizes(getattr(value, "shape", None)) for value in (ours[0], theirs[0]))
    if one is not None and other is not None:
        given = [_sizes(getattr(value, "shape", None)) for value in source.inputs.values()]
        taken = [_sizes(getattr(value, "shape", None)) for value in artifact.inputs.values()]
        if given == taken:
            yield Fact("output", "shape", Status.CONFIRMED if one == other else Status.CONTRADICTED, one, other)
