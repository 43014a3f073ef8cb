"""What calling a built-in type does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...ir.dim import Dim, truncate
from ...ir.tensor import Tensor
from ...ir.unknown import Reason, Unknown
from ..machine import Machine
from ..repeated import Repeated, numbered, zipped
from ..repetition import over
from ..unordered import told_apart
from ..values import MISSING, Builtin, ClassMethod, Instance, Lost, Property, StaticMethod
from .hosts import CLASS_OF_HOST, CONSTRUCTORS, gather, payload_of


def _constructor(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        CONSTRUCTORS[name] = Builtin(name, function, True, True)
        return function

    return register


def _by_method(m: Machine, value: Any, *names: str) -> Any:
    if isinstance(value, Instance):
        for name in names:
            method = value.py_class.find(name)
            if method is not MISSING:
                return m.call(method, (value,), {})
    return MISSING


@_constructor("int")
def _int(m: Machine, value: Any = 0, base: Any = None) -> Any:
    if type(value) is Unknown:
        return value
    value = payload_of(value)
    if base is not None:
        return int(value, base)
    found = _by_method(m, value, "__int__", "__index__")
    if found is not MISSING:
        return found
    if isinstance(value, str):
        if len(value) > 4000:
            raise ValueError("a number of that length")
        return int(value)
    if isinstance(value, (int, float, bytes)):
        return int(value)
    scalar = _of_library(m, value, "__int__")
    return truncate(value) if scalar is MISSING else scalar


def _of_library(m: Machine, value: Any, name: str) -> Any:
    """The conversion that a framework's own value defines."""
    if not isinstance(value, Tensor):
        return MISSING
    method = m.get(value, name, MISSING)
    return MISSING if method is MISSING else m.call(method, (), {})


@_constructor("float")
def _float(m: Machine, value: Any = 0.0) -> Any:
    if type(value) is Unknown:
        return value
    value = payload_of(value)
    found = _by_method(m, value, "__float__", "__index__")
    if found is MISSING:
        found = _of_library(m, value, "__float__")
    if found is not MISSING:
        return found
    return value * 1.0 if isinstance(value, Dim) or not isinstance(value, (int, float, str, bytes)) else float(value)


@_constructor("complex")
def _complex(m: Machine, real: Any = 0, imag: Any = 0) -> Any:
    for part in (real, imag):
        if type(part) is Unknown:
            return part
    found = _by_method(m, real, "__complex__", "__float__", "__index__")
    real = payload_of(real if found is MISSING else found)
    return complex(real, payload_of(imag)) if imag else complex(real)


@_constructor("bool")
def _bool(m: Machine, value: Any = False) -> Any:
    return value if type(value) is Unknown else m.truth(value)


@_constructor("str")
def _str(m: Machine, value: Any = "", encoding: Any = None, errors: str = "strict") -> Any:
    if type(value) is Unknown:
        return value
    if isinstance(value, bytes) and encoding is not None:
        return value.decode(encoding, errors)
    return m.text_of(value)


@_constructor("bytes")
def _bytes(m: Machine, value: Any = b"", encoding: Any = None) -> Any:
    if type(value) is Unknown:
        return value
    found = _by_method(m, value, "__bytes__")
    if found is not MISSING:
        return found
    value = payload_of(value)
    if encoding is not None:
        return bytes(value, encoding)
    if isinstance(value, int):
        m.require_text(value)
    return bytes(value if isinstance(value, (int, bytes)) else list(m.iterate(value)))


@_constructor("bytearray")
def _bytearray(m: Machine, value: Any = b"") -> Any:
    return m.unknown(Reason.UNSUPPORTED, "bytearray")


@_constructor("list")
def _list(m: Machine, items: Any = ()) -> Any:
    return Repeated(list(items.parts)) if type(items) is Repeated else gather(m, items)


@_constructor("tuple")
def _tuple(m: Machine, items: Any = ()) -> Any:
    if type(items) is Repeated:
        return items
    return tuple(gather(m, items))


@_constructor("set")
def _set(m: Machine, items: Any = ()) -> Any:
    return set(told_apart(gather(m, items)))


@_constructor("frozenset")
def _frozenset(m: Machine, items: Any = ()) -> Any:
    return frozenset(told_apart(gather(m, items)))


@_constructor("dict")
def _dict(m: Machine, *args: Any, **kwargs: Any) -> Any:
    found: dict[Any, Any] = {}
    if args and type(args[0]) is Unknown:
        return args[0]
    update = CLASS_OF_HOST[dict].namespace["update"]
    m.call(update, (found, *args), kwargs)
    return found


@_constructor("range")
def _range(m: Machine, *args: Any) -> Any:
    numbers = [_index(m, arg) for arg in args]
    for number in numbers:
        if type(number) is Unknown:
            return number
    if any(isinstance(number, Dim) for number in numbers):
        start, stop, step = (0, *numbers, 1) if len(numbers) == 1 else (*numbers, 1)[:3]
        return over(m, start, stop, step, f"range({', '.join(map(str, numbers))})")
    return range(*numbers)


def _index(m: Machine, value: Any) -> Any:
    value = payload_of(value)
    found = _by_method(m, value, "__index__")
    if found is MISSING:
        found = _of_library(m, value, "__index__")
    return value if found is MISSING else found


@_constructor("slice")
def _slice(m: Machine, *args: Any) -> Any:
    return slice(*args)


@_constructor("object")
def _object(m: Machine) -> Any:
    made = Instance.__new__(Instance)
    made.py_class = CLASS_OF_HOST[object]
    made.payload = None
    made.span = m.where()
    return made


@_constructor("property")
def _property(m: Machine, fget: Any = None, fset: Any = None, fdel: Any = None, doc: Any = None) -> Any:
    return Property(fget, fset, fdel)


@_constructor("staticmethod")
def _staticmethod(m: Machine, function: Any) -> Any:
    return StaticMethod(function)


@_constructor("classmethod")
def _classmethod(m: Machine, function: Any) -> Any:
    return ClassMethod(function)


@_constructor("enumerate")
def _enumerate(m: Machine, iterable: Any, start: Any = 0) -> Any:
    items = m.iterate(iterable)
    return numbered(items, start) if type(items) is Repeated else enumerate(items, start)


@_constructor("zip")
def _zip(m: Machine, *iterables: Any, strict: bool = False) -> Any:
    sources = [m.iterate(items) for items in iterables]
    return zipped(sources) if any(type(items) is Repeated for items in sources) else zip(*sources, strict=strict)


@_constructor("map")
def _map(m: Machine, function: Any, *iterables: Any) -> Any:
    sources = [m.iterate(items) for items in iterables]

    def generate() -> Any:
        for args in zip(*sources):
            m.step()
            yield m.call(function, args, {})

    return generate()


@_constructor("filter")
def _filter(m: Machine, function: Any, iterable: Any) -> Any:
    source = m.iterate(iterable)

    def generate() -> Any:
        for item in source:
            m.step()
            if m.truth(item if function is None else m.call(function, (item,), {})):
                yield item

    return generate()


@_constructor("reversed")
def _reversed(m: Machine, items: Any) -> Any:
    if type(items) is Unknown:
        raise Lost(items)
    if type(items) is Repeated:
        raise Lost(items.lost())
    method = items.py_class.find("__reversed__") if isinstance(items, Instance) else MISSING
    if method is not MISSING:
        return m.iterate(m.call(method, (items,), {}))
    if isinstance(items, Instance) and not isinstance(items.payload, (list, tuple, dict)):
        return iter([m.subscript(items, i) for i in reversed(range(m.length(items)))])
    items = payload_of(items)
    return iter(gather(m, items)[::-1]) if isinstance(items, Tensor) else reversed(items)
