"""Loops over plain data that were run before with the same data: what they came to is put in place, not counted out again.

Every block of a model makes the same table of a million offsets. A loop qualifies when all it can touch are local variables that
hold numbers, texts and containers of these; then what it leaves behind depends on nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...source import syntax as s
from ..builtins.functions import BUILTINS
from ..machine import Frame
from ..values import MISSING, Otherwise
from .names import load
from .plain import FAILURES, Compiler
from .scopes import Scope, target_names

#: From so many rounds of the outermost loop on it pays to look.
FEWEST = 64
#: Elements that are looked through before a loop, and kept of what it left behind.
MOST_GIVEN, MOST_KEPT = 100_000, 4_000_000

_FUNCTIONS = frozenset({"abs", "bool", "divmod", "enumerate", "float", "int", "len", "max", "min", "range", "round", "str", "sum", "zip"})
_METHODS = frozenset({"append", "extend", "get", "insert", "items", "keys", "pop", "setdefault", "values"})
_SIMPLE = frozenset({int, float, str, bool, type(None)})


class Unfit(Exception):
    """Not plain data, or too much of it."""


def remembered(node: s.For, scope: Scope, rounds: Callable[[Frame, Any], Any]) -> Callable[[Frame, Any, Any], Any] | None:
    """What runs a loop, or puts in place what it came to before; None for a loop that may touch more than plain local data.

    Args:
        node: The loop.
        scope: Where it stands.
        rounds: Runs it: ``rounds(frame, iterator)``.
    """
    reach = _Reach(scope)
    if scope.kind != "function" or not any(type(inner) is s.For for inner in node.body) or not reach.statement(node):
        return None
    functions, names = [(load(name, scope), BUILTINS[name]) for name in reach.functions], tuple(reach.names)
    attempt = _attempt(node, scope)

    def run(frame: Frame, value: Any, iterator: Any) -> Any:
        if type(value) not in (list, tuple, range) or len(value) < FEWEST:
            return rounds(frame, iterator)
        given = {name: frame.names.get(name, MISSING) for name in names}
        lists = [id(item) for item in given.values() if _changes(item)]
        if len(set(lists)) < len(lists) or any(found(frame) is not usual for found, usual in functions):
            return rounds(frame, iterator)  # two names for one list, or a name that means something else here
        try:
            key = (id(node), _frozen(value), *map(_frozen, given.values()))
        except Unfit:
            return rounds(frame, iterator)
        known = frame.machine.tables.get(key)
        if known is None:
            signal = None if attempt is not None and attempt(frame, value, given) else rounds(frame, iterator)
            frame.machine.tables[key] = _left(frame.names, given)
            return signal
        for name, (in_place, content) in known.items():
            _restore(frame.names, name, in_place, content)
        return None

    return run


def _attempt(node: s.For, scope: Scope) -> Callable[[Frame, Any, dict[str, Any]], bool] | None:
    """What runs a loop the quick way and says whether it could: otherwise all is as before."""
    try:
        loop = Compiler(scope.mangled).loop(node)
    except Otherwise:
        return None

    def run(frame: Frame, value: Any, given: dict[str, Any]) -> bool:
        before = {name: old.copy() for name, old in given.items() if _changes(old)}
        try:
            loop(frame.machine, frame.names, value)
        except FAILURES:
            for name, old in given.items():
                if old is MISSING:
                    frame.names.pop(name, None)
                else:
                    frame.names[name] = old
            for name, content in before.items():
                _restore(frame.names, name, True, content)
            return False
        return True

    return run


class _Reach:
    """What the statements of a loop can touch."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.names: dict[str, None] = {}
        self.functions: dict[str, None] = {}

    def statement(self, node: Any) -> bool:
        """Whether it touches nothing but local names, which are noted."""
        kind = type(node)
        if kind is s.Assign:
            return all(map(self.place, node.targets)) and self.value(node.value)
        if kind is s.Augment:
            return self.place(node.target) and self.value(node.value)
        if kind is s.If:
            return self.value(node.test) and all(map(self.statement, (*node.body, *node.orelse)))
        if kind is s.For:
            return self.place(node.target) and self.value(node.iterable) and all(map(self.statement, (*node.body, *node.orelse)))
        if kind is s.Evaluate:
            return self.value(node.value)
        return kind is s.Simple

    def place(self, node: Any) -> bool:
        """The same of the target of an assignment."""
        if type(node) is s.Subscript:
            return type(node.value) is s.Name and self.value(node.value) and self.value(node.index)
        return all(map(self._local, target_names(node))) and type(node) in (s.Name, s.Display) and not _holds_more(node)

    def value(self, node: Any) -> bool:
        """The same of an expression."""
        kind = type(node)
        if kind is s.Name:
            return self._local(node.id)
        if kind is s.Constant:
            return True
        if kind is s.Call:
            return self._call(node)
        if kind is s.Display:
            return node.kind != "set" and all(map(self.value, node.items))
        if kind is s.Compare:
            return not {"is", "is not"} & set(node.ops) and self.value(node.left) and all(map(self.value, node.comparators))
        parts = _PARTS.get(kind)
        return parts is not None and all(self.value(part) for name in parts if (part := getattr(node, name)) is not None)

    def _call(self, node: s.Call) -> bool:
        if any(argument.star or argument.keyword or not self.value(argument.value) for argument in node.arguments):
            return False
        function = node.function
        if type(function) is s.Attribute:
            return function.name in _METHODS and type(function.value) is s.Name and self.value(function.value)
        if type(function) is not s.Name or function.id not in _FUNCTIONS or self.scope.find(function.id) is not None:
            return False
        self.functions[function.id] = None
        return True

    def _local(self, name: str) -> bool:
        self.names[self.scope.mangled(name)] = None
        return self.scope.find(self.scope.mangled(name)) == -1


_PARTS: dict[type, tuple[str, ...]] = {
    s.Binary: ("left", "right"), s.Boolean: ("left", "right"), s.Unary: ("operand",), s.Conditional: ("test", "body", "orelse"),
    s.Subscript: ("value", "index"), s.Slice: ("lower", "upper", "step"),
}  # fmt: skip


def _holds_more(node: Any) -> bool:
    """Whether a target to be unpacked into holds anything but names."""
    return type(node) is s.Display and any(
        type(item) is not s.Name and (type(item) is not s.Display or _holds_more(item)) for item in node.items
    )


def _changes(value: Any) -> bool:
    return type(value) is list or type(value) is dict


def _frozen(value: Any) -> Any:
    """A value as a key: equal only for what no program could tell apart.

    Raises:
        Unfit: It is not plain data, is large, or has lists inside: those might be changed under another name.
    """
    if value is not MISSING and not _is_flat(value, MOST_GIVEN):
        raise Unfit
    return _keyed(value)


def _keyed(value: Any) -> Any:
    kind = type(value)
    if kind is int or kind is str:
        return value
    if kind is tuple or kind is list or kind is dict:
        return (kind, tuple([_keyed(item) for item in (value.items() if kind is dict else value)]))
    return (kind, repr(value))  # 1, 1.0 and True are one key otherwise, and so are 0.0 and -0.0


def _left(names: dict[str, Any], before: dict[str, Any]) -> dict[str, tuple[bool, Any]] | None:
    """What a loop left behind: the variables it changed, whether in place, and a copy of what they hold; None where that will not do."""
    found: dict[str, tuple[bool, Any]] = {}
    holders: set[int] = set()
    for name, old in before.items():
        value = names.get(name, MISSING)
        if value is MISSING or (value is old and not _changes(value)):
            continue
        if not _is_flat(value, MOST_KEPT) or (_changes(value) and id(value) in holders):
            return None
        holders.add(id(value))
        found[name] = (value is old, value.copy() if _changes(value) else value)
    return found


def _is_flat(value: Any, most: int) -> bool:
    """Whether a value is plain, not larger than that, and nothing in it could be changed through another name."""
    kind = type(value)
    if kind in _SIMPLE or kind is range:
        return True
    if kind not in (tuple, list, dict) or len(value) > most:
        return False
    items = [*value.keys(), *value.values()] if kind is dict else value
    kinds = set(map(type, items))
    return kinds <= _SIMPLE or (kinds <= {*_SIMPLE, tuple} and all(_is_flat(item, most) for item in items if type(item) is tuple))


def _restore(names: dict[str, Any], name: str, in_place: bool, content: Any) -> None:
    if not in_place:
        names[name] = content.copy() if _changes(content) else content
    elif type(content) is list:
        names[name][:] = content
    else:
        names[name].clear()
        names[name].update(content)
