"""Functions and methods in one description: the method of a tensor has no ``out=``."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ....ir.unknown import Unknown
from ... import describe
from ...describe import refuse

#: What torch's own argument parser takes for numpy's sake, and the functions written in Python, which do not go through it.
_NUMPY = {"axis": "dim", "keepdims": "keepdim", "x": "input", "a": "input", "x1": "input", "x2": "other"}
_IN_PYTHON = frozenset(
    f"torch.{of}{name}" for of in ("", "Tensor.") for name in ("norm", "split", "unique", "unique_consecutive", "unflatten")
)


def _numpy_names(names: tuple[str, ...], parameters: tuple[str, ...]) -> dict[str, str]:
    if any(name in _IN_PYTHON or name.startswith(("torch.nn.", "torch.masked.")) for name in names):
        return {}
    return {numpy: own for numpy, own in _NUMPY.items() if own in parameters and numpy not in parameters}


def op(*names: str, lenient: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a function of torch; where it takes ``out=``, its methods are described without."""
    methods = tuple(name for name in names if name.startswith("torch.Tensor."))

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        parameters = _parameters(function)
        also = _numpy_names(names, parameters)
        if methods and "out" in parameters:
            functions = tuple(name for name in names if name not in methods)
            if functions:
                describe.op(*functions, lenient=lenient, also=also)(function)
            describe.op(*methods, lenient=lenient, also=also)(_without_out(function))
        else:
            describe.op(*names, lenient=lenient, also=also)(function)
        return function

    return register


def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    code = inspect.unwrap(function).__code__
    return code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


def _without_out(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def method(*args: Any, **kwargs: Any) -> Any:
        if "out" in kwargs:
            refuse("TypeError", f"{function.__name__}() got an unexpected keyword argument 'out'")
        return function(*args, **kwargs)

    signature = inspect.signature(function)
    kept = [parameter for parameter in signature.parameters.values() if parameter.name != "out"]
    method.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    return method


#: Arguments on which neither shape nor element type depends.
_BESIDE = ("device", "pin_memory", "layout", "requires_grad", "generator", "memory_format", "non_blocking")


def factory(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a function that makes tensors: on a device that is not known it makes them all the same."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def make(*args: Any, **kwargs: Any) -> Any:
            for name in _BESIDE:
                if type(kwargs.get(name)) is Unknown:
                    del kwargs[name]
            lost = describe._first_unknown(args, kwargs)
            return function(*args, **kwargs) if lost is None else lost

        describe.op(*names, lenient=True)(make)
        return function

    return register
