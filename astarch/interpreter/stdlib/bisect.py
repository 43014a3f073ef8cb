"""``bisect``."""

from __future__ import annotations

import bisect
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import guarded, holds_unknown
from ..values import Lost


def _function(name: str) -> Any:
    def call(m: Machine, a: Any, x: Any, *args: Any, **options: Any) -> Any:
        items = payload_of(a)
        lost = holds_unknown(items)
        if lost is not None:
            raise Lost(lost)
        return getattr(bisect, name)(items, x, *args, **options)

    return call


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return guarded("bisect", **{name: _function(name) for name in (
        "bisect", "bisect_left", "bisect_right", "insort", "insort_left", "insort_right")})  # fmt: skip
