"""The special forms of ``typing``: values that can be subscripted, joined with ``|``, and mostly nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..builtins.functions import BUILTINS
from ..builtins.hosts import CLASS_OF_HOST, OBJECT, TYPE, current
from ..machine import Machine
from ..values import MISSING, Builtin, Class, Function, GenericAlias, StaticMethod
from .abstract import ABC_META
from .namedtuples import make_named_tuple, named_tuple_from_body


class Form:
    """A special form.

    Args:
        origin: The class that it stands for, as ``List`` stands for ``list``.
    """

    described = True

    def __init__(self, name: str, origin: Any = None, subscribe: Callable[[Any], Any] | None = None) -> None:
        self.typing_name = name
        self.origin = origin
        self.__name__ = name
        self._subscribe = subscribe

    def __getitem__(self, args: Any) -> Any:
        if self._subscribe is not None:
            return self._subscribe(args)
        return GenericAlias(self if self.origin is None else self.origin, args)

    def __or__(self, other: Any) -> Any:
        return union((self, other))

    def __ror__(self, other: Any) -> Any:
        return union((other, self))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.origin is None:
            raise TypeError(f"Cannot instantiate {self!r}")
        return current().call(self.origin, args, kwargs)

    def as_bases(self) -> list[Class]:
        """What a class that names it as its base derives from."""
        return [self.origin] if isinstance(self.origin, Class) else []

    def is_instance(self, m: Machine, value: Any) -> Any:
        """``isinstance(value, self)``."""
        if self.origin is None:
            raise m.error("TypeError", f"{self!r} cannot be used with isinstance()")
        return m.is_instance(value, self.origin)

    def __repr__(self) -> str:
        return f"typing.{self.typing_name}"


def union(members: tuple[Any, ...]) -> Any:
    """The union of some types: flat, without doubles; of one type, that type."""
    flat: list[Any] = []
    for member in members:
        parts = member.args if isinstance(member, GenericAlias) and member.origin is UNION else (member,)
        for part in parts:
            part = CLASS_OF_HOST[type(None)] if part is None else part
            if not any(part is known or (isinstance(part, GenericAlias) and part == known) for known in flat):
                flat.append(part)
    return flat[0] if len(flat) == 1 else GenericAlias(UNION, tuple(flat))


UNION = Form("Union", None, lambda args: union(args if isinstance(args, tuple) else (args,)))
BUILTINS["__union__"] = UNION  # so that `int | None` and `Optional[int]` are of one kind


class TypeVariable(Form):
    """``TypeVar``, ``ParamSpec`` and ``TypeVarTuple``."""

    def __init__(self, name: str, *constraints: Any, bound: Any = None, **flags: Any) -> None:
        super().__init__(name)
        self.__bound__, self.__constraints__ = bound, constraints
        self.args = Form(f"{name}.args")
        self.kwargs = Form(f"{name}.kwargs")

    def __iter__(self) -> Any:
        return iter((self,))  # `*Ts` in a subscript

    def __repr__(self) -> str:
        return f"~{self.typing_name}"


class NewType(Form):
    """``NewType``: a name for a type; calling it gives the argument."""

    def __init__(self, name: str, tp: Any) -> None:
        super().__init__(name)
        self.__supertype__ = tp

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0]


class BodyForm(Form):
    """``NamedTuple`` and ``TypedDict``: a base class that makes something else of the class body, and a function."""

    def __init__(self, name: str, base: Class, function: Callable[..., Any]) -> None:
        super().__init__(name)
        self._base, self._function = base, function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(current(), *args, **kwargs)

    def as_bases(self) -> list[Class]:
        """The class with the metaclass that reads the body."""
        return [self._base]


def _meta(name: str, new: Callable[..., Any], extra: dict[str, Any] | None = None) -> Class:
    return Class(name, (TYPE,), {"__new__": StaticMethod(Builtin(f"{name}.__new__", new, True)), **(extra or {})}, "typing")


NAMED_TUPLE_BASE = Class("NamedTuple", (OBJECT,), {}, "typing", _meta("NamedTupleMeta", named_tuple_from_body))


def _named_tuple(m: Machine, typename: str, fields: Any = (), **named: Any) -> Any:
    pairs = [tuple(m.iterate(pair)) for pair in m.iterate(fields)] or list(named.items())
    made = make_named_tuple(m, typename, [pair[0] for pair in pairs], {})
    made.set("__annotations__", dict(pairs))
    return made


def _typed_dict_class(m: Machine, meta: Class, name: str, bases: Any, namespace: dict[str, Any], **keywords: Any) -> Class:
    annotations: dict[str, Any] = {}
    for base in bases:
        annotations.update(base.namespace.get("__annotations__", {}))
    annotations.update(namespace.get("__annotations__", {}))
    body = {**namespace, "__annotations__": annotations, "__total__": keywords.get("total", True)}
    return Class(name, tuple(bases), body, namespace.get("__module__", ""), meta)


def _make_dict(m: Machine, cls: Class, *args: Any, **kwargs: Any) -> Any:
    return m.call(CLASS_OF_HOST[dict], args, kwargs)


_TYPED_DICT_META = _meta("_TypedDictMeta", _typed_dict_class, {"__call__": Builtin("TypedDict.__call__", _make_dict, True)})
TYPED_DICT_BASE = Class("TypedDict", (CLASS_OF_HOST[dict],), {}, "typing", _TYPED_DICT_META)


def _typed_dict(m: Machine, typename: str, fields: Any = None, /, *, total: Any = True, **named: Any) -> Any:
    return _typed_dict_class(m, _TYPED_DICT_META, typename, (TYPED_DICT_BASE,), {"__annotations__": dict(fields or named)}, total=total)


NAMED_TUPLE = BodyForm("NamedTuple", NAMED_TUPLE_BASE, _named_tuple)
TYPED_DICT = BodyForm("TypedDict", TYPED_DICT_BASE, _typed_dict)
GENERIC = Class("Generic", (OBJECT,), {}, "typing")
PROTOCOL = Class("Protocol", (GENERIC,), {"_is_protocol": True}, "typing", ABC_META)

_UNCHECKED = {"__init__", "__new__", "__class_getitem__", "__init_subclass__"}


def runtime_checkable(m: Machine, cls: Class) -> Class:
    """Let ``isinstance`` look for the protocol's members."""
    names: dict[str, None] = {}
    for ancestor in cls.mro:
        if ancestor.derives(PROTOCOL) and ancestor is not PROTOCOL:
            names.update(dict.fromkeys(ancestor.namespace.get("__annotations__", {})))
            names.update((name, None) for name, value in ancestor.namespace.items()
                         if (isinstance(value, Function) and name not in _UNCHECKED) or not name.startswith("_"))  # fmt: skip

    def test(m: Machine, value: Any) -> Any:
        return all(m.get(value, name, MISSING) is not MISSING for name in names)

    def below(m: Machine, other: Any) -> Any:
        return isinstance(other, Class) and all(other.find(name) is not MISSING for name in names)

    cls.set("__instance_test__", Builtin("__instance_test__", test, True))
    cls.set("__subclass_test__", Builtin("__subclass_test__", below, True))
    return cls


def evaluated(annotation: Any) -> Any:
    """An annotation as its value: those of class bodies are evaluated only now."""
    value = annotation.value() if hasattr(annotation, "value") and getattr(type(annotation), "described", False) else annotation
    return CLASS_OF_HOST[type(None)] if value is None else value


def type_hints(m: Machine, value: Any, *rest: Any, include_extras: Any = False, **named: Any) -> Any:
    """``typing.get_type_hints``."""
    hints: dict[str, Any] = {}
    if isinstance(value, Class):
        for ancestor in reversed(value.mro):
            found = ancestor.namespace.get("__annotations__", {})
            hints.update({name: evaluated(annotation) for name, annotation in found.items()})
    else:
        function = getattr(value, "function", value)
        found = m.get(function, "__annotations__", {})
        if isinstance(found, dict):
            hints.update({name: evaluated(annotation) for name, annotation in found.items()})
    return {name: hint if include_extras else _without_extras(hint) for name, hint in hints.items()}


ANNOTATED = Form("Annotated")


def _without_extras(hint: Any) -> Any:
    return hint.args[0] if isinstance(hint, GenericAlias) and hint.origin is ANNOTATED else hint


def origin_of(value: Any) -> Any:
    """``typing.get_origin``."""
    if isinstance(value, GenericAlias):
        return value.origin
    return value.origin if type(value) is Form else None


def arguments_of(value: Any) -> tuple[Any, ...]:
    """``typing.get_args``."""
    return value.args if isinstance(value, GenericAlias) else ()
