"""``gc``: nothing is collected."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import lenient, outside, silent

OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {**lenient("gc", collect=lambda generation=2: 0, isenabled=lambda: True), **silent("gc", "enable disable freeze unfreeze"),
            **outside("gc", "get_objects get_referrers get_count get_stats")}  # fmt: skip
