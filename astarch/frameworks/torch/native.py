"""What a description cannot say as an op or a layer: functions that handle values of the program, and classes it derives from.

::

    @native("torch.vmap")
    def vmap(func, in_dims=0, ...): ...

    @derivable("torch.utils.data.Dataset", module="torch.utils.data.dataset")
    class Dataset: ...

A `native` function is not a step of the data flow. A `derivable` class becomes a class of the program, made anew for each run;
its methods are plain functions of an instance of the program.
"""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, TypeVar

from ...interpreter.builtins.hosts import OBJECT
from ...interpreter.values import Builtin, Class, ClassMethod, Property, StaticMethod
from ..describe import REGISTRY

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)


class Native:
    """Something that the library turns into a value of the program when it is first asked for."""

    __slots__ = ("build",)

    def __init__(self, build: Callable[[Any], Any]) -> None:
        self.build = build


def native(*names: str) -> Callable[[F], F]:
    """Describe a function that handles values of the program: modules, classes, functions."""

    def register(function: F) -> F:
        made = Builtin(names[0], function)
        _enter(names, Native(lambda library: made))
        return function

    return register


def derivable(*names: str, module: str, base: str = "") -> Callable[[C], C]:
    """Describe a class that programs derive from or construct.

    Args:
        names: Its public dotted names.
        module: The module it says it is from.
        base: The public name of the class it is derived from, when that is not a derivable one.
    """

    def register(host: C) -> C:
        host.derivable_as = names[0]  # type: ignore[attr-defined]
        internal = f"{module}.{host.__name__}"
        everywhere = names if internal in names else (*names, internal)
        _enter(everywhere, Native(lambda library: _class(library, host, module, base)))
        return host

    return register


def _enter(names: tuple[str, ...], made: Native) -> None:
    for name in names:
        REGISTRY[name] = made


def _class(library: Any, host: type, module: str, base: str) -> Class:
    """The class of the program that a derivable class becomes, one for each run."""
    found = library.classes.get(host)
    if found is None:
        parents = [library.value(parent.derivable_as) for parent in host.__bases__ if hasattr(parent, "derivable_as")]
        bases = tuple([library.value(base)] if base else parents) or (OBJECT,)
        found = library.classes[host] = Class(host.__name__, bases, _namespace(host), module)
    return found


def _namespace(host: type) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    for name, value in vars(host).items():
        if isinstance(value, FunctionType):
            namespace[name] = Builtin(f"{host.__name__}.{name}", value)
        elif isinstance(value, classmethod):
            namespace[name] = ClassMethod(Builtin(name, value.__func__))
        elif isinstance(value, staticmethod):
            namespace[name] = StaticMethod(Builtin(name, value.__func__))
        elif isinstance(value, property):
            setter = None if value.fset is None else Builtin(name, value.fset)
            namespace[name] = Property(Builtin(name, value.fget), setter)  # type: ignore[arg-type]
        elif not name.startswith("__") and name != "derivable_as":
            namespace[name] = value
    return namespace
