"""``platform``: CPython 3.11 on Linux."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import lenient

OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return lenient(
        "platform", system=lambda: "Linux", python_version=lambda: "3.11.7", python_implementation=lambda: "CPython",
        python_version_tuple=lambda: ("3", "11", "7"), machine=lambda: "x86_64",
    )  # fmt: skip
