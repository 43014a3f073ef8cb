"""Things that a class keeps in plain containers, where ``nn.Module`` does not look."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ..ir.program import ClassSource, Definition, File, dotted_text, first_parameter
from .layers import elements, torch_layer

#: Calls that only look at a list.
_LOOKING = {
    "len",
    "zip",
    "enumerate",
    "range",
    "reversed",
    "any",
    "all",
    "isinstance",
    "list",
    "tuple",
    "sorted",
    "min",
    "max",
    "sum",
    "map",
    "print",
    "super",
}


def library_name(file: File) -> str:
    """How a file calls `torch.nn`."""
    for name, meaning in file.names.items():
        if meaning == "torch.nn":
            return name
    return "torch.nn"


def hidden_items(cls: ClassSource, wanted: Callable[[ast.expr], bool], kinds: tuple[type, ...]) -> Iterator[tuple[str, ast.expr, ast.expr]]:
    """Items of plain containers on ``self``: the attribute, the container, the first item of the wanted kind.

    Nothing is given for containers that are handed to something that may register what is in them.
    """
    if cls.framework != "torch" or cls.dynamic:
        return
    seen: set[str] = set()
    for one in cls.assigned:
        if one.value is None or one.name in seen:
            continue
        for place in _container(cls, one.value, one.method):
            if not isinstance(place, kinds):
                continue
            items = [
                *elements(place),
                *_added(cls, f"{first_parameter(one.method)}.{one.name}"),
                *_added_locally(cls, one.value, one.method),
            ]
            item = next((item for item in items if wanted(item)), None)
            if item is not None and not _handed_on(cls, one.name) and not _container_elsewhere(cls, one.name):
                seen.add(one.name)
                yield one.name, place, item
                break


def _container(cls: ClassSource, value: ast.expr, method: Definition) -> list[ast.expr]:
    """The display that a value is: itself, or that of a local name."""
    if isinstance(value, ast.Name):
        stores = [
            node for node in cls.file.within(method, ast.Assign) if any(isinstance(t, ast.Name) and t.id == value.id for t in node.targets)
        ]
        return [stores[0].value] if len(stores) == 1 and not _passed(cls.file.within(method, ast.Call), value.id) else []
    return [value]


def _passed(calls: list[ast.Call], name: str) -> bool:
    """Whether a local name is handed to a call that may do something with it."""
    for node in calls:
        given = [
            item.value if isinstance(item, ast.Starred) else item for item in (*node.args, *(keyword.value for keyword in node.keywords))
        ]
        if any(isinstance(item, ast.Name) and item.id == name for item in given) and dotted_text(node.func) not in _LOOKING:
            return True
    return False


def _added_locally(cls: ClassSource, value: ast.expr, method: Definition) -> list[ast.expr]:
    return _appended(cls.file, method, value.id) if isinstance(value, ast.Name) else []


def _added(cls: ClassSource, name: str) -> list[ast.expr]:
    """What is appended to an attribute later."""
    return [item for method in cls.methods.values() for item in _appended(cls.file, method, name)]


def _appended(file: File, method: Definition, name: str) -> list[ast.expr]:
    found: list[ast.expr] = []
    for call in file.within(method, ast.Call):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("append", "extend", "add") and dotted_text(call.func.value) == name:
            found += [inner for item in call.args for inner in (elements(item) or [item])]
    for more in file.within(method, ast.AugAssign):
        if dotted_text(more.target) == name:
            found += elements(more.value)
    for node in file.within(method, ast.Assign):
        if isinstance(node.targets[0], ast.Subscript) and dotted_text(node.targets[0].value) == name:
            found.append(node.value)
    return sorted(found, key=lambda item: (item.lineno, item.col_offset))


def _handed_on(cls: ClassSource, name: str) -> bool:
    """Whether the container, or what is in it, is given to something that may register it."""
    for each in cls.lineage:
        for node in each.reads.get(name, []):
            parent = each.file.parents[node]
            while isinstance(parent, (ast.Starred, ast.keyword, ast.BinOp, ast.Tuple, ast.List, ast.IfExp, ast.Attribute, ast.Call)):
                if isinstance(parent, ast.Call) and dotted_text(parent.func) not in _LOOKING and not _is_own_method(parent, node):
                    return True
                parent = each.file.parents[parent]
            if isinstance(parent, (ast.Return, ast.Assign)) and getattr(parent, "value", None) is node:
                return True
    return False


def _is_own_method(call: ast.Call, node: ast.Attribute) -> bool:
    """``self.x.append(...)`` is a method of the container; what is called on it stays with it."""
    return isinstance(call.func, ast.Attribute) and call.func.value is node


def _container_elsewhere(cls: ClassSource, name: str) -> bool:
    """Whether the same attribute is a proper container in some other place."""
    return any(torch_layer(each.file, one.value) for each, one in cls.kept.get(name, ()))
