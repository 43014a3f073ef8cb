"""How a framework is described: one plain Python function per op, one plain class per layer.

::

    @op("torch.flatten", "torch.Tensor.flatten")
    def flatten(input, start_dim=0, end_dim=-1): ...

The function's parameters are the framework's signature, its body the shape rule, its docstring the
documentation. Sizes are numbers or `Dim`; both know ``+ - * // %``, so the rule simply runs. What does not
fit is said with `require` (record and carry on) or `refuse` (the framework raises here); what is counted is
said with `multiply`. Nothing here knows the interpreter: it reaches us through `Run.call` and `Run.where`.
"""

from __future__ import annotations

import inspect
import sys
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ..ir.diagnostic import Diagnostic, Note
from ..ir.dim import Dim, Undecided, open_question
from ..ir.refusal import Refusal
from ..ir.span import NOWHERE, Span
from ..ir.tensor import Tensor
from ..ir.unknown import Lost, Reason, Unknown
from .scalars import Float64

F = TypeVar("F", bound=Callable[..., Any])
C = TypeVar("C", bound=type)


class Registry:
    """Everything described, by every public dotted name it has.

    A description registers itself when its file is imported. Where the place of a name is known beforehand
    (`expect`), its file is imported only when the name is asked for: most models need a tenth of them.
    """

    def __init__(self) -> None:
        self._found: dict[str, Any] = {}
        self._places: dict[str, str] = {}
        self._where: dict[str, str] = {}

    @property
    def expected(self) -> bool:
        """Whether the places of the names are known beforehand."""
        return bool(self._places)

    def expect(self, places: dict[str, str]) -> None:
        """Say in which module each name is described."""
        self._places = places

    def add(self, name: str, described: Any) -> None:
        """Register a description under a name."""
        if name in self._found:
            raise ValueError(f"{name} is described twice")
        self._found[name] = described
        if not self._places:
            self._where[name] = _importing()

    @property
    def places(self) -> dict[str, str]:
        """In which module each name was described, for `expect` next time."""
        return dict(self._where)

    def get(self, name: str, default: Any = None) -> Any:
        """The description of a name, or a default."""
        try:
            return self._found[name]
        except KeyError:
            place = self._places.get(name)
            if place is None:
                return default
            import_module(place)
            return self._found.get(name, default)

    def __getitem__(self, name: str) -> Any:
        found = self.get(name, self)
        if found is self:
            raise KeyError(name)
        return found

    def __setitem__(self, name: str, described: Any) -> None:
        self.add(name, described)

    def __contains__(self, name: object) -> bool:
        return name in self._found or name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys([*self._found, *self._places]))

    def __len__(self) -> int:
        return len(list(iter(self)))

    def items(self) -> list[tuple[str, Any]]:
        """All names with their descriptions."""
        return [(name, self[name]) for name in self]


def _importing() -> str:
    """The module being imported right now: the one that brings a name."""
    frame = sys._getframe(1)
    while frame.f_back is not None and not (frame.f_code.co_name == "<module>" and frame.f_globals.get("__package__")):
        frame = frame.f_back
    return str(frame.f_globals.get("__name__"))


REGISTRY = Registry()


@dataclass(slots=True)
class Node:
    """One described call of the run, as it happened."""

    op: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    result: Any
    span: Span
    module: Any
    macs: Any = 0
    times: Any = 1


@dataclass(slots=True)
class Run:
    """One run of a program: what it reaches (`call`, `where`, `stack`) and what it leaves behind.

    Attributes:
        call: Calls any value of the program: ``call(function, *args, **kwargs)``.
        where: The place being executed.
        stack: The places of the calls that led there, outermost first.
        nested: Above zero inside a described call: what happens there is that call's own business.
        op: The operation whose rule is at work, called by the program itself.
        modules: The modules being run, outermost first.
        found_in: The module that was being run when each of the diagnostics was found, or None.
        open: Sizes that must be equal although that cannot be told: both sides, the module, and the place.
        settle: Takes a condition that is not known for true from here on.
        refuse_misfit: Refuses a call of an op whose rule looked for a tensor or a number and found what can never be one.
        passing: What functions of the program that an op calls may raise: no fault of the op.
        caught: Whether the program may catch what is raised here: then it is raised, not recorded.
    """

    call: Callable[..., Any] = lambda function, *args, **kwargs: function(*args, **kwargs)
    where: Callable[[], Span] = lambda: NOWHERE
    stack: Callable[[], tuple[Span, ...]] = lambda: ()
    strict: bool = True
    nested: int = 0
    op: Any = None
    modules: list[Any] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    calls: list[Any] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    found_in: list[Any] = field(default_factory=list)
    assumptions: dict[str, Span] = field(default_factory=dict)
    unknowns: list[Unknown] = field(default_factory=list)
    open: list[tuple[Any, Any, Any, Span]] = field(default_factory=list)
    settle: Callable[[Unknown], None] = lambda lost: None
    refuse_misfit: Callable[[Any, tuple[Any, ...], dict[str, Any], AttributeError | TypeError], None] = lambda op, args, kwargs, error: None
    passing: tuple[type[Exception], ...] = ()
    caught: Callable[[], Any] = lambda: False
    state: dict[str, Any] = field(default_factory=dict)
    macs: Any = 0
    elementwise: Any = 0

    def unknown(self, reason: Reason, detail: str = "") -> Unknown:
        """An `Unknown` of this place, noted for the report."""
        lost = Unknown(reason, detail, self.where())
        self.unknowns.append(lost)
        return lost


#: The run in progress. Outside of one, a description can be tried on its own: `require` then refuses.
RUN: ContextVar[Run] = ContextVar("run", default=Run())  # noqa: B039 - the idle run is never written to when strict


class Op:
    """A described function: called with arguments it applies its rule and is recorded."""

    __slots__ = ("also", "described_at", "function", "lenient", "name", "names", "numbers")
    described = True

    def __init__(self, names: tuple[str, ...], function: Callable[..., Any], lenient: bool, also: Mapping[str, str] | None = None) -> None:
        self.name = names[0]
        self.names = names
        self.function = function
        self.lenient = lenient
        self.also = also or {}
        self.numbers: Callable[..., Any] | None = None  # what it makes of plain numbers, one or many

    @property
    def __name__(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def __doc__(self) -> str | None:  # type: ignore[override]
        return self.function.__doc__

    def __repr__(self) -> str:
        return f"<{self.name}>"

    def bind_to(self, receiver: Any) -> BoundOp:
        """The op as a method of a value."""
        return BoundOp(self, receiver)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if kwargs and not kwargs.keys().isdisjoint(self.also):
            kwargs = {self.also.get(name, name): value for name, value in kwargs.items()}
        run = RUN.get()
        if not self.lenient and (lost := _first_unknown(args, kwargs)) is not None:
            return lost
        if run.nested or run.strict:
            return self.function(*args, **kwargs)
        return _record(run, self, args, kwargs)


class BoundOp:
    """An op taken from a value: ``x.view``."""

    __slots__ = ("op", "receiver")
    described, memberless = True, "builtin_function_or_method"

    def __init__(self, op: Op, receiver: Any) -> None:
        self.op, self.receiver = op, receiver

    @property
    def __name__(self) -> str:
        return self.op.__name__

    def __repr__(self) -> str:
        return f"<{self.op.name} of {self.receiver!r}>"

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.op(self.receiver, *args, **kwargs)


def _record(run: Run, op: Op, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Apply the rule of an op and leave a node behind; faults of the rule become an `Unknown`."""
    run.nested += 1
    run.op = op
    around, run.macs = run.macs, 0
    try:
        result = op.function(*args, **kwargs)
    except (Refusal, Undecided):
        raise
    except Exception as error:  # a fault of the description must never stop the reading
        if isinstance(error, run.passing):
            raise
        result = fault(run, op, args, kwargs, error)
    finally:
        run.nested -= 1
        run.op = None
        macs, run.macs = run.macs, around
    if _is_data(result) or any(map(_is_data, args)):
        leave_node(run, op.name, args, kwargs, result, macs)
    return result


def leave_node(run: Run, op: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, macs: Any) -> None:
    """Record a step of the data flow; the tensors it gives remember that they come from it."""
    module = run.modules[-1] if run.modules else None
    if list in map(type, args):  # the program may go on filling it
        args = tuple([list(value) if type(value) is list else value for value in args])
    if kwargs and list in map(type, kwargs.values()):
        kwargs = {name: list(value) if type(value) is list else value for name, value in kwargs.items()}
    node = Node(op, args, kwargs, result, run.where(), module, macs)
    if isinstance(result, Tensor):
        if result.node is None:
            result.node = len(run.nodes)
    elif isinstance(result, (tuple, list)):
        for item in result:
            if isinstance(item, Tensor) and item.node is None:
                item.node = len(run.nodes)
    run.nodes.append(node)


_NUMBERS: set[type] = {int, float, bool, Float64}


def _is_data(value: Any) -> bool:
    """Whether a value takes part in the data flow: a tensor, or a sequence that starts with one."""
    if type(value) in _NUMBERS:
        return False
    if isinstance(value, (tuple, list)):
        return len(value) > 0 and _is_data(value[0])
    return isinstance(value, Tensor)


def fault(run: Run, op: Any, args: tuple[Any, ...], kwargs: dict[str, Any], error: Exception) -> Any:
    """What an unexpected error in a rule means: a wrong call by the program, or a fault of ours."""
    if isinstance(error, TypeError):
        try:
            inspect.signature(op.function).bind(*args, **kwargs)
        except TypeError as mismatch:
            raise Refusal("TypeError", f"{op.name}: {mismatch}") from None
    if isinstance(error, (AttributeError, TypeError)):
        run.refuse_misfit(op, args, kwargs, error)
    return run.unknown(*reason_of(error, op.name))


def reason_of(error: Exception, name: str) -> tuple[Reason, str]:
    """Why a description could not go on: it needed a number where the program has a symbol, or it has a fault."""
    if isinstance(error, Lost):
        return error.unknown.reason, error.unknown.detail
    if "'Dim' object" in str(error):
        return Reason.UNDECIDED, f"{name} with a symbol"
    return Reason.INTERNAL, f"{name}: {type(error).__name__}: {error}"


def _first_unknown(args: Iterable[Any], kwargs: dict[str, Any]) -> Unknown | None:
    for value in (*args, *kwargs.values()) if kwargs else args:
        kind = type(value)
        if kind is Unknown:
            return value
        if kind is tuple or kind is list:
            for item in value:
                if type(item) is Unknown:
                    return item
    return None


def op(
    *names: str, lenient: bool = False, also: Mapping[str, str] | None = None, numbers: Callable[..., Any] | None = None
) -> Callable[[F], F]:
    """Describe a function of the framework.

    Args:
        names: Every public dotted name it has; ``torch.Tensor.x`` makes it a method.
        lenient: It can be called with unknown arguments; otherwise those make its result unknown.
        also: Other names that its arguments go by.
        numbers: The same for plain numbers, and for lists and ranges of them; gives None where it cannot say.
    """

    def register(function: F) -> F:
        described = Op(names, function, lenient, also)
        described.numbers = numbers
        for name in names:
            _register(name, described)
        return function

    return register


def _register(name: str, described: Any) -> None:
    REGISTRY.add(name, described)


class Property:
    """A described attribute that is computed when read, and perhaps can be set."""

    __slots__ = ("name", "read", "write")

    def __init__(self, name: str, read: Callable[[Any], Any]) -> None:
        self.name = name
        self.read = read
        self.write: Callable[[Any, Any], None] | None = None


def attribute(*names: str) -> Callable[[F], F]:
    """Describe an attribute that is computed when read, e.g. ``torch.Tensor.shape``."""

    def register(function: F) -> F:
        for name in names:
            _register(name, Property(name, function))
        return function

    return register


def constant(name: str, value: Any) -> None:
    """Describe a name that simply has a value, e.g. ``torch.pi``."""
    _register(name, value)


def kind(*names: str) -> Callable[[C], C]:
    """Describe a class whose instances are ordinary host objects (``torch.device``, ``numpy.dtype``).

    The program may construct it, use ``isinstance`` with it, and read its public attributes.
    """

    def register(cls: C) -> C:
        for name in names:
            _register(name, cls)
        cls.described = True  # type: ignore[attr-defined]
        cls.described_as = names[0]  # type: ignore[attr-defined]
        return cls

    return register


class Layer:
    """Marks a class as the description of a framework's layer.

    It looks like the framework's own source: ``__init__`` assigns parameters and children to ``self``,
    ``forward`` (or ``call``) uses ops. ``self`` is the program's own instance, which may be of a class derived
    from the described one, so a description calls its parent by name (``Parent.__init__(self, ...)``), never
    through ``super()``.
    """

    described_as: str
    described_in: str

    if TYPE_CHECKING:  # what ``self`` has beyond the description: the program's instance, and what its class takes from the framework

        def __getattr__(self, name: str) -> Any: ...


def results(name: str, fields: str) -> Any:
    """A class of tuples whose parts have names, as an op with several results gives them (``torch.return_types``).

    >>> results("sort", "values indices")(1, 2)
    sort(values=1, indices=2)
    """
    return namedtuple(name, fields)  # pyright: ignore[reportUntypedNamedTuple] - a NamedTuple must have the name it is bound to


def layer(name: str, module: str, *aliases: str) -> Callable[[C], C]:
    """Describe a layer.

    Args:
        name: Its public dotted name, e.g. ``torch.nn.Conv2d``.
        module: The module its class reports, e.g. ``torch.nn.modules.conv``.
        aliases: Other public names it has.
    """

    def register(cls: C) -> C:
        cls.described_as = name  # type: ignore[attr-defined]
        cls.described_in = module  # type: ignore[attr-defined]
        _register(name, cls)
        internal = f"{module}.{cls.__name__}"
        for other in (*aliases, *([internal] if internal != name else [])):
            _register(other, cls)
        return cls

    return register


def require(
    fact: bool | None, message: str, *, code: str = "MDL200", name: str = "shape-mismatch", help: str = "", notes: tuple[Note, ...] = ()
) -> bool:
    """Say what must hold here; record it when it does not, and carry on.

    Args:
        fact: True, False, or None when it cannot be decided: then it becomes an assumption.
        message: What is, and what was wanted.

    Returns:
        Whether it holds, or may hold.
    """
    if fact:
        return True
    run = RUN.get()
    if run.strict or (fact is False and run.caught()):
        if fact is None:
            return True
        raise Refusal("RuntimeError", message)
    if fact is None:
        run.assumptions.setdefault(message, run.where())
        run.open.append((*open_question(), run.modules[-1] if run.modules else None, run.where()))
        return True
    run.diagnostics.append(Diagnostic(code, name, "error", message, run.where(), notes, help))
    run.found_in.append(run.modules[-1] if run.modules else None)
    return False


def refuse(kind: str, message: str) -> NoReturn:
    """The framework raises the built-in exception ``kind`` here."""
    raise Refusal(kind, message)


def assume(message: str) -> None:
    """Record what was taken for granted on the way."""
    run = RUN.get()
    if not run.strict:
        run.assumptions.setdefault(message, run.where())


def multiply(macs: Any) -> None:
    """Count multiply-accumulate operations of the current op."""
    run = RUN.get()
    if not run.strict:
        run.macs += macs


def unknown(detail: str, reason: Reason = Reason.DATA_DEPENDENT) -> Unknown:
    """What this op gives cannot be told: the reason and the place are kept."""
    return RUN.get().unknown(reason, detail)


def fresh_size(origin: str, at_most: Any = None, least: int | None = 0) -> Dim:
    """A size that only the data tells: a symbol of its own, with where it comes from."""
    run = RUN.get()
    count = run.state.get("fresh sizes", 0)
    run.state["fresh sizes"] = count + 1
    return Dim.symbol(f"n{count}", origin=origin, minimum=least)
