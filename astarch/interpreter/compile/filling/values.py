"""What code that only fills tensors may do to values: call, look up, ask whether they are true. Anything else is `Otherwise`."""

from __future__ import annotations

from typing import Any

from ....ir.tensor import Shape
from ...builtins.hosts import CLASS_OF_HOST
from ...calls import bind_arguments
from ...machine import Frame, Machine
from ...natives.partials import Partial
from ...values import MISSING, BoundMethod, Builtin, Class, Function, Instance, Otherwise, PyModule

PLAIN = frozenset({int, float, str, bool, type(None)})
NUMBERS = frozenset({int, float, bool})
SEQUENCES = frozenset({tuple, list, Shape})
#: Built-in functions that leave nothing behind when they are given plain data.
_PURE = frozenset({"abs", "bool", "float", "int", "len", "max", "min", "range", "round", "str", "sum"})
#: Stands for the first argument where that is what a function gave.
_FIRST = object()


def call(m: Machine, callee: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """``callee(*args, **kwargs)``, where that only fills tensors or leaves nothing behind at all."""
    kind = type(callee)
    if kind is Function:
        return _invoke(m, callee, args, kwargs)
    if kind is BoundMethod and type(callee.function) is Function:
        return _invoke(m, callee.function, (callee.receiver, *args), kwargs)
    if kind is Partial:
        return call(m, callee.func, (*callee.args, *args), {**callee.keywords, **kwargs})
    if (kind is Builtin or kind is Class) and m.builtins.get(callee.name) is callee:
        return _call_of_the_language(m, callee, args, kwargs)
    if kind is Builtin and callee.name.startswith("math.") and NUMBERS.issuperset(map(type, args)) and not kwargs:
        return m.call(callee, args, {})
    if kind is Class and callee is CLASS_OF_HOST.get(Partial):
        return Partial(*args, **kwargs)
    return m.filler.call(m, callee, args, kwargs)


def _call_of_the_language(m: Machine, callee: Builtin | Class, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    name = callee.name
    if kwargs:
        raise Otherwise
    if name == "isinstance":
        return is_instance(*args)
    if name == "hasattr":
        return attribute(m, *args) is not MISSING
    if name == "getattr":
        value, asked, *default = args
        found = attribute(m, value, asked)
        return given(found) if found is not MISSING or not default else default[0]
    if name in _PURE and all(type(arg) in PLAIN or (type(arg) in SEQUENCES and PLAIN.issuperset(map(type, arg))) for arg in args):
        return m.call(callee, args, {})
    raise Otherwise


def is_instance(value: Any, kind: Any) -> bool:
    """``isinstance(value, kind)``."""
    if type(kind) is tuple:
        return any(is_instance(value, one) for one in kind)
    if type(kind) is not Class or not isinstance(value, Instance):
        raise Otherwise
    if value.py_class.derives(kind):
        return True
    if kind.metaclass is not None or kind.find("__instance_test__") is not MISSING or "__class__" in value.__dict__:
        raise Otherwise
    return False


def _invoke(m: Machine, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run a function of the program; one that filled a parameter of that kind before would do nothing new."""
    m.step()
    filler = m.filler
    key = filler.key(args, kwargs) if not function.outer else None
    if key is None:
        return _run(m, function, args, kwargs)
    key = (function.code, m.rebound, key)
    found = filler.known.get(key, MISSING)
    if found is MISSING:
        mark = filler.begin()
        found = _run(m, function, args, kwargs)
        if filler.only_touched(mark, args) and (found is args[0] or type(found) in PLAIN):
            filler.known[key] = _FIRST if found is args[0] else found
        return found
    return args[0] if found is _FIRST else found


def _run(m: Machine, function: Function, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    code = function.code
    run = code.filler(function)
    if run is None or m.depth >= m.budget.depth:
        raise Otherwise
    frame = Frame(m, function.module, bind_arguments(m, function, args, kwargs), function.outer, function, function.cell)
    m.depth += 1
    result = run(frame)
    m.depth -= 1
    return result if code.is_expression else frame.result


def attribute(m: Machine, value: Any, name: Any) -> Any:
    """``value.name``, or `MISSING`; nothing of the program is run for it."""
    if type(value) is PyModule:
        found = value.get(name)
        if found is MISSING:
            raise Otherwise
        return found
    if not isinstance(value, Instance):
        return m.filler.attribute(value, name)
    cls = value.py_class
    if cls.intercepts or type(name) is not str or name[:2] == "__":
        raise Otherwise
    attributes, found = value.__dict__, cls.find(name)
    if found is not MISSING and type(found) not in PLAIN and type(found) not in (Function, Builtin):
        raise Otherwise
    if name in attributes:
        return attributes[name]
    if found is not MISSING:
        return found if type(found) in PLAIN else BoundMethod(found, value)
    return m.filler.registered(value, name) if cls.find("__getattr__") is not MISSING else MISSING


def given(value: Any) -> Any:
    """A value that is there."""
    if value is MISSING:
        raise Otherwise
    return value


def truth(value: Any) -> bool:
    """Whether a value counts as true."""
    kind = type(value)
    if kind in PLAIN or kind in SEQUENCES or kind is dict:
        return bool(value)
    if isinstance(value, Instance) and value.py_class.find("__bool__") is MISSING and value.py_class.find("__len__") is MISSING:
        return True
    raise Otherwise
