"""Nested structures as Keras' ``tree`` goes through them: tuples, lists, dicts in the order of their sorted keys."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from copy import copy
from typing import Any

from ...ir.dim import Dim


def is_nested(value: Any) -> bool:
    """Whether a value holds others."""
    return (isinstance(value, (tuple, list, dict)) and not _is_leaf(value)) or _parts(value) is not None


def _is_leaf(value: Any) -> bool:
    return type(value).__name__ in ("TensorShape", "Shape")


def _parts(value: Any) -> tuple[Any, ...] | None:
    """What a named tuple of the program holds; None of anything else."""
    held = getattr(value, "payload", None)
    return held if type(held) is tuple and hasattr(value, "py_class") else None


def _keys(value: dict[Any, Any]) -> list[Any]:
    return list(value) if isinstance(value, OrderedDict) else sorted(value)


def flatten(value: Any) -> list[Any]:
    """The leaves in order.

    >>> flatten({"b": 1, "a": [2, (3, None)]})
    [2, 3, None, 1]
    """
    return list(_leaves(value))


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for key in _keys(value):
            yield from _leaves(value[key])
    elif isinstance(value, (tuple, list)) and not _is_leaf(value):
        for item in value:
            yield from _leaves(item)
    elif (parts := _parts(value)) is not None:
        for item in parts:
            yield from _leaves(item)
    else:
        yield value


def map_leaves(function: Callable[[Any], Any], value: Any) -> Any:
    """The same structure with every leaf replaced."""
    if isinstance(value, dict):
        found = {key: map_leaves(function, value[key]) for key in _keys(value)}
        return OrderedDict(found) if isinstance(value, OrderedDict) else {key: found[key] for key in value}
    if isinstance(value, (tuple, list)) and not _is_leaf(value):
        items = [map_leaves(function, item) for item in value]
        if hasattr(value, "_fields"):
            return type(value)(*items)
        return tuple(items) if isinstance(value, tuple) else items
    if (parts := _parts(value)) is not None:
        made: Any = copy(value)
        made.payload = tuple(map_leaves(function, item) for item in parts)
        return made
    return function(value)


def is_shape(value: Any) -> bool:
    """Whether a value is one shape rather than a structure of shapes."""
    return isinstance(value, (tuple, list)) and all(item is None or isinstance(item, (int, Dim)) for item in value)


def map_shapes(function: Callable[[Any], Any], value: Any) -> Any:
    """The same structure with every shape in it replaced."""
    if value is None:
        return None
    if isinstance(value, dict):
        return {key: map_shapes(function, item) for key, item in value.items()}
    if is_shape(value):
        return function(value)
    if isinstance(value, (tuple, list)):
        items = [map_shapes(function, item) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    if (parts := _parts(value)) is not None:
        return tuple(map_shapes(function, item) for item in parts)
    return function(value)


def pack(structure: Any, flat: list[Any]) -> Any:
    """A flat list in the shape of a structure."""
    leaves = iter(flat)
    return map_leaves(lambda _: next(leaves), structure)


def any_leaf(test: Callable[[Any], bool], values: Any) -> bool:
    """Whether any leaf passes a test."""
    for value in values:
        if isinstance(value, (tuple, list, dict)):
            if any_leaf(test, value.values() if isinstance(value, dict) else value):
                return True
        elif test(value):
            return True
    return False
