"""``importlib.metadata``: versions of what is described; everything else counts as not installed."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Reason
from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import failure, guarded, outside
from ..values import MISSING, Class

OPAQUE = True
NOT_FOUND = Class("PackageNotFoundError", (EXCEPTIONS["ModuleNotFoundError"],), {}, "importlib.metadata")


def _version(m: Machine, distribution_name: Any) -> Any:
    name = payload_of(distribution_name).replace("-", "_")
    for library in m.libraries:
        module = library.module(name)
        if module is not None:
            found = module.get("__version__")
            return m.unknown(Reason.OUTSIDE, f"the version of {name}") if found is MISSING else found
    if m.project is not None and (version := m.project.version_of(name)):
        return version
    if m.find_spec(name):
        return m.unknown(Reason.OUTSIDE, f"the version of {name}")
    m.assume(f"{name} is not installed")
    raise failure(m, NOT_FOUND, name)


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "PackageNotFoundError": NOT_FOUND,
        **guarded("importlib.metadata", version=_version),
        **outside("importlib.metadata", "metadata distribution distributions entry_points files requires packages_distributions"),
    }
