"""``UserDict``, ``UserList`` and ``UserString``: classes of the program around an ordinary container in ``data``."""

from __future__ import annotations

from typing import Any

from ..builtins.hosts import OBJECT
from ..machine import Machine
from ..stdlib.collections_abc import CLASSES
from ..values import MISSING, Class, Instance
from .collection_mixins import mixed, pairs_of


def _start_dict(m: Machine, self: Any, dict: Any = None, /, **kwargs: Any) -> None:
    m.put(self, "data", {})
    for key, value in (*pairs_of(m, dict if dict is not None else ()), *kwargs.items()):
        m.store(self, key, value)


def _item(m: Machine, self: Any, key: Any) -> Any:
    data = m.get(self, "data")
    if key not in data and (hook := self.py_class.find("__missing__")) is not MISSING:
        return m.call(hook, (self, key), {})
    return m.subscript(data, key)


def _copy(m: Machine, self: Any) -> Any:
    return m.call(self.py_class, (m.get(self, "data"),), {})


USER_DICT = Class("UserDict", (CLASSES["MutableMapping"],), mixed(
    "UserDict", init__=_start_dict, getitem__=_item, copy=_copy,
    len__=lambda m, self: m.length(m.get(self, "data")), iter__=lambda m, self: m.iterate(m.get(self, "data")),
    setitem__=lambda m, self, key, value: m.store(m.get(self, "data"), key, value),
    delitem__=lambda m, self, key: m.get(self, "data").__delitem__(key),
    contains__=lambda m, self, key: m.contains(m.get(self, "data"), key),
    repr__=lambda m, self: m.repr_of(m.get(self, "data")),
    or__=lambda m, self, other: m.call(self.py_class, (m.binary("|", m.get(self, "data"), _data(m, other)),), {}),
), "collections", CLASSES["MutableMapping"].metaclass)  # fmt: skip


def _data(m: Machine, value: Any) -> Any:
    return m.get(value, "data") if isinstance(value, Instance) and "data" in value.__dict__ else value


def _start_list(m: Machine, self: Any, initlist: Any = None) -> None:
    m.put(self, "data", list(m.iterate(_data(m, initlist))) if initlist is not None else [])


def _list_item(m: Machine, self: Any, index: Any) -> Any:
    found = m.subscript(m.get(self, "data"), index)
    return m.call(self.py_class, (found,), {}) if isinstance(index, slice) else found


USER_LIST = Class("UserList", (CLASSES["MutableSequence"],), mixed(
    "UserList", init__=_start_list, getitem__=_list_item, copy=_copy,
    len__=lambda m, self: m.length(m.get(self, "data")), iter__=lambda m, self: m.iterate(m.get(self, "data")),
    setitem__=lambda m, self, key, value: m.store(m.get(self, "data"), key, value),
    delitem__=lambda m, self, key: m.get(self, "data").__delitem__(key),
    insert=lambda m, self, index, value: m.get(self, "data").insert(index, value),
    repr__=lambda m, self: m.repr_of(m.get(self, "data")),
    eq__=lambda m, self, other: m.equal(m.get(self, "data"), _data(m, other)),
    add__=lambda m, self, other: m.call(self.py_class, (m.get(self, "data") + list(m.iterate(_data(m, other))),), {}),
), "collections", CLASSES["MutableSequence"].metaclass)  # fmt: skip
USER_STRING = Class("UserString", (OBJECT,), mixed(
    "UserString", init__=lambda m, self, seq: m.put(self, "data", m.text_of(seq)), str__=lambda m, self: m.get(self, "data"),
    getattr__=lambda m, self, name: m.get(self.__dict__["data"], name), len__=lambda m, self: len(m.get(self, "data")),
    eq__=lambda m, self, other: m.equal(m.get(self, "data"), _data(m, other)),
    hash__=lambda m, self: hash(m.get(self, "data")), iter__=lambda m, self: iter(m.get(self, "data")),
    getitem__=lambda m, self, index: m.get(self, "data")[index],
    add__=lambda m, self, other: m.call(self.py_class, (m.get(self, "data") + m.text_of(other),), {}),
), "collections")  # fmt: skip
