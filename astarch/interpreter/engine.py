"""The assembled interpreter: a machine with everything it can do to values attached."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from ..ir.dim import ACTIVE
from ..source.project import Project
from . import attributes, calls, classes, imports, operators, repetition, text
from .budget import Budget
from .builtins.functions import BUILTINS
from .compile import calls as _calls  # noqa: F401 # pyright: ignore[reportUnusedImport] - these register the compilers of their node kinds
from .compile import comprehensions, displays, exceptions, expressions, functions, generators, names, patterns, statements  # noqa: F401 # pyright: ignore[reportUnusedImport]
from .cycles import rarely_searched
from .in_full import run_in_full
from .machine import Library, Machine
from .registrations import Registrations
from .values import CURRENT, Raised

T = TypeVar("T")

#: Stack of the thread that interprets: every call of the program takes about ten of the host's, deep ones need room.
_STACK = 512 * 2**20
#: The host needs time in the square of the depth for an exception that comes up from there: a second at this one.
_HOST_DEPTH = 20_000
#: Words for the frames of the host's functions. CPython takes its memory for frames in pieces of 16 KB and gives each back at once: calls that
#: go to and fro over the end of one ask the system for memory a thousand times a reading. A piece is made larger for a frame that needs more,
#: and what that frame leaves is for those it calls.
_FRAMES = 2**20

_ABILITIES: dict[str, Callable[..., Any]] = {
    "call": calls.call, "get": attributes.get, "put": attributes.put, "delete": attributes.delete, "class_of": attributes.class_of,
    "iterate": operators.iterate, "truth": operators.truth, "equal": operators.equal, "compare": operators.compare,
    "subscript": operators.subscript, "store": operators.store, "contains": operators.contains, "length": operators.length,
    "binary": operators.binary, "unary": operators.unary, "hash_of": text.hash_of, "text_of": text.text_of, "repr_of": text.repr_of,
    "formatted": text.formatted, "is_instance": classes.is_instance, "is_subclass": classes.is_subclass,
    "build_class": classes.build_class, "prepare_class": classes.prepare_class, "import_module": imports.import_module,
    "import_name": imports.import_name, "import_star": imports.import_star, "names_of": imports.names_of, "load": imports.load,
    "find_spec": imports.find_spec, "differing": repetition.differing,
}  # fmt: skip
for _name, _ability in _ABILITIES.items():
    setattr(Machine, _name, _ability)


def new_machine(budget: Budget | None = None, project: Any = None, libraries: list[Library] | None = None,
                decisions: dict[tuple[Any, ...], bool] | None = None, in_full: bool = False) -> Machine:  # fmt: skip
    """A machine at the start of a run.

    Args:
        project: Where source files are found (`astarch.source.project.Project`); None reads no files.
        libraries: What is described.
        decisions: Answers for undecided conditions.
        in_full: Whether modules leave their traces in others when they are imported; else, when these are looked at as far as is known.
    """
    machine = Machine(budget or Budget(), BUILTINS, decisions)
    machine.project = project
    machine.libraries = list(libraries or [])
    machine.registrations = Registrations(machine)
    machine.in_full = run_in_full if in_full else None
    return machine


def run_deep(work: Callable[[], T]) -> T:
    """Do some work on a stack of its own that is large enough for deep programs."""
    outcome: list[Any] = []
    failure: list[BaseException] = []

    def target() -> None:
        try:
            outcome.append(work())
        except BaseException as error:
            failure.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(max(limit, _HOST_DEPTH))
    try:
        thread = threading.Thread(target=_with_room(target))
        with rarely_searched():
            thread.start()
            thread.join()
    finally:
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    if failure:
        raise failure[0]
    return outcome[0]


def _with_room(function: Callable[[], None]) -> Callable[[], None]:
    """The same function, with a frame in which those of all it calls find room."""
    if sys.implementation.name == "cpython":
        function.__code__ = function.__code__.replace(co_stacksize=_FRAMES)
    return function


def use(machine: Machine, work: Callable[[], T]) -> T:
    """Do some work with a machine as the one in progress."""
    token, facts = CURRENT.set(machine), ACTIVE.set(None)  # what a run requires of sizes counts for that run only
    try:
        return work()
    finally:
        ACTIVE.reset(facts)
        CURRENT.reset(token)


def run_program(source: str, budget: Budget | None = None) -> dict[str, Any]:
    """Run a program given as text, all its statements in order: no project files, nothing described beside the standard library.

    >>> run_program("x = [n * n for n in range(3)]")["x"]
    [0, 1, 4]

    Raises:
        SourceError: The text is not Python.
        Raised: The program's own exception.
        BudgetSpent: It ran into a limit.
    """
    project = Project([])
    machine = new_machine(budget, project)

    def work() -> dict[str, Any]:
        module = imports.load(machine, "__main__", project.snippet(source, "__main__"))
        try:
            module.state.run_all()
        except Raised as raised:
            raised.args = (text.text_of(machine, raised.value),)  # the machine is gone when somebody asks
            raise
        return module.namespace

    return run_deep(lambda: use(machine, work))
