"""Signatures of the program's callables, as the host's own signature objects."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from ...ir.unknown import Reason, Unknown
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..values import MISSING, BoundMethod, Builtin, Class, ClassMethod, Function, Instance, Lost, Raised, StaticMethod
from .partials import Partial

_KINDS = {
    "/": inspect.Parameter.POSITIONAL_ONLY, "": inspect.Parameter.POSITIONAL_OR_KEYWORD, "*": inspect.Parameter.VAR_POSITIONAL,
    "k": inspect.Parameter.KEYWORD_ONLY, "**": inspect.Parameter.VAR_KEYWORD,
}  # fmt: skip


class Parameter(inspect.Parameter):
    """A parameter whose annotation is evaluated when somebody asks for it."""

    __slots__ = ("_lazy",)

    def __init__(self, name: str, kind: Any, *, default: Any = inspect.Parameter.empty, annotation: Any = inspect.Parameter.empty,
                 lazy: Callable[[], Any] | None = None) -> None:  # fmt: skip
        super().__init__(name, kind, default=default, annotation=annotation)
        self._lazy = lazy

    @property
    def annotation(self) -> Any:
        """The annotation; empty when there is none."""
        return self._annotation if self._lazy is None else self._lazy()

    def replace(self, *, name: Any = None, kind: Any = None, default: Any = MISSING, annotation: Any = MISSING) -> Parameter:  # type: ignore[override]
        """A parameter that differs in some respects."""
        return Parameter(
            self.name if name is None else name, self.kind if kind is None else kind,
            default=self.default if default is MISSING else default,
            annotation=self._annotation if annotation is MISSING else annotation, lazy=self._lazy if annotation is MISSING else None,
        )  # fmt: skip


def signature_of(m: Machine, value: Any) -> Any:
    """``inspect.signature``."""
    if type(value) is Unknown:
        return value
    own = m.get(value, "__signature__", None) if isinstance(value, (Function, Builtin, Instance, Class)) else None
    if isinstance(own, inspect.Signature):
        return own
    if isinstance(value, BoundMethod):
        return without_first(signature_of(m, value.function))
    if isinstance(value, Function):
        wrapped = (value.attributes or {}).get("__wrapped__")
        return signature_of(m, wrapped) if wrapped is not None else _of_function(m, value)
    if isinstance(value, Class):
        return _of_class(m, value)
    if isinstance(value, Builtin):
        return _of_builtin(m, value)
    if isinstance(value, (StaticMethod, ClassMethod)):
        return signature_of(m, value.function)
    return _of_object(m, payload_of(value))


def _of_object(m: Machine, value: Any) -> Any:
    if isinstance(value, Partial):
        return _of_partial(m, value)
    if isinstance(value, Instance):
        method = value.py_class.find("__call__")
        if method is not MISSING:
            return without_first(signature_of(m, method))
    elif callable(value):
        wrapped = getattr(value, "__wrapped__", None)
        return signature_of(m, wrapped) if wrapped is not None else _of_host(m, value)
    raise TypeError(f"{m.repr_of(value)} is not a callable object")


def _annotation(m: Machine, function: Function, name: str) -> Callable[[], Any]:
    def evaluate() -> Any:
        try:
            return function.code.annotations(m, function).get(name, inspect.Parameter.empty)
        except (Raised, Lost):
            return Unknown(Reason.EXTERNAL, "annotation")

    return evaluate


def _of_function(m: Machine, function: Function) -> inspect.Signature:
    parameters = [
        Parameter(p.name, _KINDS[p.kind], default=function.defaults.get(p.name, inspect.Parameter.empty),
                  lazy=_annotation(m, function, p.name) if p.annotation is not None else None)
        for p in function.code.parameters if p.name
    ]  # fmt: skip
    return inspect.Signature(parameters, __validate_parameters__=False)


def without_first(signature: Any) -> Any:
    """The signature of a method taken from an object."""
    if not isinstance(signature, inspect.Signature):
        return signature
    parameters = list(signature.parameters.values())
    if parameters and parameters[0].kind in (_KINDS["/"], _KINDS[""]):
        parameters = parameters[1:]
    return signature.replace(parameters=parameters)


def _of_class(m: Machine, cls: Class) -> Any:
    for name in ("__new__", "__init__"):
        found = cls.find(name)
        function = getattr(found, "function", found)
        if isinstance(function, Function) and (name == "__init__" or cls.find("__init__") is MISSING):
            return without_first(signature_of(m, function))
        if name == "__init__" and isinstance(found, Builtin):
            return _of_builtin(m, found) if "__record_fields__" in (found.attributes or {}) else without_first(_of_builtin(m, found))
    fields = cls.find("_fields")
    if isinstance(fields, tuple):
        defaults = cls.find("_field_defaults")
        return inspect.Signature([Parameter(f, _KINDS[""], default=defaults.get(f, inspect.Parameter.empty)) for f in fields])
    return inspect.Signature()


def _of_builtin(m: Machine, value: Builtin) -> Any:
    attributes = value.attributes or {}
    if "__wrapped__" in attributes:
        return signature_of(m, attributes["__wrapped__"])
    if "__record_fields__" in attributes:
        return inspect.Signature([_of_field(field) for field in attributes["__record_fields__"]])
    found = _of_host(m, value.function)
    return without_first(found) if value.needs_machine else found


def _of_field(field: Any) -> Parameter:
    default = field.default
    if field.required:
        default = inspect.Parameter.empty
    elif field.default_factory is not None and type(field.default).__name__ == "Absent":
        default = "<factory>"
    return Parameter(field.name, _KINDS["k" if field.kw_only else ""], default=default, annotation=field.type)


def _of_host(m: Machine, function: Any) -> Any:
    try:
        found = inspect.signature(function)
    except (TypeError, ValueError):
        raise ValueError("no signature found") from None
    parameters = [Parameter(p.name, p.kind, default=p.default) for p in found.parameters.values()]
    return inspect.Signature(parameters, __validate_parameters__=False)


def _of_partial(m: Machine, value: Partial) -> Any:
    inner = signature_of(m, value.func)
    if not isinstance(inner, inspect.Signature):
        return inner

    def stub() -> None: ...

    stub.__signature__ = inner  # type: ignore[attr-defined]
    return inspect.signature(functools.partial(stub, *value.args, **value.keywords))
