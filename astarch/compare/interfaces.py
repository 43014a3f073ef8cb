"""What the callers of a model see of a change: signatures, defaults, configuration, outputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ir.architecture import Architecture
from ..ir.change import Change, Kind
from ..ir.span import NOWHERE, Span
from ..ir.text import value_text


def interface_changes(old: Architecture, new: Architecture) -> Iterator[Change]:
    """The differences between the interfaces of two models."""
    places = (_place(old), _place(new))
    if old.framework != new.framework:
        yield Change(Kind.FRAMEWORK, "", "warning", old.framework, new.framework, *places)
    for key, kind in (("forward", Kind.FORWARD_SIGNATURE), ("constructor", Kind.CONSTRUCTOR_SIGNATURE)):
        yield from _signature(kind, key, old.attributes.get(key, []), new.attributes.get(key, []), places)
    before, after = old.attributes.get("config", {}), new.attributes.get("config", {})
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Change(Kind.CONFIG, name, "info", before.get(name), after.get(name), *places)
    if old.outputs is not None and new.outputs is not None:
        first, second = (", ".join(map(value_text, outputs)) for outputs in (old.outputs, new.outputs))
        if first != second and str(old.inputs) == str(new.inputs):
            yield Change(Kind.OUTPUT, "", "warning", first, second, *places)


def _place(model: Architecture) -> Span:
    root = model.modules.get("")
    return root.class_at if root is not None else NOWHERE


def _signature(kind: Kind, which: str, old: list[Any], new: list[Any], places: tuple[Span, Span]) -> Iterator[Change]:
    """Parameters that came, went or moved; and defaults that differ."""
    before, after = {item[0]: item for item in old}, {item[0]: item for item in new}
    shared = [name for name in before if name in after]
    if [item[:2] for item in old] != [item[:2] for item in new] or any(
        (before[name][2] is None) != (after[name][2] is None) for name in shared
    ):
        required = [name for name, sort, default in new if name not in before and default is None and sort in ("", "keyword")]
        gone = [name for name in before if name not in after]
        grave = bool(required or gone) or [name for name in after if name in before] != shared
        note = "; ".join(f"{words} {', '.join(names)}" for words, names in (("callers must give", required), ("without", gone)) if names)
        yield Change(kind, which, "warning" if grave else "info", _text(old), _text(new), *places, note)
    for name in shared:
        if None not in (before[name][2], after[name][2]) and before[name][2] != after[name][2]:
            yield Change(Kind.DEFAULT, f"{which}({name})", "info", before[name][2], after[name][2], *places)


def _text(signature: list[Any]) -> str:
    """A signature as Python writes it."""
    words: list[str] = []
    starred = False
    for name, sort, default in signature:
        if sort == "keyword" and not starred:
            words.append("*")
            starred = True
        starred = starred or sort == "*"
        star = sort if sort in ("*", "**") else ""
        words.append(f"{star}{name}" if default is None else f"{star}{name}={default}")
    return f"({', '.join(words)})"
