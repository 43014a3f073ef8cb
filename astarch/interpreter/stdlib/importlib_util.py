"""``importlib.util``."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Reason, Unknown
from ..builtins.hosts import OBJECT, payload_of
from ..machine import Machine
from ..natives.describing import guarded
from ..values import Class

OPAQUE = True
_SPEC = Class("ModuleSpec", (OBJECT,), {}, "importlib.machinery")


def _find_spec(m: Machine, name: Any, package: Any = None) -> Any:
    name = payload_of(name)
    if name.startswith("."):
        return m.unknown(Reason.OUTSIDE, f"importlib.util.find_spec({name!r})")
    found = m.find_spec(name)
    if type(found) is Unknown or found is None:
        return found
    if not found:
        m.assume(f"{name} is not installed")
        return None
    spec = m.call(_SPEC, (), {})
    parent = name.rpartition(".")[0]
    spec.__dict__.update(name=name, parent=parent, loader=None, submodule_search_locations=None, has_location=True)
    spec.__dict__["origin"] = Unknown(Reason.OUTSIDE, f"the file of {name}", m.where())  # noted where it is used
    return spec


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return guarded("importlib.util", find_spec=_find_spec)
