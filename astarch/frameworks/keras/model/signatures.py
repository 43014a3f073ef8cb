"""Signatures of callables of the program and of descriptions, as ``inspect.signature`` would give them."""

from __future__ import annotations

import inspect
from typing import Any

from ....interpreter.values import MISSING, BoundMethod, Builtin, Function

_EMPTY = inspect.Signature(
    [inspect.Parameter("args", inspect.Parameter.VAR_POSITIONAL), inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)]
)
_KIND = inspect.Parameter
_host: dict[Any, inspect.Signature] = {}


def signature_of(function: Any) -> inspect.Signature:
    """The signature of a callable; a bound method has no ``self``."""
    if isinstance(function, BoundMethod):
        whole = signature_of(function.function)
        return whole.replace(parameters=list(whole.parameters.values())[1:]) if whole is not _EMPTY else whole
    if isinstance(function, Function):
        wrapped = (function.attributes or {}).get("__wrapped__")
        return signature_of(wrapped) if wrapped is not None else _of_function(function)
    if isinstance(function, Builtin):
        if function.attributes is not None and "__wrapped__" in function.attributes:
            return signature_of(function.attributes["__wrapped__"])
        return _of_host(function.function, function.needs_machine)
    call = getattr(function, "function", None)
    if callable(call) and not isinstance(call, (Function, Builtin)):
        return _of_host(call, False)
    return _EMPTY


def _of_host(function: Any, needs_machine: bool) -> inspect.Signature:
    found = _host.get(function)
    if found is None:
        try:
            found = inspect.signature(inspect.unwrap(function))
        except (TypeError, ValueError):
            found = _EMPTY
        if needs_machine:
            found = found.replace(parameters=list(found.parameters.values())[1:])
        _host[function] = found
    return found


def _of_function(function: Function) -> inspect.Signature:
    code, defaults = function.code, function.defaults

    def parameter(name: str, kind: Any) -> inspect.Parameter:
        default = defaults.get(name, MISSING)
        return inspect.Parameter(name, kind, default=inspect.Parameter.empty if default is MISSING else default)

    found = [parameter(name, _KIND.POSITIONAL_OR_KEYWORD) for name in code.positional]
    if code.rest is not None:
        found.append(inspect.Parameter(code.rest, _KIND.VAR_POSITIONAL))
    found += [parameter(name, _KIND.KEYWORD_ONLY) for name in code.keyword_only]
    if code.keywords is not None:
        found.append(inspect.Parameter(code.keywords, _KIND.VAR_KEYWORD))
    try:
        return inspect.Signature(found)
    except ValueError:  # a required parameter after one with a default: positional-only spelling
        return _EMPTY
