"""``functools``."""

from __future__ import annotations

import functools
from typing import Any

from ..builtins.hosts import CLASS_OF_HOST, payload_of
from ..machine import Machine
from ..natives.describing import machined, native
from ..natives.partials import (
    Cached,
    CacheInfo,
    Dispatch,
    DispatchMethod,
    Partial,
    PartialMethod,
    cached_property,
    copy_identity,
)  # fmt: skip
from ..values import MISSING, BoundMethod, Builtin, CachedProperty, Class, Function


def _partial(m: Machine, func: Any, *args: Any, **keywords: Any) -> Partial:
    return Partial(func, *args, **keywords)


PARTIAL = native(
    "partial", Partial, "functools", attributes="func args keywords", make=_partial,
    extra={"__call__": Builtin("partial.__call__", lambda self, *args, **kwargs: payload_of(self)(*args, **kwargs))},
)  # fmt: skip
native("_lru_cache_wrapper", Cached, "functools", attributes="__wrapped__", methods="cache_clear cache_info cache_parameters")
native("CacheInfo", CacheInfo, "functools", attributes="hits misses maxsize currsize", bases=(CLASS_OF_HOST[tuple],))
if CachedProperty not in CLASS_OF_HOST:
    native("cached_property", CachedProperty, "functools", make=cached_property)


def _lru_cache(m: Machine, maxsize: Any = 128, typed: Any = False) -> Any:
    if isinstance(maxsize, (Function, Builtin, BoundMethod, Class)) or getattr(maxsize, "described", False):
        return Cached(maxsize, 128)
    limit = None if maxsize is None else max(payload_of(maxsize), 0)
    return Builtin("lru_cache", lambda function: Cached(function, limit))


def _cache(m: Machine, user_function: Any) -> Cached:
    return Cached(user_function, None)


def _wraps(m: Machine, wrapped: Any, assigned: Any = None, updated: Any = None) -> Builtin:
    return Builtin("wraps", lambda m, wrapper: copy_identity(m, wrapper, wrapped, assigned, updated), True)


def _reduce(m: Machine, function: Any, iterable: Any, initial: Any = MISSING) -> Any:
    source = m.iterate(iterable)
    if initial is MISSING:
        initial = next(source, MISSING)
        if initial is MISSING:
            raise TypeError("reduce() of empty iterable with no initial value")
    for item in source:
        initial = m.call(function, (initial, item), {})
    return initial


#: How the other orderings follow from one: whether it is negated, and how equality joins in.
_FROM = {
    "__lt__": {"__gt__": (True, "and not"), "__le__": (False, "or"), "__ge__": (True, "")},
    "__le__": {"__ge__": (True, "or"), "__lt__": (False, "and not"), "__gt__": (True, "")},
    "__gt__": {"__lt__": (True, "and not"), "__ge__": (False, "or"), "__le__": (True, "")},
    "__ge__": {"__le__": (True, "or"), "__gt__": (False, "and not"), "__lt__": (True, "")},
}


def _total_ordering(m: Machine, cls: Class) -> Class:
    defined = [name for name in ("__lt__", "__le__", "__gt__", "__ge__") if cls.find(name) is not MISSING]
    if not defined:
        raise ValueError("must define at least one ordering operation: < > <= >=")
    root = max(defined)  # the host prefers __lt__ to __le__ to __gt__ to __ge__

    def derived(negated: bool, joint: str) -> Builtin:
        def compare(m: Machine, self: Any, other: Any) -> Any:
            answer = m.call(m.get(self, root), (other,), {})
            if answer is NotImplemented:
                return answer
            value = m.truth(answer) is not negated
            if not joint:
                return value
            same = m.truth(m.equal(self, other))
            return value or same if joint == "or" else value and not same

        return Builtin("total_ordering", compare, True)

    for name, rule in _FROM[root].items():
        if name not in defined:
            cls.set(name, derived(*rule))
    return cls


@functools.total_ordering
class _ByComparison:
    """A key whose order is what a comparison function says."""

    described = True
    __slots__ = ("compare", "obj")

    def __init__(self, compare: Any, obj: Any) -> None:
        self.compare, self.obj = compare, obj

    def __lt__(self, other: Any) -> bool:
        return self.compare(self.obj, other.obj) < 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _ByComparison) and self.compare(self.obj, other.obj) == 0

    __hash__ = None  # type: ignore[assignment]


def _cmp_to_key(m: Machine, mycmp: Any) -> Builtin:
    return Builtin("cmp_to_key", lambda obj: _ByComparison(lambda a, b: m.call(mycmp, (a, b), {}), obj))


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    names = machined(
        "functools", lru_cache=_lru_cache, cache=_cache, wraps=_wraps, reduce=_reduce, total_ordering=_total_ordering,
        cmp_to_key=_cmp_to_key, update_wrapper=copy_identity, partialmethod=lambda m, *args, **kw: PartialMethod(*args, **kw),
        singledispatch=lambda m, func: Dispatch(func), singledispatchmethod=lambda m, func: DispatchMethod(func),
    )  # fmt: skip
    return names | {
        "partial": PARTIAL, "cached_property": CLASS_OF_HOST[CachedProperty],
        "WRAPPER_ASSIGNMENTS": ("__module__", "__name__", "__qualname__", "__doc__", "__annotations__"), "WRAPPER_UPDATES": ("__dict__",),
    }  # fmt: skip
