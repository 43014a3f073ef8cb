"""Which names a function binds for itself: there they mean no longer what they mean in the module."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from .class_source import Definition

if TYPE_CHECKING:
    from .nodes import Nodes

#: What has names of its own.
Scope = Definition | ast.Lambda


#: What follows a name that is bound, and what stands before one in its line.
_AFTER = re.compile(r"\s*(?:=(?!=)|:|,|\)|\]|in\b)")
_BEFORE = re.compile(r"^[ \t]+(?:class|def|async def)\s+$|\bas\s+$|^[ \t]+(?:from|import)\b")


def may_bind(text: str, name: str) -> bool:
    """Whether a text may bind a name other than by importing or defining it at the top: a first look, before anything is gone through.

    It is asked for every name of every file: where the name stands is looked for first, and only there what stands around it.
    """
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        whole = not (text[at - 1 : at].isalnum() or text[at - 1 : at] == "_" or text[end : end + 1].isalnum() or text[end : end + 1] == "_")
        if whole and (_AFTER.match(text, end) or _BEFORE.search(text[text.rfind("\n", 0, at) + 1 : at])):
            return True
        at = text.find(name, end)
    return False


def bound_among(nodes: Nodes) -> frozenset[str]:
    """The names that functions may bind, and more, of what has been gone through."""
    found = {one.arg for one in nodes.all(ast.arg)}
    found.update(name.id for name in nodes.all(ast.Name) if isinstance(name.ctx, ast.Store))
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        found.update(inner.name for inner in nodes.all(kind))
    for kind in (ast.Import, ast.ImportFrom):
        found.update((alias.asname or alias.name).partition(".")[0] for node in nodes.all(kind) for alias in node.names)
    return frozenset(found)


def scopes_around(nodes: Nodes, node: ast.AST) -> Iterator[Scope]:
    """The functions whose names an expression sees, from the inside: its own parameters' defaults stand outside of a function."""
    inner = node
    for outer in nodes.up(node):
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if any(inner is part for part in outer.body):
                yield outer
        elif isinstance(outer, ast.Lambda) and inner is outer.body:
            yield outer
        inner = outer


def bindings(nodes: Nodes, scope: Scope, absolute: Callable[[ast.ImportFrom], str]) -> dict[str, str]:
    """The names that a function binds, each with the dotted name that it imports; empty for any other value."""
    found = dict.fromkeys((one.arg for one in nodes.within(scope, ast.arg)), "")
    found |= dict.fromkeys((name.id for name in nodes.within(scope, ast.Name) if isinstance(name.ctx, ast.Store)), "")
    for kind in (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef):
        found |= dict.fromkeys((inner.name for inner in nodes.within(scope, kind) if inner is not scope), "")
    for node in nodes.within(scope, ast.Import):
        for alias in node.names:
            _put(found, alias.asname or alias.name.partition(".")[0], alias.name if alias.asname else alias.name.partition(".")[0])
    for node in nodes.within(scope, ast.ImportFrom):
        for alias in node.names:
            _put(found, alias.asname or alias.name, f"{absolute(node)}.{alias.name}")
    for node in nodes.within(scope, ast.Global):
        for name in node.names:
            found.pop(name, None)
    return found


def _put(found: dict[str, str], name: str, meaning: str) -> None:
    found[name] = meaning if found.get(name, meaning) == meaning else ""
