"""``decimal``, the number itself."""

from __future__ import annotations

import decimal
from typing import Any

from ..builtins.exceptions import EXCEPTIONS
from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import holds_unknown, native
from ..values import Class
from .fractions import OPERATIONS

OPAQUE = True


def _make(m: Machine, value: Any = "0", context: Any = None) -> Any:
    lost = holds_unknown(value)
    return lost if lost is not None else decimal.Decimal(payload_of(value))


DECIMAL = native("Decimal", decimal.Decimal, "decimal", methods="quantize is_nan is_finite sqrt to_integral_value normalize as_tuple",
                 operations=OPERATIONS, make=_make)  # fmt: skip
_ROUNDING = "ROUND_CEILING ROUND_DOWN ROUND_FLOOR ROUND_HALF_DOWN ROUND_HALF_EVEN ROUND_HALF_UP ROUND_UP"


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"Decimal": DECIMAL, "InvalidOperation": Class("InvalidOperation", (EXCEPTIONS["ArithmeticError"],), {}, "decimal"),
            **{name: name for name in _ROUNDING.split()}}  # fmt: skip
