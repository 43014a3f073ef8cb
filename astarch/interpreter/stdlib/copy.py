"""``copy``."""

from __future__ import annotations

from typing import Any

from ..builtins.exceptions import EXCEPTIONS
from ..machine import Machine
from ..natives.copying import COPY, DEEP_COPY
from ..values import Class

_ERROR = Class("Error", (EXCEPTIONS["Exception"],), {}, "copy")


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"copy": COPY, "deepcopy": DEEP_COPY, "Error": _ERROR, "error": _ERROR}
