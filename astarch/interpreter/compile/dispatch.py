"""Which function compiles which kind of node. The files of this folder register theirs; none imports another.

A compiled expression is a closure ``run(frame) -> value``; a compiled statement ``run(frame) -> signal``, where the
signal is None, `BREAK`, `CONTINUE` or `RETURN` (the value is then in ``frame.result``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...source import syntax as s
from ..machine import Frame
from .scopes import Scope

Run = Callable[[Frame], Any]
Store = Callable[[Frame, Any], None]


class Signal:
    """How a statement ended other than by reaching its end."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


BREAK, CONTINUE, RETURN = Signal("break"), Signal("continue"), Signal("return")

_EXPRESSIONS: dict[type, Callable[[Any, Scope], Run]] = {}
_STATEMENTS: dict[type, Callable[[Any, Scope], Run]] = {}
_GENERATORS: dict[type, Callable[[Any, Scope], Run | None]] = {}


def compiles(*kinds: type) -> Callable[[Callable[[Any, Scope], Run]], Callable[[Any, Scope], Run]]:
    """Register the compiler of an expression or statement kind."""

    def register(function: Callable[[Any, Scope], Run]) -> Callable[[Any, Scope], Run]:
        for kind in kinds:
            table = _STATEMENTS if kind in s.Statement.__args__ else _EXPRESSIONS
            table[kind] = function
        return function

    return register


def generates(*kinds: type) -> Callable[[Callable[[Any, Scope], Run | None]], Callable[[Any, Scope], Run | None]]:
    """Register the compiler of a statement kind that holds a ``yield``: its closure is a host generator; None when it must be hoisted first."""

    def register(function: Callable[[Any, Scope], Run | None]) -> Callable[[Any, Scope], Run | None]:
        for kind in kinds:
            _GENERATORS[kind] = function
        return function

    return register


def expression(node: Any, scope: Scope) -> Run:
    """Compile an expression."""
    return _EXPRESSIONS[type(node)](node, scope)


def optional(node: Any, scope: Scope) -> Run | None:
    """Compile an expression that may be absent."""
    return None if node is None else _EXPRESSIONS[type(node)](node, scope)


def statement(node: Any, scope: Scope) -> Run:
    """Compile a statement."""
    return _STATEMENTS[type(node)](node, scope)


def generating(node: Any, scope: Scope) -> Run | None:
    """Compile a statement that holds a ``yield``, if its kind can."""
    compiler = _GENERATORS.get(type(node))
    return None if compiler is None else compiler(node, scope)


def block(nodes: list[Any], scope: Scope) -> Run:
    """Compile a suite."""
    runs = tuple(statement(node, scope) for node in nodes)
    if len(runs) == 1:
        return runs[0]
    if len(runs) == 2:
        first, second = runs

        def both(frame: Frame) -> Any:
            signal = first(frame)
            return second(frame) if signal is None else signal

        return both

    def run(frame: Frame) -> Any:
        for step in runs:
            signal = step(frame)
            if signal is not None:
                return signal
        return None

    return run
