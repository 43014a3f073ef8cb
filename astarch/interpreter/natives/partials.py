"""``functools.partial`` and its kin: callables that wrap a callable of the program."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..builtins.hosts import current
from ..machine import Machine
from ..values import MISSING, BoundMethod, Builtin, CachedProperty, Class, ClassMethod, Function, Instance, StaticMethod


class CacheInfo(NamedTuple):
    hits: Any
    misses: Any
    maxsize: Any
    currsize: Any


class Partial:
    """A function with some of its arguments given."""

    described = True

    def __init__(self, func: Any, *args: Any, **keywords: Any) -> None:
        if type(func) is Partial:
            args = (*func.args, *args)
            keywords = {**func.keywords, **keywords}
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, *args: Any, **keywords: Any) -> Any:
        return current().call(self.func, (*self.args, *args), {**self.keywords, **keywords} if keywords else dict(self.keywords))

    def __repr__(self) -> str:
        given = [repr(self.func), *map(repr, self.args), *(f"{key}={value!r}" for key, value in self.keywords.items())]
        return f"functools.partial({', '.join(given)})"


class PartialMethod:
    """A method with some of its arguments given."""

    described = True

    def __init__(self, func: Any, *args: Any, **keywords: Any) -> None:
        self.func, self.args, self.keywords = func, args, keywords

    def bind_to(self, receiver: Any) -> Partial:
        """The method as an attribute of an object."""
        function = self.func
        if type(function) is StaticMethod:
            return Partial(function.function, *self.args, **self.keywords)
        if type(function) is ClassMethod:
            return Partial(BoundMethod(function.function, current().class_of(receiver)), *self.args, **self.keywords)
        return Partial(BoundMethod(function, receiver), *self.args, **self.keywords)


class Cached:
    """A function that remembers its results."""

    described = True

    def __init__(self, function: Any, maxsize: int | None) -> None:
        self.__wrapped__ = function
        self._maxsize = maxsize
        self._kept: dict[Any, Any] = {}
        self._hits = self._misses = 0
        for name in ("__name__", "__qualname__", "__doc__", "__module__"):
            self.__dict__[name] = current().get(function, name, None)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        key = (args, tuple(kwargs.items())) if kwargs else args
        try:
            found = self._kept.get(key, MISSING)
        except TypeError as error:  # an argument that cannot be hashed
            raise current().error_from(error) from None
        if found is not MISSING:
            self._hits += 1
            if self._maxsize is not None:
                self._kept[key] = self._kept.pop(key)
            return found
        self._misses += 1
        result = current().call(self.__wrapped__, args, kwargs)
        if self._maxsize != 0:
            self._kept[key] = result
            if self._maxsize is not None and len(self._kept) > self._maxsize:
                del self._kept[next(iter(self._kept))]
        return result

    def bind_to(self, receiver: Any) -> BoundMethod:
        """The function as a method of an object."""
        return BoundMethod(self, receiver)

    def cache_clear(self) -> None:
        """Forget all results."""
        self._kept.clear()
        self._hits = self._misses = 0

    def cache_info(self) -> CacheInfo:
        """How often a result was found."""
        return CacheInfo(self._hits, self._misses, self._maxsize, len(self._kept))

    def cache_parameters(self) -> dict[str, Any]:
        """What the decorator was given."""
        return {"maxsize": self._maxsize, "typed": False}

    def __repr__(self) -> str:
        return repr(self.__wrapped__)


class Dispatch:
    """A function that picks an implementation by the class of its first argument."""

    described = True

    def __init__(self, function: Any) -> None:
        self.__wrapped__ = function
        self.registry: dict[Any, Any] = {current().builtins["object"]: function}
        for name in ("__name__", "__qualname__", "__doc__", "__module__"):
            self.__dict__[name] = current().get(function, name, None)

    def register(self, cls: Any, func: Any = None) -> Any:
        """Register an implementation: a decorator, with the class given or read from the first annotation."""
        if func is not None:
            for kind in _members(cls):
                self.registry[kind] = func
            return func
        if isinstance(cls, Function):
            m = current()
            annotations = cls.code.annotations(m, cls)
            kind = next((value for name, value in annotations.items() if name != "return"), m.builtins["object"])
            return self.register(kind, cls)
        return Builtin("register", lambda function: self.register(cls, function))

    def dispatch(self, cls: Any) -> Any:
        """The implementation for a class."""
        for ancestor in cls.mro:
            if ancestor in self.registry:
                return self.registry[ancestor]
        m = current()
        for kind, function in self.registry.items():
            if kind is not m.builtins["object"] and m.is_subclass(cls, kind) is True:
                return function
        return self.registry[m.builtins["object"]]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        m = current()
        if not args:
            raise m.error("TypeError", f"{self.__dict__['__name__']} requires at least 1 positional argument")
        cls = m.class_of(args[0])
        if cls not in self.registry:
            for kind, function in self.registry.items():
                if kind is not m.builtins["object"] and not cls.derives(kind) and m.is_instance(args[0], kind) is True:
                    return m.call(function, args, kwargs)
        return m.call(self.dispatch(cls), args, kwargs)

    def bind_to(self, receiver: Any) -> BoundMethod:
        """The function as a method of an object."""
        return BoundMethod(self, receiver)


def _members(kind: Any) -> tuple[Any, ...]:
    return kind.args if getattr(kind, "origin", None) is not None and not isinstance(kind, Class) else (kind,)


class DispatchMethod:
    """``singledispatchmethod``: a `Dispatch` on the argument after the receiver."""

    described = True

    def __init__(self, function: Any) -> None:
        self.dispatcher = Dispatch(function)

    def register(self, cls: Any, method: Any = None) -> Any:
        """Register an implementation."""
        return self.dispatcher.register(cls, method)

    def bind_to(self, receiver: Any) -> Builtin:
        """The method as an attribute of an object."""

        def call(m: Machine, *args: Any, **kwargs: Any) -> Any:
            function = self.dispatcher.dispatch(m.class_of(args[0]))
            if isinstance(function, (ClassMethod, StaticMethod)):
                return m.call(function.function, (m.class_of(receiver), *args) if type(function) is ClassMethod else args, kwargs)
            return m.call(function, (receiver, *args), kwargs)

        return Builtin("singledispatchmethod", call, True)


def copy_identity(m: Machine, wrapper: Any, wrapped: Any, assigned: Any = None, updated: Any = None) -> Any:
    """``functools.update_wrapper``."""
    names = ("__module__", "__name__", "__qualname__", "__doc__") if assigned is None else tuple(assigned)
    if not isinstance(wrapper, (Function, Builtin, Instance, Class, BoundMethod)):
        return wrapper
    for name in names:
        if name == "__annotations__":  # would evaluate them all
            continue
        value = m.get(wrapped, name, MISSING)
        if value is not MISSING:
            m.put(wrapper, name, value)
    attributes = m.get(wrapped, "__dict__", None) if not isinstance(wrapped, (Class, Instance)) or isinstance(wrapped, Instance) else None
    if isinstance(attributes, dict) and (updated is None or "__dict__" in updated):
        for name, value in list(attributes.items()):
            if isinstance(name, str) and not (isinstance(wrapped, Function) and name in names):
                m.put(wrapper, name, value)
    m.put(wrapper, "__wrapped__", wrapped)
    return wrapper


def cached_property(m: Machine, function: Any) -> CachedProperty:
    """``functools.cached_property``."""
    return CachedProperty(function)
