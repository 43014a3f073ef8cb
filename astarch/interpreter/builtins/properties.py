"""``property`` as a class that the program can derive from."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..values import Builtin, Instance, Property
from .hosts import CLASS_OF_HOST


def _inner(self: Any) -> Property:
    """The property itself, or the one inside an instance of a class derived from it."""
    return self.payload if isinstance(self, Instance) else self


def _start(self: Instance, fget: Any = None, fset: Any = None, fdel: Any = None, doc: Any = None) -> None:
    self.payload = Property(fget, fset, fdel)


def _get(m: Machine, self: Any, receiver: Any, owner: Any = None) -> Any:
    return self if receiver is None else m.call(_inner(self).getter, (receiver,), {})


def _set(m: Machine, self: Any, receiver: Any, value: Any) -> None:
    setter = _inner(self).setter
    if setter is None:
        raise AttributeError("property has no setter")
    m.call(setter, (receiver, value), {})


def _delete(m: Machine, self: Any, receiver: Any) -> None:
    deleter = _inner(self).deleter
    if deleter is None:
        raise AttributeError("property has no deleter")
    m.call(deleter, (receiver,), {})


def _replaced(part: str) -> Any:
    def replace(m: Machine, self: Any, function: Any) -> Any:
        old = _inner(self)
        parts = {"getter": old.getter, "setter": old.setter, "deleter": old.deleter, part: function}
        return m.call(m.class_of(self), (parts["getter"], parts["setter"], parts["deleter"]), {})

    return Builtin(f"property.{part}", replace, True)


CLASS_OF_HOST[Property].namespace.update({
    "__init__": Builtin("property.__init__", _start),
    "__get__": Builtin("property.__get__", _get, True),
    "__set__": Builtin("property.__set__", _set, True),
    "__delete__": Builtin("property.__delete__", _delete, True),
    "fget": Property(Builtin("fget", lambda self: _inner(self).getter)),
    "fset": Property(Builtin("fset", lambda self: _inner(self).setter)),
    "fdel": Property(Builtin("fdel", lambda self: _inner(self).deleter)),
    **{part: _replaced(part) for part in ("getter", "setter", "deleter")},
})  # fmt: skip
