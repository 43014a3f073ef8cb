"""Bodies that ``yield``: the same statements as host generators.

Only the statements around a ``yield`` are compiled in this form; all others run as usual.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from ...ir.unknown import Unknown
from ...source import syntax as s
from ..machine import Frame
from ..operators import truth
from ..values import Lost, Raised
from .dispatch import BREAK, CONTINUE, RETURN, Run, expression, generates, generating, optional, statement
from .names import target
from .scopes import Scope, holds_yield, walk
from .exceptions import enter_context, exit_context, handle
from .statements import branch_condition

Steps = Generator[Any, Any, Any]


def generator_block(nodes: list[Any], scope: Scope) -> Run:
    """Compile a suite of a generator: the closure gives a host generator whose return value is the signal."""
    steps: list[tuple[bool, Run]] = []
    for node in nodes:
        compiled = generating(node, scope) if holds_yield([node]) else None
        steps.extend(_hoisted(node, scope) if compiled is None and holds_yield([node]) else
                     [(True, compiled) if compiled is not None else (False, statement(node, scope))])  # fmt: skip

    def run(frame: Frame) -> Steps:
        for yields, step in steps:
            signal = (yield from step(frame)) if yields else step(frame)
            if signal is not None:
                return signal
        return None

    return run


def _hoisted(node: Any, scope: Scope) -> list[tuple[bool, Run]]:
    """A ``yield`` deep inside an expression: done first, its value kept in a name of its own."""
    steps: list[tuple[bool, Run]] = []
    yields = [item for item in walk([node]) if type(item) is s.Yield]
    for number, item in enumerate(reversed(yields)):
        name = s.Name(item.at, f".yield{number}")
        scope.names.add(name.id)
        step = generating(s.Assign(item.at, [name], item), scope)
        assert step is not None
        steps.append((True, step))
        _replace(node, item, name)
    return [*steps, (False, statement(node, scope))]


def _replace(node: Any, old: Any, new: Any) -> None:
    for parent in walk([node]):
        for field in parent.__struct_fields__:
            value = getattr(parent, field)
            if value is old:
                setattr(parent, field, new)
            elif type(value) is list and any(item is old for item in value):
                setattr(parent, field, [new if item is old else item for item in value])


def _yielded(node: s.Yield, scope: Scope) -> Run:
    """The generator that does one ``yield`` and gives back what was sent."""
    value, at = optional(node.value, scope), node.at

    def run(frame: Frame) -> Steps:
        return (yield value(frame) if value is not None else None)

    def run_whole(frame: Frame) -> Steps:
        assert value is not None
        source = value(frame)
        frame.at = at
        items = frame.machine.iterate(source)
        if hasattr(items, "send"):
            return (yield from items)
        for item in items:
            yield item
        return None

    return run_whole if node.whole else run


@generates(s.Evaluate)
def _evaluate(node: s.Evaluate, scope: Scope) -> Run | None:  # type: ignore[misc]
    if type(node.value) is not s.Yield:
        return None
    step = _yielded(node.value, scope)

    def run(frame: Frame) -> Steps:
        yield from step(frame)

    return run


@generates(s.Assign)
def _assign(node: s.Assign, scope: Scope) -> Run | None:  # type: ignore[misc]
    if type(node.value) is not s.Yield:
        return None
    step = _yielded(node.value, scope)
    stores = [target(item, scope) for item in node.targets]

    def run(frame: Frame) -> Steps:
        value = yield from step(frame)
        for store in stores:
            store(frame, value)

    return run


@generates(s.Return)
def _return(node: s.Return, scope: Scope) -> Run | None:  # type: ignore[misc]
    if type(node.value) is not s.Yield:
        return None
    step = _yielded(node.value, scope)

    def run(frame: Frame) -> Steps:
        frame.result = yield from step(frame)
        return RETURN

    return run


@generates(s.If)
def _if(node: s.If, scope: Scope) -> Run | None:  # type: ignore[misc]
    if any(type(item) is s.Yield for item in walk([node.test])):
        return None
    test, body, orelse = branch_condition(node, scope), generator_block(node.body, scope), generator_block(node.orelse, scope)

    def run(frame: Frame) -> Steps:
        return (yield from (body if test(frame) else orelse)(frame))

    return run


@generates(s.For)
def _for(node: s.For, scope: Scope) -> Run | None:  # type: ignore[misc]
    if any(type(item) is s.Yield for item in walk([node.iterable])):
        return None
    iterable, store = expression(node.iterable, scope), target(node.target, scope)
    body, orelse = generator_block(node.body, scope), generator_block(node.orelse, scope)

    def run(frame: Frame) -> Steps:
        m = frame.machine
        for item in m.iterate(iterable(frame)):
            m.step()
            store(frame, item)
            signal = yield from body(frame)
            if signal is not None and signal is not CONTINUE:
                return None if signal is BREAK else signal
        return (yield from orelse(frame))

    return run


@generates(s.While)
def _while(node: s.While, scope: Scope) -> Run | None:  # type: ignore[misc]
    if any(type(item) is s.Yield for item in walk([node.test])):
        return None
    test, body, orelse = expression(node.test, scope), generator_block(node.body, scope), generator_block(node.orelse, scope)

    def run(frame: Frame) -> Steps:
        m = frame.machine
        while True:
            value = test(frame)
            if type(value) is Unknown:
                raise Lost(value)
            if not truth(m, value):
                break
            m.step()
            signal = yield from body(frame)
            if signal is not None and signal is not CONTINUE:
                return None if signal is BREAK else signal
        return (yield from orelse(frame))

    return run


@generates(s.With)
def _with(node: s.With, scope: Scope) -> Run:
    items = [(expression(item.context, scope), target(item.target, scope) if item.target else None) for item in node.items]
    body = generator_block(node.body, scope)

    def enter(frame: Frame, depth: int) -> Steps:
        if depth == len(items):
            return (yield from body(frame))
        context, store = items[depth]
        manager = context(frame)
        entered = enter_context(frame.machine, manager)
        if store is not None:
            store(frame, entered)
        try:
            signal = yield from enter(frame, depth + 1)
        except Raised as raised:
            if not exit_context(frame.machine, manager, raised):
                raise
            return None
        exit_context(frame.machine, manager, None)
        return signal

    return lambda frame: enter(frame, 0)


@generates(s.Try)
def _try(node: s.Try, scope: Scope) -> Run:
    body, orelse = generator_block(node.body, scope), generator_block(node.orelse, scope)
    handlers = [
        (optional(handler.exception, scope), target(s.Name(handler.at, handler.name), scope) if handler.name else None,
         generator_block(handler.body, scope))
        for handler in node.handlers
    ]  # fmt: skip
    final = generator_block(node.final, scope)

    def attempt(frame: Frame) -> Steps:
        try:
            signal = yield from body(frame)
        except Raised as raised:
            return (yield from handle(frame, handlers, raised))
        return signal if signal is not None else (yield from orelse(frame))

    def run(frame: Frame) -> Steps:
        try:
            signal = yield from attempt(frame)
        except (Raised, GeneratorExit):
            overruled = yield from final(frame)
            if overruled is not None:
                return overruled
            raise
        kept = frame.result
        overruled = yield from final(frame)
        if overruled is not None:
            return overruled
        frame.result = kept
        return signal

    return run
