"""``packaging``: third-party, but everywhere."""

from __future__ import annotations

from typing import Any

from ..machine import Machine

OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the package; its modules are described in files of their own."""
    return {}
