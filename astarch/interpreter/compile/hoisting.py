"""A ``yield`` deep inside an expression, brought to the surface: the same statement as several, in the order of evaluation.

``x = f(a, (yield b))`` becomes ``.0 = f; .1 = a; .2 = yield b; x = .0(.1, .2)``. The names begin with a dot, which no
program can write.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from msgspec import Struct

from ...source import syntax as s
from .scopes import holds_yield

#: Nodes that are part of the expression around them.
_PARTS = (s.Argument, s.Starred, s.Slice, s.Formatted, s.FString)


def hoisted(node: Any, names: set[str]) -> list[Any] | None:
    """The statements that stand for one whose expressions yield; None for a kind that cannot.

    Args:
        names: The names of the function, to which those made here are added.
    """
    rewrite = _STATEMENTS.get(type(node))
    return None if rewrite is None else rewrite(node, _Hoist(names))


class _Hoist:
    """Statements gathered before the one that is rewritten."""

    def __init__(self, names: set[str], numbers: Any = None) -> None:
        self.names = names
        self.steps: list[Any] = []
        self.numbers = numbers or count(sum(name.startswith(".") for name in names))

    def fresh(self, at: s.At) -> s.Name:
        """A name of its own."""
        name = f".{next(self.numbers)}"
        self.names.add(name)
        return s.Name(at, name)

    def keep(self, value: Any) -> s.Name:
        """Evaluate now, use later."""
        name = self.fresh(value.at)
        self.steps.append(s.Assign(value.at, [name], value))
        return name

    def lift(self, node: Any) -> Any:
        """The expression with every ``yield`` taken out of it, and all that comes before them."""
        if node is None or not holds_yield([node]):
            return node
        kind = type(node)
        if kind is s.Yield:
            return self.keep(s.Yield(node.at, self.lift(node.value), node.whole))
        if kind is s.Boolean:
            left = self.keep(self.lift(node.left))
            test = left if node.op == "and" else s.Unary(node.at, "not", left)
            self.steps.append(s.If(node.at, test, self._arm(node.right, left), []))
            return left
        if kind is s.Conditional:
            test, result = self.lift(node.test), self.fresh(node.at)
            self.steps.append(s.If(node.at, test, self._arm(node.body, result), self._arm(node.orelse, result)))
            return result
        if kind is s.Walrus:
            return s.Walrus(node.at, node.target, self.lift(node.value))
        if kind is s.Comprehension:
            first = node.clauses[0]
            clause = s.Clause(first.at, first.target, self.lift(first.iterable), first.conditions)
            return s.Comprehension(node.at, node.kind, node.key, node.element, [clause, *node.clauses[1:]])
        return self._parts(node)

    def _arm(self, value: Any, result: s.Name) -> list[Any]:
        inner = _Hoist(self.names, self.numbers)
        lifted = inner.lift(value)
        return [*inner.steps, s.Assign(value.at, [result], lifted)]

    def _parts(self, node: Any) -> Any:
        parts: list[Any] = []
        _mapped(node, lambda part: parts.append(part) or part)
        last = max(i for i, part in enumerate(parts) if holds_yield([part]))
        done = [self._before(part) if i <= last else part for i, part in enumerate(parts)]
        source = iter(done)
        return _mapped(node, lambda part: next(source))

    def _before(self, part: Any) -> Any:
        if type(part) in (s.Constant, s.Literal):
            return part
        return self.lift(part) if holds_yield([part]) else self.keep(part)


def _mapped(node: Any, change: Callable[[Any], Any]) -> Any:
    """A copy of a node, each expression in it changed."""
    return type(node)(*[_field(getattr(node, name), change) for name in node.__struct_fields__])


def _field(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, Struct):
        return _mapped(value, change) if isinstance(value, _PARTS) else change(value)
    if type(value) is list:
        return [_field(item, change) for item in value]
    return value


def _first(field: str) -> Callable[[Any, _Hoist], list[Any]]:
    """A statement whose only expression that is evaluated before all else stands in a field."""

    def rewrite(node: Any, hoist: _Hoist) -> list[Any]:
        lifted = hoist.lift(getattr(node, field))
        fields = [lifted if name == field else getattr(node, name) for name in node.__struct_fields__]
        return [*hoist.steps, type(node)(*fields)]

    return rewrite


def _augment(node: s.Augment, hoist: _Hoist) -> list[Any]:
    old = hoist.keep(node.target)
    value = hoist.lift(node.value)
    return [*hoist.steps, s.Augment(node.at, old, node.op, value), s.Assign(node.at, [node.target], old)]


def _while(node: s.While, hoist: _Hoist) -> list[Any]:
    """The test is made inside an endless loop; ``else`` runs when it was the test that ended it."""
    ended, at = hoist.fresh(node.at), node.at
    true, false = s.Constant(at, True), s.Constant(at, False)
    test = hoist.lift(node.test)
    leave = s.If(at, s.Unary(at, "not", test), [s.Assign(at, [ended], true), s.Simple(at, "break")], [])
    loop = s.While(at, true, [*hoist.steps, leave, *node.body], [])
    return [s.Assign(at, [ended], false), loop, *([s.If(at, ended, node.orelse, [])] if node.orelse else [])]


def _with(node: s.With, hoist: _Hoist) -> list[Any]:
    items = [s.WithItem(item.at, hoist.lift(item.context), item.target) for item in node.items]
    return [*hoist.steps, s.With(node.at, items, node.body)]


_STATEMENTS: dict[type, Callable[[Any, _Hoist], list[Any]]] = {
    s.Evaluate: _first("value"), s.Assign: _first("value"), s.Annotate: _first("value"), s.Return: _first("value"), s.Raise: _first("value"),
    s.Assert: _first("test"), s.If: _first("test"), s.For: _first("iterable"), s.Match: _first("subject"), s.Augment: _augment,
    s.While: _while, s.With: _with,
}  # fmt: skip
