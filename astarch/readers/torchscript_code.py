"""The code of TorchScript followed as text: which operation is called on what, module by module, in order."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..ir.unknown import Reason, Unknown
from ..source import syntax as s
from .opening import refuse
from .torchscript_operators import argument_name
from .wiring import Wiring

#: How many statements are followed, and how deep calls go.
STEPS = 400_000
DEPTH = 100
#: How many rounds of a loop are gone through.
ROUNDS = 1_000


class Code:
    """Classes and functions by qualified name."""

    def __init__(self, files: Mapping[str, list[s.Statement]]) -> None:
        self.classes: dict[str, s.ClassDef] = {}
        self.functions: dict[str, s.FunctionDef] = {}
        for file, statements in files.items():
            for node in statements:
                if isinstance(node, s.ClassDef):
                    self.classes[f"{file}.{node.name}"] = node
                elif isinstance(node, s.FunctionDef):
                    self.functions[f"{file}.{node.name}"] = node

    def method(self, kind: str, name: str) -> s.FunctionDef | None:
        """A method of a class."""
        found = self.classes.get(kind)
        return next((node for node in found.body if isinstance(node, s.FunctionDef) and node.name == name), None) if found else None

    def constants(self, kind: str) -> dict[str, Any]:
        """What a scripted class says it was made with: its ``Final`` attributes."""
        found = self.classes.get(kind)
        pairs = [
            (node.target.id, literal(node.value))
            for node in (found.body if found else ())
            if isinstance(node, s.Annotate) and isinstance(node.target, s.Name) and node.value is not None
        ]
        return {name: list(value) if isinstance(value, tuple) else value for name, value in pairs if not isinstance(value, Unknown)}

    def buffers(self, kind: str) -> set[str]:
        """The names of a class's buffers."""
        found = self.classes.get(kind)
        for node in found.body if found else ():
            if isinstance(node, s.Assign) and isinstance(node.targets[0], s.Name) and node.targets[0].id == "__buffers__":
                value = literal(node.value)
                return set(value) if isinstance(value, list) else set()
        return set()


class _Module(str):
    """The path of a module, as a value of the code."""

    __slots__ = ()


class _Result(int):
    """A node, as a value of the code, and which part of what it gives."""

    path: tuple[int, ...] = ()

    def part(self, place: int) -> _Result:
        """A part of it."""
        found = _Result(self)
        found.path = (*self.path, place)
        return found


_ABSENT = Unknown(Reason.UNDECIDED, "a value of TorchScript")


def literal(node: s.Expression | None) -> Any:
    """The value of a literal, without evaluating anything.

    >>> literal(s.Unary((1, 1, 1, 3), "-", s.Constant((1, 2, 1, 3), 1)))
    -1
    """
    if isinstance(node, s.Constant):
        return node.value
    if isinstance(node, s.Unary) and node.op == "-":
        value = literal(node.operand)
        return -value if isinstance(value, int | float) else _ABSENT
    if isinstance(node, s.Display):
        items = [literal(item) for item in node.items]
        if any(isinstance(item, Unknown) for item in items):
            return _ABSENT
        return items if node.kind == "list" else tuple(items)
    return _ABSENT


class Flow:
    """Follows the forward of the root, and with it those of its children."""

    def __init__(
        self, path: Path, code: Code, classes: Mapping[str, str], states: Mapping[str, Mapping[str, Any]], types: Mapping[str, Any],
        lists: Mapping[str, list[str]], constants: list[Any],
    ) -> None:  # fmt: skip
        self.path, self.code, self.classes, self.states, self.types = path, code, classes, states, types
        self.lists, self.constants = lists, constants
        self.wiring = Wiring(path)
        self.inputs: dict[str, Any] = {}
        self.left = STEPS
        self.depth = 0
        self.module = ""
        self.given: dict[int, dict[str, Any]] = {}
        self.returned: Any = None
        self.exact = True
        self.region: object = None
        self.born: dict[int, tuple[list[Any], object]] = {}

    def run(self) -> tuple[Any, ...] | None:
        """The whole forward; None when there is none."""
        method = self.code.method(self.classes[""], "forward")
        if method is None:
            return None
        arguments: list[Any] = [_Module("")]
        for argument in method.parameters[1:]:
            self.inputs[argument.name] = _UNKNOWN_TENSOR
            default = literal(argument.default) if argument.default is not None else _ABSENT
            if not isinstance(default, Unknown):  # what has a default is looked at with that
                arguments.append(default)
                continue
            arguments.append(_Result(self.wiring.add("placeholder", argument.name)))
        result = self._call(method, arguments, {})
        self.wiring.add("output", "output", _nodes(result))
        self.returned = _stated(result) if self.exact else ("unknown", "code")
        return None

    # --- statements -------------------------------------------------------------------------------------------------

    def _call(self, function: s.FunctionDef, arguments: list[Any], keywords: Mapping[str, Any]) -> Any:
        self.depth += 1
        if self.depth > DEPTH:
            refuse(self.path, f"has code whose calls nest more than {DEPTH} deep", "it is made to exhaust its reader")
        scope: dict[str, Any] = {one.name: literal(one.default) for one in function.parameters if one.default is not None}
        scope.update(zip((one.name for one in function.parameters), arguments, strict=False))
        scope.update(keywords)
        try:
            done, value = self._block(function.body or [], scope)
            return value if done else None
        finally:
            self.depth -= 1

    def _block(self, statements: list[s.Statement], scope: dict[str, Any]) -> tuple[bool, Any]:
        for statement in statements:
            self.left -= 1
            if self.left < 0:
                refuse(self.path, f"has a forward of more than {STEPS:,} statements", "it is made to exhaust its reader")
            done, value = self._statement(statement, scope)
            if done:
                return True, value
        return False, None

    def _statement(self, statement: s.Statement, scope: dict[str, Any]) -> tuple[bool, Any]:
        if isinstance(statement, s.Return):
            return True, self._value(statement.value, scope) if statement.value else None
        if isinstance(statement, s.Assign):
            self._bind(statement.targets[0], self._value(statement.value, scope), scope)
        elif isinstance(statement, s.Annotate) and statement.value is not None:
            self._bind(statement.target, self._value(statement.value, scope), scope)
        elif isinstance(statement, s.Evaluate):
            self._value(statement.value, scope)
        elif isinstance(statement, s.If):
            return self._branch(statement, scope)
        elif isinstance(statement, s.For | s.While):
            return self._loop(statement, scope)
        return False, None

    def _loop(self, statement: s.For | s.While, scope: dict[str, Any]) -> tuple[bool, Any]:
        """All rounds where their number is known; else one, after which nothing that it changed is known."""
        rounds = self._value(statement.iterable.arguments[0].value, scope) if _counts(statement) else None  # type: ignore[union-attr]
        if isinstance(statement, s.For) and type(rounds) is int and 0 <= rounds <= ROUNDS:
            for place in range(rounds):
                self._bind(statement.target, place, scope)
                done, value = self._block(statement.body, scope)
                if done:
                    return True, value
            return False, None
        if isinstance(statement, s.For):
            self._bind(statement.target, _ABSENT, scope)
        before = dict(scope)
        done, value = self._apart(statement.body, scope)
        for name, after in scope.items():
            if name not in before or after is not before[name]:
                scope[name] = self._either(_ABSENT, after, before.get(name, _ABSENT))
        return done, self._either(_ABSENT, value, _ABSENT) if done else value

    def _either(self, test: Any, one: Any, other: Any) -> Any:
        """What is the one where a condition holds, else the other: a step of its own, where they are steps."""
        if _stated(one) == _stated(other):
            return one
        if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
            return tuple(self._either(test, first, second) for first, second in zip(one, other, strict=True))
        index = self.wiring.add(
            "call_function", "ops.prim.If", [node for value in (test, one, other) for node in _nodes(value)], module=self.module
        )
        self.given[index] = {"condition": _stated(test), "one": _stated(one), "other": _stated(other)}
        return _Result(index)

    def _branch(self, statement: s.If, scope: dict[str, Any]) -> tuple[bool, Any]:
        """The arm that a known condition takes; both, when it is not known."""
        test = self._value(statement.test, scope)
        if not isinstance(test, bool) and (_raises(statement.body) or _raises(statement.orelse)):
            test = not _raises(statement.body)  # what only raises is taken not to happen
        if isinstance(test, bool):
            return self._block(statement.body if test else statement.orelse, scope)
        other = dict(scope)
        one, two = self._apart(statement.body, scope), self._apart(statement.orelse, other)
        for name in dict.fromkeys((*scope, *other)):  # what one arm alone binds is not used after it
            scope[name] = self._either(test, scope[name], other[name]) if name in scope and name in other else _ABSENT
        self.exact &= one[0] == two[0]
        return (True, self._either(test, one[1], two[1])) if one[0] and two[0] else (False, None)

    def _apart(self, statements: list[s.Statement], scope: dict[str, Any]) -> tuple[bool, Any]:
        """An arm that may not be taken: what it adds to lists of its own alone is sure."""
        before, self.region = self.region, object()
        try:
            return self._block(statements, scope)
        finally:
            self.region = before

    def _bind(self, target: s.Expression, value: Any, scope: dict[str, Any]) -> None:
        if isinstance(target, s.Name):
            scope[target.id] = value
        elif isinstance(target, s.Display):
            whole = isinstance(value, list | tuple) and len(value) == len(target.items)
            for place, inner in enumerate(target.items):
                self._bind(inner, value[place] if whole else self._item(value, place), scope)

    # --- expressions ------------------------------------------------------------------------------------------------

    def _value(self, node: s.Expression | None, scope: dict[str, Any]) -> Any:
        if isinstance(node, s.Name):
            return scope.get(node.id, _ABSENT)
        if isinstance(node, s.Constant):
            return node.value
        if isinstance(node, s.Display):
            items = [self._value(item, scope) for item in node.items]
            if node.kind != "list":
                return tuple(items)
            self.born[id(items)] = items, self.region
            return items
        if isinstance(node, s.Attribute):
            return self._attribute(node, scope)
        if isinstance(node, s.Call):
            return self._called(node, scope)
        if isinstance(node, s.Subscript):
            return self._item(self._value(node.value, scope), self._value(node.index, scope))
        if isinstance(node, s.Conditional):
            test = self._value(node.test, scope)
            if isinstance(test, bool):
                return self._value(node.body if test else node.orelse, scope)
            return self._either(test, self._value(node.body, scope), self._value(node.orelse, scope))
        if isinstance(node, s.Unary):
            value = self._value(node.operand, scope)
            if node.op == "not":
                return (not value) if isinstance(value, bool) else _ABSENT
            return -value if node.op == "-" and type(value) in (int, float) else _ABSENT
        return _ABSENT

    def _item(self, value: Any, place: Any) -> Any:
        if isinstance(value, list | tuple) and type(place) is int and -len(value) <= place < len(value):
            return value[place]
        return value.part(place) if isinstance(value, _Result) and type(place) is int else _ABSENT

    def _attribute(self, node: s.Attribute, scope: dict[str, Any]) -> Any:
        name = dotted(node)
        if name.startswith("CONSTANTS."):
            place = int(name[11:]) if name[11:].isdecimal() else len(self.constants)
            found = self.constants[place] if place < len(self.constants) else None
            return _ABSENT if found is None else found
        if name in self.code.functions:
            return self.code.functions[name]
        return self._member(self._value(node.value, scope), node.name)

    def _member(self, owner: Any, name: str) -> Any:
        if not isinstance(owner, _Module):
            return _ABSENT
        full = f"{owner}.{name}" if owner else name
        if full in self.classes:
            return _Module(full)
        if full in self.lists:
            return [self._held(one) for one in self.lists[full]]
        known = self.code.constants(self.classes[owner]).get(name, self.states[owner].get(name, _ABSENT))
        if name == "training":
            return False
        if known is None or not isinstance(known, Unknown):
            return known
        return self._held(full)

    def _held(self, full: str) -> _Result:
        if full not in self.wiring.makers:
            self.wiring.add("get_attr", full, makes=[full], module=self.module, output=self.types.get(full))
        return _Result(self.wiring.makers[full])

    def _called(self, node: s.Call, scope: dict[str, Any]) -> Any:
        arguments = [self._value(item.value, scope) for item in node.arguments if not item.keyword and not item.star]
        keywords = {item.keyword: self._value(item.value, scope) for item in node.arguments if item.keyword}
        function = node.function
        if isinstance(function, s.Name):
            return self._builtin(function.id, arguments, keywords, scope)
        name = dotted(function)
        if isinstance(function, s.Attribute):
            owner = self._value(function.value, scope)
            if isinstance(owner, _Module):
                return self._method(owner, function.name, arguments, keywords)
        if name in self.code.functions:
            return self._call(self.code.functions[name], arguments, keywords)
        if name == "torch.__is__" or name == "torch.__isnot__":
            same = [value is None for value in arguments]
            return _ABSENT if any(isinstance(v, Unknown) for v in arguments) else (same[0] == same[1]) == (name == "torch.__is__")
        if name == "torch.append" and len(arguments) == 2 and isinstance(arguments[0], list):
            self.exact &= self.born.get(id(arguments[0]), (None, ...))[1] is self.region
            arguments[0].append(arguments[1])
            return None
        if name == "torch.__not__" and len(arguments) == 1 and isinstance(arguments[0], bool):
            return not arguments[0]
        if name in _COMPARISONS and all(type(value) in (int, float) for value in arguments) and len(arguments) == 2:
            return _COMPARISONS[name](*arguments)
        if name.startswith(("torch.", "ops.")):
            return self._operation(name, arguments, keywords)
        return _ABSENT

    def _builtin(self, name: str, arguments: list[Any], keywords: Mapping[str, Any], scope: dict[str, Any]) -> Any:
        if name in scope and isinstance(scope[name], s.FunctionDef):
            return self._call(scope[name], arguments, keywords)
        if name in ("annotate", "unchecked_cast") and len(arguments) == 2:
            return arguments[1]
        if name == "getattr" and len(arguments) == 2 and isinstance(arguments[1], str):
            return self._member(arguments[0], arguments[1])
        change = {"int": int, "float": float, "bool": bool}.get(name)
        if change is None or len(arguments) != 1:
            return _ABSENT
        return change(arguments[0]) if type(arguments[0]) in (int, float, bool) else arguments[0]

    def _method(self, owner: _Module, name: str, arguments: list[Any], keywords: Mapping[str, Any]) -> Any:
        method = self.code.method(self.classes[owner], name)
        if method is None:
            return _ABSENT
        before, self.module = self.module, str(owner)
        try:
            return self._call(method, [owner, *arguments], keywords)
        finally:
            self.module = before

    def _operation(self, name: str, arguments: list[Any], keywords: Mapping[str, Any]) -> Any:
        packed = len(arguments) > 3 and isinstance(arguments[3], list)  # a recurrent layer is given packed sequences
        places = (argument_name(name, place, packed=packed) for place in range(len(arguments)))
        given = [*zip(places, arguments, strict=True), *keywords.items()]
        attributes = {key: _plain(value) for key, value in given if not _nodes(value)}
        texts = [(key, ", ".join(f"%{node}" for node in nodes)) for key, value in given if (nodes := _nodes(value))]
        index = self.wiring.add(
            "call_function", name, [node for _, value in given for node in _nodes(value)],
            arguments=texts, attributes=attributes, module=self.module,
        )  # fmt: skip
        self.given[index] = {key: _stated(value) for key, value in given}
        return _Result(index)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "torch.lt": operator.lt, "torch.le": operator.le, "torch.gt": operator.gt, "torch.ge": operator.ge,
    "torch.eq": operator.eq, "torch.ne": operator.ne,
}  # fmt: skip


def _raises(statements: list[s.Statement]) -> bool:
    """Whether an arm ends in an exception."""
    last = statements[-1] if statements else None
    return isinstance(last, s.Evaluate) and isinstance(last.value, s.Call) and dotted(last.value.function) == "ops.prim.RaiseException"


_UNKNOWN_TENSOR = Unknown(Reason.OUTSIDE, "TorchScript does not keep the sizes of its inputs")


def _nodes(value: Any) -> list[int]:
    """The nodes in a value."""
    if isinstance(value, _Result):
        return [int(value)]
    return [node for item in value for node in _nodes(item)] if isinstance(value, list | tuple) else []


def _stated(value: Any) -> Any:
    """A value in the words of a source's graph."""
    if isinstance(value, _Result):
        return ("node", int(value), value.path)
    if isinstance(value, list | tuple):
        return ("list", *map(_stated, value))
    return (
        value if value is None or (isinstance(value, bool | int | float | str) and not isinstance(value, _Module)) else ("unknown", "value")
    )


def _counts(statement: s.For | s.While) -> bool:
    """Whether it goes through ``range`` of something."""
    found = isinstance(statement, s.For) and isinstance(statement.iterable, s.Call) and isinstance(statement.iterable.function, s.Name)
    return found and statement.iterable.function.id == "range" and len(statement.iterable.arguments) == 1  # type: ignore[union-attr]


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else "?"


def dotted(node: s.Expression) -> str:
    """``a.b.c`` as text; empty when it is something else."""
    parts: list[str] = []
    while isinstance(node, s.Attribute):
        parts.append(node.name)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, s.Name) else ""
