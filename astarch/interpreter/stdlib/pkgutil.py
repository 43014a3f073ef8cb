"""``pkgutil``: data files that lie in the packages of the search path."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Reason
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import guarded, outside

OPAQUE = True


def _get_data(m: Machine, package: Any, resource: Any) -> Any:
    name, path = payload_of(package), payload_of(resource)
    found = m.project.data(name, path) if m.project is not None and isinstance(name, str) and isinstance(path, str) else None
    return m.unknown(Reason.OUTSIDE, f"pkgutil.get_data({name!r}, {path!r})") if found is None else found


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {**guarded("pkgutil", get_data=_get_data),
            **outside("pkgutil", "iter_modules walk_packages get_loader find_loader extend_path resolve_name")}  # fmt: skip
