"""Building classes, and the questions ``isinstance`` and ``issubclass`` ask."""

from __future__ import annotations

from typing import Any

from ..ir.dim import Dim
from ..ir.span import Span
from ..ir.tensor import Tensor
from ..ir.unknown import Reason, Unknown
from .attributes import get_plainly, put_plainly
from .budget import BudgetSpent
from .builtins.hosts import METHODS, OBJECT, OBJECT_METHODS, TYPE
from .calls import allocate, construct_plainly
from .machine import Frame, Machine
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
    Raised,
    StaticMethod,
    unknown_part,  # fmt: skip
)

#: Of all bases together; the order of look-up takes the square of it.
_MOST_ANCESTORS = 500


def prepare_class(m: Machine, frame: Frame, name: str, parents: list[Any], keywords: dict[str, Any]) -> None:
    """What a metaclass puts into the namespace before the body runs (``__prepare__``)."""
    meta = _metaclass(m, [p for p in parents if isinstance(p, Class)], keywords)
    if meta is not None and (prepare := meta.find("__prepare__")) is not MISSING:
        frame.names.update(m.call(getattr(prepare, "function", prepare), (meta, name, tuple(parents)), {}))


def build_class(m: Machine, name: str, parents: list[Any], namespace: dict[str, Any], keywords: dict[str, Any], span: Span) -> Any:
    """Make a class of what its body defined."""
    bases: list[Class] = []
    for parent in parents:
        for base in _resolved_base(m, parent, parents):
            if base not in bases:
                bases.append(base)
    if not bases:
        bases = [OBJECT]
    chosen = keywords.get("metaclass")
    meta = _metaclass(m, bases, keywords)
    keywords = {key: value for key, value in keywords.items() if key != "metaclass"}
    if isinstance(chosen, (Function, Instance, BoundMethod)):  # anything that can be called will do
        return m.call(chosen, (name, tuple(bases), namespace), keywords)
    if meta is not None and (new := meta.find("__new__")) is not MISSING:
        made = m.call(getattr(new, "function", new), (meta, name, tuple(bases), namespace), keywords)
        if isinstance(made, Class):
            made.span = span
            start = meta.find("__init__")
            if start is not MISSING and start is not TYPE.find("__init__"):
                m.call(start, (made, name, tuple(bases), namespace), keywords)
        return made
    return make_class(m, meta, name, tuple(bases), namespace, keywords, span)


def make_class(m: Machine, meta: Class | None, name: str, bases: tuple[Class, ...], namespace: dict[str, Any], keywords: dict[str, Any],
               span: Span | None = None) -> Class:  # fmt: skip
    """``type.__new__``: the class itself, then the hooks of its parts and of its parents."""
    module = namespace.get("__module__", "")
    ancestors = sum(len(base.mro) for base in bases)
    if ancestors > _MOST_ANCESTORS:
        raise BudgetSpent(f"a class of {ancestors:,} ancestors (limit {_MOST_ANCESTORS:,})")
    try:
        cls = Class(name, bases or (OBJECT,), dict(namespace), module, meta, span=span or m.where())
    except TypeError as error:
        raise m.error_from(error) from None
    for key, value in list(cls.namespace.items()):
        if type(value) is CachedProperty and not value.name:
            value.name = key
        elif isinstance(value, Instance) and (hook := value.py_class.find("__set_name__")) is not MISSING:
            m.call(hook, (value, cls, key), {})
    for implicit in ("__init_subclass__", "__class_getitem__", "__new__"):
        defined = cls.namespace.get(implicit)
        if type(defined) is Function:
            cls.namespace[implicit] = StaticMethod(defined) if implicit == "__new__" else ClassMethod(defined)
    if type(lost := cls.namespace.get("__init__")) is Unknown:
        cls.namespace["__init__"] = _unknown_start(cls, lost)
    if "__eq__" in cls.namespace:
        cls.namespace.setdefault("__hash__", None)
    hook = cls.find_after(cls, "__init_subclass__")
    if hook is not MISSING:
        m.call(getattr(hook, "function", hook), (cls,), keywords)
    return cls


def _unknown_start(cls: Class, lost: Unknown) -> Builtin:
    """What a constructor comes to that is not known, for what decorates it: that of the framework's root, and everything else unknown."""

    def begin(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
        above = self.py_class.mro[self.py_class.mro.index(cls) + 1 :]
        root = next((found for each in above if type(found := each.namespace.get("__init__")) is Builtin), None)
        if root is not None:
            m.call(root, (self,), {})
        self.__dict__["_unknown"] = lost

    return Builtin(f"{cls.name}.__init__", begin, True, True)


def _resolved_base(m: Machine, parent: Any, parents: list[Any]) -> list[Class]:
    if isinstance(parent, Class):
        return [parent]
    if isinstance(parent, GenericAlias):
        return _resolved_base(m, parent.origin, parents)
    if isinstance(parent, Unknown):
        return [opaque_class(m, parent)]
    entries = getattr(parent, "as_bases", None)  # typing's special forms stand for classes: NamedTuple, TypedDict, Generic
    if entries is not None:
        return list(entries())
    m.unknown(Reason.UNSUPPORTED, f"a base class that is a {m.class_of(parent).name}")
    return []


def opaque_class(m: Machine, unknown: Unknown) -> Class:
    """A base that is not known: what it defines cannot be told, so attributes found nowhere else are unknown.

    That it hands on to the next base what it is built with, as a class that is mixed in has to, is taken for granted.
    """

    def missing(m: Machine, self: Any, name: str) -> Any:
        above = self.py_class.find_after(cls, "__getattr__") if isinstance(self, Instance) else MISSING
        try:
            return unknown if above is MISSING else m.call(above, (self, name), {})
        except Raised as raised:
            if not raised.value.py_class.derives(m.builtins["AttributeError"]):
                raise
            return unknown

    def begin(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
        above = self.py_class.find_after(cls, "__init__")
        if type(above) is Function:
            m.call(above, (self, *args), kwargs)
        elif above is not MISSING:  # the root of a framework, which takes nothing
            m.call(above, (self,), {})

    cls = Class(unknown.detail or "unknown", (OBJECT,), {
        "__getattr__": Builtin("__getattr__", missing, True),
        "__init__": Builtin("__init__", begin, True),
        "__class_getitem__": ClassMethod(Builtin("__class_getitem__", lambda cls, item: cls)),
    }, "unknown")  # fmt: skip
    cls.source = unknown
    return cls


def _metaclass(m: Machine, bases: list[Class], keywords: dict[str, Any]) -> Class | None:
    chosen = keywords.get("metaclass")
    if isinstance(chosen, Class) and chosen is not TYPE:
        return chosen
    found: Class | None = None
    for base in bases:
        meta = base.metaclass
        if meta is not None and (found is None or meta.derives(found)):
            found = meta
    return found


# --- questions --------------------------------------------------------------------------------------------------------


def is_instance(m: Machine, value: Any, kind: Any) -> Any:
    """``isinstance(value, kind)``; an `Unknown` when it cannot be told."""
    if type(value) is Unknown:
        return Unknown(value.reason, value.detail, value.span, True) if _is_tensor_class(kind) else value
    m.step()
    if type(kind) is Class and isinstance(value, Instance) and kind in value.py_class.mro:
        return True
    if isinstance(kind, (tuple, list)):
        return _any(is_instance(m, value, item) for item in kind)
    if isinstance(kind, Class):
        return _is_instance_of_class(m, value, kind)
    if isinstance(kind, type):
        return isinstance(value, kind)
    if kind is None:
        return value is None
    if isinstance(kind, GenericAlias):
        return is_instance(m, value, kind.args if kind.origin is m.builtins.get("__union__") else kind.origin)
    if isinstance(kind, Unknown):
        return kind
    test = getattr(kind, "is_instance", None)  # typing's special forms
    if test is not None:
        return test(m, value)
    if hasattr(kind, "described_kind"):
        return isinstance(value, kind.described_kind)
    if type(kind) in METHODS:
        raise m.error("TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union")
    return m.unknown(Reason.UNSUPPORTED, f"isinstance with a {m.class_of(kind).name}")


def _is_tensor_class(kind: Any) -> bool:
    """Whether a class is that of all tensors: what a rule could not tell is likely to be one."""
    return isinstance(kind, Class) and kind.name == "Tensor" and kind.host is not None and issubclass(kind.host, Tensor)


def _is_instance_of_class(m: Machine, value: Any, kind: Class) -> Any:
    cls = m.class_of(value)
    if cls.derives(kind):
        return True
    if isinstance(value, Instance) and value.__dict__.get("__class__") is kind:
        return True
    test = kind.find("__instance_test__")
    if test is not MISSING:
        return m.call(test, (value,), {})
    if kind.metaclass is not None and (check := kind.metaclass.find("__instancecheck__")) is not MISSING:
        return m.call(check, (kind, value), {})
    if kind.host is not None and not isinstance(value, Instance):
        return _is_host(value, kind.host)
    return False if kind.module == "builtins" else unknown_part(cls) or False


def _is_host(value: Any, host: type) -> bool:
    if host is int and isinstance(value, Dim):
        return True
    return isinstance(value, host) and host is not type(None)


def _any(answers: Any) -> Any:
    result: Any = False
    for answer in answers:
        if type(answer) is Unknown:
            result = answer
        elif answer:
            return True
    return result


def is_subclass(m: Machine, cls: Any, kind: Any) -> Any:
    """``issubclass(cls, kind)``; an `Unknown` when it cannot be told."""
    if isinstance(kind, (tuple, list)):
        return _any(is_subclass(m, cls, item) for item in kind)
    if type(cls) is Unknown or type(kind) is Unknown:
        return cls if type(cls) is Unknown else kind
    if isinstance(cls, Class) and isinstance(kind, Class):
        if cls.derives(kind):
            return True
        test = kind.find("__subclass_test__")
        if test is not MISSING:
            return m.call(test, (cls,), {})
        if kind.metaclass is not None and (check := kind.metaclass.find("__subclasscheck__")) is not MISSING:
            return m.call(check, (kind, cls), {})
        return False if kind.module == "builtins" else unknown_part(cls) or False
    if isinstance(cls, type) and isinstance(kind, type):
        return issubclass(cls, kind)
    if not isinstance(cls, (Class, type)):
        raise m.error("TypeError", "issubclass() arg 1 must be a class")
    return False


def _new_type(m: Machine, meta: Any, name: Any, bases: Any = (), namespace: Any = None, **keywords: Any) -> Any:
    if not isinstance(name, str):
        return m.class_of(name)
    return make_class(m, meta if meta is not TYPE else None, name, tuple(bases), dict(namespace or {}), keywords)


def _call_type(m: Machine, cls: Class, *args: Any, **kwargs: Any) -> Any:
    return construct_plainly(m, cls, args, kwargs)


def _object_new(m: Machine, cls: Class, *args: Any, **kwargs: Any) -> Any:
    return allocate(m, cls, args, kwargs)


def _object_start(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
    if (args or kwargs) and isinstance(self, Instance) and all(cls.span.line or cls is OBJECT for cls in self.py_class.mro):
        if self.py_class.find("__init__") is not MISSING:
            raise m.error("TypeError", "object.__init__() takes exactly one argument (the instance to initialize)")


def _object_put(m: Machine, self: Any, name: str, value: Any) -> None:
    put_plainly(m, self, name, value)


def _object_get(m: Machine, self: Any, name: str) -> Any:
    return get_plainly(m, self, name)


TYPE.namespace.update({
    "__new__": StaticMethod(Builtin("type.__new__", _new_type, True)),
    "__call__": Builtin("type.__call__", _call_type, True),
    "__init__": Builtin("type.__init__", lambda cls, *args, **kwargs: None),
    "__subclasses__": Builtin("type.__subclasses__", lambda cls: list(cls.subclasses)),
    "mro": Builtin("type.mro", lambda cls: list(cls.mro)),
})  # fmt: skip
OBJECT.namespace.update({
    "__reduce_ex__": Builtin("object.__reduce_ex__", lambda self, protocol=2: Unknown(Reason.OUTSIDE, "__reduce_ex__")),
})  # fmt: skip

OBJECT_METHODS.update({
    "__new__": Builtin("object.__new__", _object_new, True),
    "__init__": Builtin("object.__init__", _object_start, True),
    "__setattr__": Builtin("object.__setattr__", _object_put, True),
    "__getattribute__": Builtin("object.__getattribute__", _object_get, True),
    "__delattr__": Builtin("object.__delattr__", lambda self, name: self.__dict__.pop(name, None)),
    "__init_subclass__": Builtin("object.__init_subclass__", lambda *args, **kwargs: None),
    "__repr__": Builtin("object.__repr__", lambda self: f"<{self.py_class.name} object>" if isinstance(self, Instance) else repr(self)),
    "__str__": Builtin("object.__str__", lambda self: f"<{self.py_class.name} object>" if isinstance(self, Instance) else str(self)),
    "__eq__": Builtin("object.__eq__", lambda self, other: True if self is other else NotImplemented),
    "__ne__": Builtin("object.__ne__", lambda self, other: self is not other),
    "__hash__": Builtin("object.__hash__", lambda self: id(self) >> 4),
    "__dir__": Builtin("object.__dir__", lambda self: sorted(getattr(self, "__dict__", {}))),
    "__format__": Builtin("object.__format__", lambda self, spec: format(str(self), spec)),
    "__sizeof__": Builtin("object.__sizeof__", lambda self: 64),
})  # fmt: skip
