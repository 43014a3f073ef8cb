"""``time``."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import outside, silent

OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    clocks = "time time_ns perf_counter perf_counter_ns monotonic monotonic_ns process_time thread_time localtime gmtime ctime strftime"
    return {**outside("time", clocks), **silent("time", "sleep tzset")}
