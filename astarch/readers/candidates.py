"""The models that files define, found in the syntax of their classes: who derives from ``nn.Module``, and who is part of whom."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..ir.parsing import parsed

#: The last names of bases that make a class a model.
_BASES = frozenset(("Module", "LightningModule", "PreTrainedModel", "Sequential", "ModuleList", "ModuleDict"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A class that may be built as a model: its file, name and line; what it is built from."""

    path: str
    name: str
    line: int
    bases: tuple[str, ...]
    mentions: frozenset[str]


def candidates(
    paths: Iterable[str], text: Callable[[str], str], known: dict[str, list[Candidate]], key: Callable[[str], str]
) -> list[Candidate]:
    """The model classes of some files that are no parts of others, in order of file and line."""
    classes: list[Candidate] = []
    for path in sorted(paths):
        name = f"{path}:{key(path)}"
        if name not in known:
            known[name] = _classes(path, text(path))
        classes += known[name]
    models = _models(classes)
    parts = {mention for one in models for mention in one.mentions} | {base for one in models for base in one.bases}
    return [one for one in models if one.name not in parts and not one.name.startswith("_")]


def _models(classes: list[Candidate]) -> list[Candidate]:
    names = set(_BASES)
    while True:
        found = [one for one in classes if any(base in names for base in one.bases)]
        more = {one.name for one in found} - names
        if not more:
            return found
        names |= more


def _classes(path: str, text: str) -> list[Candidate]:
    try:
        tree = parsed(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    real = {
        alias.asname: alias.name.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom | ast.Import)
        for alias in node.names
        if alias.asname
    }
    found: list[Candidate] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            inside = [sub for statement in node.body for sub in ast.walk(statement)]
            names = {sub.id for sub in inside if isinstance(sub, ast.Name)} | {sub.attr for sub in inside if isinstance(sub, ast.Attribute)}
            bases = tuple(real.get(name, name) for name in map(_last, node.bases) if name)
            found.append(Candidate(path, node.name, node.lineno, bases, frozenset({real.get(name, name) for name in names} - {node.name})))
    return found


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Subscript):
        return _last(node.value)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
