"""``statistics``, of numbers that are known."""

from __future__ import annotations

import statistics
from typing import Any

from ..builtins.exceptions import EXCEPTIONS
from ..machine import Machine
from ..natives.describing import failure, known, machined
from ..values import Class

_ERROR = Class("StatisticsError", (EXCEPTIONS["ValueError"],), {}, "statistics")
_NAMES = "mean fmean geometric_mean harmonic_mean median median_low median_high mode multimode pstdev pvariance stdev variance"


def _function(name: str) -> Any:
    def compute(m: Machine, data: Any, *rest: Any) -> Any:
        try:
            return getattr(statistics, name)(known(m, data), *rest)
        except statistics.StatisticsError as error:
            raise failure(m, _ERROR, str(error)) from None

    return compute


def namespace(m: Machine) -> dict[str, Any]:
    """The names of the module."""
    return {"StatisticsError": _ERROR, **machined("statistics", **{name: _function(name) for name in _NAMES.split()})}
