"""``warnings``: nobody is warned."""

from __future__ import annotations

from typing import Any

from ..machine import Machine
from ..natives.contexts import Null
from ..natives.describing import native, silent


class Caught(Null):
    """``catch_warnings``."""

    def __init__(self, *, record: Any = False, **options: Any) -> None:
        super().__init__([] if record else None)


CATCH = native("catch_warnings", Caught, "warnings", operations="enter exit call", make=lambda m, **options: Caught(**options))


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {
        "catch_warnings": CATCH, "filters": [], "defaultaction": "default",
        **silent("warnings", "warn warn_explicit showwarning filterwarnings simplefilter resetwarnings formatwarning"),
    }  # fmt: skip
