"""``beartype``: types are not checked here, and what checks them hands on what it decorates."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.describing import lenient
from .typeguard import handed_on

#: Whatever else it has is not known.
OPAQUE = True


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        **lenient(
            "beartype",
            beartype=lambda target=None, /, *, conf=None: handed_on() if target is None else target,
            BeartypeConf=lambda **options: tuple(options.items()),
        )
    }
