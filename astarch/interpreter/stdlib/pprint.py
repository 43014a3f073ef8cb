"""``pprint``: nothing is printed."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import outside, silent

OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {**silent("pprint", "pprint pp"), **outside("pprint", "pformat saferepr")}
