"""``typing_extensions``: the same as ``typing``."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..values import PyModule


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    module = m.import_module("typing")
    return dict(module.namespace) if isinstance(module, PyModule) else {}
