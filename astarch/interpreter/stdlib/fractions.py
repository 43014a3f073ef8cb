"""``fractions``."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..builtins.hosts import payload_of
from ..machine import Machine
from ..natives.describing import holds_unknown, native

OPERATIONS = "add radd sub rsub mul rmul truediv rtruediv floordiv mod pow neg abs eq lt le gt ge hash floor ceil round trunc str"


def _make(m: Machine, numerator: Any = 0, denominator: Any = None) -> Any:
    lost = holds_unknown((numerator, denominator))
    return lost if lost is not None else Fraction(payload_of(numerator), payload_of(denominator))


FRACTION = native("Fraction", Fraction, "fractions", attributes="numerator denominator", methods="limit_denominator as_integer_ratio",
                  operations=OPERATIONS, make=_make)  # fmt: skip


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"Fraction": FRACTION}
