"""The values that Python itself cannot hold for us; everything concrete is the host's own.

Numbers, text, None, tuples, lists, dicts, sets, ranges, slices and host iterators of the analysed program *are* the
host's. The classes here stand for the rest:

- `Class`, `Instance`, `Function`, `BoundMethod`, `PyModule`: what the program defines;
- `Builtin`: a host function that stands for a built-in or standard-library one;
- `Property`, `StaticMethod`, `ClassMethod`, `Super`: the descriptors of the language;
- `Unknown` (of `astarch.ir`): what is not known.

Values are data. Those that the host may meet inside its own operations (an instance as a dict key, a function as a
sort key) forward the host's protocol to the machine of the run, through `CURRENT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextvars import ContextVar
from typing import Any

from ..ir.span import NOWHERE, Span
from ..ir.unknown import Lost, Unknown

#: The machine of the run in progress.
CURRENT: ContextVar[Any] = ContextVar("machine")


class _Missing:
    """The answer of a look-up that found nothing."""

    def __repr__(self) -> str:
        return "<missing>"

    def __bool__(self) -> bool:
        return False


MISSING: Any = _Missing()


class Otherwise(RuntimeError):
    """A quicker way of running something does not reach this: it is for the usual way."""


class Raised(Exception):
    """An exception of the analysed program on its way up.

    Attributes:
        value: The program's exception: an `Instance` of an exception class.
        span: Where it was raised.
        stack: The calls that led there, outermost first.
        by_framework: Whether a description predicts it, and not the program or the language raises it.
        called: The function whose parameters do not fit, when that is what it says.
    """

    def __init__(self, value: Any, span: Span = NOWHERE, stack: tuple[Span, ...] = ()) -> None:
        super().__init__(value)
        self.by_framework = False
        self.called = NOWHERE
        self.value = value
        self.span = span
        self.stack = stack


class Class:
    """A class of the program, of the language, or of a described framework.

    Attributes:
        namespace: What its body defined.
        mro: Itself and its ancestors, most derived first.
        layout: The host class of its instances.
        intercepts: Some ``__getattribute__`` sees every look-up on its instances.
        slots: The only attributes its instances can have, or None when they have a ``__dict__``.
        host: The host type it stands for (``int``, ``dict``), or None.
        source: Why its source is not known, or None when it is.
    """

    __slots__ = ("_found", "bases", "doc", "host", "intercepts", "layout", "metaclass", "module", "mro", "name", "namespace", "qualname",
                 "slots", "source", "span", "subclasses")  # fmt: skip

    def __init__(self, name: str, bases: tuple[Class, ...], namespace: dict[str, Any], module: str = "builtins",
                 metaclass: Class | None = None, host: type | None = None, span: Span = NOWHERE) -> None:  # fmt: skip
        self.name = name
        self.qualname = namespace.pop("__qualname__", name) if namespace else name
        self.bases = bases
        self.namespace = namespace
        self.module = module
        self.metaclass = metaclass
        self.host = host
        self.source: Unknown | None = None
        self.span = span
        self.subclasses: list[Class] = []
        self.mro = (self, *linearise([list(base.mro) for base in bases] + [list(bases)], name))
        self.layout: type[Instance] = next((c.layout for c in self.mro[1:] if c.layout is not Instance), Instance)
        self._found: dict[str, Any] = {}
        self.intercepts = any("__getattribute__" in cls.namespace for cls in self.mro)
        self.slots = _slots(self.mro)
        for base in bases:
            if base.host is None or base.module != "builtins":  # the language's own live longer than the program's
                base.subclasses.append(self)

    def find(self, name: str) -> Any:
        """The attribute as the class and its ancestors define it, unbound; `MISSING` if none does."""
        try:
            return self._found[name]
        except KeyError:
            for cls in self.mro:
                if name in cls.namespace:
                    value = cls.namespace[name]
                    break
            else:
                value = MISSING
            self._found[name] = value
            return value

    def find_after(self, owner: Class, name: str) -> Any:
        """Like `find`, from the ancestor that follows ``owner``: what ``super()`` sees."""
        mro = self.mro
        for cls in mro[mro.index(owner) + 1 :] if owner in mro else mro:
            if name in cls.namespace:
                return cls.namespace[name]
        return MISSING

    def set(self, name: str, value: Any) -> None:
        """Define an attribute after the fact."""
        self.namespace[name] = value
        self.forget()

    def forget(self) -> None:
        """Drop what was remembered of look-ups, here and below."""
        self._found.clear()
        self.intercepts = any("__getattribute__" in cls.namespace for cls in self.mro)
        for below in self.subclasses:
            below.forget()

    def take_apart(self) -> None:
        """Let go of what it defines and stems from, when its program is over."""
        self.namespace.clear()
        self._found.clear()
        self.subclasses.clear()
        self.mro = self.bases = ()

    def derives(self, other: Class) -> bool:
        """Whether it is the other class or one below it."""
        return other in self.mro

    def payload_type(self) -> type | None:
        """The host type that its instances extend (``class Config(dict)``), if any."""
        for cls in self.mro:
            if cls.host is not None and cls.host is not object:
                return cls.host
        return None

    def __repr__(self) -> str:
        machine = CURRENT.get(None)
        if machine is not None and self.metaclass is not None:
            return str(machine.repr_of(self))
        return self.plain_text()

    def plain_text(self) -> str:
        """What ``type.__repr__`` says."""
        return f"<class '{self.qualname if self.module == 'builtins' else f'{self.module}.{self.qualname}'}'>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return CURRENT.get().call(self, args, kwargs)


def unknown_part(cls: Class) -> Unknown | None:
    """What is not known of a class because one that it inherits from is not; None when all of them are known."""
    return next((above.source for above in cls.mro if above.source is not None), None)


def _slots(mro: tuple[Class, ...]) -> frozenset[str] | None:
    names: set[str] = set()
    for cls in mro[:-1]:
        listed = cls.namespace.get("__slots__")
        if listed is None and cls.host is None:
            return None
        names.update([listed] if isinstance(listed, str) else [item for item in listed or () if isinstance(item, str)])
    return frozenset(names) if len(mro) > 1 and "__dict__" not in names else None


def linearise(chains: list[list[Class]], name: str) -> list[Class]:
    """The method resolution order that agrees with all chains (C3)."""
    order: list[Class] = []
    chains = [chain for chain in chains if chain]
    while chains:
        for chain in chains:
            head = chain[0]
            if not any(head in other[1:] for other in chains):
                break
        else:
            raise TypeError(f"cannot create a consistent method resolution order for {name}")
        order.append(head)
        chains = [rest for chain in chains if (rest := chain[1:] if chain[0] is head else chain)]
    return order


class Instance:
    """An object of a class of the program; its attributes are in the host ``__dict__``.

    ``payload`` is the host value that an instance of ``class Config(dict)`` wraps; ``given`` the arguments it was
    constructed with; ``span`` where.
    """

    __slots__ = ("__dict__", "__weakref__", "given", "payload", "py_class", "span")

    py_class: Class
    payload: Any
    span: Span
    given: Any

    def __repr__(self) -> str:
        machine = CURRENT.get(None)
        return f"<{self.py_class.name} object>" if machine is None else known_text(machine.repr_of(self))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return CURRENT.get().call(self, args, kwargs)

    def __hash__(self) -> int:
        return object.__hash__(self) if self.py_class.find("__hash__") is MISSING else CURRENT.get().hash_of(self)

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return self.py_class.find("__eq__") is not MISSING and bool(CURRENT.get().equal(self, other))

    def __lt__(self, other: Any) -> bool:
        return bool(CURRENT.get().compare("<", self, other))

    def __gt__(self, other: Any) -> bool:
        return bool(CURRENT.get().compare(">", self, other))

    def __iter__(self) -> Iterator[Any]:
        return CURRENT.get().iterate(self)

    def __len__(self) -> int:
        return CURRENT.get().length(self)

    def __getitem__(self, key: Any) -> Any:
        return CURRENT.get().subscript(self, key)

    def __contains__(self, item: Any) -> bool:
        return bool(CURRENT.get().contains(self, item))

    def __bool__(self) -> bool:
        return True  # the machine asks the program's own truth; the host only asks "is there one"

    def __str__(self) -> str:
        return known_text(CURRENT.get().text_of(self))

    def __format__(self, spec: str) -> str:
        return known_text(CURRENT.get().formatted(self, spec))


def known_text(text: Any) -> str:
    """A text that the host asks for inside an operation of its own.

    Raises:
        Lost: It is not known.
    """
    if not isinstance(text, (str, Instance)):
        raise Lost(text)
    return text if isinstance(text, str) else text.payload


class Function:
    """A function of the program.

    Attributes:
        code: What is shared by all functions made from one definition.
        outer: Variables of the enclosing functions, innermost first.
        cell: Holds the class in whose body it was defined, once that class exists.
    """

    __slots__ = ("attributes", "cell", "code", "defaults", "kwdefaults", "module", "name", "outer", "qualname")

    def __init__(
        self, code: Any, module: Any, outer: tuple[dict[str, Any], ...], defaults: dict[str, Any], cell: Any, qualname: str
    ) -> None:
        self.code = code
        self.name = code.name
        self.qualname = qualname
        self.module = module
        self.outer = outer
        self.defaults = defaults
        self.cell = cell
        self.attributes: dict[str, Any] | None = None

    def __repr__(self) -> str:
        return f"<function {self.qualname}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return CURRENT.get().call(self, args, kwargs)


class Builtin:
    """A host function that stands for one of Python's or the standard library's.

    Args:
        name: Its public name.
        function: The host function; gets the machine first when ``needs_machine``.
        lenient: It can be called with unknown arguments; otherwise those make its result unknown.

    Attributes:
        quick: The host's own function, for one argument of exactly this type.
    """

    __slots__ = ("attributes", "function", "lenient", "name", "needs_machine", "quick")

    def __init__(self, name: str, function: Callable[..., Any], needs_machine: bool = False, lenient: bool = True) -> None:
        self.name = name
        self.function = function
        self.needs_machine = needs_machine
        self.lenient = lenient
        self.attributes: dict[str, Any] | None = None
        self.quick: dict[type, Callable[[Any], Any]] = {}

    def __repr__(self) -> str:
        return f"<built-in function {self.name}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return CURRENT.get().call(self, args, kwargs)


class BoundMethod:
    """A function and the object it was taken from."""

    __slots__ = ("function", "receiver")

    def __init__(self, function: Any, receiver: Any) -> None:
        self.function = function
        self.receiver = receiver

    def __repr__(self) -> str:
        return f"<bound method {self.function!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return CURRENT.get().call(self, args, kwargs)

    def __eq__(self, other: object) -> bool:
        return type(other) is BoundMethod and other.function is self.function and other.receiver is self.receiver

    def __hash__(self) -> int:
        return hash((id(self.function), id(self.receiver)))


class Property:
    """``property``: functions that get, set and delete."""

    __slots__ = ("attributes", "deleter", "getter", "setter")

    def __init__(self, getter: Any = None, setter: Any = None, deleter: Any = None, doc: Any = None) -> None:
        self.getter = getter
        self.setter = setter
        self.deleter = deleter


class CachedProperty:
    """``functools.cached_property``: computed once, then an ordinary attribute."""

    __slots__ = ("function", "name")

    def __init__(self, function: Any, name: str = "") -> None:
        self.function = function
        self.name = name


class StaticMethod:
    """``staticmethod``."""

    __slots__ = ("function",)

    def __init__(self, function: Any) -> None:
        self.function = function


class ClassMethod:
    """``classmethod``."""

    __slots__ = ("function",)

    def __init__(self, function: Any) -> None:
        self.function = function


class Super:
    """``super()``: the ancestors of an object's class after a given one."""

    __slots__ = ("owner", "receiver")

    def __init__(self, owner: Class, receiver: Any) -> None:
        self.owner = owner
        self.receiver = receiver


class PyModule:
    """A module: of the program, or of what is described.

    Attributes:
        name: Dotted name.
        namespace: The names bound so far.
        resolve: Finds a name that is not bound yet: ``resolve(name)`` gives a value or `MISSING`; the program's own
            take a limit as well, the number of the statement that is being run.
        file: The source file, when it has one.
        unbound: Names of the language that were looked for in vain: nothing in the module binds them.
    """

    __slots__ = ("attributes", "file", "name", "namespace", "resolve", "state", "unbound")

    def __init__(self, name: str, resolve: Callable[..., Any] | None = None, file: Any = None) -> None:
        self.name = name
        self.namespace: dict[str, Any] = {}
        self.resolve = resolve
        self.file = file
        self.state: Any = None
        self.unbound: set[str] = set()

    def get(self, name: str) -> Any:
        """The value of a name, or `MISSING`."""
        try:
            return self.namespace[name]
        except KeyError:
            return self.resolve(name) if self.resolve is not None else MISSING

    def __repr__(self) -> str:
        return f"<module '{self.name}'>"


class GenericAlias:
    """A type expression such as ``Optional[int]`` or ``list[str]``: only its origin and arguments matter."""

    __slots__ = ("args", "origin")

    def __init__(self, origin: Any, args: Any) -> None:
        self.origin = origin
        self.args = args if isinstance(args, tuple) else (args,)

    def __repr__(self) -> str:
        return f"{self.origin!r}{list(self.args)!r}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, GenericAlias) and other.origin is self.origin and other.args == self.args

    def __hash__(self) -> int:
        return hash((id(self.origin), len(self.args)))
