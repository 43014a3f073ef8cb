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
from .exceptions import chained, enter_context, exit_context, handler_parts, matches
from .hoisting import hoisted
from .names import target
from .scopes import Scope, holds_yield
from .statements import branch_condition

Steps = Generator[Any, Any, Any]


def generator_block(nodes: list[Any], scope: Scope) -> Run:
    """Compile a suite of a generator: the closure gives a host generator whose return value is the signal."""
    steps = [step for node in nodes for step in _steps(node, scope)]

    def run(frame: Frame) -> Steps:
        for yields, step in steps:
            signal = (yield from step(frame)) if yields else step(frame)
            if signal is not None:
                return signal
        return None

    return run


def _steps(node: Any, scope: Scope) -> list[tuple[bool, Run]]:
    """A statement as steps, each with whether it yields."""
    if not holds_yield([node]):
        return [(False, statement(node, scope))]
    compiled = generating(node, scope)
    if compiled is not None:
        return [(True, compiled)]
    pieces = hoisted(node, scope.names)
    if pieces is None:
        return [(False, statement(node, scope))]
    return [step for piece in pieces for step in _steps(piece, scope)]


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
def _evaluate(node: s.Evaluate, scope: Scope) -> Run | None:
    if type(node.value) is not s.Yield or holds_yield([node.value.value]):
        return None
    step = _yielded(node.value, scope)

    def run(frame: Frame) -> Steps:
        yield from step(frame)

    return run


@generates(s.Assign)
def _assign(node: s.Assign, scope: Scope) -> Run | None:
    if type(node.value) is not s.Yield or holds_yield([node.value.value]):
        return None
    step = _yielded(node.value, scope)
    stores = [target(item, scope) for item in node.targets]

    def run(frame: Frame) -> Steps:
        value = yield from step(frame)
        for store in stores:
            store(frame, value)

    return run


@generates(s.Return)
def _return(node: s.Return, scope: Scope) -> Run | None:
    if type(node.value) is not s.Yield or holds_yield([node.value.value]):
        return None
    step = _yielded(node.value, scope)

    def run(frame: Frame) -> Steps:
        frame.result = yield from step(frame)
        return RETURN

    return run


@generates(s.If)
def _if(node: s.If, scope: Scope) -> Run | None:
    if holds_yield([node.test]):
        return None
    test, body, orelse = branch_condition(node, scope), generator_block(node.body, scope), generator_block(node.orelse, scope)

    def run(frame: Frame) -> Steps:
        return (yield from (body if test(frame) else orelse)(frame))

    return run


@generates(s.For)
def _for(node: s.For, scope: Scope) -> Run | None:
    if holds_yield([node.iterable]):
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
def _while(node: s.While, scope: Scope) -> Run | None:
    if holds_yield([node.test]):
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
def _with(node: s.With, scope: Scope) -> Run | None:
    if holds_yield([item.context for item in node.items]):
        return None
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
    handlers = [(*handler_parts(handler, scope), generator_block(handler.body, scope)) for handler in node.handlers]
    final = generator_block(node.final, scope)

    def attempt(frame: Frame) -> Steps:
        try:
            signal = yield from body(frame)
        except Raised as raised:
            return (yield from _handle(frame, handlers, raised))
        return signal if signal is not None else (yield from orelse(frame))

    def run(frame: Frame) -> Steps:
        try:
            signal = yield from attempt(frame)
        except Raised as raised:
            try:
                overruled = yield from final(frame)
            except Raised as another:
                raise chained(another, raised) from None
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


def _handle(frame: Frame, handlers: list[Any], raised: Raised) -> Steps:
    """Like `exceptions.handle`, for handlers that may yield."""
    for kinds, store, forget, body in handlers:
        if kinds is not None and not matches(frame, kinds(frame), raised.value):
            continue
        before, frame.error = frame.error, raised
        if store is not None:
            store(frame, raised.value)
        try:
            return (yield from body(frame))
        except Raised as another:
            raise chained(another, raised) from None
        finally:
            frame.error = before
            if forget is not None:
                forget(frame)
    raise raised
