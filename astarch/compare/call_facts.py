"""Holding the calls of a forward, and the shapes that layers give, against those of a model that ran."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from ..ir.architecture import Architecture, Call
from ..ir.graph import Record, TensorType
from ..ir.unknown import Unknown
from ..ir.verification import Fact, Status


def call_facts(source: Architecture, live: Architecture) -> Iterator[Fact]:
    """Which modules are called, in which order, with tensors of which shapes and element types.

    Args:
        source: What was read, with inputs.
        live: What ran.

    >>> [fact.about for fact in call_facts(Architecture("a"), Architecture("b", calls=(Call("fc", (), {}, ()),)))]
    ['call']
    """
    ours, theirs = source.calls, live.calls
    names = [call.module for call in ours], [call.module for call in theirs]
    for word, a, b, c, d in _opcodes(*names):
        if word == "equal":
            for place in range(b - a):
                yield from _pair(ours[a + place], theirs[c + place], f"call {c + place + 1}")
            continue
        for place in range(a, b):
            note = "the live model does not call it here"
            yield Fact(ours[place].module, "call", Status.CONTRADICTED, f"call {place + 1}", None, ours[place].at, note=note)
        for place in range(c, d):
            note = "the source does not call it here"
            yield Fact(theirs[place].module, "call", Status.CONTRADICTED, None, f"call {place + 1}", note=note)


def layer_facts(source: Architecture, live: Architecture) -> Iterator[Fact]:
    """What the layers of Keras give, and what they are fed by."""
    for name, module in source.modules.items():
        other = live.modules.get(name)
        if other is None:
            continue
        if other.output_shapes is not None:
            expected = None if module.output_shapes is None else _plain(module.output_shapes)
            yield _fact(name, "output shapes", expected, _plain(other.output_shapes), module.defined_at)
        if module.inbound is not None and other.inbound is not None and (module.inbound or other.inbound):
            yield _fact(name, "fed by", module.inbound, other.inbound, module.defined_at)


def _opcodes(ours: list[str], theirs: list[str]) -> list[tuple[str, int, int, int, int]]:
    if ours == theirs:
        return [("equal", 0, len(ours), 0, len(theirs))]
    return list(SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes())


def _pair(call: Call, other: Call, place: str) -> Iterator[Fact]:
    """The same call on both sides."""
    yield Fact(call.module, "call", Status.CONFIRMED, place, place, call.at)
    given = ((call.inputs, call.keywords), (other.inputs, other.keywords))
    for about, (expected, found) in (("inputs", given), ("outputs", (call.outputs, other.outputs))):
        yield _fact(call.module, f"{about} of its call", _tensors(expected), _tensors(found), call.at)


def _fact(name: str, about: str, expected: Any, found: Any, at: Any) -> Fact:
    if expected is None or found is None:
        return Fact(name, about, Status.ABSENT, expected, found, at, note="it is not known")
    return Fact(name, about, Status.CONFIRMED if expected == found else Status.CONTRADICTED, expected, found, at)


def _tensors(value: Any) -> tuple[str, ...] | None:
    """All tensors in a value, as text and in order; None when one of them, or a part of the value, is not known."""
    found: list[str] = []
    return tuple(found) if _collect(value, found) else None


def _collect(value: Any, found: list[str]) -> bool:
    if isinstance(value, Unknown):
        return False
    if isinstance(value, TensorType):
        found.append(str(value))
        return all(type(side) is int for side in value.shape)
    if isinstance(value, Record):
        value = value.fields
    if isinstance(value, dict):
        value = list(value.values())
    known = True
    for item in value if isinstance(value, tuple | list) else ():
        known = _collect(item, found) and known
    return known


def _plain(shapes: Any) -> tuple[Any, ...] | None:
    """Shapes of numbers, and None for what is open; None when one of them is a formula."""
    found = tuple(tuple(shape) if isinstance(shape, tuple | list) else shape for shape in shapes)
    known = all(isinstance(shape, tuple) and all(side is None or type(side) is int for side in shape) for shape in found)
    return found if known else None
