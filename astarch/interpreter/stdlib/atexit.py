"""``atexit``: the analysis has no exit."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import lenient, silent


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {**lenient("atexit", register=lambda func, *args, **kwargs: func), **silent("atexit", "unregister")}
