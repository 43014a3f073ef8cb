"""The methods that the abstract collections give to classes that define the few abstract ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ...ir.unknown import Reason
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..values import MISSING, Builtin, ClassMethod, Instance, Lost, Raised


def mixed(name: str, **table: Callable[..., Any]) -> dict[str, Any]:
    """Methods that get the machine first; a trailing ``__`` in a key stands for a special method's underscores."""
    spelled = {f"__{key[:-2]}__" if key.endswith("__") else key: function for key, function in table.items()}
    return {key: Builtin(f"{name}.{key}", function, True) for key, function in spelled.items()}


def fetch(m: Machine, self: Any, key: Any, error: str) -> Any:
    """``self[key]``, or `MISSING` when that raises an error of the kind."""
    try:
        return m.subscript(self, key)
    except Raised as raised:
        if isinstance(raised.value, Instance) and raised.value.py_class.derives(m.builtins[error]):
            return MISSING
        raise


def _view(items: list[Any]) -> Any:
    return dict(enumerate(items)).values()


def _keys(m: Machine, self: Any) -> Any:
    return dict.fromkeys(m.iterate(self)).keys()


def _items(m: Machine, self: Any) -> Any:
    return _view([(key, m.subscript(self, key)) for key in m.iterate(self)])


def _values(m: Machine, self: Any) -> Any:
    return _view([m.subscript(self, key) for key in m.iterate(self)])


def _get(m: Machine, self: Any, key: Any, default: Any = None) -> Any:
    found = fetch(m, self, key, "KeyError")
    return default if found is MISSING else found


def as_dict(m: Machine, value: Any) -> Any:
    """A mapping as a host dict; anything else unchanged."""
    payload = payload_of(value)
    if isinstance(payload, dict) or not isinstance(value, Instance) or value.py_class.find("keys") is MISSING:
        return payload
    return {key: m.subscript(value, key) for key in m.iterate(value)}


def _equal_mappings(m: Machine, self: Any, other: Any) -> Any:
    left, right = as_dict(m, self), as_dict(m, other)
    return m.equal(left, right) if isinstance(left, dict) and isinstance(right, dict) else NotImplemented


MAPPING = mixed(
    "Mapping", get=_get, keys=_keys, items=_items, values=_values, eq__=_equal_mappings,
    contains__=lambda m, self, key: fetch(m, self, key, "KeyError") is not MISSING,
) | {"__hash__": None, "__reversed__": None}  # fmt: skip


def _pop(m: Machine, self: Any, key: Any, default: Any = MISSING) -> Any:
    found = fetch(m, self, key, "KeyError")
    if found is MISSING:
        if default is MISSING:
            raise KeyError(key)
        return default
    remove(m, self, key)
    return found


def remove(m: Machine, self: Any, key: Any) -> None:
    """``del self[key]``."""
    m.call(m.get(self, "__delitem__"), (key,), {})


def _pop_item(m: Machine, self: Any) -> Any:
    key = next(m.iterate(self), MISSING)
    if key is MISSING:
        raise KeyError
    value = m.subscript(self, key)
    remove(m, self, key)
    return key, value


def _clear(m: Machine, self: Any) -> None:
    for key in list(m.iterate(self)):
        remove(m, self, key)


def pairs_of(m: Machine, other: Any) -> Iterator[tuple[Any, Any]]:
    """What ``dict.update`` reads from its argument."""
    other = as_dict(m, other)
    if isinstance(other, dict):
        yield from list(other.items())
        return
    keys = m.get(other, "keys", None)
    if keys is not None:
        for key in m.iterate(m.call(keys, (), {})):
            yield key, m.subscript(other, key)
        return
    for pair in m.iterate(other):
        key, value = m.iterate(pair)
        yield key, value


def _update(m: Machine, self: Any, other: Any = (), **named: Any) -> None:
    for key, value in pairs_of(m, other):
        m.store(self, key, value)
    for key, value in named.items():
        m.store(self, key, value)


def _set_default(m: Machine, self: Any, key: Any, default: Any = None) -> Any:
    found = fetch(m, self, key, "KeyError")
    if found is not MISSING:
        return found
    m.store(self, key, default)
    return default


MUTABLE_MAPPING = mixed(
    "MutableMapping", pop=_pop, popitem=_pop_item, clear=_clear, update=_update, setdefault=_set_default,
)  # fmt: skip


def _walk(m: Machine, self: Any) -> Iterator[Any]:
    index, known = 0, m.granted + len(m.decided)
    while (item := fetch(m, self, index, "IndexError")) is not MISSING:
        m.step()
        if m.granted + len(m.decided) > known:  # whether there is such an item was assumed, and would be of the next
            raise Lost(m.unknown(Reason.UNDECIDED, "how many items there are"))
        yield item
        index += 1


def _index(m: Machine, self: Any, value: Any, start: int = 0, stop: int | None = None) -> Any:
    for position, item in enumerate(m.iterate(self)):
        if position >= start and (stop is None or position < stop) and (item is value or m.truth(m.equal(item, value))):
            return position
    raise ValueError


def _count(m: Machine, self: Any, value: Any) -> Any:
    return sum(1 for item in m.iterate(self) if item is value or m.truth(m.equal(item, value)))


def _holds(m: Machine, self: Any, value: Any) -> Any:
    return any(item is value or m.truth(m.equal(item, value)) for item in m.iterate(self))


def _reversed(m: Machine, self: Any) -> Iterator[Any]:
    return (m.subscript(self, position) for position in reversed(range(m.length(self))))


SEQUENCE = mixed("Sequence", iter__=_walk, contains__=_holds, reversed__=_reversed, index=_index, count=_count)


def _append(m: Machine, self: Any, value: Any) -> None:
    m.call(m.get(self, "insert"), (m.length(self), value), {})


def _extend(m: Machine, self: Any, values: Any) -> None:
    for value in list(m.iterate(values)):
        m.call(m.get(self, "append"), (value,), {})


def _in_place_add(m: Machine, self: Any, values: Any) -> Any:
    _extend(m, self, values)
    return self


def _pop_position(m: Machine, self: Any, index: int = -1) -> Any:
    value = m.subscript(self, index)
    remove(m, self, index)
    return value


def _reverse(m: Machine, self: Any) -> None:
    for position, value in enumerate(list(m.iterate(self))[::-1]):
        m.store(self, position, value)


def _clear_positions(m: Machine, self: Any) -> None:
    while m.truth(m.length(self)):
        remove(m, self, -1)


MUTABLE_SEQUENCE = mixed(
    "MutableSequence", append=_append, extend=_extend, iadd__=_in_place_add, pop=_pop_position, reverse=_reverse, clear=_clear_positions,
    remove=lambda m, self, value: remove(m, self, _index(m, self, value)),
)  # fmt: skip


def _like(m: Machine, self: Any, items: list[Any]) -> Any:
    maker = self.py_class.find("_from_iterable")
    if type(maker) is ClassMethod:
        return m.call(maker.function, (self.py_class, items), {})
    return m.call(self.py_class, (items,), {})


def _combination(name: str) -> Callable[..., Any]:
    def combine(m: Machine, self: Any, other: Any) -> Any:
        left, right = list(m.iterate(self)), list(m.iterate(other))
        if name == "and":
            return _like(m, self, [item for item in right if _holds(m, left, item)])
        if name == "or":
            return _like(m, self, [*left, *right])
        only = [item for item in left if not _holds(m, right, item)]
        return _like(m, self, only if name == "sub" else [*only, *(item for item in right if not _holds(m, left, item))])

    return combine


def _within(m: Machine, left: Any, right: Any) -> bool:
    items = list(m.iterate(right))
    return all(_holds(m, items, item) for item in m.iterate(left))


def _shorter(m: Machine, left: Any, right: Any) -> bool:
    return m.length(left) < m.length(right)


SET = mixed(
    "Set", and__=_combination("and"), or__=_combination("or"), sub__=_combination("sub"), xor__=_combination("xor"),
    le__=_within, ge__=lambda m, self, other: _within(m, other, self),
    lt__=lambda m, self, other: _shorter(m, self, other) and _within(m, self, other),
    gt__=lambda m, self, other: _shorter(m, other, self) and _within(m, other, self),
    eq__=lambda m, self, other: m.length(self) == m.length(other) and _within(m, self, other),
    isdisjoint=lambda m, self, other: not any(_holds(m, self, item) for item in m.iterate(other)),
)  # fmt: skip


def _discard_present(m: Machine, self: Any, value: Any) -> None:
    if not m.truth(m.contains(self, value)):
        raise KeyError(value)
    m.call(m.get(self, "discard"), (value,), {})


def _pop_any(m: Machine, self: Any) -> Any:
    value = next(m.iterate(self), MISSING)
    if value is MISSING:
        raise KeyError
    m.call(m.get(self, "discard"), (value,), {})
    return value


def _add_all(m: Machine, self: Any, other: Any) -> Any:
    for value in m.iterate(other):
        m.call(m.get(self, "add"), (value,), {})
    return self


def _discard_all(m: Machine, self: Any, other: Any) -> Any:
    for value in list(m.iterate(other)):
        m.call(m.get(self, "discard"), (value,), {})
    return self


def _discard_everything(m: Machine, self: Any) -> None:
    _discard_all(m, self, list(m.iterate(self)))


MUTABLE_SET = mixed(
    "MutableSet", remove=_discard_present, pop=_pop_any, ior__=_add_all, isub__=_discard_all,
    clear=_discard_everything,
)  # fmt: skip
