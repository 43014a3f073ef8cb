"""``operator``: the operators of the language as functions."""

from __future__ import annotations

import operator
from typing import Any

from ...ir.unknown import Unknown
from ..machine import Machine
from ..natives.describing import lenient, machined
from ..operators import remove, store
from ..values import Builtin

_BINARY = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**", "matmul": "@", "lshift": "<<",
    "rshift": ">>", "and_": "&", "or_": "|", "xor": "^", "concat": "+",
}  # fmt: skip
_COMPARE = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
_UNARY = {"neg": "-", "pos": "+", "invert": "~", "inv": "~"}


def _binary(op: str, inplace: bool = False) -> Any:
    return lambda m, a, b: m.binary(op, a, b, inplace)


def _compare(op: str) -> Any:
    return lambda m, a, b: m.compare(op, a, b)


def _unary(op: str) -> Any:
    return lambda m, a: m.unary(op, a)


def _item_getter(m: Machine, *items: Any) -> Builtin:
    if len(items) == 1:
        return Builtin("itemgetter", lambda m, value: m.subscript(value, items[0]), True)
    return Builtin("itemgetter", lambda m, value: tuple(m.subscript(value, item) for item in items), True)


def _dotted(m: Machine, value: Any, name: str) -> Any:
    for part in name.split("."):
        value = m.get(value, part)
    return value


def _attribute_getter(m: Machine, *names: str) -> Builtin:
    if len(names) == 1:
        return Builtin("attrgetter", lambda m, value: _dotted(m, value, names[0]), True)
    return Builtin("attrgetter", lambda m, value: tuple(_dotted(m, value, name) for name in names), True)


def _method_caller(m: Machine, name: str, /, *args: Any, **kwargs: Any) -> Builtin:
    return Builtin("methodcaller", lambda m, value: m.call(m.get(value, name), args, kwargs), True)


def _not(m: Machine, a: Any) -> Any:
    return a if type(a) is Unknown else not m.truth(a)


def _index_of(m: Machine, a: Any, b: Any) -> Any:
    for position, item in enumerate(m.iterate(a)):
        if item is b or m.truth(m.equal(item, b)):
            return position
    raise ValueError("sequence.index(x): x not in sequence")


def _abs(m: Machine, a: Any) -> Any:
    return m.call(m.builtins["abs"], (a,), {})


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    table: dict[str, Any] = {name: _binary(op) for name, op in _BINARY.items()}
    table |= {f"i{name.rstrip('_')}": _binary(op, True) for name, op in _BINARY.items()}
    table |= {name: _compare(op) for name, op in _COMPARE.items()} | {name: _unary(op) for name, op in _UNARY.items()}
    table |= {f"__{name.rstrip('_')}__": function for name, function in list(table.items())}
    names = machined(
        "operator", **table, itemgetter=_item_getter, attrgetter=_attribute_getter, methodcaller=_method_caller, not_=_not, abs=_abs,
        truth=lambda m, a: a if type(a) is Unknown else m.truth(a), contains=lambda m, a, b: m.contains(a, b),
        getitem=lambda m, a, b: m.subscript(a, b), setitem=store, delitem=remove, indexOf=_index_of,
        countOf=lambda m, a, b: sum(1 for item in m.iterate(a) if item is b or m.truth(m.equal(item, b))),
        call=lambda m, obj, *args, **kwargs: m.call(obj, args, kwargs), index=lambda m, a: m.call(m.builtins["int"], (a,), {}),
        length_hint=lambda m, obj, default=0: operator.length_hint(obj, default) if not isinstance(obj, Unknown) else obj,
        __getitem__=lambda m, a, b: m.subscript(a, b), __contains__=lambda m, a, b: m.contains(a, b),
    )  # fmt: skip
    return names | lenient("operator", is_=lambda a, b: a is b, is_not=lambda a, b: a is not b)
