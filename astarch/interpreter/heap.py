"""What a program can reach at a moment: the variables of the calls in progress and all that they hold.

Two pictures of it tell what a piece of the program changed and what it made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from ..ir.tensor import Tensor
from .machine import Machine
from .repeated import Repeat, Repeated
from .values import BoundMethod, Function, Instance


class Heap:
    """Every list, dict, set and object within reach, with what the containers hold now.

    Modules and classes are not followed: what a model keeps there is not part of it.
    """

    def __init__(self, m: Machine, also: Iterable[Any] = ()) -> None:
        self._kept: dict[int, tuple[Any, Any]] = {}
        self._objects: dict[int, Any] = {}
        self._parts: set[int] = set()
        self._open: set[int] = set()
        frame = m.frame
        stack: list[Any] = list(also)
        while frame is not None:
            if frame.names is not frame.module.namespace:
                self._open.add(id(frame.names))
                stack.append(frame.names)
            stack.extend(names for names in frame.outer if names is not frame.module.namespace)
            frame = frame.caller
        while stack:
            self._visit(m, stack.pop(), stack)

    def _visit(self, m: Machine, value: Any, stack: list[Any]) -> None:
        kind = type(value)
        if id(value) in self._kept or id(value) in self._objects:
            return
        if kind is list or kind is dict or kind is set:
            self._kept[id(value)] = value, kind(value)
            stack.extend(value.values() if kind is dict else value)
        elif kind is tuple:
            self._objects[id(value)] = value
            stack.extend(value)
        elif isinstance(value, Instance):
            self._objects[id(value)] = value
            self._open.add(id(value.__dict__))
            self._open.update(id(value.__dict__[name]) for name in m.registries if name in value.__dict__)
            stack.extend((value.__dict__, value.payload))
        elif isinstance(value, Tensor):
            self._objects[id(value)] = value
        elif isinstance(value, BoundMethod):
            stack.append(value.receiver)
        elif isinstance(value, Function):
            self._objects[id(value)] = value
            stack.extend(value.outer)
        elif kind is Repeated:
            self._objects[id(value)] = value
            self._parts.add(id(value.parts))
            stack.append(value.parts)
        elif kind is Repeat:
            self._objects[id(value)] = value
            stack.extend(value.items)
        if (len(self._kept) + len(self._objects)) & 4095 == 0:
            m.check()

    def changes(self) -> Iterator[tuple[Any, Any]]:
        """The containers that hold something else now, each with what it held then."""
        for holder, before in self._kept.values():
            if _differ(holder, before):
                yield holder, before

    def __contains__(self, value: object) -> bool:
        return id(value) in self._objects

    def holds_parts(self, holder: list[Any]) -> bool:
        """Whether a list is the inside of a sequence that repeats already."""
        return id(holder) in self._parts

    def is_open(self, names: dict[Any, Any]) -> bool:
        """Whether a dict holds attributes or what is registered under a name, one of which may stand for all rounds."""
        return id(names) in self._open

    def beyond(self, other: Heap) -> dict[int, Any]:
        """The objects that the other picture does not have."""
        return {key: value for key, value in self._objects.items() if key not in other._objects}

    def replace(self, values: dict[int, tuple[Any, Any]], refuse: Callable[[], BaseException]) -> None:
        """Put other values in the place of some, wherever they are held.

        Args:
            values: By identity, the value and what stands for it from now on.
            refuse: What to raise when one is held by a tuple, which never changes.
        """
        for holder, _ in list(self._kept.values()):
            items = holder.items() if type(holder) is dict else enumerate(holder) if type(holder) is list else ()
            for key, value in list(items):
                if id(value) in values:
                    holder[key] = values[id(value)][1]
        for value in self._objects.values():
            if type(value) is tuple and any(id(item) in values for item in value):
                raise refuse()


def _differ(holder: Any, before: Any) -> bool:
    """Whether a container holds other objects than before, or its keys in another order."""
    if len(holder) != len(before):
        return True
    if type(holder) is dict:
        return any(a is not b and a != b for a, b in zip(holder, before, strict=True)) or any(
            holder[key] is not before[key] for key in before
        )
    if type(holder) is set:
        return holder != before
    return any(a is not b for a, b in zip(holder, before, strict=True))
