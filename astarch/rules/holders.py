"""Plain objects that hold layers: classes of a project that are no modules, and make layers that nobody registers."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..ir.class_source import Assigned
from ..ir.program import ClassSource
from .layers import has_weights

_CALLED = ("forward", "__call__", "call")


def held_layers(cls: ClassSource) -> Iterator[tuple[Assigned, ClassSource, Assigned]]:
    """What a module assigns that is a plain object, which computes with layers of its own: each with its class and such a layer."""
    for one in cls.assigned:
        other = _plain_class(cls, one.value)
        if other is None or not any(name in each.methods for each in other.lineage for name in _CALLED):
            continue
        layer = next((each for each in other.assigned if each.method.name == "__init__" and has_weights(other.file, each.value)), None)
        if layer is not None and not _is_taken_apart(cls, one.name):
            yield one, other, layer


def _plain_class(cls: ClassSource, value: ast.expr | None) -> ClassSource | None:
    """The class of the project that a value is made of, when it is certainly no module."""
    name = cls.file.resolve(value.func) if isinstance(value, ast.Call) else ""
    other = cls.file.program.class_at(name) if name else None
    return None if other is None or other.framework or other.outside or other.dynamic or other.node.keywords else other


def _is_taken_apart(cls: ClassSource, name: str) -> bool:
    """Whether something of the object is used by itself, and may be registered so: ``self.layer = self.head.layer``."""
    reads = set(cls.reads.get(name, ()))
    called = {call.func for call in cls.file.within(cls.node, ast.Call)}
    return any(node.value in reads and node not in called for node in cls.file.within(cls.node, ast.Attribute))
