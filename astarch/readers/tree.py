"""Parameters and modules from dotted names, for formats that list tensors and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..ir.architecture import Architecture, Module, Parameter

#: What a format can show, and with that confirm: names of tensors, their shapes and types, which are shared, which are buffers,
#: all modules, their classes, what they were made with, the operations of the forward with their attributes, and their order.
HOLDS = ("names", "shapes", "dtypes", "ties", "kinds", "modules", "types", "arguments", "operations", "order")


def parents(name: str) -> Iterable[str]:
    """The dotted names above a name, the outermost first.

    >>> list(parents("a.b.weight"))
    ['', 'a', 'a.b']
    """
    yield ""
    at = name.find(".")
    while at >= 0:
        yield name[:at]
        at = name.find(".", at + 1)


def modules_of(names: Iterable[str], root: str, types: Mapping[str, str] | None = None) -> dict[str, Module]:
    """The modules that own the names, or are above those that do, in order of appearance; the root is of the given type."""
    found: dict[str, Module] = {"": Module("", root)}
    types = types or {}
    for name in names:
        for parent in parents(name):
            if parent not in found:
                found[parent] = Module(parent, types.get(parent, ""))
    return found


def parameters_of(tensors: Iterable[tuple[str, tuple[int, ...], str]]) -> dict[str, Parameter]:
    """Parameters from names, shapes and types."""
    return {name: Parameter(name, shape, dtype) for name, shape, dtype in tensors}


def facts(form: str, holds: Iterable[str], **more: Any) -> dict[str, Any]:
    """What an artifact's Architecture says of the artifact: its format, and what that can show."""
    return {"format": form, "holds": tuple(holds), **more}


def named_tensors(target: str, form: str, framework: str, parameters: Mapping[str, Parameter], **more: Any) -> Architecture:
    """The Architecture of a file that lists tensors by dotted names."""
    holds = more.pop("holds", ("names", "shapes", "dtypes"))
    modules = more.pop("modules", None) or modules_of(parameters, form)
    assumptions = more.pop("assumptions", ())
    alternatives = more.pop("alternatives", ())
    return Architecture(
        target=target,
        framework=framework,
        modules=modules,
        parameters=parameters,
        assumptions=tuple(assumptions),
        alternatives=tuple(alternatives),
        attributes=facts(form, holds, **more),
    )
