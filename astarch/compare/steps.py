"""Where two forwards part: steps that came, went or are done in another order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any

from ..ir.architecture import Architecture
from ..ir.change import Change, Kind
from ..ir.graph import Node
from ..ir.span import NOWHERE
from .behaviour import Flow

#: More steps than this are counted, not shown.
_SHOWN = 24

Labelled = list[tuple[str, Node]]


def step_changes(
    old: Architecture,
    new: Architecture,
    flows: tuple[Flow | None, Flow | None],
    parts: Mapping[str, str],
    names: Mapping[str, str],
    behaviour: bool | None,
) -> Iterator[Change]:
    """The differences between two data flows.

    Args:
        old: The model before.
        new: The model after.
        flows: Their canonical data flows.
        parts: New names of old modules.
        names: New names of old keys.
        behaviour: Whether they differ at all.
    """
    first, second = flows
    if first is None or second is None:
        return
    before = [(_label(node, parts, names), node) for _, node in first.steps]
    after = [(_label(node, {}, {}), node) for _, node in second.steps]
    severity = "warning" if behaviour is not False else "info"
    same = "" if behaviour is not False else "computes the same"
    if [label for label, _ in before] == [label for label, _ in after]:
        if behaviour:
            yield _rewired(first, second, severity)
        return
    if Counter(label for label, _ in before) == Counter(label for label, _ in after):
        place = next(place for place, (one, other) in enumerate(zip(before, after, strict=True)) if one[0] != other[0])
        one, other = before[place], after[place]
        yield Change(Kind.CALL_ORDER, _subject(other[1]), severity, one[0], other[0], one[1].at, other[1].at, same)
        return
    yield from _edits(before, after, severity, same)


def _edits(before: Labelled, after: Labelled, severity: str, same: str) -> Iterator[Change]:
    matcher = SequenceMatcher(None, [label for label, _ in before], [label for label, _ in after], autojunk=False)
    shown = 0
    for word, a, b, c, d in matcher.get_opcodes():
        if word == "equal":
            continue
        shown += 1
        if shown > _SHOWN:
            left = sum(code[0] != "equal" for code in matcher.get_opcodes()) - _SHOWN
            yield Change(Kind.DATA_FLOW, "", severity, None, None, note=f"and {left} more places")
            return
        one, other = before[a:b], after[c:d]
        at = (one[0][1].at if one else NOWHERE, other[0][1].at if other else NOWHERE)
        subject = _subject((other or one)[0][1])
        yield Change(Kind.DATA_FLOW, subject, severity, _joined(one), _joined(other), *at, same)


def _rewired(first: Flow, second: Flow, severity: str) -> Change:
    """The first step that is fed or set differently although its name is the same."""
    for (value, node), (other, there) in zip(first.steps, second.steps, strict=True):
        if value != other:
            kinds = [_kind(node), _kind(there)]
            if kinds[0] != kinds[1]:
                return Change(Kind.DATA_FLOW, _subject(there), severity, kinds[0], kinds[1], node.at, there.at)
            one, two = _given(node), _given(there)
            changed = [name for name in dict.fromkeys((*one, *two)) if one.get(name) != two.get(name)]
            before, after = (", ".join(f"{name}={side[name]}" for name in changed if name in side) or None for side in (one, two))
            return Change(
                Kind.DATA_FLOW, _subject(there), severity, before, after, node.at, there.at, "" if changed else "it gets something else"
            )
    return Change(Kind.DATA_FLOW, "", severity, None, None, note="the forward returns something else")


def _joined(steps: Labelled) -> str | None:
    labels = [label for label, _ in steps[:6]]
    return ", ".join(labels) + (f" and {len(steps) - 6} more" if len(steps) > 6 else "") if labels else None


def _label(node: Node, parts: Mapping[str, str], names: Mapping[str, str]) -> str:
    if node.op == "call_module":
        return parts.get(node.target, node.target) or _kind(node)
    base = _kind(node)
    keys = [names.get(key, key) for key in _keys(node.attributes.get("arguments", {}).values())]
    plain = [text for value in node.attributes.get("arguments", {}).values() for text in _plain(value)]
    return f"{base}({', '.join([*keys, *plain])})"


def _given(node: Node) -> dict[str, str]:
    """The settings and arguments of a step, as far as they are plain."""
    settings = node.attributes.get("settings", {}) | node.attributes.get("arguments", {})
    return {name: " ".join(texts) for name, value in settings.items() if (texts := list(_plain(value)))}


def _subject(node: Node) -> str:
    return (node.target or _kind(node)) if node.op == "call_module" else f"{node.module}.{_kind(node)}".lstrip(".")


def _kind(node: Node) -> str:
    """The class of a layer, the name of an operation: ``SiLU``, ``reshape``, ``add``."""
    if node.op == "call_module":
        return str(node.attributes.get("kind", "")).rpartition(".")[2]
    base = node.target.rpartition(".")[2]
    return base[2:-2].replace("truediv", "div") if base.startswith("__") and base.endswith("__") else base


def _keys(values: Any) -> Iterator[str]:
    for value in values:
        if isinstance(value, tuple):
            if value[:1] == ("tensor",):
                yield str(value[1])
            else:
                yield from _keys(value)


def _plain(value: Any) -> Iterator[str]:
    """The constants in a stated value."""
    if isinstance(value, tuple):
        if value and value[0] in ("node", "tensor", "input", "made"):
            return
        if value and value[0] == "values":
            yield f"{value[1]} constant {value[3][1:5]!r}"
            return
        if value and value[0] == "slice" and all(part is None or isinstance(part, int) for part in value[1:]):
            parts = ["" if part is None else str(part) for part in value[1:]]
            yield ":".join(parts if parts[2] else parts[:2])
            return
        for item in value[1:] if value and isinstance(value[0], str) else value:
            yield from _plain(item)
    elif not isinstance(value, str) or value:
        yield str(value)
