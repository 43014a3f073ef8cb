"""Comprehensions and generator expressions: small scopes of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ir.unknown import Unknown
from ...source import syntax as s
from ..budget import BudgetSpent
from ..machine import Frame, Machine
from ..repeated import Repeated
from ..values import MISSING, Lost
from .columns import FEWEST, Column, column
from .dispatch import Run, Store, compiles, expression
from .expressions import condition
from .names import target
from .repeating import repeat_element
from .scopes import Scope, target_names


@compiles(s.Comprehension)
def _comprehension(node: s.Comprehension, scope: Scope) -> Run:
    names = {name for clause in node.clauses for name in target_names(clause.target)}
    inner = Scope("comprehension", names, scope)
    source = expression(node.clauses[0].iterable, scope)
    clauses = [
        (
            target(clause.target, inner),
            expression(clause.iterable, inner) if i else None,
            tuple(condition(test, inner) for test in clause.conditions),
        )
        for i, clause in enumerate(node.clauses)
    ]
    element = expression(node.element, inner)
    key = expression(node.key, inner) if node.key is not None else None
    in_module, at = scope.kind == "module", node.at
    in_class = scope.kind == "class"

    def open_frame(frame: Frame) -> Frame:
        outer = frame.outer if in_module or in_class else (frame.names, *frame.outer)
        opened = Frame(frame.machine, frame.module, {}, outer, frame.function, frame.cell)
        opened.at = at
        opened.caller = frame
        opened.limit = frame.limit
        return opened

    if node.kind == "list" and len(clauses) == 1 and not clauses[0][2]:
        only = node.clauses[0].target
        table = column(node.element, scope.mangled(only.id), inner) if isinstance(only, s.Name) else None
        return _simple_list(source, clauses[0][0], element, open_frame, table)
    collect = {"list": _list, "set": _set, "dict": _dict, "generator": _generator}[node.kind]
    return collect(source, clauses, element, key, open_frame)


def _rounds(frame: Frame, items: Any, clauses: list[Any], depth: int = 0) -> Iterator[None]:
    """Runs through the clauses; stops at every round that passes all conditions."""
    store, _, conditions = clauses[depth]
    m = frame.machine
    for item in items:
        m.step()
        store(frame, item)
        if conditions and not all(test(frame) for test in conditions):
            continue
        if depth + 1 == len(clauses):
            yield
        else:
            yield from _rounds(frame, m.iterate(clauses[depth + 1][1](frame)), clauses, depth + 1)


def _list(source: Run, clauses: list[Any], element: Run, key: Any, open_frame: Any) -> Run:
    if len(clauses) == 1 and not clauses[0][2]:
        return _simple_list(source, clauses[0][0], element, open_frame)

    def run(frame: Frame) -> Any:
        m = frame.machine
        items = m.iterate(source(frame))
        inner = open_frame(frame)
        m.frame = inner
        try:
            return [element(inner) for _ in _rounds(inner, items, clauses)]
        finally:
            m.frame = frame

    return run


def _simple_list(source: Run, store: Store, element: Run, open_frame: Any, table: Column | None = None) -> Run:
    """``[element for target in source]``, by far the commonest."""

    def run(frame: Frame) -> Any:
        m = frame.machine
        over = source(frame)
        items = m.iterate(over)
        inner = open_frame(frame)
        m.frame = inner
        found: list[Any] = []
        try:
            if type(items) is Repeated:
                return repeat_element(inner, items, store, element)
            if table is not None and type(over) is range and len(over) >= FEWEST and (made := table(inner, over)) is not None:
                return made
            for item in items:
                m.step()
                store(inner, item)
                found.append(element(inner))
        finally:
            m.frame = frame
        return found

    return run


def _starts(m: Machine, rounds: Iterator[Any]) -> bool:
    """Whether there is a first round. One generator that starts another, which starts another ..., goes as deep as calls do."""
    if m.depth >= m.budget.depth:
        raise BudgetSpent(f"{m.budget.depth} generators inside one another")
    m.depth += 1
    try:
        return next(rounds, MISSING) is not MISSING
    finally:
        m.depth -= 1


def _set(source: Run, clauses: list[Any], element: Run, key: Any, open_frame: Any) -> Run:
    gather = _list(source, clauses, element, key, open_frame)

    def run(frame: Frame) -> Any:
        found = gather(frame)
        for item in found:
            if type(item) is Unknown:
                raise Lost(item)
        try:
            return set(found)
        except TypeError as error:
            raise frame.machine.error_from(error) from None

    return run


def _dict(source: Run, clauses: list[Any], element: Run, key: Any, open_frame: Any) -> Run:
    def run(frame: Frame) -> Any:
        m = frame.machine
        items = m.iterate(source(frame))
        inner = open_frame(frame)
        m.frame = inner
        found: dict[Any, Any] = {}
        try:
            for _ in _rounds(inner, items, clauses):
                name = key(inner)
                if type(name) is Unknown:
                    raise Lost(name)
                found[name] = element(inner)
        except TypeError as error:
            raise m.error_from(error) from None
        finally:
            m.frame = frame
        return found

    return run


def _generator(source: Run, clauses: list[Any], element: Run, key: Any, open_frame: Any) -> Run:
    at_once = _simple_list(source, clauses[0][0], element, open_frame) if len(clauses) == 1 and not clauses[0][2] else None

    def run(frame: Frame) -> Any:
        items = frame.machine.iterate(source(frame))
        if type(items) is Repeated and at_once is not None:
            return at_once(frame)
        inner = open_frame(frame)

        def generate() -> Iterator[Any]:
            rounds = _rounds(inner, items, clauses)
            if _starts(frame.machine, rounds):
                yield element(inner)
                for _ in rounds:
                    yield element(inner)

        return generate()

    return run
