"""Displays: tuples, lists, sets and dicts as the source writes them."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Unknown
from ...source import syntax as s
from ..builtins.hosts import gather, payload_of
from ..machine import Frame
from ..operators import subscript
from ..repeated import Repeat, Repeated
from ..unordered import told_apart
from ..values import Lost
from .dispatch import Run, compiles, expression, optional
from .scopes import Scope


def items(nodes: list[Any], scope: Scope) -> Run:
    """Compile the items of a display, stars spread out: the closure gives a new list."""
    runs = tuple(expression(node.value if type(node) is s.Starred else node, scope) for node in nodes)
    if any(type(node) is s.Starred for node in nodes):
        starred = tuple(type(node) is s.Starred for node in nodes)

        def spread(frame: Frame) -> list[Any]:
            found: list[Any] = []
            for run, is_starred in zip(runs, starred):
                value = run(frame)
                if is_starred:
                    found.extend(value.parts if type(value) is Repeated else gather(frame.machine, value))
                else:
                    found.append(value)
            frame.machine.require_items(len(found))
            return found

        return spread
    if len(runs) == 1:
        (only,) = runs
        return lambda frame: [only(frame)]
    if len(runs) == 2:
        first, second = runs
        return lambda frame: [first(frame), second(frame)]
    return lambda frame: [run(frame) for run in runs]


def sequence(nodes: list[Any], scope: Scope) -> Run:
    """Compile the items of a tuple, or of what is given by position: the closure gives a tuple."""
    if any(type(node) is s.Starred for node in nodes):
        gather = items(nodes, scope)
        return lambda frame: tuple(gather(frame))
    runs = tuple(expression(node, scope) for node in nodes)
    if not runs:
        return lambda frame: ()
    if len(runs) == 1:
        (only,) = runs
        return lambda frame: (only(frame),)
    if len(runs) == 2:
        first, second = runs
        return lambda frame: (first(frame), second(frame))
    if len(runs) == 3:
        one, two, three = runs
        return lambda frame: (one(frame), two(frame), three(frame))
    return lambda frame: tuple([run(frame) for run in runs])


def _spread_display(gather: Run, kind: str) -> Run:
    """A display with stars: what repeats in it makes it a sequence that repeats."""

    def run(frame: Frame) -> Any:
        found = gather(frame)
        if any(type(item) is Repeat for item in found):
            whole = Repeated(found)
            if kind == "set":
                raise Lost(whole.lost())
            return whole
        if kind == "set":
            return _as_set(frame, found)
        return found if kind == "list" else tuple(found)

    return run


@compiles(s.Display)
def _display(node: s.Display, scope: Scope) -> Run:
    if any(type(item) is s.Starred for item in node.items):
        return _spread_display(items(node.items, scope), node.kind)
    if node.kind == "tuple":
        return sequence(node.items, scope)
    gather = items(node.items, scope)
    if node.kind == "list":
        return gather
    return lambda frame: _as_set(frame, gather(frame))


def _as_set(frame: Frame, items: list[Any]) -> Any:
    return _hashed(frame, set, told_apart(items))


def _hashed(frame: Frame, make: Any, found: Any) -> Any:
    try:
        return make(found)
    except TypeError as error:
        raise frame.machine.error_from(error) from None


@compiles(s.DictDisplay)
def _dict(node: s.DictDisplay, scope: Scope) -> Run:
    pairs = tuple((optional(key, scope), expression(value, scope)) for key, value in zip(node.keys, node.values))
    at = node.at

    def run(frame: Frame) -> Any:
        found: dict[Any, Any] = {}
        for key, value in pairs:
            if key is None:
                frame.at = at
                merge(frame.machine, found, value(frame))
                continue
            name = key(frame)
            if type(name) is Unknown:
                raise Lost(name)
            try:
                found[name] = value(frame)
            except TypeError as error:
                raise frame.machine.error_from(error) from None
        return found

    return run


def merge(m: Any, into: dict[Any, Any], mapping: Any) -> None:
    """``**mapping``: its items join a dict."""
    mapping = payload_of(mapping)
    if isinstance(mapping, dict):
        into.update(mapping)
        return
    if type(mapping) is Unknown:
        raise Lost(mapping)
    keys = m.call(m.get(mapping, "keys"), (), {})
    for key in m.iterate(keys):
        into[key] = subscript(m, mapping, key)
