"""The module trees of two models: which module is which, and what came, went, moved or was made differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..ir.architecture import Architecture, Module
from ..ir.change import Change, Kind
from ..ir.graph import Record
from ..ir.span import NOWHERE

#: Arguments that count in training only.
_TRAINING = frozenset(("p", "dropout", "drop", "momentum", "drop_rate", "drop_path", "drop_prob", "inplace"))


def module_names(old: Architecture, new: Architecture, keys: Mapping[str, str]) -> dict[str, str]:
    """The new name of every old module that is still there.

    Args:
        old: The model before.
        new: The model after.
        keys: The renamed keys.
    """
    found: dict[str, str] = {}
    for before, after in keys.items():
        first, second = before.rpartition("."), after.rpartition(".")
        if first[2] != second[2]:
            continue
        one, other = first[0], second[0]
        while one and other and one not in found and one in old.modules and other in new.modules:
            if one == other or _class(old, one) != _class(new, other):
                break
            found[one] = other
            one, other = one.rpartition(".")[0], other.rpartition(".")[0]
            if one in new.modules and other in old.modules:
                break
    taken = set(found.values())
    for name, module in old.modules.items():
        if name in found:
            continue
        parent, _, last = name.rpartition(".")
        moved = f"{found[parent]}.{last}" if found.get(parent) else name
        for place in dict.fromkeys((moved, name)):
            if place in new.modules and place not in taken and (place == name or new.modules[place].class_name == module.class_name):
                found[name] = place
                taken.add(place)
                break
    return found


def _class(model: Architecture, name: str) -> str:
    return model.modules[name].class_name


def module_changes(old: Architecture, new: Architecture, names: Mapping[str, str]) -> Iterator[Change]:
    """The differences between the trees; of a part that came, went or moved only its root."""
    for name, module in old.modules.items():
        if name not in names and (name.rpartition(".")[0] in names or not name):
            yield Change(Kind.MODULE_REMOVED, name, "info", _made(module), None, module.defined_at, NOWHERE, _inside(old, name))
    come = set(new.modules) - set(names.values())
    for name, module in new.modules.items():
        if name in come and name.rpartition(".")[0] not in come:
            yield Change(Kind.MODULE_ADDED, name, "info", None, _made(module), NOWHERE, module.defined_at, _inside(new, name))
    homes = (_home(old), _home(new))
    told: set[tuple[str, str]] = set()
    for name, other in names.items():
        one, two = old.modules[name], new.modules[other]
        yield from _pair(one, two, names)
        pair = (_own(one.type, homes[0]), _own(two.type, homes[1]))
        if one.class_name == two.class_name and pair[0] != pair[1] and pair not in told:
            told.add(pair)
            yield Change(Kind.MODULE_RETYPED, other, "info", one.type, two.type, one.class_at, two.class_at, "the class stands elsewhere")


def _home(model: Architecture) -> str:
    """The module that defines the root's class."""
    return model.modules[""].type.rpartition(".")[0] if "" in model.modules else ""


def _own(name: str, home: str) -> str:
    return name.removeprefix(home) if home else name


def _pair(old: Module, new: Module, names: Mapping[str, str]) -> Iterator[Change]:
    at = (old.defined_at, new.defined_at)
    if old.name != new.name:
        parent, _, last = old.name.rpartition(".")
        carried = f"{names.get(parent, parent)}.{last}" if parent else last
        if carried != new.name:
            same = names.get(parent, parent) == new.name.rpartition(".")[0]
            yield Change(Kind.MODULE_RENAMED if same else Kind.MODULE_MOVED, new.name, "info", old.name, new.name, *at)
    if old.class_name != new.class_name:
        yield Change(Kind.MODULE_RETYPED, new.name, "info", old.class_name, new.class_name, *at)
        return
    before, after = _differing(old.arguments, new.arguments)
    if before or after:
        idle = all(name in _TRAINING for name in (*before, *after))
        yield Change(Kind.MODULE_REARGUED, new.name, "info", before, after, *at, "counts in training only" if idle else "")


def _differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arguments that differ, on both sides; what a container was given stands in the tree itself.

    That nothing is said of the device and the element type may be said or not.
    """
    old, new = (
        {name: value for name, value in side.items() if value is not None or name not in ("device", "dtype")} for side in (old, new)
    )
    every = [
        name
        for name in dict.fromkeys((*old, *new))
        if not (name.startswith(("*", "args")) and isinstance(old.get(name, new.get(name)), Record))
    ]
    names = [name for name in every if _plain(old.get(name)) != _plain(new.get(name)) or (name in old) != (name in new)]
    return {name: old[name] for name in names if name in old}, {name: new[name] for name in names if name in new}


def _plain(value: Any) -> str:
    if isinstance(value, Record):
        return f"{value.type}({', '.join(f'{key}={_plain(item)}' for key, item in value.fields.items())})"
    return str(list(value)) if isinstance(value, tuple) else str(value)


def _made(module: Module) -> str:
    arguments = ", ".join(f"{name}={_plain(value)}" for name, value in list(module.arguments.items())[:6])
    return f"{module.class_name}({arguments})"


def _inside(model: Architecture, name: str) -> str:
    count = sum(other.startswith(f"{name}.") for other in model.modules)
    return f"with {count} modules inside" if count > 1 else "with 1 module inside" if count else ""
