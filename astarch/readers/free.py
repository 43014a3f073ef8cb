"""Arguments nobody gave: a size becomes a symbol of its name, a config an object whose sizes are symbols of theirs.

`Given` holds what the user set by name instead. A number that is 1 or less is seldom a size (a flag, a padding index): it
keeps its default.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ..errors import TargetError
from ..interpreter.machine import Machine
from ..interpreter.natives.signatures import signature_of
from ..interpreter.values import MISSING, Class, Instance, Lost, PyModule, Raised
from ..ir.dim import Dim, Real
from ..ir.parsing import parsed
from ..ir.unknown import Reason, Unknown
from ..source.index import SourceError

_FILLED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)

#: `free` with this in it frees every number that has a default, too.
ALL = "all"


class Given:
    """What the user says of arguments: values by name, and which numbers are to be symbols although they have a default.

    Attributes:
        offered: Every name that a value could have been given for.
        fields: The fields of configs that became objects with symbols, with what they are by default; None where nothing says it.
        classes: The names of the classes of those configs.
    """

    def __init__(self, values: Mapping[str, Any] | None = None, free: Iterable[str] = ()) -> None:
        self.values = dict(values or {})
        self.free = frozenset(free)
        self.offered: dict[str, None] = {}
        self.fields: dict[str, Any] = {}
        self.classes: set[str] = set()
        self.used: set[str] = set()

    def value(self, name: str) -> Any:
        """What was given for a name, or for the last part of a dotted one; `MISSING` if nothing was."""
        self.offered[name] = None
        for key in (name, name.rpartition(".")[2]):
            if key in self.values:
                self.used.add(key)
                return self.values[key]
        return MISSING

    def size(self, name: str) -> Any:
        """What was given for a size, or a symbol."""
        found = self.value(name)
        return Dim.symbol(name) if found is MISSING else found

    def is_free(self, name: str) -> bool:
        """Whether a number is to be a symbol although it has a default."""
        return ALL in self.free or self.is_named(name)

    def is_named(self, name: str) -> bool:
        """Whether the user wants just this one free: a flag then is read both ways."""
        return name in self.free or name.rpartition(".")[2] in self.free

    def check(self) -> None:
        """Every name that a value was given for occurs.

        Raises:
            TargetError: One does not.
        """
        for name in self.values:
            if name not in self.used:
                names = [*self.offered, *(other.rpartition(".")[2] for other in self.offered)]
                close = get_close_matches(name, names, 1)
                some = ", ".join(list(self.offered)[:12]) or "none"
                hint = f"did you mean `{close[0]}`?" if close else f"names that can be set: {some}"
                raise TargetError(f"nothing is named `{name}`", hint)


class Filling:
    """Finds arguments for the calls of one target.

    Args:
        machine: What runs.
        given: What the user says.
        module: Where the target stands.
        is_model: Whether a class is a model, and so no config.
    """

    def __init__(self, machine: Machine, given: Given, module: PyModule, is_model: Callable[[Class], bool]) -> None:
        self.machine, self.given, self.module, self.is_model = machine, given, module, is_model

    def arguments(self, function: Any) -> dict[str, Any]:
        """Keyword arguments for a callable that is called without any."""
        found: dict[str, Any] = {}
        for parameter in self._parameters(function):
            name, default = parameter.name, parameter.default
            value = self.given.value(name)
            if value is MISSING and default is parameter.empty:
                value = self.missing(name, parameter.annotation)
            elif value is MISSING:
                value = self._freed(name, default)
            if value is not MISSING:
                found[name] = value
        return found

    def missing(self, name: str, annotation: Any) -> Any:
        """A value for a required argument."""
        given = self.given.value(name)
        if given is not MISSING:
            return given
        kind = _named(annotation)
        if isinstance(annotation, str) and isinstance(found := self.module.get(annotation), Class):
            annotation = found
        if isinstance(annotation, Class) and annotation.host is None:
            return self.settings(name, annotation)
        if kind == "bool":
            return self.machine.choose(name)
        if kind == "str":
            return Unknown(Reason.UNDECIDED, name)
        if kind == "float":
            self.machine.assume(f"{name} is a number")
            return Real(name)
        if kind != "int" and (uses := _uses(self.module, name)):
            return self._described_by_use(name, uses)
        self.machine.assume(f"{name} is a number")
        return Dim.symbol(name)

    def settings(self, name: str, cls: Class) -> Any:
        """An object of a config class, its sizes symbols ``name.field``."""
        parameters = self._parameters(cls)
        self.given.classes.add(cls.name)
        fields: dict[str, Any] = {}
        for parameter in parameters:
            full = f"{name}.{parameter.name}"
            value = self.given.value(full)
            self.given.fields[full] = None if parameter.default is parameter.empty else parameter.default
            if value is MISSING and parameter.default is parameter.empty:
                value = self.missing(full, parameter.annotation)
            elif value is MISSING and _is_size(parameter.default):
                value = Dim.symbol(full)
            elif value is MISSING and isinstance(parameter.default, bool) and self.given.is_named(full):
                value = self.machine.choose(full, parameter.default)
            if value is not MISSING:
                fields[parameter.name] = value
        made = self.machine.call(cls, (), fields)
        if not parameters:
            self._overlay(name, cls, made)
        return made

    def _overlay(self, name: str, cls: Class, made: Any) -> None:
        """Class variables that are sizes: the object gets symbols in their place."""
        for field in [field for base in reversed(cls.mro[:-1]) for field in base.namespace]:
            value, full = cls.find(field), f"{name}.{field}"
            if field.startswith("__") or not isinstance(value, (bool, int, float, str, type(None))):
                continue
            given = self.given.value(full)
            self.given.fields[full] = value
            if given is not MISSING:
                self.machine.put(made, field, given)
            elif _is_size(value):
                self.machine.put(made, field, Dim.symbol(full))

    def _freed(self, name: str, default: Any) -> Any:
        """A symbol for an argument that has a default, where the user wants one; `MISSING` otherwise."""
        if isinstance(default, Instance) and self._has_fields(default):
            return self._override(name, default)
        if type(default) is bool and self.given.is_named(name):
            return self.machine.choose(name, default)
        if _is_size(default) and self.given.is_free(name):
            return Dim.symbol(name)
        return MISSING

    def _has_fields(self, value: Instance) -> bool:
        return value.py_class.find("__dataclass_fields__") is not MISSING

    def _override(self, name: str, default: Instance) -> Any:
        """The default config, with what the user set or wants free; `MISSING` when that is nothing."""
        changed: dict[str, Any] = {}
        for field in default.py_class.find("__dataclass_fields__"):
            full = f"{name}.{field}"
            value, current = self.given.value(full), default.__dict__.get(field)
            self.given.fields[full] = current
            if value is MISSING and _is_size(current) and self.given.is_free(full):
                value = Dim.symbol(full)
            if value is not MISSING:
                changed[field] = value
        if not changed:
            return MISSING
        replace = self.machine.get(self.machine.import_module("dataclasses"), "replace")
        return self.machine.call(replace, (default,), changed)

    def _described_by_use(self, name: str, uses: Mapping[str, bool]) -> Any:
        """A config of no stated class: of the class that has the fields it is asked for, or a namespace of just those."""
        cls = self._class_with(frozenset(uses))
        if cls is not None:
            self.machine.assume(f"{name} is a {cls.name}")
            return self.settings(name, cls)
        self.machine.assume(f"{name} is a namespace of numbers" + (" and flags" if any(uses.values()) else ""))
        namespace = self.machine.get(self.machine.import_module("types"), "SimpleNamespace")
        return self.machine.call(namespace, (), {field: self._field(name, field, uses[field]) for field in sorted(uses)})

    def _field(self, name: str, field: str, is_flag: bool) -> Any:
        """A number that a config is asked for, of which nothing more is known; or a flag, where that is all it is used as."""
        full = f"{name}.{field}"
        self.given.fields[full] = None
        if is_flag and self.given.value(full) is MISSING:
            return self.machine.choose(full)
        return self.given.size(full)

    def _class_with(self, uses: frozenset[str]) -> Class | None:
        """The class named in the module, no model itself, that has most of the fields, and at least half."""
        for kind in ("class", "import"):
            best: tuple[int, Class] | None = None
            for cls in self._classes(kind):
                names = {parameter.name for parameter in self._parameters(cls)} | {name for base in cls.mro[:-1] for name in base.namespace}
                count = len(names & uses)
                if 2 * count >= len(uses) and (best is None or count > best[0]):
                    best = (count, cls)
            if best is not None:
                return best[1]
        return None

    def _classes(self, kind: str) -> list[Class]:
        """The classes that a module defines or imports, models left out."""
        state = self.module.state
        names = [name for entry in (state.entries if state is not None else ()) if entry.kind == kind for name in entry.binds]
        values = [self.module.get(name) for name in names]
        return [value for value in values if isinstance(value, Class) and value.host is None and not self.is_model(value)]

    def _parameters(self, function: Any) -> list[inspect.Parameter]:
        try:
            signature = signature_of(self.machine, function)
        except (Raised, Lost, TypeError, ValueError):
            return []
        if not isinstance(signature, inspect.Signature):
            return []
        return [parameter for parameter in signature.parameters.values() if parameter.kind not in _FILLED]


def _is_size(value: Any) -> bool:
    return type(value) is int and value > 1


def _named(annotation: Any) -> str:
    """The name of a plain type, as an annotation gives it."""
    if isinstance(annotation, Class):
        return annotation.name
    return annotation if isinstance(annotation, str) else ""


def _tree(module: PyModule) -> ast.AST | None:
    try:
        return parsed("\n".join(module.file.lines)) if module.file is not None else None
    except (SyntaxError, ValueError, RecursionError, SourceError):
        return None


def _uses(module: PyModule, name: str) -> dict[str, bool]:
    """The attributes that a module's text takes of a name, written or called ones left out; whether each is but a flag."""
    tree = _tree(module)
    if tree is None:
        return {}
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    last = name.rpartition(".")[2]
    nodes = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and id(node) not in called
        if isinstance(node.value, ast.Name) and node.value.id == last
    ]
    tested, counted = _tested(tree), _counted(tree)
    flags = {node.attr for node in nodes if id(node) in tested} - {node.attr for node in nodes if id(node) in counted}
    return {node.attr: node.attr in flags for node in nodes}


def _tested(tree: ast.AST) -> set[int]:
    """The expressions of which a program only asks whether they are true."""
    waiting = [node.test for node in ast.walk(tree) if isinstance(node, (ast.If, ast.IfExp, ast.While, ast.Assert))]
    found: set[int] = set()
    while waiting:
        node = waiting.pop()
        found.add(id(node))
        waiting += (
            node.values
            if isinstance(node, ast.BoolOp)
            else [node.operand]
            if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
            else []
        )
    return found


def _counted(tree: ast.AST) -> set[int]:
    """The expressions with which a program counts, or which it compares."""
    found: list[ast.expr] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp):
            found += [node.left, node.right]
        elif isinstance(node, ast.Compare):
            found += [node.left, *node.comparators]
    return set(map(id, found))


def unbound(expression: str, module: PyModule, known: Mapping[str, Any]) -> list[str]:
    """The names of a target's expression that mean nothing where it stands."""
    try:
        tree = ast.parse(expression.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return []
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    made |= {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    used = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return [name for name in used if name not in made and name not in known and module.get(name) is MISSING]
