"""``collections``: the host's own containers, and named tuples as classes of the program."""

from __future__ import annotations

import collections
from typing import Any

from ..builtins.hosts import CLASS_OF_HOST, gather, payload_of
from ..machine import Machine
from ..natives.collection_mixins import pairs_of
from ..natives.containers import USER_DICT, USER_LIST, USER_STRING
from ..natives.describing import machined, native
from ..natives.namedtuples import make_named_tuple
from ..values import MISSING, Builtin, ClassMethod, Instance

_DICT = CLASS_OF_HOST[dict]
_DICT_OPERATIONS = "setitem delitem contains len iter eq or reversed"


def _filled(m: Machine, made: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    m.call(_DICT.namespace["update"], (made, *args), kwargs)
    return made


def _fill(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
    """``update`` of an ordered dict: through the program's own ``__setitem__``, where it has one."""
    if not isinstance(self, Instance):
        _filled(m, self, args, kwargs)
    elif type(self.py_class.find("__setitem__")) is Builtin:
        _filled(m, self.payload, args, kwargs)
    else:
        for key, value in (*(pair for other in args for pair in pairs_of(m, other)), *kwargs.items()):
            m.store(self, key, value)


def _item(m: Machine, self: Any, key: Any) -> Any:
    """``self[key]``, asking the program's own ``__missing__`` first."""
    payload = payload_of(self)
    if key not in payload and isinstance(self, Instance) and (hook := self.py_class.find("__missing__")) is not MISSING:
        return m.call(hook, (self, key), {})
    return payload[key]


def _copy(m: Machine, self: Any) -> Any:
    if not isinstance(self, Instance):
        return self.copy()
    return m.call(self.py_class, (self.payload,), {})


_OWN = {"__getitem__": Builtin("dict.__getitem__", _item, True),
        "copy": Builtin("copy", _copy, True)}  # fmt: skip


def _from_keys(make: Any) -> ClassMethod:
    def fromkeys(m: Machine, cls: Any, iterable: Any, value: Any = None) -> Any:
        made = m.call(cls, (), {})
        for key in m.iterate(iterable):
            m.store(made, key, value)
        return made

    return ClassMethod(Builtin("fromkeys", fromkeys, True))


ORDERED = native(
    "OrderedDict", collections.OrderedDict, "collections", methods="popitem keys values items clear", stores="move_to_end get setdefault",
    operations=_DICT_OPERATIONS, bases=(_DICT,), blank=collections.OrderedDict,
    make=lambda m, *args, **kwargs: _filled(m, collections.OrderedDict(), args, kwargs),
    extra={**_OWN, "fromkeys": _from_keys(collections.OrderedDict), "update": Builtin("OrderedDict.update", _fill, True)},
)  # fmt: skip


def _default_dict(m: Machine, default_factory: Any = None, *args: Any, **kwargs: Any) -> Any:
    return _filled(m, collections.defaultdict(default_factory), args, kwargs)


def _fill_default(m: Machine, self: Any, default_factory: Any = None, *args: Any, **kwargs: Any) -> None:
    if isinstance(self, Instance):
        self.payload.default_factory = default_factory
        _filled(m, self.payload, args, kwargs)


def _missing(m: Machine, self: Any, key: Any) -> Any:
    return payload_of(self).__missing__(key)


DEFAULT = native(
    "defaultdict", collections.defaultdict, "collections", attributes="default_factory", operations=_DICT_OPERATIONS, bases=(_DICT,),
    blank=collections.defaultdict, make=_default_dict,
    extra={**_OWN, "__missing__": Builtin("defaultdict.__missing__", _missing, True)},
)  # fmt: skip
DEFAULT.namespace["__init__"] = Builtin("defaultdict.__init__", _fill_default, True)
ORDERED.namespace["__init__"] = Builtin("OrderedDict.__init__", _fill, True)


def _tally(m: Machine, self: Any, iterable: Any = None, sign: int = 1, **named: Any) -> None:
    counter = payload_of(self)
    source = payload_of(iterable) if iterable is not None else ()
    pairs = source.items() if isinstance(source, dict) else ((item, 1) for item in m.iterate(source))
    for key, count in (*pairs, *named.items()):
        counter[key] = counter.get(key, 0) + sign * count


def _counter(m: Machine, iterable: Any = None, **named: Any) -> Any:
    made: collections.Counter[Any] = collections.Counter()
    _tally(m, made, iterable, **named)
    return made


def _elements(m: Machine, self: Any) -> Any:
    counter = payload_of(self)
    m.require_items(sum(max(0, count) for count in counter.values()))
    return counter.elements()


COUNTER = native(
    "Counter", collections.Counter, "collections", methods="most_common total",
    operations=f"{_DICT_OPERATIONS} add sub and or", bases=(_DICT,), blank=collections.Counter, make=_counter,
    extra={
        **_OWN, "update": Builtin("Counter.update", _tally, True), "elements": Builtin("Counter.elements", _elements, True),
        "subtract": Builtin("Counter.subtract", lambda m, self, iterable=None, **kw: _tally(m, self, iterable, -1, **kw), True),
    },
)  # fmt: skip
COUNTER.namespace["__init__"] = COUNTER.namespace["update"]


def _deque(m: Machine, iterable: Any = (), maxlen: Any = None) -> Any:
    return collections.deque(gather(m, iterable), payload_of(maxlen))


def _extend(method: str) -> Builtin:
    return Builtin(f"deque.{method}", lambda m, self, items: getattr(payload_of(self), method)(gather(m, items)), True)


DEQUE = native(
    "deque", collections.deque, "collections", attributes="maxlen", methods="clear copy count index pop popleft reverse rotate",
    stores="append appendleft insert remove", make=_deque, blank=collections.deque,
    operations="getitem setitem delitem contains len iter eq add iadd reversed",
    extra={"extend": _extend("extend"), "extendleft": _extend("extendleft")},
)  # fmt: skip
CHAIN_MAP = native(
    "ChainMap", collections.ChainMap, "collections", attributes="maps parents", methods="new_child keys values items copy popitem clear",
    stores="get pop setdefault", operations="getitem setitem delitem contains len iter eq bool",
    make=lambda m, *maps: collections.ChainMap(*maps),
)  # fmt: skip


def _named_tuple(m: Machine, typename: Any, field_names: Any, *, rename: Any = False, defaults: Any = None, module: Any = None) -> Any:
    names = field_names.replace(",", " ").split() if isinstance(field_names, str) else [str(n) for n in m.iterate(field_names)]
    given = tuple(m.iterate(defaults)) if defaults is not None else ()
    return make_named_tuple(m, typename, names, dict(zip(names[len(names) - len(given) :], given, strict=True)), module, bool(rename))


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "OrderedDict": ORDERED, "defaultdict": DEFAULT, "Counter": COUNTER, "deque": DEQUE, "ChainMap": CHAIN_MAP,
        "UserDict": USER_DICT, "UserList": USER_LIST, "UserString": USER_STRING, **machined("collections", namedtuple=_named_tuple),
    }  # fmt: skip
