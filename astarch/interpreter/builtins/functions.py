"""The built-in functions."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from ...ir.dim import Dim, Ratio, Real, Undecided, maximum, minimum, nearest
from ...ir.tensor import Tensor
from ...ir.unknown import Reason, Unknown
from ..budget import BudgetSpent
from ..machine import Machine
from ..overloads import index_of
from ..unfolding import CONTAINERS, written_out
from ..values import MISSING, Builtin, Class, Instance, Lost, PyModule, Raised, Super
from . import constructors, properties  # noqa: F401 # pyright: ignore[reportUnusedImport] - fills in the class `property`
from .exceptions import EXCEPTIONS
from .hosts import CLASS_OF_HOST, OBJECT, TYPE, payload_of

BUILTINS: dict[str, Any] = {**EXCEPTIONS, "object": OBJECT, "type": TYPE, "__debug__": True, "NotImplemented": NotImplemented,
                            "Ellipsis": ..., "__name__": "builtins"}  # fmt: skip
for _cls in list(CLASS_OF_HOST.values()):
    if hasattr(builtins, _cls.name):
        BUILTINS[_cls.name] = _cls
for _name in ("property", "staticmethod", "classmethod"):
    BUILTINS[_name] = Class(_name, (OBJECT,), {}, host=object) if _name not in BUILTINS else BUILTINS[_name]
for _name in ("property", "staticmethod", "classmethod", "enumerate", "zip", "map", "filter", "reversed"):
    if _name not in BUILTINS or BUILTINS[_name].host is object:
        BUILTINS[_name] = constructors.CONSTRUCTORS[_name]


def builtin(name: str, lenient: bool = True) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a built-in function; it gets the machine first."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        BUILTINS[name] = Builtin(name, function, True, lenient)
        return function

    return register


@builtin("len", lenient=False)
def _len(m: Machine, value: Any) -> Any:
    return m.length(value)


@builtin("isinstance")
def _isinstance(m: Machine, value: Any, kind: Any) -> Any:
    return m.is_instance(value, kind)


@builtin("issubclass")
def _issubclass(m: Machine, cls: Any, kind: Any) -> Any:
    return m.is_subclass(cls, kind)


@builtin("callable")
def _callable(m: Machine, value: Any) -> Any:
    if type(value) is Unknown:
        return value
    if isinstance(value, Instance):
        return value.py_class.find("__call__") is not MISSING
    return callable(value) and not isinstance(value, (PyModule,))


@builtin("getattr")
def _getattr(m: Machine, value: Any, name: Any, default: Any = MISSING) -> Any:
    if type(name) is Unknown:
        return name
    if default is MISSING:
        return m.get(value, payload_of(name))
    found = _attribute(m, value, payload_of(name))
    return default if found is MISSING else found


def _attribute(m: Machine, value: Any, name: str) -> Any:
    """An attribute, or `MISSING` when the program would raise AttributeError."""
    try:
        return m.get(value, name, MISSING)
    except Raised as raised:
        if isinstance(raised.value, Instance) and raised.value.py_class.derives(EXCEPTIONS["AttributeError"]):
            return MISSING
        raise


@builtin("hasattr")
def _hasattr(m: Machine, value: Any, name: Any) -> Any:
    if type(value) is Unknown or type(name) is Unknown:
        return value if type(value) is Unknown else name
    return _attribute(m, value, payload_of(name)) is not MISSING


@builtin("setattr")
def _setattr(m: Machine, value: Any, name: Any, new: Any) -> None:
    if type(name) is Unknown:
        m.unknown(Reason.UNDECIDED, "an attribute set under a name that is not known")
        return
    m.put(value, payload_of(name), new)


@builtin("delattr")
def _delattr(m: Machine, value: Any, name: Any) -> None:
    m.delete(value, payload_of(name))


@builtin("super")
def _super(m: Machine, owner: Any, receiver: Any = None) -> Any:
    return Super(owner, receiver)


@builtin("iter", lenient=False)
def _iter(m: Machine, value: Any, sentinel: Any = MISSING) -> Any:
    if sentinel is not MISSING:
        return _until(m, value, sentinel)
    return m.iterate(value)


def _until(m: Machine, function: Any, sentinel: Any) -> Any:
    while True:
        m.step()
        value = m.call(function, (), {})
        if m.truth(m.equal(value, sentinel)):
            return
        yield value


@builtin("next", lenient=False)
def _next(m: Machine, iterator: Any, default: Any = MISSING) -> Any:
    if isinstance(iterator, Instance):
        try:
            return m.call(m.get(iterator, "__next__"), (), {})
        except Raised as raised:
            if default is not MISSING and raised.value.py_class.derives(EXCEPTIONS["StopIteration"]):
                return default
            raise
    try:
        return next(iterator)
    except StopIteration as stop:
        if default is not MISSING:
            return default
        raise m.error_from(stop) from None


@builtin("range")
def _range(m: Machine, *args: Any) -> Any:
    return constructors.CONSTRUCTORS["range"].function(m, *args)


BUILTINS["range"] = CLASS_OF_HOST[range]


@builtin("sorted")
def _sorted(m: Machine, items: Any, *, key: Any = None, reverse: Any = False) -> Any:
    found = constructors.gather(m, items)
    for item in found:
        if type(item) is Unknown:
            raise Lost(item)
    return sorted(found, key=key, reverse=bool(reverse))


@builtin("sum")
def _sum(m: Machine, items: Any, start: Any = 0) -> Any:
    total = start
    for item in constructors.gather(m, items):
        total = m.binary("+", total, item)
    return total


@builtin("min")
def _min(m: Machine, *args: Any, key: Any = None, default: Any = MISSING) -> Any:
    return _extreme(m, min, minimum, args, key, default)


@builtin("max")
def _max(m: Machine, *args: Any, key: Any = None, default: Any = MISSING) -> Any:
    return _extreme(m, max, maximum, args, key, default)


def _extreme(m: Machine, pick: Any, symbolic: Any, args: tuple[Any, ...], key: Any, default: Any) -> Any:
    items = constructors.gather(m, args[0]) if len(args) == 1 else list(args)
    if not items:
        return default if default is not MISSING else pick([])  # the host's own complaint
    for item in items:
        if type(item) is Unknown:
            return item
    if key is None and any(isinstance(item, Dim) for item in items):
        return symbolic(*items) if not any(isinstance(item, (Ratio, Real)) for item in items) else _best(m, pick, items)
    if key is None and any(isinstance(item, (Ratio, Real)) for item in items):
        return _best(m, pick, items)
    return pick(items, key=key)


def _best(m: Machine, pick: Any, items: list[Any]) -> Any:
    """The least or greatest of numbers that depend on sizes: which one it is may have to be decided."""
    best = items[0]
    for item in items[1:]:
        first, second = (item, best) if pick is min else (best, item)
        try:
            smaller = bool(first < second)
        except Undecided as undecided:
            smaller = m.decide(str(undecided))
        best = item if smaller else best
    return best


@builtin("abs", lenient=False)
def _abs(m: Machine, value: Any) -> Any:
    if type(value) is int or type(value) is float:
        return abs(value)
    if isinstance(value, Instance) and (method := value.py_class.find("__abs__")) is not MISSING:
        return m.call(method, (value,), {})
    return abs(payload_of(value))


BUILTINS["abs"].quick = {int: abs, float: abs}
BUILTINS["len"].quick = {list: len, tuple: len, dict: len, str: len}

#: Bit operations of one modular power.
_LONGEST_POWER = 10**11


@builtin("round", lenient=False)
def _round(m: Machine, value: Any, digits: Any = None) -> Any:
    if isinstance(value, Instance) and (method := value.py_class.find("__round__")) is not MISSING:
        return m.call(method, (value,) if digits is None else (value, digits), {})
    value = payload_of(value)
    if isinstance(value, int) and isinstance(digits, int) and digits < -m.budget.bits:
        return 0
    if isinstance(value, (int, float)):
        return round(value, digits) if digits is not None else round(value)
    if isinstance(value, Tensor):
        return m.call(m.get(value, "__round__"), (), {})
    return nearest(value) if digits is None else value


@builtin("pow", lenient=False)
def _pow(m: Machine, base: Any, exponent: Any, modulus: Any = None) -> Any:
    if modulus is None:
        return m.binary("**", base, exponent)
    numbers = [payload_of(number) for number in (base, exponent, modulus)]
    if all(isinstance(number, int) for number in numbers) and numbers[1].bit_length() * numbers[2].bit_length() ** 2 > _LONGEST_POWER:
        raise BudgetSpent("a power modulo a number of that length")
    return pow(*numbers)


@builtin("divmod", lenient=False)
def _divmod(m: Machine, left: Any, right: Any) -> Any:
    for name, receiver, other in (("__divmod__", left, right), ("__rdivmod__", right, left)):
        if isinstance(receiver, Instance) and (method := receiver.py_class.find(name)) is not MISSING:
            answer = m.call(method, (receiver, other), {})
            if answer is not NotImplemented:
                return answer
    return m.binary("//", left, right), m.binary("%", left, right)


@builtin("any")
def _any(m: Machine, items: Any) -> Any:
    return _quantified(m, items, True)


@builtin("all")
def _all(m: Machine, items: Any) -> Any:
    return _quantified(m, items, False)


def _quantified(m: Machine, items: Any, stops_on: bool) -> Any:
    undecided: Any = None
    for item in m.iterate(items):
        m.step()
        if type(item) is Unknown:
            undecided = item
        elif m.truth(item) is stops_on:
            return stops_on
    return undecided if undecided is not None else not stops_on


@builtin("repr", lenient=False)
def _repr(m: Machine, value: Any) -> Any:
    return m.repr_of(value)


@builtin("format", lenient=False)
def _format(m: Machine, value: Any, spec: str = "") -> Any:
    return m.formatted(value, spec)


@builtin("print")
def _print(m: Machine, *args: Any, **kwargs: Any) -> None:
    return None


@builtin("id", lenient=False)
def _id(m: Machine, value: Any) -> int:
    return id(value)


@builtin("hash", lenient=False)
def _hash(m: Machine, value: Any) -> Any:
    if type(value) in CONTAINERS:
        written_out(m, value)
    return m.hash_of(value) if isinstance(value, Instance) else hash(value)


@builtin("vars")
def _vars(m: Machine, value: Any = MISSING) -> Any:
    if value is MISSING:
        return _locals(m)
    return m.get(value, "__dict__")


@builtin("dir", lenient=False)
def _dir(m: Machine, value: Any = MISSING) -> Any:
    if value is MISSING:
        return sorted(_locals(m))
    if isinstance(value, PyModule):
        return m.names_of(value)
    cls = value if isinstance(value, Class) else m.class_of(value)
    if isinstance(value, Instance) and (method := cls.find("__dir__")) is not MISSING:
        return sorted(m.iterate(m.call(method, (value,), {})))
    names = {name for ancestor in cls.mro for name in ancestor.namespace}
    if isinstance(value, Instance):
        names.update(value.__dict__)
    return sorted(name for name in names if isinstance(name, str))


class Globals:
    """``globals()``: the names of a module, run when they are asked for."""

    described = True

    def __init__(self, module: PyModule) -> None:
        self._module = module

    def __getitem__(self, name: Any) -> Any:
        value = self._module.get(name)
        if value is MISSING:
            raise KeyError(name)
        return value

    def __setitem__(self, name: Any, value: Any) -> None:
        self._module.namespace[name] = value

    def __contains__(self, name: Any) -> bool:
        return self._module.get(name) is not MISSING

    def __iter__(self) -> Any:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self.keys())

    def get(self, name: Any, default: Any = None) -> Any:
        """The value of a name, or a default."""
        value = self._module.get(name)
        return default if value is MISSING else value

    def keys(self) -> list[str]:
        """All names."""
        if self._module.state is None:
            return list(self._module.namespace)
        self._module.file.list_names()
        return list(dict.fromkeys([*self._module.namespace, *self._module.state.binders]))

    def items(self) -> list[tuple[str, Any]]:
        """All names with their values."""
        return [(name, self.get(name)) for name in self.keys()]

    def values(self) -> list[Any]:
        """All values."""
        return [self.get(name) for name in self.keys()]

    def copy(self) -> dict[str, Any]:
        """All names with their values, as a dict of their own."""
        return dict(self.items())

    def update(self, *others: Any, **named: Any) -> None:
        """Bind names."""
        self._module.namespace.update(*others, **named)


@builtin("globals")
def _globals(m: Machine) -> Any:
    return Globals(m.frame.module) if m.frame is not None else {}


@builtin("locals")
def _locals(m: Machine) -> Any:
    return dict(m.frame.names) if m.frame is not None else {}


@builtin("chr", lenient=False)
def _chr(m: Machine, code: Any) -> str:
    return chr(code)


for _plain in ("ord", "bin", "oct", "hex", "ascii"):
    BUILTINS[_plain] = Builtin(_plain, lambda m, value, plain=getattr(builtins, _plain): plain(index_of(m, value)), True, False)


@builtin("__import__")
def _import(m: Machine, name: Any, *rest: Any, **named: Any) -> Any:
    return m.import_module(name if len(rest) > 2 and rest[2] else name.partition(".")[0], m.guarding > 0)


def _outside(name: str) -> None:
    def give_up(m: Machine, *args: Any, **kwargs: Any) -> Any:
        return m.unknown(Reason.OUTSIDE, name)

    BUILTINS[name] = Builtin(name, give_up, True, True)


for _name in ("open", "input", "eval", "exec", "compile", "breakpoint", "memoryview", "help", "exit", "quit", "aiter", "anext"):
    _outside(_name)


class _Union:
    """The origin of ``int | None``."""

    described = True
    typing_name = "Union"

    def __repr__(self) -> str:
        return "Union"


BUILTINS["__union__"] = _Union()


@builtin("__build_class__")
def _build_class(m: Machine, *args: Any, **kwargs: Any) -> Any:
    return m.unknown(Reason.UNSUPPORTED, "__build_class__")
