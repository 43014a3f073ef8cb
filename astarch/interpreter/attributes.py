"""Attributes: what ``value.name`` is, and how it is set."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ..ir.refusal import Refusal
from ..ir.unknown import Reason, Unknown
from .builtins.hosts import CLASS_OF_HOST, METHODS, NONE_CLASS, OBJECT_METHODS, TYPE
from .gaps import is_given_names, is_only_described, undescribed
from .machine import Machine
from .values import (
    MISSING,
    BoundMethod,
    Builtin,
    CachedProperty,
    Class,
    ClassMethod,
    Function,
    GenericAlias,
    Instance,
    Property,
    PyModule,
    Raised,
    StaticMethod,
    Super,
    unknown_part,
)  # fmt: skip


def class_of(m: Machine, value: Any) -> Class:
    """``type(value)`` as the program sees it."""
    if isinstance(value, Instance):
        return value.py_class
    if isinstance(value, Class):
        return value.metaclass or TYPE
    cls = CLASS_OF_HOST.get(type(value))
    if cls is not None:
        return cls
    for library in m.libraries:
        cls = library.class_of(value)
        if cls is not None:
            return cls
    for host in type(value).__mro__:
        if host in CLASS_OF_HOST:
            return CLASS_OF_HOST[host]
    return NONE_CLASS


_NO_DEFAULT: Any = object()


def get(m: Machine, value: Any, name: str, default: Any = _NO_DEFAULT) -> Any:
    """``value.name``; raises the program's AttributeError unless a default is given."""
    getter = _GETTERS.get(type(value))
    try:
        if getter is not None:
            found = getter(m, value, name)
        elif isinstance(value, Instance):
            found = _of_instance(m, value, name)
        else:
            found = _of_host(m, value, name)
    except Refusal as refusal:
        if refusal.kind == "AttributeError" and default is not _NO_DEFAULT:
            return default
        raise m.refused(refusal) from None
    if found is MISSING:
        if (gap := undescribed(m, value, name)) is not None:
            return gap
        if default is not _NO_DEFAULT:
            return default
        if is_only_described(m, value):
            return m.unknown(Reason.UNSUPPORTED, f"'{name}' of {value!r}")  # what it is described by says nothing of its members
        if isinstance(value, PyModule) and is_given_names(value):
            return m.unknown(Reason.UNSUPPORTED, f"{value.name}.{name}")
        raise m.error("AttributeError", f"{_spoken(m, value)} has no attribute '{name}'")
    return found


def _spoken(m: Machine, value: Any) -> str:
    if isinstance(value, PyModule):
        return f"module '{value.name}'"
    if isinstance(value, Class):
        return f"type object '{value.name}'"
    name = getattr(type(value), "memberless", "") or ("super" if type(value) is Super else class_of(m, value).name)
    return f"'{name}' object"


def bind(m: Machine, found: Any, receiver: Any, owner: Class) -> Any:
    """An attribute of a class as seen through an object (or through the class itself, when the receiver is None)."""
    kind = type(found)
    if kind is Function or kind is Builtin:
        return BoundMethod(found, receiver) if receiver is not None else found
    if kind is Property:
        return m.call(found.getter, (receiver,), {}) if receiver is not None else found
    if kind is ClassMethod:
        return BoundMethod(found.function, owner)
    if kind is StaticMethod:
        return found.function
    if kind is CachedProperty:
        return _cached(m, found, receiver)
    if isinstance(found, Instance):
        getter = found.py_class.find("__get__")
        if getter is not MISSING:
            return m.call(getter, (found, receiver, owner), {})
    elif receiver is not None and hasattr(kind, "bind_to"):
        return found.bind_to(receiver)
    return found


def _cached(m: Machine, found: CachedProperty, receiver: Any) -> Any:
    if receiver is None:
        return found
    value = m.call(found.function, (receiver,), {})
    receiver.__dict__[found.name] = value
    return value


def is_own(cls: Class, name: str) -> bool:
    """Whether an attribute that an instance holds is what a look-up gives: the class has nothing of that name to say."""
    return not cls.intercepts and cls.find(name) is MISSING


def plain_method(value: Any, name: str) -> Function | None:
    """The function of the program that ``value.name`` calls with the value first; None where there is more to it."""
    if not isinstance(value, Instance):
        return None
    cls = value.py_class
    found = cls.find(name)
    return found if type(found) is Function and not cls.intercepts and name not in value.__dict__ else None


def _of_instance(m: Machine, value: Instance, name: str, plainly: bool = False) -> Any:
    cls = value.py_class
    if cls.intercepts and not plainly:
        return _intercepted(m, value, name)
    attributes = value.__dict__
    found = cls.find(name)
    if found is MISSING:
        if name in attributes:
            return attributes[name]
    else:
        kind = type(found)
        if kind is Function or kind is Builtin:
            return attributes[name] if name in attributes else BoundMethod(found, value)
        if kind is Property:
            return m.call(found.getter, (value,), {})
        if name in attributes and not (isinstance(found, Instance) and found.py_class.find("__set__") is not MISSING):
            return attributes[name]
        return bind(m, found, value, cls)
    if name[:2] == "__":
        if name == "__dict__":
            return attributes
        if name == "__class__":
            return cls
        if name in OBJECT_METHODS:
            return BoundMethod(OBJECT_METHODS[name], value)
    custom = MISSING if plainly else cls.find("__getattr__")
    if custom is not MISSING:
        if type(custom) is Builtin and not custom.needs_machine:
            return custom.function(value, name)
        return m.call(custom, (value, name), {})
    if name == "__doc__":
        return None
    return attributes.get("_unknown", MISSING)


def _intercepted(m: Machine, value: Instance, name: str) -> Any:
    """Through the class's own ``__getattribute__``."""
    cls = value.py_class
    try:
        return m.call(cls.find("__getattribute__"), (value, name), {})
    except Raised as raised:
        custom = cls.find("__getattr__")
        if custom is MISSING or not raised.value.py_class.derives(m.builtins["AttributeError"]):
            raise
    return m.call(custom, (value, name), {})


def get_plainly(m: Machine, value: Any, name: str) -> Any:
    """``object.__getattribute__``: neither of the class's own hooks is asked."""
    found = _of_instance(m, value, name, True) if isinstance(value, Instance) else get(m, value, name)
    if found is MISSING:
        raise m.error("AttributeError", f"{_spoken(m, value)} has no attribute '{name}'")
    return found


def _of_class(m: Machine, value: Class, name: str) -> Any:
    found = value.find(name)
    meta = value.metaclass
    if found is MISSING or name == "__class__" or name == "__doc__":
        special = _CLASS_SPECIALS.get(name)
        if special is not None:
            return special(m, value)
        if meta is not None:
            found = meta.find(name)
            if found is not MISSING:
                return bind(m, found, value, meta)
            custom = meta.find("__getattr__")
            if custom is not MISSING:
                return m.call(custom, (value, name), {})
        if name in OBJECT_METHODS:
            return OBJECT_METHODS[name]
        found = TYPE.find(name)
        return unknown_part(value) or MISSING if found is MISSING else bind(m, found, value, TYPE)
    if meta is not None and (custom := meta.find("__getattribute__")) is not MISSING:
        return m.call(custom, (value, name), {})
    return bind(m, found, None, value)


_CLASS_SPECIALS: dict[str, Callable[[Machine, Class], Any]] = {
    "__name__": lambda m, c: c.name,
    "__qualname__": lambda m, c: c.qualname,
    "__module__": lambda m, c: c.module,
    "__mro__": lambda m, c: c.mro,
    "__bases__": lambda m, c: c.bases,
    "__base__": lambda m, c: c.bases[0] if c.bases else None,
    "__dict__": lambda m, c: c.namespace,
    "__class__": lambda m, c: c.metaclass or TYPE,
    "__doc__": lambda m, c: c.namespace.get("__doc__"),
    "__annotations__": lambda m, c: {},
    "__subclasses__": lambda m, c: Builtin("__subclasses__", lambda: list(c.subclasses)),
    "mro": lambda m, c: Builtin("mro", lambda: list(c.mro)),
    "__abstractmethods__": lambda m, c: frozenset(),
    "__type_params__": lambda m, c: (),
}


def _of_super(m: Machine, value: Super, name: str) -> Any:
    receiver = value.receiver
    if isinstance(receiver, Class):
        inherits = receiver.derives(value.owner)  # else it is an instance of it: of a metaclass
        found = receiver.find_after(value.owner, name) if inherits else MISSING
        if not inherits and receiver.metaclass is not None:
            found = receiver.metaclass.find_after(value.owner, name)
            if found is MISSING:
                found = TYPE.find(name)
            if found is not MISSING:
                return bind(m, found, receiver, receiver.metaclass)
        if found is MISSING:
            found = TYPE.find(name) if receiver.derives(TYPE) else OBJECT_METHODS.get(name, MISSING)
            found = found.function if type(found) is StaticMethod else found
            if name == "__init_subclass__":
                return OBJECT_METHODS[name]
        if type(found) in (Function, Builtin):  # __new__ and class methods reached through a class
            return BoundMethod(found, receiver) if value.owner.metaclass is not None and value.owner.derives(TYPE) else found
        return unknown_part(receiver) or MISSING if found is MISSING else bind(m, found, None, receiver)
    cls = class_of(m, receiver)
    found = cls.find_after(value.owner, name)
    if found is MISSING:
        if name == "__class__":
            return cls
        if "unknown" in [above.module for above in cls.mro] and (custom := cls.find_after(value.owner, "__getattr__")) is not MISSING:
            return m.call(custom, (receiver, name), {})
        return BoundMethod(OBJECT_METHODS[name], receiver) if name in OBJECT_METHODS else MISSING
    return bind(m, found, receiver, cls)


def _of_function(m: Machine, value: Function, name: str) -> Any:
    if value.attributes is not None and name in value.attributes:
        return value.attributes[name]
    special = _FUNCTION_SPECIALS.get(name)
    return special(m, value) if special is not None else MISSING


_FUNCTION_SPECIALS: dict[str, Callable[[Machine, Function], Any]] = {
    "__name__": lambda m, f: f.name,
    "__qualname__": lambda m, f: f.qualname,
    "__module__": lambda m, f: f.module.name,
    "__doc__": lambda m, f: f.code.doc,
    "__globals__": lambda m, f: f.module.namespace,
    "__dict__": lambda m, f: _own_attributes(f),
    "__defaults__": lambda m, f: tuple(f.defaults[n] for n in f.code.positional if n in f.defaults) or None,
    "__kwdefaults__": lambda m, f: {n: f.defaults[n] for n in f.code.keyword_only if n in f.defaults} or None,
    "__annotations__": lambda m, f: f.code.annotations(m, f),
    "__code__": lambda m, f: f.code.of(f),
    "__closure__": lambda m, f: None,
    "__call__": lambda m, f: f,
    "__get__": lambda m, f: Builtin("__get__", lambda obj, owner=None: BoundMethod(f, obj) if obj is not None else f),
    "__class__": lambda m, f: CLASS_OF_HOST[Function],
    "__type_params__": lambda m, f: (),
}


def _own_attributes(function: Function) -> dict[str, Any]:
    if function.attributes is None:
        function.attributes = {}
    return function.attributes


def _of_method(m: Machine, value: BoundMethod, name: str) -> Any:
    if name == "__self__":
        return value.receiver
    if name == "__func__":
        return value.function
    if name == "__call__":
        return value
    return get(m, value.function, name, MISSING)


def _of_builtin(m: Machine, value: Builtin, name: str) -> Any:
    if value.attributes is not None and name in value.attributes:
        return value.attributes[name]
    if name in ("__name__", "__qualname__"):
        return value.name.rpartition(".")[2]
    if name == "__module__":
        return value.name.rpartition(".")[0] or "builtins"
    if name == "__call__":
        return value
    return {"__doc__": None, "__dict__": {}, "__annotations__": {}}.get(name, MISSING)


def _of_module(m: Machine, value: PyModule, name: str) -> Any:
    found = value.get(name)
    if found is not MISSING:
        return found
    if name == "__dict__":
        return value.namespace
    if name == "__name__":
        return value.name
    if name == "__file__":
        return value.file.path if value.file is not None else MISSING
    if name == "__spec__" or name == "__doc__":
        return None
    below = f"{value.name}.{name}"
    return m.import_module(below) if value.file is not None and value.file.is_package and m.project.find(below) is not None else MISSING


def _of_unknown(m: Machine, value: Unknown, name: str) -> Any:
    return value


def _of_alias(m: Machine, value: GenericAlias, name: str) -> Any:
    if name in ("__origin__", "__args__"):
        return value.origin if name == "__origin__" else value.args
    return get(m, value.origin, name, MISSING)


def _of_wrapper(m: Machine, value: Any, name: str) -> Any:
    if name in ("__func__", "__wrapped__"):
        return value.function
    if name == "__get__":
        return Builtin("__get__", lambda obj, owner=None: bind(m, value, obj, owner or class_of(m, obj)))
    return get(m, value.function, name, MISSING)


_GETTERS: dict[type, Callable[[Machine, Any, str], Any]] = {
    Class: _of_class, Super: _of_super, Function: _of_function, BoundMethod: _of_method, Builtin: _of_builtin, PyModule: _of_module,
    Unknown: _of_unknown, GenericAlias: _of_alias, StaticMethod: _of_wrapper, ClassMethod: _of_wrapper,
    CachedProperty: _of_wrapper,
}  # fmt: skip


def _of_host(m: Machine, value: Any, name: str) -> Any:
    """Host values: through the explicit tables only; framework values through their library."""
    methods = METHODS.get(type(value))
    if methods is not None:
        method = methods.get(name)
        if method is not None:
            return BoundMethod(method, value)
    for library in m.libraries:
        found = library.attribute(value, name)
        if found is not MISSING:
            return found
    cls = class_of(m, value)
    if name == "__class__":
        return cls
    found = cls.find(name)
    if found is not MISSING:
        return bind(m, found, value, cls)
    if type(value) is OrderedDict and name in value.__dict__:
        return value.__dict__[name]
    if isinstance(value, tuple) and name in getattr(value, "_fields", ()):  # what torch.max, topk and the like return
        return getattr(value, name)
    if name in OBJECT_METHODS and not getattr(type(value), "described", False):
        return BoundMethod(OBJECT_METHODS[name], value)
    if getattr(type(value), "described", False) and (not name.startswith("_") or name in _SHOWN):
        return _described_attribute(m, value, name)
    return MISSING


_SHOWN = ("__name__", "__doc__", "__call__", "__wrapped__", "__enter__", "__exit__", "__len__", "__getitem__", "__members__",
          "__contains__", "__iter__", "__qualname__", "__module__", "__fields__", "_fields", "_asdict", "_replace", "__dict__")  # fmt: skip


def _described_attribute(m: Machine, value: Any, name: str) -> Any:
    try:
        found = getattr(value, name)
    except AttributeError:
        return MISSING
    if callable(found) and not isinstance(found, type) and getattr(found, "__self__", None) is value:
        return Builtin(name, found)
    return found


# --- setting ----------------------------------------------------------------------------------------------------------


def put(m: Machine, value: Any, name: str, new: Any) -> None:
    """``value.name = new``."""
    if isinstance(value, Instance):
        custom = value.py_class.find("__setattr__")
        if custom is MISSING:
            put_plainly(m, value, name, new)
        elif type(custom) is Builtin and not custom.needs_machine:
            try:
                custom.function(value, name, new)
            except Refusal as refusal:
                raise m.refused(refusal) from None
        else:
            m.call(custom, (value, name, new), {})
    elif isinstance(value, Class):
        if value.metaclass is not None and (custom := value.metaclass.find("__setattr__")) is not MISSING:
            m.call(custom, (value, name, new), {})
        else:
            value.set(name, new)
    elif isinstance(value, Function):
        if name in ("__name__", "__qualname__"):
            setattr(value, name.strip("_"), new)
        _own_attributes(value)[name] = new
    elif isinstance(value, (Builtin,)):
        value.attributes = {**(value.attributes or {}), name: new}
    elif isinstance(value, PyModule):
        m.rebound += 1
        value.namespace[name] = new
    elif isinstance(value, BoundMethod):
        put(m, value.function, name, new)
    elif not isinstance(value, Unknown):
        _put_on_host(m, value, name, new)


def put_plainly(m: Machine, value: Instance, name: str, new: Any) -> None:
    """``object.__setattr__``: descriptors first, then the instance's own attributes."""
    found = value.py_class.find(name)
    if type(found) is Property:
        if found.setter is None:
            raise m.error("AttributeError", f"property '{name}' of '{value.py_class.name}' object has no setter")
        m.call(found.setter, (value, new), {})
    elif isinstance(found, Instance) and (setter := found.py_class.find("__set__")) is not MISSING:
        m.call(setter, (found, value, new), {})
    elif name == "__class__" and isinstance(new, Class):
        value.py_class = new
    elif name == "__dict__" and isinstance(new, dict):
        value.__dict__ = new
    elif value.py_class.slots is not None and name not in value.py_class.slots:
        raise m.error("AttributeError", f"{_spoken(m, value)} has no attribute '{name}'")
    else:
        value.__dict__[name] = new


def _put_on_host(m: Machine, value: Any, name: str, new: Any) -> None:
    for library in m.libraries:
        setter = getattr(library, "set_attribute", None)
        try:
            if setter is not None and setter(value, name, new):
                return
        except Refusal as refusal:
            raise m.refused(refusal) from None
    if getattr(type(value), "described", False) and hasattr(value, "__dict__") and not name.startswith("__"):
        setattr(value, name, new)
        return
    if type(value) is OrderedDict:  # the one built-in container whose instances take attributes
        value.__dict__[name] = new
        return
    if type(value) in METHODS:
        raise m.error("AttributeError", f"{_spoken(m, value)} has no attribute '{name}'")
    m.unknown(Reason.UNSUPPORTED, f"setting '{name}' on a {class_of(m, value).name}")


def delete(m: Machine, value: Any, name: str) -> None:
    """``del value.name``."""
    if isinstance(value, Instance):
        custom = value.py_class.find("__delattr__")
        if custom is not MISSING:
            m.call(custom, (value, name), {})
        elif name in value.__dict__:
            del value.__dict__[name]
        else:
            _delete_descriptor(m, value, name)
    elif isinstance(value, Class):
        if name not in value.namespace:
            raise m.error("AttributeError", f"{_spoken(m, value)} has no attribute '{name}'")
        del value.namespace[name]
        value.forget()
    elif isinstance(value, PyModule):
        value.namespace.pop(name, None)
    elif hasattr(value, "__dict__"):
        value.__dict__.pop(name, None)


def _delete_descriptor(m: Machine, value: Instance, name: str) -> None:
    found = value.py_class.find(name)
    if type(found) is Property and found.deleter is not None:
        m.call(found.deleter, (value,), {})
    elif isinstance(found, Instance) and (deleter := found.py_class.find("__delete__")) is not MISSING:
        m.call(deleter, (found, value), {})
    else:
        raise m.lacks("AttributeError", f"{_spoken(m, value)} has no attribute '{name}'", value)
