"""Two Architectures side by side: every difference as a `Change`, and what they mean together as a `Comparison`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..ir.architecture import Architecture, Buffer, Parameter
from ..ir.change import Change, Comparison, Kind, Rename, Verdict
from ..ir.span import NOWHERE, Span
from .behaviour import Flow, Interned, flow_of
from .compatibility import SURE, Loading, droppable, fillable, loading, moved, renamed, verdict
from .interfaces import interface_changes
from .renames import Held, renames, state
from .steps import step_changes
from .tree import module_changes, module_names

_GRAVITY = {"error": 0, "warning": 1, "info": 2}


def compare(old: Architecture, new: Architecture, *, name: str = "", same_code: bool = False) -> Comparison:
    """What differs between two models.

    Args:
        old: The model before.
        new: The model after, read with the same inputs.
        name: What the pair is called.
        same_code: Whether nothing that either of them is made of differs but in layout and comments.

    >>> model = Architecture("net.py:Net")
    >>> compare(model, model).verdict.id  # nothing is known of either
    'undecided'
    """
    before, after = state(old), state(new)
    as_it_is = loading(before, after)
    interned = Interned()
    flows = _flows(old, new, interned, {})
    found = [] if as_it_is.strict else renames(old, new, *(flow.used if flow else () for flow in flows))
    found = [rename for rename in found if rename.confidence >= SURE]
    names = {rename.old: rename.new for rename in found}
    if names:
        flows = _flows(old, new, interned, names)
    left = loading(renamed(before, found), after)
    dropped, filled = droppable(old, new, left, names), fillable(old, new, left, names)
    mended = replace(left, missing=_without(left.missing, filled), unexpected=_without(left.unexpected, dropped))
    behaviour, doubts = _behaviour(flows, same_code, bool(dropped or filled))
    if behaviour:
        one, other = _flows(old, new, interned, names, blind=True)
        if one is not None and other is not None and one.result == other.result:
            behaviour, doubts = None, ["whether a constant that is made in another way now has other values"]
    if names and behaviour is False:
        found = [replace(rename, confidence=0.99, why="the forward computes the same with it") for rename in found]
    broken, unsure = ([], []) if same_code else _lost(old, new)
    doubts += [*unsure, *_doubts(old, "old"), *_doubts(new, "new")]
    doubts += [f"the shape of `{key}` is not known" for key in as_it_is.unsure]
    parts = module_names(old, new, names)
    changes = [*_key_changes(old, new, as_it_is, found, left, dropped, filled), *module_changes(old, new, parts)]
    changes += step_changes(old, new, flows, parts, names, behaviour)
    changes += [*interface_changes(old, new), *_order(old, new, names)]
    changes.sort(key=lambda change: _GRAVITY[change.severity])
    result = verdict(as_it_is, mended, bool(names or dropped or filled), behaviour, bool(changes), doubts)
    if not same_code and (broken or not (old.modules and new.modules)):
        result = Verdict.UNDECIDED  # a part of one tree is missing: what differs may be only that
    return Comparison(
        name or new.target,
        old,
        new,
        result,
        tuple(changes),
        tuple(found),
        dropped,
        filled,
        behaviour,
        tuple(dict.fromkeys(doubts)),
        _hooks(new),
    )


def added(new: Architecture, name: str = "") -> Comparison:
    """A model that was not there before."""
    change = Change(Kind.MODULE_ADDED, "", "info", None, new.name, NOWHERE, _place(new))
    return Comparison(name or new.target, None, new, Verdict.COMPATIBLE, (change,), behaviour=False)


def removed(old: Architecture, name: str = "") -> Comparison:
    """A model that is no longer there."""
    change = Change(Kind.MODULE_REMOVED, "", "error", old.name, None, _place(old))
    return Comparison(name or old.target, old, None, Verdict.BREAKING, (change,), behaviour=True)


def _place(model: Architecture) -> Span:
    root = model.modules.get("")
    return root.class_at if root is not None else NOWHERE


def _without(names: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name not in others)


def _flows(
    old: Architecture, new: Architecture, interned: Interned, names: Mapping[str, str], *, blind: bool = False
) -> tuple[Flow | None, Flow | None]:
    """Both data flows, the old one with its keys under their new names; keys that an old checkpoint fills with one value are one."""
    before = {names.get(name, name): item for name, item in state(old).items()}
    alike = {name: names.get(first, first) for name, item in before.items() if (first := item.tied_to) is not None}
    return flow_of(old, interned, names, blind=blind), flow_of(new, interned, alike, blind=blind)


def _behaviour(flows: tuple[Flow | None, Flow | None], same_code: bool, moved: bool) -> tuple[bool | None, list[str]]:
    """Whether the forwards differ, and what keeps that from being known."""
    first, second = flows
    if first is None or second is None:
        return (False, []) if same_code else (None, ["the forward was not run to its end: give --input"])
    unknown = list(dict.fromkeys((*first.unknown, *second.unknown)))
    if first.result == second.result:
        return (None, unknown) if unknown and not same_code else (False, [])
    if unknown:
        return None, unknown
    return (None, ["whether the saved buffers equal those that the model makes itself"]) if moved else (True, [])


def _lost(old: Architecture, new: Architecture) -> tuple[list[str], list[str]]:
    """What was lost while one of the two was built, but not the other; and all that was lost or not decided."""
    lost = [set(model.attributes.get("lost", ())) for model in (old, new)]
    conditions = [condition for model in (old, new) for condition in model.attributes.get("decided", ())]
    unsure = [f"both ways of `{condition}` are possible" for condition in conditions]
    unsure += [f"a part of the model, for {reason}" for reason in sorted(lost[0] | lost[1])]
    return sorted(lost[0] ^ lost[1]), unsure


def _doubts(model: Architecture, side: str) -> Iterator[str]:
    """What makes the tree of modules itself uncertain."""
    if not model.modules:
        yield f"the {side} model was not built"
    for finding in model.diagnostics:
        if finding.name == "program-error" and model.outputs is None and not model.calls:
            yield f"building the {side} model {finding.message}"
    for unknown in model.unknown:
        if unknown.reason.id in ("budget-spent", "internal"):
            yield f"in the {side} model: {unknown}"


def _hooks(new: Architecture) -> tuple[str, ...]:
    return tuple(f"{name} = {value}" if value else name for name, value in new.attributes.get("hooks", {}).items())


# --- keys -----------------------------------------------------------------------------------------------------------------


def _key_changes(
    old: Architecture,
    new: Architecture,
    load: Loading,
    found: list[Rename],
    left: Loading,
    dropped: tuple[str, ...],
    filled: tuple[str, ...],
) -> Iterator[Change]:
    before, after = state(old), state(new)
    for rename in found:
        first, second = before[rename.old], after[rename.new]
        note = f"{rename.confidence:.0%} sure: {rename.why}"
        yield Change(Kind.KEY_RENAMED, rename.new, "error", rename.old, rename.new, first.at, second.at, note)
        yield from _item_changes(first, second)
    for name in left.missing:
        if name not in filled:
            yield Change(Kind.KEY_ADDED, name, "error", None, _item(after[name]), NOWHERE, after[name].at, _transient(old, name))
    for name in left.unexpected:
        if name not in dropped:
            yield Change(Kind.KEY_REMOVED, name, "error", _item(before[name]), None, before[name].at, NOWHERE, _transient(new, name))
    there = moved({rename.old: rename.new for rename in found})
    here = moved({rename.new: rename.old for rename in found})
    for one, other in (*((here(name), name) for name in filled), *((name, there(name)) for name in dropped)):
        first, second = old.buffers[one], new.buffers[other]
        words = ["persistent" if item.persistent else "not persistent" for item in (first, second)]
        yield Change(Kind.PERSISTENCE, other, "error", words[0], words[1], first.at, second.at, "" if one == other else f"was {one}")
    gone = {rename.old for rename in found}
    for name in after:
        if name in before and name not in gone and name not in {rename.new for rename in found}:
            if name in left.mismatched:
                first, second = before[name], after[name]
                yield Change(Kind.KEY_RESHAPED, name, "error", first.shape, second.shape, first.at, second.at)
            yield from _item_changes(before[name], after[name])
    yield from _passing(old, new)


def _item_changes(old: Held, new: Held) -> Iterator[Change]:
    """What else than its name and shape differs in a tensor that both have."""
    at = (old.at, new.at)
    if old.dtype != new.dtype:
        yield Change(Kind.KEY_RETYPED, new.name, "warning", old.dtype, new.dtype, *at, "old values are converted on loading")
    if isinstance(old, Parameter) != isinstance(new, Parameter):
        before, after = ("parameter" if isinstance(item, Parameter) else "buffer" for item in (old, new))
        yield Change(Kind.KEY_NATURE, new.name, "info", before, after, *at, "an optimizer sees parameters only")
    elif isinstance(old, Parameter) and isinstance(new, Parameter) and old.trainable != new.trainable:
        before, after = ("trained" if item.trainable else "frozen" for item in (old, new))
        yield Change(Kind.TRAINABLE, new.name, "info", before, after, *at)
    if bool(old.tied_to) != bool(new.tied_to):
        if new.tied_to:
            yield Change(Kind.TIED, new.name, "warning", None, new.tied_to, *at, "both keys load into one tensor: the last one wins")
        else:
            yield Change(Kind.UNTIED, new.name, "info", old.tied_to, None, *at, "they are trained apart from now on")


def _transient(other: Architecture, name: str) -> str:
    buffer = other.buffers.get(name)
    return "it was a buffer that is not saved" if buffer is not None and not buffer.persistent else ""


def _item(item: Held) -> str:
    shape = "?" if item.shape is None else f"[{', '.join(map(str, item.shape))}]"
    return f"{item.dtype}{shape}{' buffer' if isinstance(item, Buffer) else ''}"


def _passing(old: Architecture, new: Architecture) -> Iterator[Change]:
    """Buffers that are not saved on either side: they do not matter for loading."""
    before = {name: item for name, item in old.buffers.items() if not item.persistent}
    after = {name: item for name, item in new.buffers.items() if not item.persistent}
    for name in (*before, *(name for name in after if name not in before)):
        first, second = before.get(name), after.get(name)
        if first is not None and second is not None:
            if str(first.shape) != str(second.shape):
                yield Change(Kind.KEY_RESHAPED, name, "info", first.shape, second.shape, first.at, second.at, "a buffer that is not saved")
        elif second is not None and name not in old.buffers and name not in old.parameters:
            yield Change(Kind.KEY_ADDED, name, "info", None, _item(second), NOWHERE, second.at, "a buffer that is not saved")
        elif first is not None and name not in new.buffers and name not in new.parameters:
            yield Change(Kind.KEY_REMOVED, name, "info", _item(first), None, first.at, NOWHERE, "a buffer that is not saved")


def _order(old: Architecture, new: Architecture, names: Mapping[str, str]) -> Iterator[Change]:
    """The order of the parameters, which an optimizer's state goes by, and with it the order of their random numbers."""
    taken = set(names.values())
    before: list[Any] = [names.get(name, name) for name in old.parameters if name in names or name not in taken]
    both = set(before) & set(new.parameters)
    first, second = [name for name in before if name in both], [name for name in new.parameters if name in both]
    if first != second:
        place = next(place for place, pair in enumerate(zip(first, second, strict=True)) if pair[0] != pair[1])
        note = "an optimizer's state goes by this order, and equal seeds give other initial weights"
        yield Change(Kind.ORDER, second[place], "info", first[place], second[place], NOWHERE, new.parameters[second[place]].at, note)
