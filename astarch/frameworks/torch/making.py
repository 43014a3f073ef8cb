"""Making instances and calling values of the program from inside a description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..describe import REGISTRY, RUN


def make(name: Any, *args: Any, **kwargs: Any) -> Any:
    """A new instance of a described class, given by its public name: a child of a described layer.

    >>> make("torch.nn.Linear", 3, 4)  # doctest: +SKIP
    """
    return RUN.get().state["make"](name, *args, **kwargs)


def clone(module: Any) -> Any:
    """A deep copy of a module: its own parameters, its own children (``copy.deepcopy``)."""
    return RUN.get().state["clone"](module)


def clones(module: Any, count: Any) -> Any:
    """As many deep copies of a module; the count may be a symbol."""
    return [clone(module) for _ in range(count)] if isinstance(count, int) else RUN.get().state["clones"](module, count)


def in_turn(container: Any, value: Any, *args: Any, **kwargs: Any) -> Any:
    """The modules of a container called one after another on what the one before gave, each with the same further arguments."""
    run = RUN.get()
    if "in turn" in run.state:
        return run.state["in turn"](container, value, *args, **kwargs)
    for module in list(container._modules.values()):
        value = run.call(module, value, *args, **kwargs)
    return value


def call(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call any value of the program: a module, a described op, a function of the source."""
    return RUN.get().call(function, *args, **kwargs)


def rule(name: str) -> Callable[..., Any]:
    """The plain rule of a described op, to be used by another rule without leaving a node."""
    return REGISTRY[name].function
