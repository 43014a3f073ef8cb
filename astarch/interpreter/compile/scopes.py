"""Which names a body binds, and where a name that it reads lives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from ...source import syntax as s


class Scope:
    """The names of one function, class body or module.

    Args:
        kind: ``module``, ``function``, ``class`` or ``comprehension``.
        names: What it binds.
        parent: The scope around it.
    """

    def __init__(self, kind: str, names: set[str], parent: Scope | None, class_name: str = "") -> None:
        self.kind = kind
        self.parent = parent
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.class_name = class_name or (parent.class_name if parent is not None else "")
        self.names = {self.mangled(name) for name in names} if self.class_name else names
        self.guards_import = 0

    def mangled(self, name: str) -> str:
        """A private name as the class around stores it."""
        if name.startswith("__") and self.class_name and not name.endswith("__"):
            stripped = self.class_name.lstrip("_")
            return f"_{stripped}{name}" if stripped else name
        return name

    def find(self, name: str) -> int | None:
        """Where a name lives: -1 for here, n for the n-th function around, None for the module."""
        if name in self.globals:
            return None
        if self.kind == "module":
            return None
        if name in self.names and name not in self.nonlocals:
            return -1
        depth = 0
        scope = self.parent
        while scope is not None and scope.kind != "module":
            if scope.kind != "class":
                if name in scope.globals:
                    return None
                if name in scope.names and name not in scope.nonlocals:
                    return depth
                depth += 1
            scope = scope.parent
        return None


def walk(node: Any) -> Iterator[Any]:
    """A node and all below it, bodies of functions, classes and comprehensions not entered."""
    stack = [node]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is list:
            stack.extend(reversed(item))
        elif kind in _ATOMS:
            yield item
        elif kind not in _DATA:
            yield item
            stack.extend(reversed(_children(item, kind)))


#: Nodes without nodes in them, and what the fields of nodes hold besides nodes.
_ATOMS = frozenset({s.Name, s.Constant, s.Literal})
_DATA = frozenset({str, int, float, bool, tuple, type(None)})


def _children(node: Any, kind: type) -> list[Any]:
    if kind is s.FunctionDef:
        return [*node.decorators, *[p.default for p in node.parameters if p.default is not None]]
    if kind is s.ClassDef:
        return [*node.decorators, *[a.value for a in node.arguments]]
    if kind is s.Lambda:
        return [p.default for p in node.parameters if p.default is not None]
    if kind is s.Comprehension:
        return [node.clauses[0].iterable, *_walruses(node)]
    return [getattr(node, name) for name in node.__struct_fields__]


def _walruses(node: Any) -> list[Any]:
    """Assignments inside a comprehension bind in the function around it."""
    stack: list[Any] = [node.element, node.key, *node.clauses]
    found: list[Any] = []
    while stack:
        item = stack.pop()
        if type(item) is s.Walrus:
            found.append(item.target)
        if type(item) is list:
            stack.extend(item)
        elif isinstance(item, Struct):
            stack.extend(getattr(item, name) for name in item.__struct_fields__)
    return [s.Walrus(target.at, target, s.Constant(target.at, None)) for target in found]


def bound_names(statements: list[Any]) -> set[str]:
    """The names that running the statements may bind."""
    names: set[str] = set()
    for node in walk(statements):
        names.update(_bound_by(node))
    return names


def _bound_by(node: Any) -> Iterator[str]:
    kind = type(node)
    if kind is s.Assign:
        for target in node.targets:
            yield from target_names(target)
    elif kind in (s.Annotate, s.Augment, s.For):
        yield from target_names(node.target)
    elif kind in (s.FunctionDef, s.ClassDef):
        yield node.name
    elif kind in (s.Import, s.ImportFrom):
        for alias in node.names:
            yield alias.asname or (alias.name.partition(".")[0] if kind is s.Import else alias.name)
    elif kind is s.Walrus:
        yield node.target.id
    elif kind is s.WithItem and node.target is not None:
        yield from target_names(node.target)
    elif kind is s.Handler and node.name:
        yield node.name
    elif kind is s.Pattern and node.kind in ("capture", "star", "mapping"):
        yield from node.names
    elif kind is s.Delete:
        for target in node.targets:
            yield from target_names(target)


def target_names(target: Any) -> Iterator[str]:
    """The names that assigning to a target binds."""
    kind = type(target)
    if kind is s.Name:
        yield target.id
    elif kind is s.Display:
        for item in target.items:
            yield from target_names(item)
    elif kind is s.Starred:
        yield from target_names(target.value)


def function_scope(parameters: list[s.Parameter], body: list[Any], parent: Scope) -> tuple[Scope, bool]:
    """The scope of a function, and whether its body yields: it is a generator then."""
    names = {p.name for p in parameters}
    declared: list[s.Scope] = []
    yields = False
    for node in walk(body):
        names.update(_bound_by(node))
        if type(node) is s.Scope:
            declared.append(node)
        elif type(node) is s.Yield:
            yields = True
    scope = Scope("function", names, parent)
    for node in declared:
        (scope.globals if node.kind == "global" else scope.nonlocals).update(map(scope.mangled, node.names))
    return scope, yields


def holds_yield(nodes: Any) -> bool:
    """Whether a part of a body yields."""
    return any(type(node) is s.Yield for node in walk(nodes))


#: Methods that change what they are called on.
_CHANGING = frozenset({
    "add", "add_module", "append", "appendleft", "clear", "discard", "extend", "insert", "pop", "popitem", "register_buffer",
    "register_module", "register_parameter", "remove", "reverse", "setdefault", "sort", "update",
})  # fmt: skip


def touched(statements: list[Any]) -> tuple[set[str], list[Any]]:
    """What skipping the statements leaves uncertain.

    Returns:
        The names they may bind, and the names and attributes (as expressions) whose values they may change in place.
    """
    names = bound_names(statements)
    changed: list[Any] = []
    for node in walk(statements):
        kind = type(node)
        if kind is s.Assign:
            targets = list(node.targets)
        elif kind in (s.Augment, s.Annotate, s.For):
            targets = [node.target]
        elif kind is s.Call and type(node.function) is s.Attribute and node.function.name in _CHANGING:
            targets = [s.Subscript(node.at, node.function.value, node.function)]
        else:
            continue
        for target in targets:
            changed.extend(_holders(target))
    return names, changed


def _holders(target: Any) -> Iterator[Any]:
    """The names and attributes whose value an assignment to the target changes."""
    if type(target) is s.Display:
        for item in target.items:
            yield from _holders(item)
    elif type(target) is s.Starred:
        yield from _holders(target.value)
    elif type(target) is s.Attribute:
        yield target
    elif type(target) is s.Subscript:
        while type(target) is s.Subscript:
            target = target.value
        if type(target) in (s.Name, s.Attribute):
            yield target


def ends_iteration(statements: list[Any]) -> bool:
    """Whether a suite raises what tells a loop that there are no more items."""
    raised = getattr(statements[-1], "value", None)
    function = raised.function if type(raised) is s.Call else raised
    return type(function) is s.Name and function.id in ("IndexError", "StopIteration")


def only_raises(statements: list[Any]) -> bool:
    """Whether a suite does nothing but raise."""
    return bool(statements) and type(statements[-1]) is s.Raise and all(
        type(node) in (s.Raise, s.Evaluate, s.Assign) for node in statements
    )  # fmt: skip


#: What messages are written with, and functions that only look at what they are given.
_WRITERS = frozenset({"logger", "_logger", "LOGGER", "log", "logging", "warnings"})
_LOOKERS = frozenset({"getattr", "hasattr", "isinstance", "len", "repr", "str", "type"})


def only_warns(statements: list[Any]) -> bool:
    """Whether a suite does nothing but put a message together and write it."""
    return bool(statements) and _writes(statements[-1]) and all(map(_is_of_message, statements))


def _is_of_message(node: Any) -> bool:
    if type(node) is s.If:
        return all(map(_is_of_message, (*node.body, *node.orelse))) and _only_looks(node.test)
    if type(node) is s.Assign:
        return all(type(item) is s.Name for item in node.targets) and _only_looks(node.value)
    if type(node) is s.Augment:
        return type(node.target) is s.Name and _only_looks(node.value)
    return _writes(node) or (type(node) is s.Evaluate and type(node.value) is s.Constant)


def _writes(node: Any) -> bool:
    call = getattr(node, "value", None)
    if type(node) is not s.Evaluate or type(call) is not s.Call or not all(_only_looks(item.value) for item in call.arguments):
        return False
    owner = call.function.value if type(call.function) is s.Attribute else call.function
    return type(owner) is s.Name and owner.id in (_WRITERS if owner is not call.function else {"print"})


def _only_looks(node: Any) -> bool:
    """Whether evaluating an expression changes nothing."""
    return all(_looks(part) for part in walk([node]))


def _looks(part: Any) -> bool:
    if type(part) is s.Call:
        name = part.function.name if type(part.function) is s.Attribute else getattr(part.function, "id", "")
        return name in (("format", "join") if type(part.function) is s.Attribute else _LOOKERS)
    return type(part) not in (s.Walrus, s.Yield, s.Await, s.Comprehension)
