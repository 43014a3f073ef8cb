"""``textwrap``."""

from __future__ import annotations

import textwrap
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import guarded

_LONGEST = 100_000


def _function(name: str) -> Any:
    def call(m: Machine, text: Any, *args: Any, **options: Any) -> Any:
        text = payload_of(text)
        added = sum(len(option) for option in (*args, *options.values()) if isinstance(option, str))
        m.require_text(len(text) * (1 + added) if len(text) <= _LONGEST else m.budget.text + 1)
        return getattr(textwrap, name)(text, *args, **options)

    return call


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return guarded("textwrap", **{name: _function(name) for name in ("dedent", "fill", "indent", "shorten", "wrap")})
