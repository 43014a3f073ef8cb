"""``importlib``: modules are found as ``import`` finds them."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Unknown
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import machined, silent

OPAQUE = True


def _import_module(m: Machine, name: Any, package: Any = None) -> Any:
    for value in (name, package):
        if type(value) is Unknown:
            return value
    name, package = payload_of(name), payload_of(package)
    if name.startswith("."):
        if not package:
            raise TypeError(f"the 'package' argument is required to perform a relative import for {name!r}")
        level = len(name) - len(name.lstrip("."))
        for _ in range(level - 1):
            package = package.rpartition(".")[0]
        name = f"{package}.{name[level:]}" if name[level:] else package
    return m.import_module(name, m.guarding > 0)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    names = machined("importlib", import_module=_import_module, reload=lambda m, module: module)
    return {**names, "__import__": m.builtins["__import__"], **silent("importlib", "invalidate_caches")}
