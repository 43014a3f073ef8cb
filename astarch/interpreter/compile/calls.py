"""Calls as the source writes them."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Unknown
from ...source import syntax as s
from ..builtins.hosts import METHODS
from ..machine import Frame
from ..values import Class, Lost, Super
from .dispatch import Run, compiles, expression
from .expressions import items, merge
from .scopes import Scope


@compiles(s.Call)
def _call(node: s.Call, scope: Scope) -> Run:
    if type(node.function) is s.Name and node.function.id == "super" and not node.arguments:
        return _bare_super(node, scope)
    arguments = _arguments(node.arguments, scope)
    if type(node.function) is s.Attribute:
        return _method_call(node, arguments, scope)
    function, at = expression(node.function, scope), node.at

    def run(frame: Frame) -> Any:
        callee = function(frame)
        args, kwargs = arguments(frame)
        frame.at = at
        return frame.machine.call(callee, args, kwargs)

    return run


def _method_call(node: s.Call, arguments: Run, scope: Scope) -> Run:
    """``receiver.name(...)``: methods of host values are reached without binding them first."""
    attribute: Any = node.function
    receiver, name, at = expression(attribute.value, scope), scope.mangled(attribute.name), node.at

    def run(frame: Frame) -> Any:
        owner = receiver(frame)
        m = frame.machine
        table = METHODS.get(type(owner))
        if table is not None and name in table:
            args, kwargs = arguments(frame)
            frame.at = at
            return m.call(table[name], (owner, *args), kwargs)
        frame.at = at
        callee = m.get(owner, name)
        args, kwargs = arguments(frame)
        frame.at = at
        return m.call(callee, args, kwargs)

    return run


def _bare_super(node: s.Call, scope: Scope) -> Run:
    at = node.at

    def run(frame: Frame) -> Any:
        m = frame.machine
        frame.at = at
        function = frame.function
        if frame.cell is None or function is None or not isinstance(frame.cell[0], Class):
            raise m.error("RuntimeError", "super(): no arguments")
        code = function.code
        name = code.positional[0] if code.positional else code.rest
        receiver = frame.names.get(name)
        if receiver is None:
            receiver = next((names[name] for names in frame.outer if name in names), None)
        elif not code.positional:
            receiver = receiver[0]
        return Super(frame.cell[0], receiver)

    return run


def _arguments(nodes: list[s.Argument], scope: Scope) -> Run:
    """Compile the arguments of a call: the closure gives ``(args, kwargs)``."""
    positional = [node for node in nodes if not node.keyword and node.star != "**"]
    named = [node for node in nodes if node.keyword or node.star == "**"]
    gather = items([s.Starred(n.at, n.value) if n.star else n.value for n in positional], scope) if positional else None
    if not named:
        return _only_positional(positional, gather, scope)
    pairs = tuple((node.keyword, expression(node.value, scope)) for node in named)
    if all(keyword for keyword, _ in pairs):

        def keywords(frame: Frame) -> Any:
            args = tuple(gather(frame)) if gather is not None else ()
            return args, {keyword: value(frame) for keyword, value in pairs}

        return keywords

    def spread(frame: Frame) -> Any:
        args = tuple(gather(frame)) if gather is not None else ()
        kwargs: dict[str, Any] = {}
        for keyword, value in pairs:
            if keyword:
                kwargs[keyword] = value(frame)
            else:
                _merge_keywords(frame, kwargs, value(frame))
        return args, kwargs

    return spread


def _only_positional(nodes: list[s.Argument], gather: Run | None, scope: Scope) -> Run:
    if gather is None:
        return lambda frame: ((), {})
    if len(nodes) == 1 and not nodes[0].star:
        only = expression(nodes[0].value, scope)
        return lambda frame: ((only(frame),), {})
    return lambda frame: (tuple(gather(frame)), {})


def _merge_keywords(frame: Frame, kwargs: dict[str, Any], mapping: Any) -> None:
    if type(mapping) is Unknown:
        raise Lost(mapping)
    extra: dict[Any, Any] = {}
    merge(frame.machine, extra, mapping)
    for name, value in extra.items():
        if name in kwargs:
            raise frame.machine.error("TypeError", f"got multiple values for keyword argument '{name}'")
        if not isinstance(name, str):
            raise frame.machine.error("TypeError", "keywords must be strings")
        kwargs[name] = value
