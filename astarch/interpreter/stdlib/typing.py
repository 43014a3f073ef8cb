"""``typing``."""

from __future__ import annotations

from typing import Any

from ..builtins.hosts import CLASS_OF_HOST, OBJECT
from ..machine import Machine
from ..natives import typing_forms as forms
from ..natives.contexts import ABSTRACT_ASYNC_CONTEXT, ABSTRACT_CONTEXT
from ..natives.describing import lenient, machined
from ..values import Class
from .collections import CHAIN_MAP, COUNTER, DEFAULT, DEQUE, ORDERED
from .collections_abc import CLASSES
from .re import MATCH, PATTERN

_PLAIN = """Any ClassVar Final Literal Self Never NoReturn LiteralString TypeAlias Concatenate TypeGuard TypeIs Required NotRequired
    ReadOnly Unpack"""
_PROTOCOLS = {
    "SupportsInt": "__int__", "SupportsFloat": "__float__", "SupportsIndex": "__index__", "SupportsAbs": "__abs__",
    "SupportsRound": "__round__", "SupportsBytes": "__bytes__", "SupportsComplex": "__complex__",
}  # fmt: skip


def _generics() -> dict[str, Any]:
    origins: dict[str, Any] = {
        "List": CLASS_OF_HOST[list], "Dict": CLASS_OF_HOST[dict], "Set": CLASS_OF_HOST[set], "FrozenSet": CLASS_OF_HOST[frozenset],
        "Tuple": CLASS_OF_HOST[tuple], "Type": CLASS_OF_HOST[type], "OrderedDict": ORDERED, "DefaultDict": DEFAULT, "Counter": COUNTER,
        "Deque": DEQUE, "ChainMap": CHAIN_MAP, "ContextManager": ABSTRACT_CONTEXT, "AsyncContextManager": ABSTRACT_ASYNC_CONTEXT,
        "AbstractSet": CLASSES["Set"], **{name: cls for name, cls in CLASSES.items() if name != "Set"},
    }  # fmt: skip
    return {name: forms.Form(name, origin) for name, origin in origins.items()}


def _variable(m: Machine, name: str, *constraints: Any, **flags: Any) -> Any:
    return forms.TypeVariable(name, *constraints, **flags)


def _decorator(*args: Any, **kwargs: Any) -> Any:
    """A decorator that gives back what it is given, with or without arguments of its own."""
    return lenient("typing", decorate=lambda item: item)["decorate"]


def _same(item: Any, *rest: Any) -> Any:
    return item


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    names = {**{name: forms.Form(name) for name in _PLAIN.split()}, **_generics()}
    names["Any"].is_instance = lambda m, value: True
    names["Optional"] = forms.Form("Optional", None, lambda item: forms.union((item, None)))
    names |= {
        "Union": forms.UNION, "Annotated": forms.ANNOTATED, "Generic": forms.GENERIC, "Protocol": forms.PROTOCOL,
        "NamedTuple": forms.NAMED_TUPLE, "TypedDict": forms.TYPED_DICT, "TYPE_CHECKING": False, "Text": CLASS_OF_HOST[str],
        "AnyStr": forms.TypeVariable("AnyStr"), "NoneType": CLASS_OF_HOST[type(None)],
        "Match": forms.Form("Match", MATCH), "Pattern": forms.Form("Pattern", PATTERN),
        **{name: Class(name, (OBJECT,), {}, "typing") for name in ("IO", "TextIO", "BinaryIO", "ForwardRef")},
    }  # fmt: skip
    for name, method in _PROTOCOLS.items():
        protocol = Class(name, (forms.PROTOCOL,), {method: None}, "typing", forms.PROTOCOL.metaclass)
        names[name] = forms.runtime_checkable(m, protocol)
    names |= machined(
        "typing", TypeVar=_variable, ParamSpec=_variable, TypeVarTuple=_variable, TypeAliasType=lambda m, name, value, **rest: value,
        NewType=lambda m, name, tp: forms.NewType(name, tp), runtime_checkable=forms.runtime_checkable, runtime=forms.runtime_checkable,
        get_type_hints=forms.type_hints,
    )  # fmt: skip
    names |= lenient(
        "typing", cast=lambda typ, val: val, overload=_same, final=_same, no_type_check=_same, override=_same, assert_type=_same,
        reveal_type=_same, assert_never=_same,
        get_origin=forms.origin_of, get_args=forms.arguments_of, dataclass_transform=_decorator, deprecated=_decorator,
        no_type_check_decorator=_same, get_overloads=lambda func: [], clear_overloads=lambda: None, Doc=lambda text: text,
        is_typeddict=lambda tp: isinstance(tp, Class) and tp.metaclass is forms.TYPED_DICT_BASE.metaclass,
    )  # fmt: skip
    return names
