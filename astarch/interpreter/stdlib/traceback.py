"""``traceback``: nothing is printed."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import outside, silent

OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {**silent("traceback", "print_exc print_exception print_stack print_last print_tb"),
            **outside("traceback", "format_exc format_exception format_stack format_tb extract_stack extract_tb")}  # fmt: skip
