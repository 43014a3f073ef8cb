"""The machine: the state of one run. It knows no syntax and no framework.

What it can do to values (call, get, iterate ...) is written in files of its own; those functions are attached to it
in `astarch.interpreter.engine`, so that none of them has to import another in a circle.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ..ir.dim import ACTIVE, Assumptions, Dim, Fact
from ..ir.refusal import Refusal
from ..ir.span import NOWHERE, Span
from ..ir.unknown import Lost, Reason, Unknown
from .budget import Budget, BudgetSpent, resident
from .values import Class, Function, PyModule, Raised, unknown_part

_span: Callable[..., Span] = tuple.__new__  # a third of the time that calling the class takes

#: From this many elements or characters on, an operation on something is weighed.
LARGE = 10_000

#: So much is weighed until time and memory are looked at.
HEAVY = 4_000_000


class Frame:
    """One call in progress.

    Attributes:
        names: The local variables.
        outer: Variables of the enclosing functions, innermost first.
        module: The module whose globals it sees.
        at: The place being executed: ``(line, column, end line, end column)``.
        cell: ``[class]`` for ``super()`` without arguments.
    """

    __slots__ = ("at", "caller", "cell", "error", "function", "limit", "machine", "module", "names", "outer", "result")

    def __init__(self, machine: Machine, module: PyModule, names: dict[str, Any], outer: tuple[dict[str, Any], ...] = (),
                 function: Function | None = None, cell: Any = None) -> None:  # fmt: skip
        self.machine = machine
        self.module = module
        self.names = names
        self.outer = outer
        self.function = function
        self.cell = cell
        self.at: tuple[int, int, int, int] = (0, 0, 0, 0)
        self.caller: Frame | None = None
        self.result: Any = None
        self.error: Any = None
        self.limit = 1 << 60

    @property
    def span(self) -> Span:
        """The place being executed."""
        file = self.module.file
        return _span(Span, (file.path, *self.at)) if file is not None else NOWHERE


class Library(Protocol):
    """What a framework brings: the machine reaches it only through this."""

    def module(self, name: str) -> PyModule | None:
        """The described module of that dotted name, if there is one."""

    def names(self, module: str) -> list[str]:
        """The names of a described module; none for any other."""
        ...

    def overrides(self, module: str) -> dict[str, Any]:
        """The names of a module of the program that are described all the same."""
        ...

    def stand_in(self, name: str) -> Any:
        """What stands for a name of a package whose source is not at hand, or `MISSING`."""

    def attribute(self, value: Any, name: str) -> Any:
        """An attribute of a value of the framework's own, or `MISSING`."""

    def class_of(self, value: Any) -> Class | None:
        """The class of a value of the framework's own."""


class Filler(Protocol):
    """What a framework says of code that only fills tensors; each raises `Otherwise` where there may be more to it.

    Attributes:
        known: What functions of the program gave that did nothing else than fill a tensor of a kind.
    """

    known: dict[Any, Any]

    def begin(self) -> int:
        """An attempt begins: the mark by which it is ended."""
        ...

    def end(self, mark: int, undone: bool) -> None:
        """An attempt ends; when it is to be undone, all is again what it was when it began."""

    def key(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What a call with a tensor first and plain data behind is told from others by; None where there is more to it."""

    def only_touched(self, mark: int, args: tuple[Any, ...]) -> bool:
        """Whether nothing but the first argument was filled since a mark, and its numbers are as little known as before."""
        ...

    def call(self, m: Machine, callee: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call something described that leaves nothing behind but numbers in tensors nobody knows the numbers of."""

    def attribute(self, value: Any, name: str) -> Any:
        """An attribute of a tensor, or `MISSING`."""

    def registered(self, value: Any, name: str) -> Any:
        """What a part of the model holds under a name, or `MISSING`; neither it nor its class has an attribute of that name."""

    def is_mode(self, callee: Any) -> bool:
        """Whether calling it gives a context in which all is as without it."""
        ...


#: More facts about sizes are only noted: each one makes every later question slower.
MOST_FACTS = 64

#: The first part of the key of a flag that nobody gave.
CHOICE = "choice"
#: The first part of the key of a condition on the elements of a tensor that the program made itself.
ELEMENTS = "elements"


class Decision:
    """An undecided condition that was given an answer."""

    __slots__ = ("answer", "condition", "key", "span")

    def __init__(self, key: tuple[Any, ...], condition: str, span: Span, answer: bool) -> None:
        self.key, self.condition, self.span, self.answer = key, condition, span, answer


class Machine:
    """The state of one run.

    Args:
        budget: The limits.
        builtins: The names of the language.
        decisions: Answers for undecided conditions, by key; others take the likelier arm.
    """

    call: Callable[..., Any]
    get: Callable[..., Any]
    put: Callable[..., Any]
    delete: Callable[[Any, str], None]
    iterate: Callable[[Any], Iterator[Any]]
    truth: Callable[[Any], Any]
    equal: Callable[[Any, Any], Any]
    compare: Callable[[str, Any, Any], Any]
    binary: Callable[..., Any]
    unary: Callable[[str, Any], Any]
    subscript: Callable[[Any, Any], Any]
    store: Callable[[Any, Any, Any], None]
    contains: Callable[[Any, Any], Any]
    length: Callable[[Any], Any]
    hash_of: Callable[[Any], int]
    text_of: Callable[[Any], str]
    repr_of: Callable[[Any], str]
    formatted: Callable[[Any, str], Any]
    class_of: Callable[[Any], Class]
    is_instance: Callable[[Any, Any], Any]
    is_subclass: Callable[[Any, Any], Any]
    build_class: Callable[..., Any]
    prepare_class: Callable[..., None]
    import_module: Callable[..., Any]
    differing: Callable[..., None]
    import_name: Callable[..., Any]
    import_star: Callable[[Frame, str, int], None]
    names_of: Callable[[PyModule], list[str]]
    load: Callable[[str, Any], PyModule]
    find_spec: Callable[[str], bool]

    #: How much has been recorded so far: grows with every call of a model.
    recorded: Callable[[], int] = staticmethod(lambda: 0)

    #: A `Filler`: how code is run that only fills tensors, while that is of no interest; None when it is.
    filler: Any = None

    #: The attributes of a model's parts that hold what is registered by name.
    registries: tuple[str, ...] = ()

    #: Where the record stands, and: what was recorded since then happens that often.
    mark: Callable[[], Any] = staticmethod(lambda: None)
    multiply: Callable[[Any, Dim], None] = staticmethod(lambda mark, count: None)

    def __init__(self, budget: Budget, builtins: dict[str, Any], decisions: dict[tuple[Any, ...], bool] | None = None) -> None:
        self.budget = budget
        self.builtins = builtins
        self.frame: Frame | None = None
        self.depth = 0
        self.steps_left = budget.steps
        self.deadline = time.process_time() + budget.seconds
        self.weight = 0
        self.most_memory = resident() + budget.memory
        self.libraries: list[Library] = []
        self.modules: dict[str, PyModule] = {}
        self.unknowns: list[Unknown] = []
        self.assumptions: dict[str, Span] = {}
        self.granted = 0  # how often a condition was taken for granted
        self.requirements: dict[Fact, Span] = {}
        self.decisions = decisions or {}
        self.decided: list[Decision] = []
        self.loops: list[Any] = []  # those over a count that is a symbol, outermost first
        self.counts: dict[str, Dim] = {}
        self.made: dict[str, tuple[dict[int, Any], set[Any]]] = {}
        self.named: set[str] = set()
        self.unrepeatable: frozenset[Any] = frozenset()
        self.absent: dict[str, Decision] = {}
        self.bound_below: dict[str, frozenset[str]] = {}  # what modules bind, and those they import everything from
        self.tables: dict[Any, Any] = {}  # what loops over plain data came to, by the loop and the data
        self.project: Any = None
        self.registrations: Any = None
        self.in_full: Callable[[Any], None] | None = None  # runs of a module what may leave traces in others; None where that waits
        self.rebound = 0  # how often a name of a module was bound by anything but its own statements
        self.importing = 0
        self.guards = 0  # how many handlers around may catch what a framework raises where sizes do not fit
        self.guarding = 0
        self.wanted: str | None = None

    # --- place ----------------------------------------------------------------------------------------------------

    def where(self) -> Span:
        """The innermost place of the program being executed."""
        frame = self.frame
        while frame is not None and frame.module.file is None:
            frame = frame.caller
        return frame.span if frame is not None else NOWHERE

    def stack(self) -> tuple[Span, ...]:
        """The calls in progress, outermost first, the current place last."""
        spans: list[Span] = []
        frame = self.frame
        while frame is not None:
            if frame.module.file is not None:
                spans.append(frame.span)
            frame = frame.caller
        return tuple(reversed(spans))

    # --- limits ---------------------------------------------------------------------------------------------------

    def step(self) -> None:
        """Count one call or loop round."""
        self.steps_left -= 1
        if self.steps_left & 4095 == 0:
            self.pause()

    def steps(self, count: int) -> None:
        """Count so many rounds at once."""
        before = self.steps_left
        self.steps_left -= count
        if before >> 12 != self.steps_left >> 12:
            self.pause()

    def pause(self) -> None:
        """Look, every few thousand steps, whether there is anything left to go on with."""
        if self.steps_left <= 0:
            raise BudgetSpent(f"{self.budget.steps:,} steps")
        self.check()

    def check(self) -> None:
        """Time and memory are left."""
        if time.process_time() > self.deadline:
            raise BudgetSpent(f"{self.budget.seconds:g} seconds")
        if resident() > self.most_memory:
            raise BudgetSpent(f"{self.budget.memory >> 20} MiB of memory")

    def weigh(self, size: int) -> None:
        """Count an operation on something large, which takes as much as many steps."""
        self.weight += size
        if self.weight > HEAVY:
            self.weight = 0
            self.check()

    def require_items(self, count: int) -> None:
        """A container of this many elements may be made."""
        if count > LARGE:
            self.weigh(count)
        if count > self.budget.items:
            raise BudgetSpent(f"a container of {count:,} elements (limit {self.budget.items:,})")

    def require_text(self, count: int) -> None:
        """A text of this many characters may be made."""
        if count > LARGE:
            self.weigh(count)
        if count > self.budget.text:
            raise BudgetSpent(f"a text of {count:,} characters (limit {self.budget.text:,})")

    # --- not knowing ----------------------------------------------------------------------------------------------

    def unknown(self, reason: Reason, detail: str = "") -> Unknown:
        """An `Unknown` of this place, noted for the report."""
        lost = Unknown(reason, detail, self.where())
        if len(self.unknowns) < 10_000:
            self.unknowns.append(lost)
        return lost

    def assume(self, message: str) -> None:
        """Note what was taken for granted."""
        self.assumptions.setdefault(message, self.where())

    def require(self, fact: Fact) -> None:
        """Note what sizes must satisfy, or the program raises; from here on they do."""
        if self.loops:
            self.differing(fact.left, fact.right)
        if fact in self.requirements:
            return
        self.requirements[fact] = self.where()
        if len(self.requirements) > MOST_FACTS:
            return
        ACTIVE.set((ACTIVE.get() or Assumptions()).extended(fact))

    def choose(self, name: str, likely: bool = False) -> bool:
        """A flag that nobody gave: as the replay wants it, or the likelier way."""
        key = (CHOICE, name)
        answer = self.decisions.get(key, likely)
        self.decided.append(Decision(key, name, self.where(), answer))
        return answer

    def decide(self, condition: str, likely: bool = False, elements: bool = False) -> bool:
        """Answer a condition that cannot be decided: as the replay wants it, or the likelier way.

        Args:
            condition: What is asked, in the source's words.
            likely: The answer to try first.
            elements: Whether the elements of a tensor decide it.
        """
        frame = self.frame
        key: tuple[Any, ...] = (frame.module.name, *frame.at) if frame is not None else ()
        if elements:
            key = (ELEMENTS, *key)
        answer = self.decisions.get(key, likely)
        if self.loops:
            self.differing(condition)
        self.decided.append(Decision(key, condition, self.where(), answer))
        return answer

    # --- program errors -------------------------------------------------------------------------------------------

    def error(self, kind: str, message: str) -> Raised:
        """A built-in exception of the program, ready to be raised."""
        value = self.call(self.builtins.get(kind, self.builtins["RuntimeError"]), (message,), {})
        return Raised(value, self.where(), self.stack())

    def refused(self, refusal: Refusal) -> Raised:
        """What a description refuses, as the program sees it raised."""
        raised = self.error(refusal.kind, refusal.message)
        raised.by_framework = True
        return raised

    def lacks(self, kind: str, message: str, *values: Any) -> Raised | Lost:
        """What it comes to that a value cannot do something: an error, unless its class has a part that is not known."""
        unknown = next((part for value in values if (part := unknown_part(self.class_of(value))) is not None), None)
        return self.error(kind, message) if unknown is None else Lost(unknown)

    def error_from(self, error: BaseException) -> Raised:
        """The host's own error, as the program sees it."""
        kind = type(error).__name__
        value = self.call(self.builtins[kind if kind in self.builtins else "Exception"], tuple(error.args), {})
        return Raised(value, self.where(), self.stack())
