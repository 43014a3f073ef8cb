"""Layers and parameters that a built model holds in plain lists and dicts: no state dict has them, no optimizer, no `.to()`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..frameworks.torch.instance import ModuleInstance
from ..frameworks.torch.tensor import Parameter
from ..ir.architecture import Hidden

#: A list in a list in a list: what is deeper is no list of layers.
_DEEPEST = 3
_CONTAINERS = frozenset({list, tuple, dict})
_PLAIN = frozenset({int, float, bool, type(None)})


def hidden(tree: list[tuple[str, Any, dict[str, list[tuple[str, Any]]]]]) -> tuple[Hidden, ...]:
    """What the modules of a tree hold beside it, one of each attribute.

    A list of one is how a module is kept out of the tree on purpose.
    """
    known = {id(module) for _, module, _ in tree}
    known |= {id(value) for _, _, held in tree for _, value in held["_parameters"]}
    found: list[Hidden] = []
    for path, module, _ in tree:
        for name, value in list(module.__dict__.items()) if isinstance(module, ModuleInstance) else ():
            if type(value) not in _CONTAINERS or len(value) < 2 or name.startswith("_") or _PLAIN.issuperset(map(type, _content(value))):
                continue
            lost = next((item for item in _items(value, 0) if id(item) not in known), None)
            if lost is not None:
                what = lost.py_class.name if isinstance(lost, ModuleInstance) else "Parameter"
                span = lost.span if isinstance(lost, ModuleInstance) else module.span
                cls = module.py_class
                found.append(Hidden(path, name, type(value).__name__, what, cls.qualname, cls.span, span))
    return tuple(found)


def _items(value: Any, depth: int) -> Iterator[Any]:
    """The modules with parameters and the parameters in a container."""
    if isinstance(value, ModuleInstance):
        if _has_parameters(value, 0):
            yield value
    elif isinstance(value, Parameter):
        yield value
    elif type(value) in _CONTAINERS and depth < _DEEPEST:
        for item in _content(value):
            yield from _items(item, depth + 1)


def _content(value: Any) -> Iterable[Any]:
    return value.values() if type(value) is dict else value


def _has_parameters(module: ModuleInstance, depth: int) -> bool:
    held = module.__dict__
    if any(value is not None for value in (held.get("_parameters") or {}).values()):
        return True
    below = (held.get("_modules") or {}).values()
    return depth < 20 and any(isinstance(child, ModuleInstance) and _has_parameters(child, depth + 1) for child in below)
