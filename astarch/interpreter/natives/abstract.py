"""``ABCMeta``: abstract methods, and classes that count as derived because they were registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from ..builtins.hosts import OBJECT, TYPE, current
from ..calls import construct_plainly
from ..classes import make_class
from ..machine import Machine
from ..values import MISSING, Builtin, Class, ClassMethod, Function, GenericAlias, Instance, Property, StaticMethod

_REGISTERED: WeakKeyDictionary[Machine, dict[Class, list[Class]]] = WeakKeyDictionary()


def is_abstract(value: Any) -> bool:
    """Whether ``abstractmethod`` marked it."""
    if isinstance(value, (Function, Builtin)):
        return bool(value.attributes and value.attributes.get("__isabstractmethod__"))
    if isinstance(value, Property):
        return any(is_abstract(part) for part in (value.getter, value.setter, value.deleter))
    return is_abstract(value.function) if isinstance(value, (StaticMethod, ClassMethod)) else False


def _abstract_names(cls: Class) -> frozenset[str]:
    names = {name for name, value in cls.namespace.items() if is_abstract(value)}
    for base in cls.bases:
        names.update(name for name in base.namespace.get("__abstractmethods__", ()) if is_abstract(cls.find(name)))
    return frozenset(names)


def new_abstract(m: Machine, meta: Class, name: str, bases: Any = (), namespace: Any = None, **keywords: Any) -> Class:
    """``ABCMeta.__new__``."""
    cls = make_class(m, meta, name, tuple(bases), dict(namespace or {}), keywords)
    cls.namespace["__abstractmethods__"] = _abstract_names(cls)
    cls.forget()
    if meta.find("__instancecheck__") is MISSING:  # what the parents test is not what this class tests
        cls.namespace.setdefault("__instance_test__", Builtin("__instance_test__", lambda value: registered(cls, class_of(value))))
        cls.namespace.setdefault("__subclass_test__", Builtin("__subclass_test__", lambda other: registered(cls, other)))
    return cls


def class_of(value: Any) -> Class:
    """``type(value)`` of the run in progress."""
    return current().class_of(value)


def _construct(m: Machine, cls: Class, *args: Any, **kwargs: Any) -> Any:
    names = cls.namespace.get("__abstractmethods__")
    if names and cls.find("__new__") is MISSING:
        listed = ", ".join(sorted(names))
        plural = "s" if len(names) > 1 else ""
        raise TypeError(f"Can't instantiate abstract class {cls.name} with abstract method{plural} {listed}")
    return construct_plainly(m, cls, args, kwargs)


def register(m: Machine, cls: Class, subclass: Class) -> Class:
    """``cls.register(subclass)``."""
    _REGISTERED.setdefault(m, {}).setdefault(cls, []).append(subclass)
    return subclass


def registered(kind: Class, cls: Any) -> bool:
    """Whether a class, or one it derives from, was registered with a kind or with something below it."""
    table = _REGISTERED.get(current())
    if not table or not isinstance(cls, Class):
        return False
    return any(cls.derives(item) for above, items in table.items() if above.derives(kind) for item in items)


ABC_META = Class("ABCMeta", (TYPE,), {
    "__new__": StaticMethod(Builtin("ABCMeta.__new__", new_abstract, True)),
    "__call__": Builtin("ABCMeta.__call__", _construct, True),
    "register": Builtin("ABCMeta.register", register, True),
}, "abc")  # fmt: skip
ABC = Class("ABC", (OBJECT,), {"__slots__": (), "__abstractmethods__": frozenset()}, "abc", ABC_META)


def abstract_class(name: str, bases: tuple[Class, ...], module: str, holds: Callable[[Any], Any], below: Callable[[Class], Any],
                   namespace: dict[str, Any], abstract: str = "") -> Class:  # fmt: skip
    """An abstract class of the library.

    ``holds`` tells whether a host value counts as an instance, ``below`` whether a class counts as derived; ``abstract``
    are the names that a concrete class has to define.
    """
    body = dict(namespace)
    for method in abstract.split():
        marked = Builtin(f"{name}.{method}", lambda *args, **kwargs: None)
        marked.attributes = {"__isabstractmethod__": True}
        body[method] = marked
    cls = Class(name, bases or (OBJECT,), body, module, ABC_META)
    inherited = {name for base in cls.bases for name in base.namespace.get("__abstractmethods__", ())}
    body["__abstractmethods__"] = frozenset([*abstract.split(), *(n for n in inherited if is_abstract(cls.find(n)))])

    def instance_test(value: Any) -> Any:
        counts = below(value.py_class) if isinstance(value, Instance) else holds(value)
        return counts or registered(cls, class_of(value))

    body["__instance_test__"] = Builtin("__instance_test__", instance_test)
    body["__subclass_test__"] = Builtin("__subclass_test__", lambda other: below(other) or registered(cls, other))
    body["__class_getitem__"] = ClassMethod(Builtin("__class_getitem__", _alias))
    cls.forget()
    return cls


def _alias(cls: Class, item: Any) -> Any:
    return GenericAlias(cls, item)


def abstract_method(m: Machine, function: Any) -> Any:
    """``abc.abstractmethod``."""
    if isinstance(function, (Function, Builtin)):
        m.put(function, "__isabstractmethod__", True)
    return function
