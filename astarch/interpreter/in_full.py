"""Imports in full: what the statements of a module leave behind in others is there once the module was imported.

Mostly only those statements run that bind a name which is asked for. Where a program fails by that, because a registry lacks what files
put into it of which no name is asked for, it is run once more, and every module that is imported runs what may leave traces elsewhere:
decorated definitions, classes whose base notes its heirs, calls for no result, items stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ..ir.parsing import SourceError
from ..ir.unknown import Lost
from .budget import BudgetSpent
from .compile.scopes import walk
from .imports import absolute
from .values import MISSING, BoundMethod, Class, Function, Instance, PyModule, Raised

if TYPE_CHECKING:
    from .imports import Loading
    from .machine import Machine

#: What a program keeps things in.
_CONTAINERS = (dict, list, set)


def run_in_full(loading: Loading) -> None:
    """Import what a module imports, and run what may leave traces elsewhere, in order; what fails is left alone."""
    m = loading.m
    _import(m, [loading.module.name.rpartition(".")[0]])
    for index, entry in enumerate(loading.entries):
        if entry.kind == "import":
            if not entry.typing_only:
                _import(m, _imported(loading, index))
        elif any(_may_note(loading, root, index) for root in entry.keepers) or any(
            _notes_heirs(loading, root, index) for root in entry.bases
        ):
            decided = len(m.decided)
            try:
                loading.run(index)
            except (Raised, Lost, SourceError):
                del m.decided[decided:]


def _imported(loading: Loading, index: int) -> Iterator[str]:
    """What an import may import, by dotted name."""
    for node in walk(loading.file.statements(loading.entries[index])):
        kind = type(node).__name__
        if kind == "Import":
            yield from (alias.name for alias in node.names)
        elif kind == "ImportFrom":
            source = absolute(loading.file.package, node)
            yield from (source, *(f"{source}.{alias.name}" for alias in node.names))


def _import(m: Machine, names: Iterable[str]) -> None:
    """Import modules, and the packages around them first."""
    for name in names:
        parts = name.split(".")
        for length in range(1, len(parts) + 1):
            part = ".".join(parts[:length])
            if part in m.modules or m.project.find(part) is None:
                continue
            with suppress(Raised, Lost, SourceError):
                m.import_module(part, True)


def _value(loading: Loading, root: str, index: int) -> Any:
    """What a name means where a statement stands; `MISSING` where that cannot be found out."""
    try:
        return loading.resolve(root, index)
    except (Raised, Lost, SourceError, BudgetSpent):
        return MISSING


def _may_note(loading: Loading, root: str, index: int) -> bool:
    """Whether something is of the program, and may keep what it is given."""
    value = _value(loading, root, index)
    if isinstance(value, BoundMethod):
        value = value.receiver
    if isinstance(value, PyModule):
        return value.file is not None
    if isinstance(value, Instance):
        return bool(value.py_class.span.line)
    return isinstance(value, (Function, *_CONTAINERS)) or (isinstance(value, Class) and bool(value.span.line))


def _notes_heirs(loading: Loading, root: str, index: int) -> bool:
    value = _value(loading, root, index)
    if not isinstance(value, Class):
        return False
    hook = value.find("__init_subclass__")
    return isinstance(getattr(hook, "function", hook), Function) or (value.metaclass is not None and bool(value.metaclass.span.line))


def leaves_out(m: Machine) -> bool:
    """Whether modules that were read have statements, not run, which seem to change what other modules keep: a table, an object."""
    loaded = [module.state for module in m.modules.values() if isinstance(module, PyModule) and module.state is not None]
    kept = {
        name: value
        for loading in loaded
        for name, value in (*loading.module.namespace.items(), *loading.watched.items())
        if type(value) in _CONTAINERS or (type(value) is Instance and value.py_class.span.line)
    }
    return any(
        loading.is_there(root) and _value(loading, root, index) is kept[root]
        for loading in loaded
        for index, entry in enumerate(loading.entries)
        if entry.keepers and index not in loading.done
        for root in entry.keepers
        if root in kept and not any(loading.entries[i].kind == "assign" for i in loading.binders.get(root, ()))
    )
