"""``raise``, ``try`` and ``with``."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from ...ir.unknown import Lost, Reason, Unknown
from ...source import syntax as s
from ..builtins.exceptions import EXCEPTIONS, is_exception
from ..machine import Frame, Machine
from ..operators import truth
from ..values import Class, Instance, Raised
from .dispatch import Run, block, compiles, expression, optional
from .names import target, unbind
from .scopes import Scope


@compiles(s.Raise)
def _raise(node: s.Raise, scope: Scope) -> Run:
    value, cause, at = optional(node.value, scope), optional(node.cause, scope), node.at

    def run(frame: Frame) -> None:
        m = frame.machine
        frame.at = at
        error = next((f.error for f in _frames(frame) if f.error is not None), None)
        if value is None:
            raise error if error is not None else m.error("RuntimeError", "No active exception to reraise")
        found = value(frame)
        frame.at = at
        if isinstance(found, Class) and found.derives(EXCEPTIONS["BaseException"]):
            found = m.call(found, (), {})
        if type(found) is Unknown:
            raise m.error("Exception", f"an exception that is not known: {found.detail}")
        if not is_exception(found):
            raise m.error("TypeError", "exceptions must derive from BaseException")
        if cause is not None:
            reason = cause(frame)
            found.__dict__["__cause__"] = m.call(reason, (), {}) if isinstance(reason, Class) else reason
            found.__dict__["__suppress_context__"] = True
        raise chained(Raised(found, m.where(), m.stack()), error)

    return run


def chained(raised: Raised, during: Raised | None) -> Raised:
    """An exception raised while another one was handled: it remembers that one."""
    if during is not None and during.value is not raised.value and isinstance(raised.value, Instance):
        raised.value.__dict__.setdefault("__context__", during.value)
    return raised


def _frames(frame: Frame | None) -> Any:
    while frame is not None:
        yield frame
        frame = frame.caller


# --- with and try ---------------------------------------------------------------------------------------------------


@compiles(s.With)
def _with(node: s.With, scope: Scope) -> Run:
    items = [(expression(item.context, scope), target(item.target, scope) if item.target else None) for item in node.items]
    body, at = block(node.body, scope), node.at

    def enter(frame: Frame, depth: int) -> Any:
        if depth == len(items):
            return body(frame)
        context, store = items[depth]
        manager = context(frame)
        frame.at = at
        entered = enter_context(frame.machine, manager)
        if store is not None:
            store(frame, entered)
        guard = type(manager) is Unknown
        frame.machine.guards += guard
        try:
            signal = enter(frame, depth + 1)
        except Raised as raised:
            if guard:
                raise Lost(frame.machine.unknown(Reason.UNDECIDED, "whether an error is caught")) from None
            if not exit_context(frame.machine, manager, raised):
                raise
            return None
        finally:
            frame.machine.guards -= guard
        exit_context(frame.machine, manager, None)
        return signal

    return lambda frame: enter(frame, 0)


def enter_context(m: Machine, manager: Any) -> Any:
    """``manager.__enter__()``."""
    if type(manager) is Unknown:
        return manager
    return m.call(m.get(manager, "__enter__"), (), {})


def exit_context(m: Machine, manager: Any, raised: Raised | None) -> bool:
    """``manager.__exit__(...)``; True when it swallows the exception."""
    if type(manager) is Unknown:
        return False
    arguments: tuple[Any, ...] = (None, None, None) if raised is None else (m.class_of(raised.value), raised.value, None)
    try:
        answer = m.call(m.get(manager, "__exit__"), arguments, {})
    except Raised as another:
        raise chained(another, raised) from None
    return raised is not None and type(answer) is not Unknown and truth(m, answer)


@compiles(s.Try)
def _try(node: s.Try, scope: Scope) -> Run:
    guards = any(_catches_import(handler.exception) for handler in node.handlers)
    scope.guards_import += guards
    body = block(node.body, scope)
    scope.guards_import -= guards
    handlers = [(*handler_parts(handler, scope), block(handler.body, scope)) for handler in node.handlers]
    orelse = block(node.orelse, scope) if node.orelse else None
    final = block(node.final, scope) if node.final else None
    guard = any(_catches_misfit(handler.exception) for handler in node.handlers)

    def attempt(frame: Frame) -> Any:
        depth, current = frame.machine.depth, frame.machine.frame
        signal, caught = None, None
        frame.machine.guards += guard
        try:
            signal = body(frame)
        except Raised as raised:
            caught = raised
        finally:
            frame.machine.guards -= guard
        if caught is not None:
            frame.machine.depth, frame.machine.frame = depth, current
            return handle(frame, handlers, caught)
        if signal is None and orelse is not None:
            return orelse(frame)
        return signal

    if final is None:
        return attempt

    def run(frame: Frame) -> Any:
        try:
            signal = attempt(frame)
        except Raised as raised:
            try:
                overruled = final(frame)
            except Raised as another:
                raise chained(another, raised) from None
            if overruled is not None:
                return overruled
            raise
        kept = frame.result
        overruled = final(frame)
        if overruled is not None:
            return overruled
        frame.result = kept
        return signal

    return run


def handle(frame: Frame, handlers: list[Any], raised: Raised) -> Any:
    """Run the handler that catches the exception, or let it pass."""
    for kinds, store, forget, body in handlers:
        if kinds is not None and not matches(frame, kinds(frame), raised.value):
            continue
        before = frame.error
        frame.error = raised
        if store is not None:
            store(frame, raised.value)
        try:
            return body(frame)
        except Raised as another:
            raise chained(another, raised) from None
        finally:
            frame.error = before
            if forget is not None:
                forget(frame)
    raise raised


def handler_parts(handler: s.Handler, scope: Scope) -> tuple[Any, Any, Any]:
    """Of an ``except`` clause: the kinds it catches, and what binds and unbinds its name."""
    kinds = optional(handler.exception, scope)
    if not handler.name:
        return kinds, None, None
    name = s.Name(handler.at, handler.name)
    unbound = unbind(name, scope)

    def forget(frame: Frame) -> None:
        with suppress(Raised):  # the handler may have deleted it already
            unbound(frame)

    return kinds, target(name, scope), forget


def matches(frame: Frame, kinds: Any, value: Any) -> bool:
    frame.machine.step()
    if isinstance(kinds, (tuple, list)):
        return any(matches(frame, kind, value) for kind in kinds)
    return isinstance(kinds, Class) and isinstance(value, Instance) and value.py_class.derives(kinds)


_IMPORT_ERRORS = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}


def _catches_misfit(node: Any) -> bool:
    """Whether an ``except`` clause catches what frameworks raise where sizes do not fit."""
    if type(node) is s.Display:
        return any(_catches_misfit(item) for item in node.items)
    return node is None or (type(node) is s.Name and node.id in ("RuntimeError", "ValueError", "Exception", "BaseException"))


def _catches_import(node: Any) -> bool:
    if node is None:
        return True
    if type(node) is s.Name:
        return node.id in _IMPORT_ERRORS
    if type(node) is s.Display:
        return any(_catches_import(item) for item in node.items)
    return False
