"""The compiler of code that only fills tensors; what is not run this way says `Otherwise` when it is reached."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from types import GeneratorType
from typing import Any

from ....source import syntax as s
from ...builtins.functions import BUILTINS
from ...machine import Frame
from ...values import Function, Instance, Otherwise, PyModule
from ..dispatch import BREAK, CONTINUE, RETURN, Run, expression, statement
from ..names import load
from ..plain import ARITHMETIC, LARGE
from ..scopes import Scope, function_scope
from .values import NUMBERS, PLAIN, SEQUENCES, attribute, call, given, is_instance, truth

_TEXT_METHODS = frozenset({"endswith", "join", "lower", "partition", "replace", "rpartition", "rsplit", "split", "startswith", "strip"})


def may_fill(node: Any) -> bool:
    """Whether a statement that is always run is one of those that can be tried."""
    kind = type(node)
    if kind is s.For or kind is s.With:
        return all(map(may_fill, node.body))
    return kind in _STATEMENTS


def compiled(function: Function) -> Run | None:
    """What runs a function of the program this way; None where it would only be tried in vain."""
    code = function.code
    if code.is_async:
        return None
    if code.is_expression:
        body = [s.Return(code.node.at, code.node.body)]
    else:
        body = code.body(function)
        if not all(map(may_fill, body)):
            return None
    scope, is_generator = function_scope(code.parameters, body, code.scope)
    if is_generator:
        return None
    return Compiler(scope).value(code.node.body) if code.is_expression else Compiler(scope).block(body)


class Compiler:
    """Compiles statements and expressions; what is not tried this way becomes something that says so when it is reached."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def block(self, nodes: list[Any]) -> Run:
        """Statements one after another."""
        steps = [self.statement(node) for node in nodes]
        if len(steps) == 1:
            return steps[0]

        def run(frame: Frame) -> Any:
            for step in steps:
                signal = step(frame)
                if signal is not None:
                    return signal
            return None

        return run

    def statement(self, node: Any) -> Run:
        """One statement."""
        make = _STATEMENTS.get(type(node))
        return make(self, node) if make is not None else _otherwise

    def value(self, node: Any) -> Run:
        """One expression."""
        make = _EXPRESSIONS.get(type(node))
        return make(self, node) if make is not None else _otherwise

    # --- statements ---------------------------------------------------------------------------------------------------

    def _evaluate(self, node: s.Evaluate) -> Run:
        value = self.value(node.value)

        def run(frame: Frame) -> None:
            value(frame)

        return run

    def _assign(self, node: s.Assign) -> Run:
        value, stores = self.value(node.value), [self._target(one) for one in node.targets]

        def run(frame: Frame) -> None:
            found = value(frame)
            for store in stores:
                store(frame, found)

        return run

    def _augment(self, node: s.Augment) -> Run:
        value = self._arithmetic(node.op.removesuffix("="), self.value(node.target), self.value(node.value))
        store = self._target(node.target)
        return lambda frame: store(frame, value(frame))

    def _target(self, node: Any) -> Callable[[Frame, Any], None]:
        """What stores a value in a local variable."""
        if type(node) is s.Name and self.scope.find(name := self.scope.mangled(node.id)) == -1:
            return lambda frame, value: frame.names.__setitem__(name, value)
        if type(node) is not s.Display:
            return lambda frame, value: _otherwise(frame)
        parts = [self._target(item) for item in node.items]

        def unpack(frame: Frame, value: Any) -> None:
            if type(value) not in SEQUENCES or len(value) != len(parts):
                raise Otherwise
            for store, item in zip(parts, value):
                store(frame, item)

        return unpack

    def _if(self, node: s.If) -> Run:
        test, body = self.value(node.test), self.block(node.body)
        orelse = self.block(node.orelse) if node.orelse else None
        if orelse is None:
            return lambda frame: body(frame) if truth(test(frame)) else None
        return lambda frame: body(frame) if truth(test(frame)) else orelse(frame)

    def _for(self, node: s.For) -> Run:
        items, store, body = self.value(node.iterable), self._target(node.target), self.block(node.body)
        if node.orelse:
            return _otherwise

        def run(frame: Frame) -> Any:
            m = frame.machine
            for item in _items(items(frame)):
                m.step()
                store(frame, item)
                signal = body(frame)
                if signal is BREAK:
                    break
                if signal is RETURN:
                    return signal
            return None

        return run

    def _with(self, node: s.With) -> Run:
        """A block in a mode that changes no result."""
        callees = [self.value(item.context.function) for item in node.items if type(item.context) is s.Call and item.target is None]
        if len(callees) < len(node.items):
            return _otherwise
        body = self.block(node.body)

        def run(frame: Frame) -> Any:
            if not all(frame.machine.filler.is_mode(callee(frame)) for callee in callees):
                raise Otherwise
            return body(frame)

        return run

    def _return(self, node: s.Return) -> Run:
        value = self.value(node.value) if node.value is not None else _nothing

        def run(frame: Frame) -> Any:
            frame.result = value(frame)
            return RETURN

        return run

    def _simple(self, node: s.Simple) -> Run:
        signal = {"break": BREAK, "continue": CONTINUE, "pass": None}[node.kind]
        return lambda frame: signal

    def _define(self, node: s.FunctionDef) -> Run:
        return statement(node, self.scope) if not node.decorators else _otherwise

    # --- expressions --------------------------------------------------------------------------------------------------

    def _name(self, node: s.Name) -> Run:
        return load(self.scope.mangled(node.id), self.scope)

    def _constant(self, node: s.Constant) -> Run:
        value = node.value
        return lambda frame: value

    def _display(self, node: s.Display) -> Run:
        if node.kind == "set" or any(type(item) is s.Starred for item in node.items):
            return _otherwise
        items, make = [self.value(item) for item in node.items], tuple if node.kind == "tuple" else list
        return lambda frame: make([item(frame) for item in items])

    def _text(self, node: s.FString) -> Run:
        parts: list[Run] = []
        for part in node.parts:
            if type(part) is s.Formatted and (part.conversion or part.spec is not None):
                return _otherwise
            parts.append(self.value(part.value if type(part) is s.Formatted else part))

        def run(frame: Frame) -> str:
            values = [part(frame) for part in parts]
            if not {int, str}.issuperset(map(type, values)):
                raise Otherwise
            return "".join(map(str, values))

        return run

    def _lambda(self, node: s.Lambda) -> Run:
        return expression(node, self.scope)

    def _attribute(self, node: s.Attribute) -> Run:
        holder, name = self.value(node.value), self.scope.mangled(node.name)

        def run(frame: Frame) -> Any:
            value = holder(frame)
            if type(value) is PyModule and name in value.namespace:  # ``nn.Linear``, which is asked of every module
                return value.namespace[name]
            return given(attribute(frame.machine, value, name))

        return run

    def _subscript(self, node: s.Subscript) -> Run:
        holder, index = self.value(node.value), self.value(node.index)

        def run(frame: Frame) -> Any:
            found, place = holder(frame), index(frame)
            if type(place) is not int or type(found) not in SEQUENCES:
                raise Otherwise
            return found[place]

        return run

    def _binary(self, node: s.Binary) -> Run:
        return self._arithmetic(node.op, self.value(node.left), self.value(node.right))

    def _arithmetic(self, op: str, left: Run, right: Run) -> Run:
        apply = ARITHMETIC.get(op)
        if apply is None:
            return _otherwise

        def run(frame: Frame) -> Any:
            a, b = left(frame), right(frame)
            if type(a) in NUMBERS and type(b) in NUMBERS and -LARGE < a < LARGE and -LARGE < b < LARGE:
                return apply(a, b)
            raise Otherwise

        return run

    def _unary(self, node: s.Unary) -> Run:
        operand = self.value(node.operand)
        if node.op == "not":
            return lambda frame: not truth(operand(frame))
        apply = {"-": operator.neg, "+": operator.pos}.get(node.op)
        if apply is None:
            return _otherwise

        def run(frame: Frame) -> Any:
            value = operand(frame)
            if type(value) not in NUMBERS:
                raise Otherwise
            return apply(value)

        return run

    def _boolean(self, node: s.Boolean) -> Run:
        left, right, ends = self.value(node.left), self.value(node.right), node.op == "or"

        def run(frame: Frame) -> Any:
            value = left(frame)
            return value if truth(value) is ends else right(frame)

        return run

    def _conditional(self, node: s.Conditional) -> Run:
        test, body, orelse = self.value(node.test), self.value(node.body), self.value(node.orelse)
        return lambda frame: body(frame) if truth(test(frame)) else orelse(frame)

    def _compare(self, node: s.Compare) -> Run:
        compare = _COMPARE.get(node.ops[0]) if len(node.ops) == 1 else None
        if compare is None:
            return _otherwise
        left, right = self.value(node.left), self.value(node.comparators[0])
        return lambda frame: compare(left(frame), right(frame))

    def _call(self, node: s.Call) -> Run:
        if type(node.function) is s.Name and node.function.id == "isinstance" and len(node.arguments) == 2:
            return self._is_instance(node)
        function = self._method(node.function) if type(node.function) is s.Attribute else self.value(node.function)
        if any(argument.star == "*" for argument in node.arguments):
            return _otherwise
        positional = [self.value(argument.value) for argument in node.arguments if not argument.keyword and not argument.star]
        named = [(argument.keyword, self.value(argument.value)) for argument in node.arguments if argument.keyword or argument.star]

        def run(frame: Frame) -> Any:
            callee = function(frame)
            args = tuple([value(frame) for value in positional])
            kwargs: dict[str, Any] = {}
            for keyword, value in named:
                if keyword:
                    kwargs[keyword] = value(frame)
                else:
                    kwargs.update(_named(value(frame), kwargs))
            if type(callee) is _TextMethod:
                return callee(args, kwargs)
            return call(frame.machine, callee, args, kwargs)

        return run

    def _is_instance(self, node: s.Call) -> Run:
        function = self.value(node.function)
        value, kind = (self.value(argument.value) if not (argument.star or argument.keyword) else _otherwise for argument in node.arguments)

        def run(frame: Frame) -> bool:
            if function(frame) is not BUILTINS["isinstance"]:
                raise Otherwise
            return is_instance(value(frame), kind(frame))

        return run

    def _method(self, node: s.Attribute) -> Run:
        """The function of a call ``receiver.name(...)``."""
        holder, name = self.value(node.value), self.scope.mangled(node.name)

        def run(frame: Frame) -> Any:
            receiver = holder(frame)
            if type(receiver) is str:
                return _TextMethod(receiver, name)
            return given(attribute(frame.machine, receiver, name))

        return run


class _TextMethod:
    """A method of a text, about to be called."""

    __slots__ = ("name", "text")

    def __init__(self, text: str, name: str) -> None:
        if name not in _TEXT_METHODS:
            raise Otherwise
        self.text, self.name = text, name

    def __call__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if kwargs or not all(type(arg) in (str, int) or (type(arg) in (tuple, list) and {str}.issuperset(map(type, arg))) for arg in args):
            raise Otherwise
        return getattr(self.text, self.name)(*args)


def _otherwise(frame: Frame) -> Any:
    raise Otherwise


def _nothing(frame: Frame) -> None:
    return None


def _named(mapping: Any, given: dict[str, Any]) -> dict[str, Any]:
    """What ``**mapping`` gives."""
    if type(mapping) is not dict or not {str}.issuperset(map(type, mapping)) or not mapping.keys().isdisjoint(given):
        raise Otherwise
    return mapping


def _items(value: Any) -> Iterator[Any]:
    """What a loop goes over: something that ends and changes nothing."""
    if type(value) in SEQUENCES or type(value) is range or isinstance(value, GeneratorType):
        return iter(value)
    raise Otherwise


def _identical(left: Any, right: Any) -> bool:
    if left is None or right is None or (isinstance(left, Instance) and isinstance(right, Instance)):
        return left is right
    raise Otherwise


def _on_plain(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def compare(left: Any, right: Any) -> Any:
        if type(left) not in PLAIN or type(right) not in PLAIN:
            raise Otherwise
        return apply(left, right)

    return compare


def _contains(holder: Any, item: Any) -> bool:
    if type(item) not in PLAIN or not (type(holder) is str or (type(holder) in SEQUENCES and PLAIN.issuperset(map(type, holder)))):
        raise Otherwise
    return item in holder


_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": _on_plain(operator.eq), "!=": _on_plain(operator.ne), "<": _on_plain(operator.lt), "<=": _on_plain(operator.le),
    ">": _on_plain(operator.gt), ">=": _on_plain(operator.ge), "is": _identical, "is not": lambda a, b: not _identical(a, b),
    "in": lambda item, holder: _contains(holder, item), "not in": lambda item, holder: not _contains(holder, item),
}  # fmt: skip
_STATEMENTS: dict[type, Callable[[Compiler, Any], Run]] = {
    s.Assign: Compiler._assign, s.Augment: Compiler._augment, s.If: Compiler._if, s.For: Compiler._for, s.Evaluate: Compiler._evaluate,
    s.With: Compiler._with, s.Return: Compiler._return, s.Simple: Compiler._simple, s.FunctionDef: Compiler._define,
}  # fmt: skip
_EXPRESSIONS: dict[type, Callable[[Compiler, Any], Run]] = {
    s.Name: Compiler._name, s.Constant: Compiler._constant, s.Display: Compiler._display, s.Subscript: Compiler._subscript,
    s.Binary: Compiler._binary, s.Unary: Compiler._unary, s.Boolean: Compiler._boolean, s.Conditional: Compiler._conditional,
    s.Compare: Compiler._compare, s.Call: Compiler._call, s.Attribute: Compiler._attribute, s.FString: Compiler._text,
    s.Lambda: Compiler._lambda,
}  # fmt: skip
