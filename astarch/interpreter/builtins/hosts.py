"""The built-in types: which class stands for each, and which of their methods can be reached.

A method that is not in a table here does not exist for the program. Those that could make something enormous are
guarded in `guards`.
"""

from __future__ import annotations

from collections.abc import Callable
from types import GeneratorType
from typing import Any

from ...ir.dim import Dim
from ...ir.unknown import Numbers, Reason, Unknown
from ..machine import Machine
from ..repeated import Repeated
from ..values import (
    CURRENT,
    MISSING,
    BoundMethod,
    Builtin,
    Class,
    ClassMethod,
    Function,
    GenericAlias,
    Instance,
    Lost,
    Property,
    PyModule,
    Raised,
    StaticMethod,
)  # fmt: skip
from .templates import filled

OBJECT = Class("object", (), {}, host=object)
TYPE = Class("type", (OBJECT,), {}, host=type)

_TYPES: dict[str, type] = {
    "int": int, "float": float, "complex": complex, "str": str, "bytes": bytes, "bytearray": bytearray, "list": list, "tuple": tuple,
    "dict": dict, "set": set, "frozenset": frozenset, "range": range, "slice": slice,
    "NoneType": type(None), "ellipsis": type(...), "NotImplementedType": type(NotImplemented), "generator": GeneratorType,
    "dict_keys": type({}.keys()), "dict_values": type({}.values()), "dict_items": type({}.items()),
    "function": Function, "method": BoundMethod, "builtin_function_or_method": Builtin, "module": PyModule, "property": Property,
    "GenericAlias": GenericAlias, "Unknown": Unknown, "zip": zip, "map": map, "filter": filter, "enumerate": enumerate,
    "reversed": reversed,
}  # fmt: skip
_ITERATORS = {type(iter(value)).__name__: type(iter(value)) for value in ([], (), {}, "", "é", b"", set(), range(0), range(1 << 70), {}.values(),
              {}.items())}  # fmt: skip
_TYPES.update(_ITERATORS)

_METHOD_NAMES: dict[str, str] = {
    "int": "bit_length bit_count conjugate to_bytes as_integer_ratio real imag numerator denominator is_integer",
    "float": "is_integer hex as_integer_ratio conjugate real imag",
    "complex": "conjugate real imag",
    "str": """capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha isascii isdecimal
        isdigit isidentifier islower isnumeric isprintable isspace istitle isupper join ljust lower lstrip partition removeprefix
        removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith strip swapcase title translate
        upper zfill""",
    "bytes": """count decode endswith find hex index isalpha isdigit join lower lstrip partition removeprefix removesuffix replace rfind
        rpartition rsplit rstrip split splitlines startswith strip title upper""",
    "list": "append clear copy count extend index insert pop remove reverse sort",
    "tuple": "count index",
    "dict": "clear copy get items keys pop popitem setdefault update values",
    "set": """add clear copy difference difference_update discard intersection intersection_update isdisjoint issubset issuperset pop
        remove symmetric_difference symmetric_difference_update union update""",
    "frozenset": "copy difference intersection isdisjoint issubset issuperset symmetric_difference union",
    "range": "count index start stop step",
    "slice": "indices start stop step",
    "generator": "send throw close",
    "dict_keys": "isdisjoint", "dict_values": "", "dict_items": "isdisjoint",
}  # fmt: skip

_ATTRIBUTES = {"real", "imag", "numerator", "denominator", "start", "stop", "step"}

#: Methods that may store what is not known; for the rest an unknown argument makes the result unknown.
_STORES = {"append", "insert", "setdefault", "get", "pop", "add", "update", "extend", "format", "index", "count", "remove", "send"}


def payload_of(value: Any) -> Any:
    """The host value inside an instance of a class that extends a built-in type; any other value is itself."""
    return value.payload if isinstance(value, Instance) and value.payload is not None else value


def gather(m: Machine, items: Any) -> list[Any]:
    """All items of an iterable, within the budget.

    Raises:
        Lost: It is not known what to iterate over.
    """
    if isinstance(items, range):
        m.require_items(len(items))
        return list(items)
    found: list[Any] = []
    limit = m.budget.items
    for item in m.iterate(items):
        found.append(item)
        if len(found) & 1023 == 0:
            m.step()
            if len(found) > limit:
                m.require_items(len(found))
    return found


def _method(type_name: str, name: str, function: Callable[..., Any], needs_machine: bool = False) -> Builtin:
    if needs_machine:
        return Builtin(
            f"{type_name}.{name}", lambda m, self, *args, **kw: function(m, payload_of(self), *args, **kw), True, name in _STORES
        )
    return Builtin(f"{type_name}.{name}", lambda self, *args, **kw: function(payload_of(self), *args, **kw), False, name in _STORES)


# --- guards: what could make something enormous, or has to see unknown arguments -------------------------------------


def _extend(m: Machine, self: list[Any], items: Any) -> None:
    if isinstance(items, Unknown):
        self.append(items)  # the list is not complete: it says so itself
        return
    found = list(items if type(items) in (list, tuple) else gather(m, items))
    m.require_items(len(self) + len(found))
    self.extend(found)


def _update(m: Machine, self: Any, *others: Any, **named: Any) -> None:
    for other in others:
        other = payload_of(other)
        if isinstance(other, Unknown):
            m.unknown(Reason.UNDECIDED, "a dict updated with what is not known")
        elif isinstance(self, set):
            self.update(gather(m, other))
        elif isinstance(other, dict):
            self.update(other)
        elif (isinstance(other, Instance) and other.py_class.find("keys") is not MISSING) or m.class_of(other).find("keys") is not MISSING:
            for key in m.iterate(m.call(m.get(other, "keys"), (), {})):
                self[key] = m.subscript(other, key)
        else:
            for pair in gather(m, other):
                key, value = m.iterate(pair)
                self[key] = value
        m.require_items(len(self))
    if named:
        self.update(named)


def _join(m: Machine, self: str, items: Any) -> Any:
    parts = gather(m, items)
    for part in parts:
        if isinstance(part, Unknown):
            return part
    parts = [payload_of(part) for part in parts]
    m.require_text(sum(len(part) + len(self) for part in parts if isinstance(part, (str, bytes))))
    return self.join(parts)


def _padded(name: str) -> Callable[..., Any]:
    def pad(m: Machine, self: str, width: int, *rest: Any) -> str:
        m.require_text(width)
        return getattr(self, name)(width, *rest)

    return pad


def _replace(m: Machine, self: str, old: str, new: str, count: int = -1) -> str:
    m.require_text(len(self) + (self.count(old) if count < 0 else count) * max(0, len(new) - len(old)))
    return self.replace(old, new, count)


def _format(m: Machine, self: str, *args: Any, **kwargs: Any) -> Any:
    for value in (*args, *kwargs.values()):
        if isinstance(value, Unknown):
            return value
    return filled(m, self, args, kwargs)


def _format_map(m: Machine, self: str, mapping: Any) -> Any:
    return filled(m, self, (), payload_of(mapping))


def _translate(m: Machine, self: str, table: Any) -> str:
    table = payload_of(table)
    longest = max((len(item) for item in table.values() if isinstance(item, str)), default=1) if isinstance(table, dict) else 1
    m.require_text(len(self) * longest)
    return self.translate(table)


def _expandtabs(m: Machine, self: str, tabsize: int = 8) -> str:
    m.require_text(len(self) + self.count("\t") * tabsize)
    return self.expandtabs(tabsize)


def _sort(m: Machine, self: list[Any], *, key: Any = None, reverse: Any = False) -> None:
    if any(isinstance(item, Unknown) for item in self):
        return
    self.sort(key=key, reverse=bool(reverse))


def _set_operation(name: str) -> Callable[..., Any]:
    def operate(m: Machine, self: Any, *others: Any) -> Any:
        return getattr(self, name)(*[payload_of(o) if not isinstance(o, Unknown) else _lose(o) for o in others])

    return operate


def _lose(value: Unknown) -> Any:
    raise Lost(value)


def _get(self: dict[Any, Any], key: Any, default: Any = None) -> Any:
    return key if isinstance(key, Unknown) else self.get(key, default)


def _pop(self: Any, *args: Any) -> Any:
    if args and isinstance(args[0], Unknown):
        return args[0]
    return self.pop(*args)


def _to_bytes(m: Machine, self: int, length: int = 1, byteorder: str = "big", *, signed: bool = False) -> bytes:
    m.require_text(length)
    return self.to_bytes(length, byteorder, signed=signed)  # type: ignore[arg-type]


def _throw(m: Machine, self: Any, kind: Any, value: Any = None, traceback: Any = None) -> Any:
    if isinstance(kind, Class):
        kind = value if isinstance(value, Instance) else m.call(kind, () if value is None else (value,), {})
    return self.throw(Raised(kind, m.where(), m.stack()))


def _index(m: Machine, self: Any, item: Any, *bounds: Any) -> Any:
    if not _is_open(item) and not any(map(_is_open, self)):
        return self.index(item, *bounds)
    for place in range(*slice(*bounds, *(None,) * (2 - len(bounds))).indices(len(self))):
        answer = m.equal(self[place], item)
        if answer is not False:
            return answer if type(answer) is Unknown else place
    raise ValueError(f"{m.repr_of(item)} is not in {type(self).__name__}")


def _count(m: Machine, self: Any, item: Any) -> Any:
    if not _is_open(item) and not any(map(_is_open, self)):
        return self.count(item)
    answers = [m.equal(other, item) for other in self]
    return next((answer for answer in answers if type(answer) is Unknown), None) or sum(answers)


def _is_open(value: Any) -> bool:
    """Whether what a value is equal to may not be known."""
    return type(value) is Unknown or type(value) is Dim


_GUARDED: dict[str, dict[str, Any]] = {
    "list": {"extend": _extend, "sort": _sort, "index": _index, "count": _count},
    "tuple": {"index": _index, "count": _count},
    "dict": {"update": _update},
    "set": {name: _set_operation(name) for name in ("difference", "intersection", "union", "symmetric_difference", "issubset",
            "issuperset", "isdisjoint", "difference_update", "intersection_update")} | {"update": _update},
    "frozenset": {name: _set_operation(name) for name in ("difference", "intersection", "union", "symmetric_difference", "issubset",
                  "issuperset", "isdisjoint")},
    "str": {"join": _join, "replace": _replace, "format": _format, "format_map": _format_map, "translate": _translate, "expandtabs": _expandtabs,
            **{name: _padded(name) for name in ("center", "ljust", "rjust", "zfill")}},
    "bytes": {"join": _join, "replace": _replace},
    "int": {"to_bytes": _to_bytes}, "generator": {"throw": _throw},
}  # fmt: skip
_PLAIN = {("dict", "get"): _get, ("dict", "pop"): _pop, ("list", "pop"): _pop}

#: The dunder methods that subclasses reach through ``super()``.
_OPERATIONS: dict[str, str] = {
    "dict": "__getitem__ __setitem__ __delitem__ __contains__ __len__ __iter__ __eq__ __or__ __reversed__",
    "list": "__getitem__ __setitem__ __delitem__ __contains__ __len__ __iter__ __eq__ __add__ __mul__ __reversed__ __iadd__",
    "tuple": "__getitem__ __contains__ __len__ __iter__ __eq__ __add__ __mul__ __hash__ __lt__ __gt__",
    "set": "__contains__ __len__ __iter__ __eq__ __or__ __and__ __sub__ __xor__",
    "frozenset": "__contains__ __len__ __iter__ __eq__ __or__ __and__ __sub__ __xor__ __hash__",
    "str": "__getitem__ __contains__ __len__ __iter__ __eq__ __add__ __mod__ __hash__ __lt__ __gt__ __str__ __format__",
    "int": """__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __floordiv__ __rfloordiv__ __truediv__ __rtruediv__ __mod__ __pow__ __neg__
        __eq__ __lt__ __le__ __gt__ __ge__ __hash__ __index__ __int__ __float__ __abs__ __and__ __or__ __xor__ __str__ __format__""",
    "float": """__add__ __radd__ __sub__ __rsub__ __mul__ __rmul__ __truediv__ __rtruediv__ __floordiv__ __mod__ __pow__ __neg__ __eq__ __lt__
        __le__ __gt__ __ge__ __hash__ __int__ __float__ __abs__ __str__ __format__""",
    "bytes": "__getitem__ __len__ __iter__ __eq__",
    "generator": "__iter__ __next__",
    **dict.fromkeys(_ITERATORS, "__iter__ __next__"),
}  # fmt: skip


def _forwarded(host: type, name: str) -> Callable[..., Any]:
    function = getattr(host, name)

    def operate(self: Any, *args: Any) -> Any:
        own = payload_of(self)
        result = function(own, *[payload_of(arg) for arg in args])
        return self if result is own else result  # an in-place operator

    def store(self: Any, *args: Any) -> Any:
        return function(payload_of(self), *args)

    return store if name in ("__setitem__", "__getitem__", "__delitem__", "__contains__") else operate


def _start(m: Machine, self: Any, *args: Any, **kwargs: Any) -> None:
    """``dict.__init__`` and the like for instances of classes that extend them."""
    payload = self.payload if isinstance(self, Instance) else self
    if isinstance(payload, dict):
        _update(m, payload, *args, **kwargs)
    elif isinstance(payload, list):
        payload.clear()
        for items in args:
            _extend(m, payload, items)
    elif isinstance(payload, set):
        for items in args:
            payload.update(gather(m, items))


def _namespace(name: str, host: type) -> dict[str, Any]:
    namespace: dict[str, Any] = {}
    guarded = _GUARDED.get(name, {})
    for method in _METHOD_NAMES.get(name, "").split():
        if method in _ATTRIBUTES:
            namespace[method] = Property(Builtin(method, lambda self, method=method: getattr(payload_of(self), method)))
        elif method in guarded:
            namespace[method] = _method(name, method, guarded[method], True)
        else:
            plain = _PLAIN.get((name, method)) or (getattr(host, method) if hasattr(host, method) else None)
            if plain is not None:
                namespace[method] = _method(name, method, plain)
    for maker in _MAKERS.get(name, "").split():
        namespace[maker] = ClassMethod(Builtin(f"{name}.{maker}", _made(host, maker), True, False))
    if name == "str":
        namespace["maketrans"] = StaticMethod(Builtin("str.maketrans", str.maketrans, False, False))
    for operation in _OPERATIONS.get(name, "").split():
        namespace[operation] = Builtin(f"{name}.{operation}", _forwarded(host, operation))
    if name in ("dict", "list", "set"):
        namespace["__init__"] = Builtin(f"{name}.__init__", _start, True)
        namespace["__hash__"] = None
    if name == "dict":
        namespace["__getitem__"] = Builtin("dict.__getitem__", _item, True)
    return namespace


def _item(m: Machine, self: Any, key: Any) -> Any:
    """``dict.__getitem__``, which asks the class's own ``__missing__`` before it gives up."""
    own = payload_of(self)
    if key not in own and isinstance(self, Instance) and (missing := self.py_class.find("__missing__")) is not MISSING:
        return m.call(missing, (self, key), {})
    return own[key]


#: Class methods that make a value.
_MAKERS = {"int": "from_bytes", "float": "fromhex", "dict": "fromkeys", "bytes": "fromhex"}


def _made(host: type, name: str) -> Callable[..., Any]:
    function = getattr(host, name)

    def make(m: Machine, cls: Class, value: Any, *args: Any, **named: Any) -> Any:
        value = payload_of(value)
        found = function(value if isinstance(value, (str, bytes)) else gather(m, value), *args, **named)
        if cls.host is host:
            return found
        if name != "fromkeys":
            return m.call(cls, (found,), {})
        made = m.call(cls, (), {})
        for key, item in found.items():
            m.store(made, key, item)
        return made

    return make


CLASS_OF_HOST: dict[type, Class] = {object: OBJECT, type: TYPE}
for _name, _host in _TYPES.items():
    CLASS_OF_HOST[_host] = Class(_name, (OBJECT,), _namespace(_name, _host), host=_host)
NONE_CLASS = CLASS_OF_HOST[type(None)]
CLASS_OF_HOST[bool] = Class("bool", (CLASS_OF_HOST[int],), {}, host=bool)
CLASS_OF_HOST[Class] = TYPE

#: Methods of host values by exact type, for calls straight from source.
METHODS: dict[type, dict[str, Builtin]] = {
    host: {name: value for name, value in CLASS_OF_HOST[host].namespace.items() if isinstance(value, Builtin)}
    for host in _TYPES.values()
    if host not in (Function, BoundMethod, Builtin, PyModule, Property, GenericAlias, Unknown)
}  # fmt: skip
METHODS[bool] = METHODS[int]


def _needs_each(self: Repeated, *args: Any, **kwargs: Any) -> Any:
    raise Lost(self.lost())


METHODS[Numbers], CLASS_OF_HOST[Numbers] = METHODS[list], CLASS_OF_HOST[list]
METHODS[Repeated] = {name: Builtin(f"list.{name}", getattr(Repeated, name, _needs_each)) for name in _METHOD_NAMES["list"].split()}
CLASS_OF_HOST[Repeated] = Class("repeated list", (CLASS_OF_HOST[list],), dict(METHODS[Repeated]), host=Repeated)

#: What calling a built-in type does, by its name; filled by `constructors`.
CONSTRUCTORS: dict[str, Builtin] = {}

#: ``object``'s own methods: found when no class defines them, but no class counts as defining them. Filled by `classes`.
OBJECT_METHODS: dict[str, Builtin] = {}


def current() -> Machine:
    """The machine of the run in progress."""
    return CURRENT.get()


def host_class(name: str, bases: tuple[Class, ...] = (OBJECT,), namespace: dict[str, Any] | None = None, module: str = "builtins") -> Class:
    """A class of the language or the standard library that no host type stands for."""
    return Class(name, bases, dict(namespace or {}), module)
