"""``collections.abc``: host values by the host's own test, objects of the program by the methods they have."""

from __future__ import annotations

import collections.abc
from typing import Any

from ..machine import Machine
from ..natives.abstract import abstract_class
from ..natives.collection_mixins import MAPPING, MUTABLE_MAPPING, MUTABLE_SEQUENCE, MUTABLE_SET, SEQUENCE, SET, mixed
from ..values import MISSING, Builtin, Class

#: Classes that any class with these methods counts as derived from; others have to be derived from, or registered.
_BY_METHODS = {
    "Hashable": "__hash__", "Sized": "__len__", "Iterable": "__iter__", "Iterator": "__iter__ __next__", "Container": "__contains__",
    "Callable": "__call__", "Reversible": "__reversed__ __iter__", "Collection": "__len__ __iter__ __contains__",
    "Generator": "__iter__ __next__ send throw close", "Awaitable": "__await__", "AsyncIterable": "__aiter__",
    "AsyncIterator": "__anext__ __aiter__", "Coroutine": "__await__ send throw close", "AsyncGenerator": "__aiter__ __anext__ asend",
    "Buffer": "__buffer__",
}  # fmt: skip
_PARENTS = {
    "Iterator": "Iterable", "Reversible": "Iterable", "Generator": "Iterator", "Collection": "Sized Iterable Container",
    "Sequence": "Reversible Collection", "MutableSequence": "Sequence", "ByteString": "Sequence", "Set": "Collection",
    "MutableSet": "Set", "Mapping": "Collection", "MutableMapping": "Mapping", "MappingView": "Sized", "KeysView": "MappingView Set",
    "ItemsView": "MappingView Set", "ValuesView": "MappingView Collection", "Coroutine": "Awaitable", "AsyncIterator": "AsyncIterable",
    "AsyncGenerator": "AsyncIterator",
}  # fmt: skip
_MIXINS: dict[str, dict[str, Any]] = {
    "Mapping": MAPPING, "MutableMapping": MUTABLE_MAPPING, "Sequence": SEQUENCE, "MutableSequence": MUTABLE_SEQUENCE, "Set": SET,
    "MutableSet": MUTABLE_SET, "Iterator": mixed("Iterator", iter__=lambda m, self: self),
}  # fmt: skip
_ABSTRACT = {
    **_BY_METHODS, "Iterator": "__next__", "Reversible": "__reversed__", "Collection": "", "Generator": "send throw",
    "Sequence": "__getitem__ __len__", "MutableSequence": "__setitem__ __delitem__ insert", "MutableSet": "add discard",
    "Mapping": "__getitem__", "MutableMapping": "__setitem__ __delitem__",
}  # fmt: skip


def _tests(name: str) -> tuple[Any, Any]:
    host = getattr(collections.abc, name, None)
    methods = _BY_METHODS.get(name, "").split()

    def holds(value: Any) -> bool:
        if name == "Hashable" and isinstance(value, (tuple, frozenset)):
            return True
        if isinstance(value, Class):  # a class is hashable and callable, whatever its instances are
            return name in ("Hashable", "Callable")
        return host is not None and isinstance(value, host)

    def below(cls: Any) -> bool:
        if not isinstance(cls, Class):
            return False
        if name == "Hashable":
            return _hashable(cls)
        hosts = [ancestor.host for ancestor in cls.mro if ancestor.host not in (None, object)]
        if host is not None and any(issubclass(kind, host) for kind in hosts):
            return True
        return bool(methods) and all(cls.find(method) not in (MISSING, None) for method in methods)

    return holds, below


def _hashable(cls: Class) -> bool:
    for ancestor in cls.mro:
        if ancestor.host not in (None, object):
            return issubclass(ancestor.host, collections.abc.Hashable)
        if "__hash__" in ancestor.namespace:
            return ancestor.namespace["__hash__"] is not None
        if "__eq__" in ancestor.namespace:
            return False
    return True


CLASSES: dict[str, Class] = {}


def _make(name: str) -> Class:
    if name not in CLASSES:
        bases = tuple(_make(parent) for parent in _PARENTS.get(name, "").split())
        holds, below = _tests(name)
        CLASSES[name] = abstract_class(name, bases, "collections.abc", holds, below, _MIXINS.get(name, {}), _ABSTRACT.get(name, ""))
    return CLASSES[name]


for _name in (*_BY_METHODS, *_PARENTS):
    _make(_name)
CLASSES["Hashable"].namespace["__hash__"] = Builtin("Hashable.__hash__", lambda self: 0)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return dict(CLASSES)
