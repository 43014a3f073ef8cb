"""``match``: patterns as closures that test a value and bind names."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from ...ir.unknown import Unknown
from ...source import syntax as s
from ..builtins.hosts import payload_of
from ..machine import Frame
from ..operators import compare, contains, subscript, truth
from ..values import MISSING, Class
from .dispatch import Run, block, compiles, expression, generates
from .expressions import condition
from .generators import generator_block
from .names import bind
from .scopes import Scope, holds_yield

Test = Callable[[Frame, Any], bool]

#: Classes that a single positional pattern matches as a whole.
_WHOLE = {"bool", "bytearray", "bytes", "dict", "float", "frozenset", "int", "list", "set", "str", "tuple"}


@compiles(s.Match)
def _match(node: s.Match, scope: Scope) -> Run:
    subject = expression(node.subject, scope)
    cases = [(_pattern(c.pattern, scope), condition(c.guard, scope) if c.guard else None, block(c.body, scope)) for c in node.cases]

    def run(frame: Frame) -> Any:
        body = _chosen(frame, subject(frame), cases)
        return body(frame) if body is not None else None

    return run


@generates(s.Match)
def _match_yielding(node: s.Match, scope: Scope) -> Run | None:
    if holds_yield([node.subject]):
        return None
    subject = expression(node.subject, scope)
    cases = [
        (_pattern(c.pattern, scope), condition(c.guard, scope) if c.guard else None, generator_block(c.body, scope)) for c in node.cases
    ]

    def run(frame: Frame) -> Any:
        body = _chosen(frame, subject(frame), cases)
        return (yield from body(frame)) if body is not None else None

    return run


def _chosen(frame: Frame, value: Any, cases: list[Any]) -> Any:
    for test, guard, body in cases:
        if test(frame, value) and (guard is None or guard(frame)):
            return body
    return None


def _pattern(node: s.Pattern, scope: Scope) -> Test:
    return _PATTERNS[node.kind](node, scope)


def _value(node: s.Pattern, scope: Scope) -> Test:
    wanted = expression(node.value, scope)
    singleton = isinstance(node.value, s.Constant) and (node.value.value is None or isinstance(node.value.value, bool))

    def test(frame: Frame, value: Any) -> bool:
        other = wanted(frame)
        return value is other if singleton else _holds(frame, compare(frame.machine, "==", value, other))

    return test


def _holds(frame: Frame, answer: Any) -> bool:
    return answer is True or (answer is not False and truth(frame.machine, answer))


def _capture(node: s.Pattern, scope: Scope) -> Test:
    inner = _pattern(node.patterns[0], scope) if node.patterns else None
    store = bind(node.names[0], scope) if node.names else None

    def test(frame: Frame, value: Any) -> bool:
        if inner is not None and not inner(frame, value):
            return False
        if store is not None:
            store(frame, value)
        return True

    return test


def _either(node: s.Pattern, scope: Scope) -> Test:
    tests = [_pattern(item, scope) for item in node.patterns]
    return lambda frame, value: any(test(frame, value) for test in tests)


def _sequence(node: s.Pattern, scope: Scope) -> Test:
    star = next((i for i, item in enumerate(node.patterns) if item.kind == "star"), None)
    tests = [_pattern(item, scope) for item in node.patterns]

    def test(frame: Frame, value: Any) -> bool:
        items = payload_of(value)
        if not isinstance(items, (list, tuple, range, deque)):
            return False
        if isinstance(items, deque):
            items = list(items)
        if star is None:
            return len(items) == len(tests) and all(t(frame, item) for t, item in zip(tests, items))
        after = len(tests) - star - 1
        if len(items) < len(tests) - 1:
            return False
        parts = [*items[:star], list(items[star : len(items) - after]), *items[len(items) - after :]]
        return all(t(frame, item) for t, item in zip(tests, parts))

    return test


def _mapping(node: s.Pattern, scope: Scope) -> Test:
    keys = [expression(key, scope) for key in node.keys]
    tests = [_pattern(item, scope) for item in node.patterns]
    rest = bind(node.names[0], scope) if node.names else None

    def test(frame: Frame, value: Any) -> bool:
        m = frame.machine
        if not isinstance(payload_of(value), dict):
            return False
        wanted = [key(frame) for key in keys]
        for key, inner in zip(wanted, tests):
            if not _holds(frame, contains(m, value, key)) or not inner(frame, subscript(m, value, key)):
                return False
        if rest is not None:
            rest(frame, {k: v for k, v in payload_of(value).items() if k not in wanted})
        return True

    return test


def _class(node: s.Pattern, scope: Scope) -> Test:
    cls = expression(node.value, scope)
    tests = [_pattern(item, scope) for item in node.patterns]
    count = len(tests) - len(node.names)

    def test(frame: Frame, value: Any) -> bool:
        m = frame.machine
        kind = cls(frame)
        if type(value) is Unknown or not m.is_instance(value, kind):
            return False
        names = [*_positional(m, kind, count), *node.names]
        if count and isinstance(kind, Class) and kind.name in _WHOLE:
            return tests[0](frame, value)
        for name, inner in zip(names, tests):
            found = m.get(value, name, MISSING)
            if found is MISSING or not inner(frame, found):
                return False
        return True

    return test


def _positional(m: Any, kind: Any, count: int) -> list[str]:
    names = m.get(kind, "__match_args__", ()) if count else ()
    if type(names) is not tuple or (isinstance(kind, Class) and kind.name in _WHOLE):
        return []
    if count > len(names):
        allowed = f"{len(names)} positional sub-pattern{'' if len(names) == 1 else 's'}"
        raise m.error("TypeError", f"{m.get(kind, '__name__', 'class')}() accepts {allowed} ({count} given)")
    return list(names[:count])


def _unsupported(node: s.Pattern, scope: Scope) -> Test:
    return lambda frame, value: False


_PATTERNS: dict[str, Callable[[s.Pattern, Scope], Test]] = {
    "value": _value, "capture": _capture, "star": _capture, "or": _either, "sequence": _sequence, "mapping": _mapping, "class": _class,
    "unsupported": _unsupported,
}  # fmt: skip
