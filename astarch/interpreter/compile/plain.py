"""Loops over plain data, run without asking at every step what a value may be: several times as fast, and models count out millions.

Whoever calls has seen that a loop touches nothing but local names, and that these hold numbers, texts and containers of these
(`remembering`). Whatever might go another way than the host's own (an error, numbers or texts that grow) ends the attempt: what
was changed is put back, and the loop is run the usual way from its start.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ...source import syntax as s
from ..machine import Machine
from ..values import Otherwise
from .dispatch import BREAK, CONTINUE

#: Gives a value, or runs a statement, with these local variables.
Plain = Callable[[dict[str, Any]], Any]

#: Numbers within this need no guard against enormous results.
LARGE = 1 << 62
#: Lists that grow by more than an item at a time are not longer than this.
_MOST = 1 << 20
_NUMBERS = frozenset({int, float})
#: What ends an attempt.
FAILURES = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError, RuntimeError)


class Compiler:
    """Compiles the parts of one loop.

    Args:
        name_of: A local name as it is kept.
    """

    def __init__(self, name_of: Callable[[str], str]) -> None:
        self.name_of = name_of

    def loop(self, node: s.For) -> Callable[[Machine, dict[str, Any], Any], Any]:
        """What runs a loop: ``run(machine, names, items)``.

        Raises:
            Otherwise: It holds something that is not run here.
        """
        store, body = self.target(node.target), self.block(node.body)
        orelse = self.block(node.orelse) if node.orelse else None

        def run(m: Machine, names: dict[str, Any], items: Any) -> Any:
            m.steps(len(items))
            for item in items:
                store(names, item)
                signal = body(m, names)
                if signal is BREAK:
                    return None
            return orelse(m, names) if orelse is not None else None

        return run

    # --- statements ---------------------------------------------------------------------------------------------------

    def block(self, nodes: list[Any]) -> Callable[[Machine, dict[str, Any]], Any]:
        """Statements one after another; gives the signal of the one that ended them."""
        steps = [self.statement(node) for node in nodes]
        if len(steps) == 1:
            return steps[0]

        def run(m: Machine, names: dict[str, Any]) -> Any:
            for step in steps:
                signal = step(m, names)
                if signal is not None:
                    return signal
            return None

        return run

    def statement(self, node: Any) -> Callable[[Machine, dict[str, Any]], Any]:
        """One statement."""
        make = _STATEMENTS.get(type(node))
        if make is None:
            raise Otherwise
        return make(self, node)

    def _assign(self, node: s.Assign) -> Callable[[Machine, dict[str, Any]], Any]:
        value, targets = self.value(node.value), [self.target(one) for one in node.targets]
        if len(targets) == 1:
            store = targets[0]
            return lambda m, names: store(names, value(names))

        def run(m: Machine, names: dict[str, Any]) -> None:
            found = value(names)
            for store in targets:
                store(names, found)

        return run

    def _augment(self, node: s.Augment) -> Callable[[Machine, dict[str, Any]], Any]:
        value, store = (
            self._arithmetic(node.op.removesuffix("="), self.value(node.target), self.value(node.value)),
            self.target(node.target),
        )
        return lambda m, names: store(names, value(names))

    def _if(self, node: s.If) -> Callable[[Machine, dict[str, Any]], Any]:
        test, body = self.value(node.test), self.block(node.body)
        orelse = self.block(node.orelse) if node.orelse else None
        if orelse is None:
            return lambda m, names: body(m, names) if test(names) else None
        return lambda m, names: body(m, names) if test(names) else orelse(m, names)

    def _for(self, node: s.For) -> Callable[[Machine, dict[str, Any]], Any]:
        items, loop = self._items(node.iterable), self.loop(node)
        return lambda m, names: loop(m, names, items(names))

    def _items(self, node: Any) -> Plain:
        """What a loop iterates over: something with a length."""
        if type(node) is s.Call and type(node.function) is s.Attribute and node.function.name in ("items", "keys", "values"):
            holder, view = self.value(node.function.value), getattr(dict, node.function.name)
            return lambda names: list(view(holder(names)))
        return self.value(node)

    def _evaluate(self, node: s.Evaluate) -> Callable[[Machine, dict[str, Any]], Any]:
        value = self.value(node.value)

        def run(m: Machine, names: dict[str, Any]) -> None:
            value(names)

        return run

    def _simple(self, node: s.Simple) -> Callable[[Machine, dict[str, Any]], Any]:
        signal = {"break": BREAK, "continue": CONTINUE, "pass": None}[node.kind]
        return lambda m, names: signal

    def target(self, node: Any) -> Callable[[dict[str, Any], Any], None]:
        """What stores a value."""
        if type(node) is s.Name:
            name = self.name_of(node.id)
            return lambda names, value: names.__setitem__(name, value)
        if type(node) is s.Subscript:
            holder, index = self.value(node.value), self.value(node.index)
            return lambda names, value: _changeable(holder(names)).__setitem__(index(names), value)
        if type(node) is not s.Display:
            raise Otherwise
        parts = [self.target(item) for item in node.items]

        def unpack(names: dict[str, Any], value: Any) -> None:
            if type(value) not in (tuple, list) or len(value) != len(parts):
                raise Otherwise
            for store, item in zip(parts, value):
                store(names, item)

        return unpack

    # --- expressions --------------------------------------------------------------------------------------------------

    def value(self, node: Any) -> Plain:
        """One expression."""
        make = _EXPRESSIONS.get(type(node))
        if make is None:
            raise Otherwise
        return make(self, node)

    def _name(self, node: s.Name) -> Plain:
        return operator.itemgetter(self.name_of(node.id))

    def _constant(self, node: s.Constant) -> Plain:
        value = node.value
        return lambda names: value

    def _display(self, node: s.Display) -> Plain:
        items = [self.value(item) for item in node.items]
        if node.kind == "tuple" and len(items) == 2:
            first, second = items
            return lambda names: (first(names), second(names))
        make = {"tuple": tuple, "list": list}[node.kind]
        return lambda names: make([item(names) for item in items])

    def _subscript(self, node: s.Subscript) -> Plain:
        index = self.value(node.index)
        if type(node.value) is s.Name and type(node.index) is s.Constant:
            name, place = self.name_of(node.value.id), node.index.value
            return lambda names: names[name][place]
        holder = self.value(node.value)
        return lambda names: holder(names)[index(names)]

    def _binary(self, node: s.Binary) -> Plain:
        return self._arithmetic(node.op, self.value(node.left), self.value(node.right))

    def _arithmetic(self, op: str, left: Plain, right: Plain) -> Plain:
        apply = ARITHMETIC.get(op)
        if apply is None:
            raise Otherwise

        def run(names: dict[str, Any]) -> Any:
            a, b = left(names), right(names)
            if type(a) in _NUMBERS and type(b) in _NUMBERS and -LARGE < a < LARGE and -LARGE < b < LARGE:
                return apply(a, b)
            raise Otherwise

        return run

    def _unary(self, node: s.Unary) -> Plain:
        operand, apply = self.value(node.operand), _UNARY.get(node.op)
        if apply is None:
            raise Otherwise
        return lambda names: apply(operand(names))

    def _boolean(self, node: s.Boolean) -> Plain:
        left, right = self.value(node.left), self.value(node.right)
        if node.op == "or":
            return lambda names: left(names) or right(names)
        return lambda names: left(names) and right(names)

    def _conditional(self, node: s.Conditional) -> Plain:
        test, body, orelse = self.value(node.test), self.value(node.body), self.value(node.orelse)
        return lambda names: body(names) if test(names) else orelse(names)

    def _compare(self, node: s.Compare) -> Plain:
        if len(node.ops) != 1 or node.ops[0] not in _COMPARE:
            raise Otherwise
        left, right, apply = self.value(node.left), self.value(node.comparators[0]), _COMPARE[node.ops[0]]
        return lambda names: apply(left(names), right(names))

    def _call(self, node: s.Call) -> Plain:
        arguments = [self.value(argument.value) for argument in node.arguments]
        if type(node.function) is s.Attribute:
            return self._method(node.function, arguments)
        function = _FUNCTIONS.get(node.function.id) if type(node.function) is s.Name else None
        if function is None:
            raise Otherwise
        if len(arguments) == 1:
            only = arguments[0]
            return lambda names: function(only(names))
        return lambda names: function(*[argument(names) for argument in arguments])

    def _method(self, node: s.Attribute, arguments: list[Plain]) -> Plain:
        holder, name = self.value(node.value), node.name
        if name not in ("append", "extend", "get", "pop", "setdefault"):
            raise Otherwise
        kinds = {kind: getattr(kind, name) for kind in (list, dict) if hasattr(kind, name)}

        if name == "append" and len(arguments) == 1:
            only = arguments[0]
            return lambda names: list.append(holder(names), only(names))

        def run(names: dict[str, Any]) -> Any:
            value = holder(names)
            if name == "extend" and len(value) > _MOST:
                raise Otherwise
            return kinds[type(value)](value, *[argument(names) for argument in arguments])

        return run


def _changeable(value: Any) -> Any:
    if type(value) is list or type(value) is dict:
        return value
    raise Otherwise


ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod,
}  # fmt: skip
_UNARY: dict[str, Callable[[Any], Any]] = {"-": operator.neg, "+": operator.pos, "not": operator.not_}
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda item, holder: item in holder, "not in": lambda item, holder: item not in holder,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {"abs": abs, "bool": bool, "float": float, "len": len, "max": max, "min": min, "range": range}
_STATEMENTS: dict[type, Callable[[Compiler, Any], Any]] = {
    s.Assign: Compiler._assign, s.Augment: Compiler._augment, s.If: Compiler._if, s.For: Compiler._for, s.Evaluate: Compiler._evaluate,
    s.Simple: Compiler._simple,
}  # fmt: skip
_EXPRESSIONS: dict[type, Callable[[Compiler, Any], Plain]] = {
    s.Name: Compiler._name, s.Constant: Compiler._constant, s.Display: Compiler._display, s.Subscript: Compiler._subscript,
    s.Binary: Compiler._binary, s.Unary: Compiler._unary, s.Boolean: Compiler._boolean, s.Conditional: Compiler._conditional,
    s.Compare: Compiler._compare, s.Call: Compiler._call,
}  # fmt: skip
