"""Loops and comprehensions over a sequence whose length is a symbol."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from ...source import syntax as s
from ..machine import Frame
from ..repeated import Repeat, Repeated
from ..repetition import Unrepeatable, place_of, rounds
from .dispatch import BREAK, CONTINUE, Run, Store
from .scopes import target_names


def repeat_statement(frame: Frame, items: Repeated, store: Store, body: Run, fresh: frozenset[str]) -> None:
    """``for target in items: body``."""
    m = frame.machine
    place = place_of(m)

    def run(item: Any) -> None:
        m.step()
        store(frame, item)
        signal = body(frame)
        if signal is not None and signal is not CONTINUE:
            raise Unrepeatable((place,), "the loop is left early" if signal is BREAK else "a round returns")

    for part in list(items.parts):
        if type(part) is Repeat:
            rounds(m, part, run, fresh)
        else:
            run(part)


def repeat_element(frame: Frame, items: Repeated, store: Store, element: Run) -> Repeated:
    """``[element for target in items]``."""
    m = frame.machine

    def run(item: Any) -> Any:
        m.step()
        store(frame, item)
        return element(frame)

    names = frozenset(frame.names)
    return Repeated([part.like(tuple(rounds(m, part, run, names))) if type(part) is Repeat else run(part) for part in items.parts])


def fresh_names(node: s.For) -> frozenset[str]:
    """The names that every round of a loop binds before it reads them, whatever happens."""
    fresh = set(target_names(node.target))
    read: set[str] = set()
    for statement in node.body:
        if type(statement) is s.Assign:
            read |= _names(statement.value) - fresh
            for target in statement.targets:
                bound = set(target_names(target))
                read |= _names(target) - bound - fresh
                fresh |= bound - read
        else:
            read |= _names(statement) - fresh
    return frozenset(fresh - read)


def _names(node: Any) -> set[str]:
    """Every name in a piece of syntax, at any depth."""
    found: set[str] = set()
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, (list, tuple)):
            stack.extend(item)
        elif isinstance(item, Struct):
            if type(item) is s.Name:
                found.add(item.id)
            stack.extend(getattr(item, name) for name in item.__struct_fields__)
    return found
