"""Numbers whose last bits are the kernel's own business: logarithms, exponentials, powers.

Torch computes them with vectorised kernels that may differ from Python's by a few units in the last place. Sizes are
often worked out through them all the same (``round(log(w) / log(m))``), and a few units decide nothing unless the
number is very close to a boundary. So such values are kept as `Nearly`, which refuses to be compared or rounded there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, SupportsIndex

from ....ir.dim import Undecided

#: Relative distance below which a comparison or a rounding is not decided; single precision has 6e-8.
_MARGIN = 1e-5


class Nearly(float):
    """A floating number that is right up to rounding."""

    __slots__ = ()

    def _from(self, boundary: float) -> None:
        if abs(float(self) - boundary) <= _MARGIN * max(1.0, abs(float(self))):
            raise Undecided(f"{float(self)!r} is too close to {boundary!r} to tell which side it is on")

    def __round__(self, digits: SupportsIndex | None = None) -> Any:
        self._from(math.floor(float(self)) + 0.5)
        return round(float(self), digits)

    def __floor__(self) -> int:
        self._from(round(float(self)))
        return math.floor(float(self))

    def __ceil__(self) -> int:
        self._from(round(float(self)))
        return math.ceil(float(self))

    def __trunc__(self) -> int:
        self._from(round(float(self)))
        return math.trunc(float(self))

    __int__ = __trunc__

    def __bool__(self) -> bool:
        self._from(0.0)
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (int, float)):
            return NotImplemented
        self._from(float(other))
        return False

    def __hash__(self) -> int:
        return hash(float(self))


def _compared(name: str) -> Callable[[Nearly, Any], Any]:
    def compare(self: Nearly, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        self._from(float(other))
        return getattr(float(self), name)(float(other))

    return compare


def _computed(name: str) -> Callable[..., Any]:
    def compute(self: Nearly, *others: Any) -> Any:
        result = getattr(float(self), name)(*map(float, others)) if all(isinstance(o, (int, float)) for o in others) else NotImplemented
        return result if result is NotImplemented else Nearly(result)

    return compute


for _name in ("__lt__", "__le__", "__gt__", "__ge__"):
    setattr(Nearly, _name, _compared(_name))
for _name in ("add", "radd", "sub", "rsub", "mul", "rmul", "truediv", "rtruediv", "pow", "rpow"):
    setattr(Nearly, f"__{_name}__", _computed(f"__{_name}__"))
for _name in ("neg", "abs", "pos"):
    setattr(Nearly, f"__{_name}__", _computed(f"__{_name}__"))


def nearly(function: Callable[..., float]) -> Callable[..., float]:
    """A function of the standard library as torch computes it: right up to rounding.

    >>> nearly(math.log)(math.e) > 0.5
    True
    """

    def compute(*args: Any) -> float:
        result = function(*map(float, args))
        exact = result.is_integer() and all(type(arg) is not Nearly and _is_power_of_two(arg) for arg in args)
        return float(result) if exact else Nearly(result)

    return compute


def _is_power_of_two(value: Any) -> bool:
    """0 and powers of two: where a logarithm, an exponential or an angle is whole, every kernel gives it exactly."""
    return value == 0 or math.frexp(abs(value))[0] == 0.5
