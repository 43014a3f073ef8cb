"""Operators, truth, comparison, iteration and subscription of the program's values."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from types import GeneratorType
from typing import Any

from ..ir.dim import Dim, Undecided, same
from ..ir.refusal import Refusal
from ..ir.tensor import Tensor
from ..ir.unknown import Reason, Unknown
from .budget import BudgetSpent, spent
from .builtins.hosts import gather, payload_of
from .calls import HOST_ERRORS
from .machine import LARGE, Machine
from .overloads import by_method, equal_instances, index_of, special, union, unsupported
from .repetition import Repeated, item_of, times
from .unfolding import CONTAINERS, filling, shown, templated, written_out
from .unordered import is_unordered, unordered
from .values import MISSING, Class, GenericAlias, Instance, Lost, Raised

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv, "%": operator.mod,
    "**": operator.pow, "@": operator.matmul, "<<": operator.lshift, ">>": operator.rshift, "&": operator.and_, "|": operator.or_,
    "^": operator.xor,
}  # fmt: skip
_INPLACE: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.iadd, "-": operator.isub, "*": operator.imul, "/": operator.itruediv, "//": operator.ifloordiv, "%": operator.imod,
    "**": operator.ipow, "@": operator.imatmul, "<<": operator.ilshift, ">>": operator.irshift, "&": operator.iand, "|": operator.ior,
    "^": operator.ixor,
}  # fmt: skip
_COMPARE: dict[str, Callable[[Any, Any], Any]] = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_COMPARE_NAMES = {"<": ("__lt__", "__gt__"), "<=": ("__le__", "__ge__"), ">": ("__gt__", "__lt__"), ">=": ("__ge__", "__le__")}
_SIZED = (list, tuple, str, bytes)


def binary(m: Machine, op: str, left: Any, right: Any, inplace: bool = False) -> Any:
    """``left op right``; with ``inplace`` also ``left op= right``."""
    if type(left) is Unknown:
        return left
    if type(right) is Unknown and not (inplace and isinstance(left, list)):
        return right
    if isinstance(left, (Instance, Class)) or isinstance(right, (Instance, Class)):
        found = by_method(m, op, left, right, inplace)
        if found is not MISSING:
            return found
        left, right = payload_of(left), payload_of(right)
        if op == "*" and isinstance(right, Instance):
            right = index_of(m, right)
        if isinstance(left, (Instance, Class)) or isinstance(right, (Instance, Class)):
            if not isinstance(left, Tensor) and not isinstance(right, Tensor) and not (op == "%" and isinstance(left, str)):
                raise unsupported(m, op, left, right, inplace)
    elif op == "|" and (alias := union(m, left, right)) is not None:
        return alias
    if op == "*" and (isinstance(left, Dim) or isinstance(right, Dim)) and (isinstance(left, _SIZED) or isinstance(right, _SIZED)):
        return times(m, left, right)
    _guard(m, op, left, right)
    if op == "%" and isinstance(left, str):
        left, right = templated(left, right), shown(m, right)
    try:
        if inplace:
            if isinstance(left, list) and op == "+":
                left.extend([right] if type(right) is Unknown else gather(m, right))
                return left
            return _INPLACE[op](left, right)
        return BINARY[op](left, right)
    except Exception as error:
        return _failed(m, error)


def _failed(m: Machine, error: Exception) -> Any:
    if isinstance(error, Refusal):
        raise m.refused(error) from None
    if isinstance(error, Undecided):
        return m.unknown(Reason.UNDECIDED, str(error))
    if isinstance(error, (Lost, Raised, BudgetSpent)):
        raise error
    if isinstance(error, (RecursionError, MemoryError)):
        raise spent(error) from None
    if isinstance(error, HOST_ERRORS):
        raise m.error_from(error) from None
    raise error


def _guard(m: Machine, op: str, left: Any, right: Any) -> None:
    """Refuse what would be enormous before the host makes it."""
    if op == "*":
        if isinstance(left, _SIZED) and isinstance(right, int):
            _require(m, left, len(left) * max(right, 0))
        elif isinstance(right, _SIZED) and isinstance(left, int):
            _require(m, right, len(right) * max(left, 0))
        elif type(left) is int and type(right) is int:
            _require_bits(m, left.bit_length() + right.bit_length())
    elif op == "+":
        if isinstance(left, _SIZED) and isinstance(right, _SIZED):
            _require(m, left, len(left) + len(right))
    elif op == "**":
        if type(left) is int and type(right) is int and right > 0:
            _require_bits(m, left.bit_length() * right)
    elif op == "<<":
        if type(right) is int and type(left) is int:
            _require_bits(m, left.bit_length() + max(right, 0))
    elif op == "%" and isinstance(left, (str, bytes)):
        m.require_text(filling(left, right))


def _require(m: Machine, like: Any, count: int) -> None:
    if isinstance(like, (str, bytes)):
        m.require_text(count)
    else:
        m.require_items(count)


def _require_bits(m: Machine, bits: int) -> None:
    if bits > m.budget.bits:
        raise BudgetSpent(f"a number of {bits:,} binary digits (limit {m.budget.bits:,})")


def unary(m: Machine, op: str, value: Any) -> Any:
    """``-value``, ``+value`` or ``~value``."""
    if type(value) is Unknown:
        return value
    name = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[op]
    if isinstance(value, (Instance, Class)):
        found = special(m, value, name)
        if found is not MISSING:
            return m.call(found, (value,), {})
        value = payload_of(value)
        if isinstance(value, (Instance, Class)):
            raise m.lacks("TypeError", f"bad operand type for unary {op}: '{m.class_of(value).name}'", value)
    try:
        return {"-": operator.neg, "+": operator.pos, "~": operator.invert}[op](value)
    except Exception as error:
        return _failed(m, error)


# --- comparison and truth -------------------------------------------------------------------------------------------


def compare(m: Machine, op: str, left: Any, right: Any) -> Any:
    """``left op right`` for the six comparisons and membership; identity is the compiler's own."""
    if op == "==":
        return equal(m, left, right)
    if op == "!=":
        return _negated(m, _unequal(m, left, right))
    if op in ("in", "not in"):
        found = contains(m, right, left)
        return found if op == "in" else _negated(m, found)
    if type(left) is Unknown or type(right) is Unknown:
        return left if type(left) is Unknown else right
    if isinstance(left, (Instance, Class)) or isinstance(right, (Instance, Class)):
        for method, receiver, other in zip(_COMPARE_NAMES[op], (left, right), (right, left)):
            found = special(m, receiver, method)
            if found is not MISSING:
                result = m.call(found, (receiver, other), {})
                if result is not NotImplemented:
                    return result
        left, right = payload_of(left), payload_of(right)
        if isinstance(left, Instance) or isinstance(right, Instance):
            names = (m.class_of(left).name, m.class_of(right).name)
            raise m.lacks("TypeError", f"'{op}' not supported between instances of '{names[0]}' and '{names[1]}'", left, right)
    if type(left) in CONTAINERS:
        written_out(m, left)
    try:
        return _COMPARE[op](left, right)
    except Exception as error:
        return _failed(m, error)


def _unequal(m: Machine, left: Any, right: Any) -> Any:
    """What to negate for ``!=``: tensors answer element by element, so their own operator is asked."""
    if isinstance(left, Tensor) or isinstance(right, Tensor):
        try:
            return _Final(left != right)
        except Exception as error:
            return _failed(m, error)
    if isinstance(left, Instance) and (method := left.py_class.find("__ne__")) is not MISSING:
        return _Final(m.call(method, (left, right), {}))
    return equal(m, left, right)


class _Final:
    """An answer that is not to be negated any more."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


def _negated(m: Machine, value: Any) -> Any:
    if type(value) is bool:
        return not value
    if type(value) is _Final:
        return value.value
    if type(value) is Unknown:
        return Unknown(value.reason, f"not ({value.detail})", value.span)
    return not truth(m, value)


def equal(m: Machine, left: Any, right: Any) -> Any:
    """``left == right``."""
    if type(left) is Unknown or type(right) is Unknown:
        return left if type(left) is Unknown else right
    if isinstance(left, Instance) or isinstance(right, Instance):
        return equal_instances(m, left, right)
    if type(left) in CONTAINERS:
        written_out(m, left)
    try:
        if isinstance(left, Dim) or isinstance(right, Dim):
            return _equal_sizes(m, left, right)
        answer = left == right
        if answer is False and isinstance(left, (tuple, list)) and isinstance(right, (tuple, list)) and len(left) == len(right):
            return _equal_items(m, left, right)
        return answer
    except Exception as error:
        return _failed(m, error)


def _equal_sizes(m: Machine, left: Any, right: Any) -> Any:
    if not isinstance(left, (int, float, Dim)) or not isinstance(right, (int, float, Dim)):
        return False if not (isinstance(left, Tensor) or isinstance(right, Tensor)) else left == right
    answer = same(left, right)  # type: ignore[arg-type]
    return m.unknown(Reason.UNDECIDED, f"{left} == {right}") if answer is None else answer


def _equal_items(m: Machine, left: Any, right: Any) -> Any:
    """Sequences that hold sizes: equal as far as their items are."""
    if type(left) is not type(right) and not (isinstance(left, tuple) and isinstance(right, tuple)):
        return False
    undecided = None
    for a, b in zip(left, right):
        answer = equal(m, a, b)
        if answer is False:
            return False
        if type(answer) is Unknown:
            undecided = answer
    return undecided if undecided is not None else left == right


def truth(m: Machine, value: Any) -> bool:
    """``bool(value)``; what cannot be decided is decided by the machine and noted."""
    if value is True or value is False:
        return value
    if value is None:
        return False
    kind = type(value)
    if kind is Unknown:
        return m.decide(f"{value.detail or value.reason.id}", value.likely)
    if isinstance(value, Instance):
        return _truth_of_instance(m, value)
    if isinstance(value, Class):
        return True
    try:
        return bool(value)
    except Undecided as undecided:
        return m.decide(str(undecided), elements=undecided.elements)
    except Exception as error:
        return bool(_failed(m, error))


def _truth_of_instance(m: Machine, value: Instance) -> bool:
    for name in ("__bool__", "__len__"):
        method = value.py_class.find(name)
        if method is not MISSING:
            return truth(m, m.call(method, (value,), {}))
    return bool(value.payload) if value.payload is not None else True


def contains(m: Machine, container: Any, item: Any) -> Any:
    """``item in container``."""
    if type(container) is Unknown:
        return container
    if isinstance(container, (Instance, Class)):
        method = special(m, container, "__contains__")
        if method is not MISSING:
            answer = m.call(method, (container, item), {})
            return answer if type(answer) is Unknown else truth(m, answer)
        if special(m, container, "__iter__") is MISSING and special(m, container, "__getitem__") is MISSING:
            raise m.lacks("TypeError", f"argument of type '{m.class_of(container).name}' is not iterable", container)
        return _contains_by_iteration(m, container, item)
    if type(item) is Unknown:
        return item if container else False
    try:
        if isinstance(container, range) and type(item) is not int:  # the host would try one number after the other
            return isinstance(item, (int, float)) and item % 1 == 0 and int(item) in container
        if isinstance(container, (str, bytes)) and len(container) > LARGE:
            m.weigh(len(container))
        if type(item) is Dim and isinstance(container, (dict, set, frozenset)):  # the host would only find the very same formula
            return _contains_by_iteration(m, container, item)
        if isinstance(container, (dict, set, frozenset, str, bytes, range)) or isinstance(container, Tensor):
            return payload_of(item) in container if isinstance(container, (str, bytes)) else item in container
        if getattr(type(container), "described", False) and hasattr(type(container), "__contains__"):
            return item in container
        return _contains_by_iteration(m, container, item)
    except Exception as error:
        return _failed(m, error)


def _contains_by_iteration(m: Machine, container: Any, item: Any) -> Any:
    undecided = None
    for candidate in iterate(m, container):
        m.step()
        if candidate is item:
            return True
        answer = equal(m, candidate, item)
        if type(answer) is Unknown:
            undecided = answer
        elif answer is not False and truth(m, answer):
            return True
    return False if undecided is None else undecided


# --- iteration and subscription -------------------------------------------------------------------------------------


def iterate(m: Machine, value: Any) -> Iterator[Any]:
    """``iter(value)``.

    Raises:
        Lost: It is not known what to iterate over.
    """
    kind = type(value)
    if kind is list or kind is tuple or kind is range:
        return iter(value)
    if kind is Unknown:
        raise Lost(value)
    if kind is GeneratorType or kind is Repeated:
        return value
    if (kind is set or kind is frozenset) and is_unordered(value):
        return unordered(m, value)
    if isinstance(value, (Instance, Class)):
        return _iterate_instance(m, value)
    try:
        iterator = iter(value)
    except Exception as error:
        lost = _failed(m, error)
        raise Lost(lost) from None
    return iterator if kind is str or kind is bytes else _watched(m, iterator)


def _watched(m: Machine, iterator: Iterator[Any]) -> Iterator[Any]:
    """A host iterator whose own errors (a dict that changes its size, a strict `zip`) are the program's."""
    try:
        yield from iterator
    except (Lost, Raised, BudgetSpent):
        raise
    except Exception as error:
        _failed(m, error)


def _iterate_instance(m: Machine, value: Any) -> Iterator[Any]:
    method = special(m, value, "__iter__")
    if method is not MISSING:
        iterator = m.call(method, (value,), {})
        if type(iterator) is Unknown:
            raise Lost(iterator)
        if isinstance(iterator, Instance):
            return _steps(m, iterator)
        return iterate(m, iterator)
    if special(m, value, "__getitem__") is not MISSING:
        return _by_index(m, value)
    raise m.lacks("TypeError", f"'{m.class_of(value).name}' object is not iterable", value)


def _steps(m: Machine, iterator: Instance) -> Iterator[Any]:
    step = iterator.py_class.find("__next__")
    stop = m.builtins["StopIteration"]
    while True:
        m.step()
        try:
            item = m.call(step, (iterator,), {})
        except Raised as raised:
            if isinstance(raised.value, Instance) and raised.value.py_class.derives(stop):
                return
            raise
        yield item


def _by_index(m: Machine, value: Any) -> Iterator[Any]:
    index, known = 0, m.granted + len(m.decided)
    while True:
        m.step()
        if m.granted + len(m.decided) > known:  # whether there is such an item was assumed, and would be of the next
            raise Lost(m.unknown(Reason.UNDECIDED, "how many items"))
        try:
            item = subscript(m, value, index)
        except Raised as raised:
            if isinstance(raised.value, Instance) and raised.value.py_class.derives(m.builtins["IndexError"]):
                return
            raise
        yield item
        index += 1


def length(m: Machine, value: Any) -> Any:
    """``len(value)``."""
    if type(value) is Unknown:
        return value
    if isinstance(value, (Instance, Class)):
        method = special(m, value, "__len__")
        if method is MISSING:
            raise m.lacks("TypeError", f"object of type '{m.class_of(value).name}' has no len()", value)
        return m.call(method, (value,), {})
    try:
        counter = getattr(value, "symbolic_length", None)  # a described value whose length may be symbolic
        return counter() if counter is not None else len(value)
    except Exception as error:
        return _failed(m, error)


def subscript(m: Machine, value: Any, index: Any) -> Any:
    """``value[index]``."""
    kind = type(value)
    if kind is Unknown:
        return value
    if isinstance(value, Instance):
        method = value.py_class.find("__getitem__")
        if method is MISSING:
            raise m.lacks("TypeError", f"'{value.py_class.name}' object is not subscriptable", value)
        return m.call(method, (value, index), {})
    if isinstance(value, Class):
        return _subscript_class(m, value, index)
    if isinstance(value, GenericAlias):
        return GenericAlias(value.origin, index)
    if not isinstance(value, Tensor):
        index = payload_of(index) if isinstance(value, dict) else index_of(m, index)
        if type(index) is Unknown:
            return index
        if isinstance(index, slice) and any(isinstance(part, (Unknown, Dim)) for part in (index.start, index.stop, index.step)):
            return m.unknown(Reason.UNDECIDED, "a slice with bounds that are not known")
        if isinstance(index, slice) and isinstance(value, _SIZED) and len(value) > LARGE:
            m.weigh(len(value))
        if isinstance(index, Dim) and not (isinstance(value, dict) and index in value):
            return m.unknown(Reason.UNDECIDED, f"index {index}")
        if isinstance(value, Repeated) and type(index) is int:
            return item_of(m, value, index)
    try:
        return value[index]  # pyright: ignore[reportCallIssue, reportArgumentType] - the host says what fits
    except Exception as error:
        return _failed(m, error)


def _subscript_class(m: Machine, value: Class, index: Any) -> Any:
    if value.metaclass is not None and (method := value.metaclass.find("__getitem__")) is not MISSING:
        return m.call(method, (value, index), {})
    method = value.find("__class_getitem__")
    if method is not MISSING:
        return m.call(getattr(method, "function", method), (value, index), {})
    return GenericAlias(value, index)


def store(m: Machine, value: Any, index: Any, new: Any) -> None:
    """``value[index] = new``."""
    if type(value) is Unknown:
        return
    if isinstance(value, Instance):
        method = value.py_class.find("__setitem__")
        if method is MISSING:
            raise m.lacks("TypeError", f"'{value.py_class.name}' object does not support item assignment", value)
        m.call(method, (value, index, new), {})
        return
    if type(index) is Unknown and not isinstance(value, Tensor):
        m.unknown(Reason.UNDECIDED, "an item stored under a key that is not known")
        return
    try:
        if isinstance(value, list):
            value[index_of(m, index)] = gather(m, new) if isinstance(index, slice) else new
        else:
            value[index] = new
    except Exception as error:
        _failed(m, error)


def remove(m: Machine, value: Any, index: Any) -> None:
    """``del value[index]``."""
    if type(value) is Unknown or type(index) is Unknown:
        return
    if isinstance(value, Instance):
        method = value.py_class.find("__delitem__")
        if method is MISSING:
            raise m.lacks("TypeError", f"'{value.py_class.name}' object doesn't support item deletion", value)
        m.call(method, (value, index), {})
        return
    try:
        del value[index if isinstance(value, dict) else index_of(m, index)]
    except Exception as error:
        _failed(m, error)
