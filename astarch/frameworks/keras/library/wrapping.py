"""Methods of descriptions as the program calls them: arguments seen to, faults kept from it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from ....interpreter.budget import BudgetSpent
from ....interpreter.values import Lost, Raised
from ....ir.dim import Undecided
from ....ir.refusal import Refusal
from ....ir.unknown import Reason, Unknown
from ...describe import RUN
from ..model.layer import Layer
from ..nested import flatten, map_shapes
from ..tensor import inward, outward

_BASE = frozenset({"activity_regularizer", "trainable", "dtype", "autocast", "name"})
_PASSES = (Refusal, Undecided, Raised, Lost, BudgetSpent)


def constructor(host: type, function: Callable[..., Any]) -> Callable[..., Any]:
    """``__init__`` of a described layer: the one of every layer first, with what is meant for it."""
    signature = inspect.signature(function)
    rest = next((p.name for p in signature.parameters.values() if p.kind is p.VAR_KEYWORD), None)

    def start(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            bound = signature.bind(self, *args, **kwargs)
        except TypeError as mismatch:
            raise Refusal("TypeError", f"{host.__name__}.__init__() {mismatch}") from None
        given = dict(bound.arguments.get(rest, {})) if rest is not None else {}
        own = given if rest is None else {name: value for name, value in given.items() if name in getattr(host, "takes", ())}
        base = {name: value for name, value in given.items() if name not in own}
        base.update({name: value for name, value in bound.arguments.items() if name in _BASE})
        Layer.__init__(self, **base)
        try:
            function(self, *args, **{name: value for name, value in kwargs.items() if name not in base or name in signature.parameters})
        except Refusal:
            lost = next((value for value in (*args, *kwargs.values()) if isinstance(value, Unknown)), None)
            if lost is None:
                raise
            self.__dict__["_unknown"] = lost  # what nobody knows may be just what is wanted
        except _PASSES:
            raise
        except Exception as error:
            lost = next((value for value in (*args, *kwargs.values()) if isinstance(value, Unknown)), None)
            self.__dict__["_unknown"] = lost or fault(host, function, error)

    start.__wrapped__ = function  # type: ignore[attr-defined] - the signature people see is the layer's own
    start.raw = function  # type: ignore[attr-defined]
    return start


def guarded(host: type, function: Callable[..., Any]) -> Callable[..., Any]:
    """A method of a layer; a fault of the description becomes an `Unknown`, never an error of the program."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        lost = self.__dict__.get("_unknown")
        if lost is not None and function.__name__ not in ("get_config", "__repr__"):
            return lost
        run = RUN.get()
        try:
            return function(self, *args, **kwargs)
        except _PASSES:
            raise
        except Exception as error:
            if run.state.get("raise faults"):
                raise
            return fault(host, function, error, (self, *args), kwargs)

    method.__wrapped__ = function  # type: ignore[attr-defined]
    method.raw = function  # type: ignore[attr-defined]
    return method


def shape_adapter(host: type, function: Callable[..., Any]) -> Callable[..., Any]:
    """``build`` and ``compute_output_shape``: the program's None is an open size inside, and None again outside."""

    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        lost = self.__dict__.get("_unknown")
        if lost is not None:
            return lost
        args = tuple(map_shapes(inward, arg) for arg in args)
        kwargs = {name: map_shapes(inward, arg) for name, arg in kwargs.items()}
        try:
            found = function(self, *args, **kwargs)
        except _PASSES:
            raise
        except Exception as error:
            if RUN.get().state.get("raise faults"):
                raise
            found = fault(host, function, error, (self, *args), kwargs)
            if function.__name__ == "build":
                self.__dict__["_unknown"] = found
        return map_shapes(outward, found) if isinstance(found, (tuple, list, dict)) else found

    method.__wrapped__ = function  # type: ignore[attr-defined]
    method.raw = function  # type: ignore[attr-defined]
    return method


def fault(
    host: type, function: Callable[..., Any], error: Exception, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
) -> Unknown:
    """What an unexpected error in a description means: a wrong call by the program, or a fault of ours."""
    if isinstance(error, TypeError) and args:
        try:
            inspect.signature(function).bind(*args, **(kwargs or {}))
        except TypeError as mismatch:
            raise Refusal("TypeError", f"{host.__name__}.{function.__name__}() {mismatch}") from None
    lost = next((value for value in flatten((args[1:], kwargs or {})) if isinstance(value, Unknown)), None)
    if lost is not None:  # a description need not cope with what nobody knows
        return lost
    if RUN.get().state.get("raise faults"):
        raise error
    return RUN.get().unknown(Reason.INTERNAL, f"{host.__name__}.{function.__name__}: {type(error).__name__}: {error}")
