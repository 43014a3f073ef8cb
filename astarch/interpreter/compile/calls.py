"""Calls as the source writes them."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Unknown
from ...source import syntax as s
from ..attributes import plain_method
from ..builtins.hosts import METHODS
from ..calls import CALLERS, call, call_builtin, invoke
from ..machine import Frame
from ..repeated import Repeat, Repeated
from ..values import MISSING, Builtin, Class, Lost, Super
from .dispatch import Run, compiles, expression
from .displays import merge, sequence
from .scopes import Scope


@compiles(s.Call)
def _call(node: s.Call, scope: Scope) -> Run:
    if type(node.function) is s.Name and node.function.id == "super" and not node.arguments:
        return _bare_super(node, scope)
    gather, keywords = _arguments(node.arguments, scope)
    if any(argument.star == "*" for argument in node.arguments):
        return _spread_call(node, gather, keywords, scope)
    if scope.guards_import and _name_of(node.function) in ("import_module", "__import__"):
        return _guarded_import(node, gather, keywords, scope)
    if type(node.function) is s.Attribute:
        return _method_call(node, gather, keywords, scope)
    function, at = expression(node.function, scope), node.at

    def run(frame: Frame) -> Any:
        callee = function(frame)
        args, kwargs = gather(frame), keywords(frame) if keywords is not None else {}
        if type(callee) is Builtin and len(args) == 1 and not kwargs and (quick := callee.quick.get(type(args[0]))) is not None:
            return quick(args[0])
        frame.at = at
        return CALLERS.get(type(callee), call)(frame.machine, callee, args, kwargs)

    return run


def _spread_call(node: s.Call, gather: Run, keywords: Run | None, scope: Scope) -> Run:
    """``function(*items)``: only containers of modules take items that repeat."""
    function, at = expression(node.function, scope), node.at

    def run(frame: Frame) -> Any:
        callee = function(frame)
        args, kwargs = gather(frame), keywords(frame) if keywords is not None else {}
        frame.at = at
        if any(type(item) is Repeat for item in args) and not _takes_repeats(callee):
            raise Lost(Repeated(list(args)).lost())
        return CALLERS.get(type(callee), call)(frame.machine, callee, args, kwargs)

    return run


def _takes_repeats(callee: Any) -> bool:
    cls = callee if isinstance(callee, Class) else getattr(getattr(callee, "receiver", None), "py_class", None)
    start = callee.find("__init__") if isinstance(callee, Class) else getattr(callee, "function", None)
    return cls is not None and cls.find("is_container") is not MISSING and type(start) is Builtin


def _name_of(function: Any) -> str:
    return function.name if type(function) is s.Attribute else function.id if type(function) is s.Name else ""


def _guarded_import(node: s.Call, gather: Run, keywords: Run | None, scope: Scope) -> Run:
    """``import_module(name)`` where a handler waits for its failure: like an import statement there."""
    function, at = expression(node.function, scope), node.at

    def run(frame: Frame) -> Any:
        m = frame.machine
        callee = function(frame)
        args, kwargs = gather(frame), keywords(frame) if keywords is not None else {}
        frame.at = at
        m.guarding += 1
        try:
            return m.call(callee, args, kwargs)
        finally:
            m.guarding -= 1

    return run


def _method_call(node: s.Call, gather: Run, keywords: Run | None, scope: Scope) -> Run:
    """``receiver.name(...)``: methods of host values are reached without binding them first."""
    attribute: Any = node.function
    receiver, name, at = expression(attribute.value, scope), scope.mangled(attribute.name), node.at

    def run(frame: Frame) -> Any:
        owner = receiver(frame)
        m = frame.machine
        table = METHODS.get(type(owner))
        if table is not None and name in table:
            args, kwargs = gather(frame), keywords(frame) if keywords is not None else {}
            frame.at = at
            return call_builtin(m, table[name], (owner, *args), kwargs)
        frame.at = at
        method = plain_method(owner, name)
        if method is not None:
            args, kwargs = (owner, *gather(frame)), keywords(frame) if keywords is not None else {}
            frame.at = at
            return invoke(m, method, args, kwargs)
        callee = m.get(owner, name)
        args, kwargs = gather(frame), keywords(frame) if keywords is not None else {}
        frame.at = at
        return CALLERS.get(type(callee), call)(m, callee, args, kwargs)

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


def _arguments(nodes: list[s.Argument], scope: Scope) -> tuple[Run, Run | None]:
    """Compile the arguments of a call: a closure for those by position, a tuple, and one for those by name, a new dict; None without any."""
    positional = [node for node in nodes if not node.keyword and node.star != "**"]
    named = [node for node in nodes if node.keyword or node.star == "**"]
    gather = sequence([s.Starred(n.at, n.value) if n.star else n.value for n in positional], scope)
    return gather, _keywords(named, scope) if named else None


def _keywords(nodes: list[s.Argument], scope: Scope) -> Run:
    pairs = tuple((node.keyword, expression(node.value, scope)) for node in nodes)
    if len(pairs) == 1 and pairs[0][0]:
        ((name, only),) = pairs
        return lambda frame: {name: only(frame)}
    if all(keyword for keyword, _ in pairs):
        return lambda frame: {keyword: value(frame) for keyword, value in pairs}

    def spread(frame: Frame) -> Any:
        kwargs: dict[str, Any] = {}
        for keyword, value in pairs:
            if keyword:
                kwargs[keyword] = value(frame)
            else:
                _merge_keywords(frame, kwargs, value(frame))
        return kwargs

    return spread


_TEXT = frozenset({str})


def _merge_keywords(frame: Frame, kwargs: dict[str, Any], mapping: Any) -> None:
    if type(mapping) is dict and kwargs.keys().isdisjoint(mapping) and _TEXT.issuperset(map(type, mapping)):
        kwargs.update(mapping)
        return
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
