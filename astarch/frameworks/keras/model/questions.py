"""Questions about a layer that its construction, its building and its calls ask alike."""

from __future__ import annotations

import inspect
from typing import Any

from ....interpreter.attributes import bind
from ....interpreter.values import CURRENT, Builtin, Class
from ..state import Scope, current_path, state
from .instances import defined
from .signatures import signature_of


def is_default(self: Any, name: str) -> bool:
    """Whether a layer has the method that every layer has."""
    found = defined(self, name)
    return isinstance(found, Builtin) and getattr(getattr(found.function, "raw", found.function), "is_default", False)


def open_scope(self: Any) -> Scope:
    """The name scope of a layer; its parent is where it was opened first."""
    attributes = self.__dict__
    if attributes.get("_parent_path") is None:
        attributes["_parent_path"] = current_path()
    return Scope(attributes["name"], self)


def call_signature(self: Any, name: str = "call") -> inspect.Signature:
    """The signature of ``call`` (or another method) without ``self``."""
    own = self.__dict__.get(name) if name != "build" else None
    if own is not None:
        return signature_of(own)
    cls: Class = self.py_class
    cache = state().__dict__.setdefault("signatures", {})
    found = cache.get((cls, name))
    if found is None:
        found = cache[(cls, name)] = signature_of(bind(CURRENT.get(), cls.find(name), self, cls))
    return found
