"""``importlib.abc``: classes that import hooks derive from; no hook is ever asked."""

from __future__ import annotations

from typing import Any

from ..builtins.hosts import OBJECT
from ..machine import Machine
from ..values import Class

OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {name: Class(name, (OBJECT,), {}, "importlib.abc") for name in ("MetaPathFinder", "PathEntryFinder", "Loader")}
