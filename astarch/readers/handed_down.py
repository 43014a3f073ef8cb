"""A wrong number that a block only hands down to its layers: it was written where the block was built."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from ..ir.architecture import Architecture, Module
from ..ir.diagnostic import Diagnostic, Note
from ..ir.graph import Node
from ..ir.parsing import parsed
from ..ir.span import Span


def where_written(architecture: Architecture, finding: Diagnostic, maker: Node, texts: Callable[[str], str]) -> Diagnostic:
    """The finding where its number was written, when that is outside of the block whose layer takes it, and so is what it does not fit.

    Args:
        architecture: What was read.
        finding: A layer that takes another size than it gets; it stands at the argument that says so.
        maker: What made the size that arrives.
        texts: The text of a file.
    """
    place, name = finding.span, finding.module
    source = maker.target if maker.op == "call_module" else maker.module
    passed: list[Note] = []
    while (found := _argument(architecture, name, place, texts)) is not None:
        owner, outer = found
        if source == owner.name or source.startswith(f"{owner.name}."):
            break  # two layers of one block do not fit each other
        passed += [] if place == finding.span else [Note(place, "handed on here")]
        name, place = owner.name, outer
    if place == finding.span:
        return finding
    notes = tuple(note for note in finding.notes if note.span != place)
    return replace(finding, span=place, notes=(Note(place, "handed down from here"), *passed, *notes))


def _argument(architecture: Architecture, name: str, place: Span, texts: Callable[[str], str]) -> tuple[Module, Span] | None:
    """The block in whose constructor an argument stands that is only one of its own parameters, and what it was given for it."""
    tree = tree_of_text(texts(place.file))
    start = next((node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and _holds(node, place)), None)
    init = next((node for node in start.body if isinstance(node, ast.FunctionDef) and node.name == "__init__"), None) if start else None
    value = next((node for node in ast.walk(init) if isinstance(node, ast.Name) and _at(node, place)), None) if init else None
    if start is None or init is None or value is None or _is_bound_again(init, value.id):
        return None
    names = [one.arg for one in (*init.args.posonlyargs, *init.args.args)][1:]
    owner = _owner(architecture, name, start.name)
    if owner is None or value.id not in names or owner.defined_at.file != place.file:
        return None
    call = next((node for node in ast.walk(tree) if isinstance(node, ast.Call) and _at(node, owner.defined_at)), None)
    if call is None or any(isinstance(item, ast.Starred) for item in call.args):
        return None
    position = names.index(value.id)
    given = call.args[position] if position < len(call.args) else None
    given = next((keyword.value for keyword in call.keywords if keyword.arg == value.id), given)
    if given is None:
        return None
    return owner, Span(place.file, given.lineno, given.col_offset + 1, given.end_lineno or 0, (given.end_col_offset or 0) + 1)


def _owner(architecture: Architecture, name: str, cls: str) -> Module | None:
    """The nearest module above that is of a class; not the model itself, which nobody of the file built."""
    while name := name.rpartition(".")[0]:
        module = architecture.modules.get(name)
        if module is not None and module.class_name == cls:
            return module
    return None


def _holds(node: ast.ClassDef, place: Span) -> bool:
    return node.lineno <= place.line <= (node.end_lineno or 0)


def _at(node: ast.Name | ast.Call, place: Span) -> bool:
    return (node.lineno, node.col_offset + 1) == (place.line, place.column)


def _is_bound_again(init: ast.FunctionDef, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store) for node in ast.walk(init))


@cache
def tree_of_text(text: str) -> ast.Module:
    """The syntax of a text; an empty one for what is no Python."""
    try:
        return parsed(text)
    except (SyntaxError, ValueError, RecursionError):
        return ast.Module([], [])
