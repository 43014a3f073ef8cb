"""A Keras source against what Keras itself saved of the model: every layer with all its settings, and what feeds it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..ir.architecture import Architecture, Module
from ..ir.unknown import Unknown
from ..ir.verification import Fact, Status
from .keras_layers import config_of, input_layers
from .settings import alike

#: What does not change what a model computes, or is compared elsewhere.
_SILENT = ("_initializer", "_regularizer", "_constraint")
_ELSEWHERE = {"name", "class_name", "trainable", "seed", "build_config", "synchronized", "batch_input_shape", "implementation"}


def archive_facts(source: Architecture, artifact: Architecture) -> Iterator[Fact]:
    """What the saved configuration says of the layers that the source makes."""
    shared = [name for name in source.modules if name and name in artifact.modules]
    for name in shared:
        yield from _settings(name, source, artifact)
        yield from _feeding(name, source, artifact)
    ours, theirs = (
        [name for name in source.modules if name in artifact.modules],
        [name for name in artifact.modules if name in source.modules],
    )
    if ours:
        yield Fact(
            "", "order of layers", Status.CONFIRMED if ours == theirs else Status.CONTRADICTED, ", ".join(ours[1:6]), ", ".join(theirs[1:6])
        )
    between = artifact.attributes.get("between", ())
    if between:
        yield Fact(
            "forward", "operations", Status.ABSENT, None, ", ".join(between), note="functions that stand between layers are not compared"
        )
    yield from _ends(source, artifact)


def _settings(name: str, source: Architecture, artifact: Architecture) -> Iterator[Fact]:
    module, other = source.modules[name], artifact.modules[name]
    if "configs" in source.attributes and name not in source.attributes["configs"] and not _is_model(name, source):
        yield Fact(
            name,
            "computation",
            Status.ABSENT,
            module.type,
            None,
            module.defined_at,
            note="a class of its own: what it does is in its source",
        )
    theirs = {_RENAMED.get((module.class_name, key), key): value for key, value in other.arguments.items()}
    if not _is_model(name, source):
        yield from _compared(name, config_of(source, name), theirs, module, "")


def setting_facts(source: Architecture, artifact: Architecture) -> Iterator[Fact]:
    """The settings of layers beside a graph, as Keras 2 leaves them."""
    for name, other in artifact.modules.items():
        if name and name in source.modules and other.arguments and not _is_model(name, source):
            module = source.modules[name]
            same = module.class_name == other.class_name
            yield Fact(name, "class", Status.CONFIRMED if same else Status.CONTRADICTED, module.type, other.type, module.defined_at)
            yield from _settings(name, source, artifact)


def _is_model(name: str, source: Architecture) -> bool:
    return any(other.startswith(f"{name}/") for other in source.modules)


def _compared(name: str, ours: Mapping[str, Any], theirs: Mapping[str, Any], module: Module, prefix: str) -> Iterator[Fact]:
    """One setting after the other; those of a wrapped layer below the name it has there."""
    if prefix and ours.get("class_name") != theirs.get("class_name"):
        yield Fact(name, f"{prefix}class", Status.CONTRADICTED, ours.get("class_name"), theirs.get("class_name"), module.defined_at)
    for key, found in theirs.items():
        if key.endswith(_SILENT) or key in _ELSEWHERE:
            continue
        about = f"{prefix}{key}"
        expected = ours.get(key, _NOTHING)
        if isinstance(expected, Mapping) and isinstance(found, Mapping):
            yield from _compared(name, expected, found, module, f"{about}.")
        elif expected is _NOTHING or isinstance(expected, Unknown | Mapping) or isinstance(found, Mapping):
            if found is not None and found is not False:  # what a class does not take is off
                yield Fact(name, about, Status.ABSENT, None, found, module.defined_at, note="the source's reading does not say")
        else:
            same = _alike(expected, found) if key != "axis" else _alike(_axes(expected, module), _axes(found, module))
            yield Fact(name, about, Status.CONFIRMED if same else Status.CONTRADICTED, expected, found, module.defined_at)


_NOTHING = object()
#: What Keras 2 called otherwise.
_RENAMED = {("LeakyReLU", "alpha"): "negative_slope"}


def _axes(value: Any, module: Module) -> Any:
    """Axes counted from the front, where the rank is known: Keras 2 saves them so."""
    rank = len(module.output_shapes[0]) if module.output_shapes and isinstance(module.output_shapes[0], tuple) else 0
    axes = list(value) if isinstance(value, list | tuple) else [value]
    return [axis + rank if isinstance(axis, int) and axis < 0 and rank else axis for axis in axes]


def _alike(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(_alike(a, b) for a, b in zip(one, other, strict=True))
    if one is None or other is None:
        return one is other
    return alike(one, other)


def _feeding(name: str, source: Architecture, artifact: Architecture) -> Iterator[Fact]:
    """Which layers feed it, in order; how often it is called is compared where both sides say."""
    ours, theirs = source.modules[name].inbound, artifact.modules[name].inbound
    at = source.modules[name].defined_at
    if theirs is None or (not ours and not theirs):
        return
    if ours is None:
        yield Fact(name, "fed by", Status.ABSENT, None, ", ".join(theirs), at, note="the source was read without a call of it")
        return
    if ours != theirs:
        more = set(theirs) < set(ours)  # it may be called by other models too
        yield Fact(name, "fed by", Status.ABSENT if more else Status.CONTRADICTED, ", ".join(ours), ", ".join(theirs), at)
        return
    given, taken = (_calls(side, name) for side in (source, artifact))
    if given is not None and taken is not None and given != taken:
        once = len(given) == len(taken) == 1  # several calls may be numbered in another way
        expected, found = ("; ".join(", ".join(call) for call in calls) for calls in (given, taken))
        yield Fact(name, "given to it", Status.CONTRADICTED if once else Status.ABSENT, expected, found, at)
        return
    yield Fact(name, "fed by", Status.CONFIRMED, ", ".join(ours), ", ".join(theirs), at)


def _calls(side: Architecture, name: str) -> tuple[tuple[str, ...], ...] | None:
    """What a layer is given, call by call; that it is not trained goes without saying."""
    found = side.attributes.get("feeds", {}).get(name)
    return None if found is None else tuple(tuple(text for text in call if text != "training=False") for call in found)


def _ends(source: Architecture, artifact: Architecture) -> Iterator[Fact]:
    """The inputs by name, shape and type, and the layers whose results are the outputs."""
    layers = {name: layer for layer, name in input_layers(source).items()}  # an archive calls an input by its layer
    ours, theirs = [(layers.get(name, name), one) for name, one in source.inputs.items()], list(artifact.inputs.items())
    if theirs and (len(ours) == len(theirs) == 1 or [name for name, _ in ours] == [name for name, _ in theirs]):
        for (name, one), (_, other) in zip(ours, theirs, strict=True):
            yield Fact(name, "input", _same_input(one, other), _open(one), _open(other))
    elif theirs:
        yield Fact("", "inputs", Status.ABSENT, ", ".join(name for name, _ in ours), ", ".join(name for name, _ in theirs))
    ends = artifact.attributes.get("ends")
    given = source.attributes.get("ends")
    if ends is not None:
        status = Status.ABSENT if given is None else Status.CONFIRMED if tuple(given) == tuple(ends) else Status.CONTRADICTED
        yield Fact("", "outputs", status, None if given is None else ", ".join(given), ", ".join(ends))


def _same_input(one: Any, other: Any) -> Status:
    """Whether two inputs are of one type; the size of the batch is left aside, and one that a side leaves open says nothing."""
    shapes = [getattr(value, "shape", None) for value in (one, other)]
    if shapes[0] is None or shapes[1] is None:
        return Status.ABSENT
    if len(shapes[0]) != len(shapes[1]) or one.dtype != other.dtype:
        return Status.CONTRADICTED
    known = [(type(a) is int, type(b) is int, a == b) for a, b in zip(shapes[0][1:], shapes[1][1:], strict=True)]
    if any(a and b and not same for a, b, same in known):
        return Status.CONTRADICTED
    return Status.CONFIRMED if all(a == b for a, b, _ in known) else Status.ABSENT


def _open(value: Any) -> str:
    """A tensor type as text, what is left open as a question mark."""
    sides = getattr(value, "shape", None)
    if sides is None:
        return "?"
    return f"{value.dtype}[{', '.join(str(side) if type(side) is int else '?' for side in sides)}]"
