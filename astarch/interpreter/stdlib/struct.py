"""``struct``."""

from __future__ import annotations

import struct
from typing import Any

from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import failure, guarded
from ..values import Class

_ERROR = Class("error", (EXCEPTIONS["Exception"],), {}, "struct")


def _function(name: str) -> Any:
    def call(m: Machine, format: Any, *args: Any) -> Any:
        try:
            m.require_text(struct.calcsize(payload_of(format)))
            return getattr(struct, name)(payload_of(format), *map(payload_of, args))
        except struct.error as error:
            raise failure(m, _ERROR, str(error)) from None

    return call


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"error": _ERROR, **guarded("struct", **{n: _function(n) for n in ("pack", "unpack", "calcsize", "unpack_from", "iter_unpack")})}
