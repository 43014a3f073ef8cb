"""Context managers of ``contextlib``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ir.unknown import Unknown
from ..builtins.hosts import OBJECT, current
from ..machine import Machine
from ..values import MISSING, Builtin, Class, Instance, Raised
from .abstract import abstract_class
from .collection_mixins import mixed
from .describing import catches
from .partials import copy_identity


def _has(*names: str) -> tuple[Callable[[Any], bool], Callable[[Any], bool]]:
    return (lambda value: all(hasattr(value, name) for name in names),
            lambda cls: isinstance(cls, Class) and all(cls.find(name) not in (MISSING, None) for name in names))  # fmt: skip


ABSTRACT_CONTEXT = abstract_class(
    "AbstractContextManager", (), "contextlib", *_has("__enter__", "__exit__"),
    mixed("AbstractContextManager", enter__=lambda m, self: self),
    "__exit__",
)  # fmt: skip
ABSTRACT_ASYNC_CONTEXT = abstract_class("AbstractAsyncContextManager", (), "contextlib", *_has("__aenter__", "__aexit__"), {}, "__aexit__")


class Decorating:
    """Context managers of the host that can also decorate a function."""

    described = True

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> Any:
        return None

    def renewed(self) -> Decorating:
        """The manager to use for one call of a decorated function."""
        return self

    def __call__(self, function: Any) -> Any:
        return decorated(current(), self.renewed, function)


def decorated(m: Machine, manager: Callable[[], Any], function: Any) -> Any:
    """A function whose every call runs inside a context."""

    def call(m: Machine, *args: Any, **kwargs: Any) -> Any:
        context = manager()
        enter(m, context)
        try:
            result = m.call(function, args, kwargs)
        except Raised as raised:
            if not leave(m, context, raised):
                raise
            return None
        leave(m, context, None)
        return result

    return copy_identity(m, Builtin(m.get(function, "__name__", "function"), call, True), function)


def enter(m: Machine, manager: Any) -> Any:
    """``manager.__enter__()``."""
    return manager if type(manager) is Unknown else m.call(m.get(manager, "__enter__"), (), {})


def leave(m: Machine, manager: Any, raised: Raised | None) -> bool:
    """``manager.__exit__(...)``; True when it swallows the exception."""
    if type(manager) is Unknown:
        return False
    details = (None, None, None) if raised is None else (m.class_of(raised.value), raised.value, None)
    answer = m.call(m.get(manager, "__exit__"), details, {})
    return raised is not None and type(answer) is not Unknown and m.truth(answer)


class GeneratorContext(Decorating):
    """What a function under ``contextmanager`` gives: its generator, run up to the ``yield``."""

    def __init__(self, function: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._call = (function, args, kwargs)
        self._generator = current().call(function, args, kwargs)

    def renewed(self) -> GeneratorContext:
        """A generator can be run only once."""
        return GeneratorContext(*self._call)

    def __enter__(self) -> Any:
        if type(self._generator) is Unknown:
            return self._generator
        for item in self._generator:
            return item
        raise RuntimeError("generator didn't yield")

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> Any:
        if type(self._generator) is Unknown:
            return False
        if kind is None:
            for _ in self._generator:
                raise RuntimeError("generator didn't stop")
            return False
        try:
            self._generator.throw(Raised(value, current().where(), current().stack()))
        except StopIteration:
            return True
        except Raised as raised:
            if raised.value is value:
                return False
            raise
        raise RuntimeError("generator didn't stop after throw()")

    __aenter__, __aexit__ = __enter__, __exit__


class Null(Decorating):
    """``nullcontext``."""

    def __init__(self, enter_result: Any = None) -> None:
        self.enter_result = enter_result

    def __enter__(self) -> Any:
        return self.enter_result


class Suppress(Decorating):
    """``suppress``."""

    def __init__(self, *exceptions: Any) -> None:
        self._exceptions = exceptions

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> bool:
        return kind is not None and catches(current(), kind, self._exceptions)


class Closing(Decorating):
    """``closing``."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def __enter__(self) -> Any:
        return self.thing

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        m = current()
        m.call(m.get(self.thing, "close"), (), {})


class Redirect(Null):
    """``redirect_stdout`` and ``redirect_stderr``: nothing is printed anyway."""


class ExitStack(Decorating):
    """``ExitStack``: contexts and callbacks, left in reverse order."""

    def __init__(self) -> None:
        self._leave: list[Callable[[Raised | None], bool]] = []

    def enter_context(self, cm: Any) -> Any:
        """Enter a context; leave it with the stack."""
        m = current()
        entered = enter(m, cm)
        self._leave.append(lambda raised: leave(m, cm, raised))
        return entered

    def push(self, exit: Any) -> Any:
        """Leave a context, or call a function like ``__exit__``, with the stack."""
        m = current()
        if (isinstance(exit, Instance) and exit.py_class.find("__exit__") is not MISSING) or isinstance(exit, Decorating):
            self._leave.append(lambda raised: leave(m, exit, raised))
        else:
            self._leave.append(lambda raised: m.truth(m.call(exit, _details(m, raised), {})))
        return exit

    def callback(self, callback: Any, /, *args: Any, **kwds: Any) -> Any:
        """Call a function with the stack's end."""
        m = current()
        self._leave.append(lambda raised: bool(m.call(callback, args, kwds) and False))
        return callback

    def pop_all(self) -> ExitStack:
        """A new stack that takes over everything."""
        other = ExitStack()
        other._leave, self._leave = self._leave, []
        return other

    def close(self) -> None:
        """Leave everything now."""
        self.__exit__(None, None, None)

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> bool:
        m = current()
        original = Raised(value, m.where(), m.stack()) if kind is not None else None
        pending = original
        while self._leave:
            try:
                if self._leave.pop()(pending) and pending is not None:
                    pending = None
            except Raised as raised:
                pending = raised
        if pending is not None and pending is not original:
            raise pending
        return original is not None and pending is None


def _details(m: Machine, raised: Raised | None) -> tuple[Any, Any, Any]:
    return (None, None, None) if raised is None else (m.class_of(raised.value), raised.value, None)


def context_manager(m: Machine, func: Any) -> Any:
    """``contextlib.contextmanager``."""
    made = Builtin(m.get(func, "__name__", "function"), lambda *args, **kwargs: GeneratorContext(func, args, kwargs))
    return copy_identity(m, made, func)


def _decorate(m: Machine, self: Any, func: Any) -> Any:
    def renewed() -> Any:
        return m.call(m.get(self, "_recreate_cm"), (), {})

    return decorated(m, renewed, func)


CONTEXT_DECORATOR = Class("ContextDecorator", (OBJECT,), mixed(
    "ContextDecorator", call__=_decorate, _recreate_cm=lambda m, self: self,
), "contextlib")  # fmt: skip
