"""Calls of a class's own submodules, what those submodules are, and the functions that a forward comes through."""

from __future__ import annotations

import ast

from ..ir.program import ClassSource, Definition
from .layers import keras_layer, makes_module


def own_call(cls: ClassSource, node: ast.AST | None) -> str:
    """The attribute that ``self.name(...)`` calls, when a layer is assigned to it; otherwise empty."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return ""
    func = node.func
    if not (isinstance(func.value, ast.Name) and func.value.id == "self"):
        return ""
    made = any(makes_module(each.file, one.value) or keras_layer(each.file, one.value) for each, one in cls.kept.get(func.attr, ()))
    return func.attr if made else ""


def layer_of(cls: ClassSource, name: str) -> ast.Call | None:
    """The only construction that is assigned to an attribute, in the class itself; None when there are several, or others."""
    found = cls.kept.get(name, [])
    if len(found) != 1 or name in {part for each in cls.lineage for part in each.named} or found[0][0].file is not cls.file:
        return None
    value = found[0][1].value
    return value if isinstance(value, ast.Call) and (makes_module(cls.file, value) or keras_layer(cls.file, value)) else None


def reached(cls: ClassSource) -> list[Definition]:
    """The functions that a call of the forward may come through, itself first: methods of the class, functions of the file."""
    found: list[Definition] = []
    waiting = [cls.forward] if cls.forward is not None else []
    while waiting:
        function = waiting.pop()
        if function not in found:
            found.append(function)
            called = [callee(cls, call) for call in cls.file.within(function, ast.Call)]
            waiting += [one for one in called if one is not None]
    return found


def callee(cls: ClassSource, call: ast.Call) -> Definition | None:
    """The method of the class, or the function of its file, that a call means."""
    func = call.func
    if isinstance(func, ast.Attribute) and isinstance(func.value, ast.Name) and func.value.id == "self":
        return cls.methods.get(func.attr)
    if isinstance(func, ast.Name) and func.id in cls.file.functions and func.id not in cls.file.ambiguous:
        return cls.file.functions[func.id] if cls.file.resolve(func) == f"{cls.file.name}.{func.id}" else None
    return None
