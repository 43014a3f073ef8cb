"""``copy.copy`` and ``copy.deepcopy`` of the program's values."""

from __future__ import annotations

import collections
from typing import Any

from ...ir.span import NOWHERE
from ...ir.tensor import Tensor
from ..machine import Machine
from ..values import MISSING, BoundMethod, Builtin, Instance
from .partials import Partial

_SLOTS = frozenset({"__dict__", "__weakref__", "py_class", "payload", "span"})


def copied(m: Machine, x: Any) -> Any:
    """``copy.copy(x)``."""
    if isinstance(x, Instance):
        return _copied_instance(m, x)
    if isinstance(x, Tensor):
        return copied_tensor(x)
    if isinstance(x, (list, dict, set, collections.deque)):
        m.require_items(len(x))
        return x.copy()
    return Partial(x.func, *x.args, **x.keywords) if type(x) is Partial else x


def _hook(value: Instance, name: str) -> Any:
    found = value.py_class.find(name)
    return found if found is not MISSING else value.__dict__.get(name, MISSING) if name == "__deepcopy__" else MISSING


def _copied_instance(m: Machine, x: Instance) -> Any:
    hook = x.py_class.find("__copy__")
    if hook is not MISSING:
        return m.call(hook, (x,), {})
    made = _blank(x)
    payload = x.payload
    made.payload = payload.copy() if isinstance(payload, (list, dict, set, collections.deque)) else payload
    _restore(m, x, made, _state(m, x))
    return made


def _blank(x: Instance) -> Instance:
    kind = type(x)
    made = kind.__new__(kind)
    made.py_class, made.span, made.payload = x.py_class, getattr(x, "span", NOWHERE), None
    for cls in kind.__mro__:
        for slot in cls.__dict__.get("__slots__", ()):
            if slot not in _SLOTS and hasattr(x, slot):
                object.__setattr__(made, slot, getattr(x, slot))
    return made


def _state(m: Machine, x: Instance) -> Any:
    """What ``__getstate__`` gives, or the attributes."""
    getter = x.py_class.find("__getstate__")
    return dict(x.__dict__) if getter is MISSING else m.call(getter, (x,), {})


def _restore(m: Machine, x: Instance, made: Instance, state: Any) -> None:
    setter = x.py_class.find("__setstate__")
    if setter is not MISSING:
        m.call(setter, (made, state), {})
    elif isinstance(state, dict):
        made.__dict__.update(state)


def copied_tensor(x: Tensor) -> Tensor:
    """A tensor of its own with the same sizes, type and known values."""
    made = object.__new__(type(x))
    for cls in type(x).__mro__:
        for slot in cls.__dict__.get("__slots__", ()):
            if slot not in _SLOTS and hasattr(x, slot):
                object.__setattr__(made, slot, getattr(x, slot))
    made.__dict__.update(x.__dict__)
    if made.data is not None:
        made.data = list(made.data)
    return made


def deep_copied(m: Machine, x: Any, memo: Any = None, _nil: Any = None) -> Any:
    """``copy.deepcopy(x, memo)``."""
    return _deep(m, x, {} if memo is None else memo)


def _copier_of(x: Any) -> Any:
    """How a value of a class of the program's or of a framework's is copied; None for what is the same in every copy."""
    return _deep_instance if isinstance(x, Instance) else _deep_tensor if isinstance(x, Tensor) else None


def _deep(m: Machine, x: Any, memo: dict[Any, Any]) -> Any:
    copier = _COPIERS.get(type(x)) or _copier_of(x)
    if copier is None:
        return x
    found = memo.get(id(x), MISSING)
    if found is not MISSING:
        return found
    m.step()
    made = copier(m, x, memo)
    if made is not x:
        memo[id(x)] = made
        memo.setdefault(id(memo), []).append(x)  # keeps it alive, so that no other object gets its id
    return made


def _deep_list(m: Machine, x: list[Any], memo: dict[Any, Any]) -> list[Any]:
    made: list[Any] = []
    memo[id(x)] = made
    made.extend(_deep(m, item, memo) for item in x)
    return made


def _deep_tuple(m: Machine, x: tuple[Any, ...], memo: dict[Any, Any]) -> tuple[Any, ...]:
    items = [_deep(m, item, memo) for item in x]
    if id(x) in memo:
        return memo[id(x)]
    return x if all(a is b for a, b in zip(items, x, strict=True)) else tuple(items)


def _deep_dict(m: Machine, x: Any, memo: dict[Any, Any]) -> Any:
    made = collections.defaultdict(x.default_factory) if type(x) is collections.defaultdict else type(x)()
    memo[id(x)] = made
    for key, value in x.items():
        made[_deep(m, key, memo)] = _deep(m, value, memo)
    return made


def _deep_set(m: Machine, x: Any, memo: dict[Any, Any]) -> Any:
    return type(x)(_deep(m, item, memo) for item in x)


def _deep_deque(m: Machine, x: Any, memo: dict[Any, Any]) -> Any:
    made: Any = collections.deque(maxlen=x.maxlen)
    memo[id(x)] = made
    made.extend(_deep(m, item, memo) for item in x)
    return made


def _deep_method(m: Machine, x: BoundMethod, memo: dict[Any, Any]) -> BoundMethod:
    return BoundMethod(x.function, _deep(m, x.receiver, memo))


def _deep_partial(m: Machine, x: Partial, memo: dict[Any, Any]) -> Partial:
    return Partial(_deep(m, x.func, memo), *_deep(m, x.args, memo), **_deep(m, x.keywords, memo))


def _deep_tensor(m: Machine, x: Tensor, memo: dict[Any, Any]) -> Tensor:
    return copied_tensor(x)


def _deep_instance(m: Machine, x: Instance, memo: dict[Any, Any]) -> Any:
    hook = _hook(x, "__deepcopy__")
    if hook is not MISSING:
        receiver = () if "__deepcopy__" in x.__dict__ and x.py_class.find("__deepcopy__") is MISSING else (x,)
        return m.call(hook, (*receiver, memo), {})
    made = _blank(x)
    memo[id(x)] = made
    made.payload = _deep(m, x.payload, memo) if x.payload is not None else None
    _restore(m, x, made, _deep(m, _state(m, x), memo))
    return made


_COPIERS: dict[type, Any] = {
    list: _deep_list, tuple: _deep_tuple, dict: _deep_dict, set: _deep_set, frozenset: _deep_set, collections.deque: _deep_deque,
    collections.OrderedDict: _deep_dict, collections.defaultdict: _deep_dict, collections.Counter: _deep_dict, BoundMethod: _deep_method,
    Partial: _deep_partial,
}  # fmt: skip

COPY = Builtin("copy.copy", copied, True)
DEEP_COPY = Builtin("copy.deepcopy", deep_copied, True)
