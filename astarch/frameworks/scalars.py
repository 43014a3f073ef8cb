"""A number that brings its own element type, as numpy's scalars do."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any


def divided(a: Any, b: Any) -> float:
    """True division with the infinities of floating point."""
    if b:
        return a / b
    if not a or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def _whole(a: float, b: float) -> float:
    return a // b if b else divided(a, b)


def _rest(a: float, b: float) -> float:
    return a % b if b else math.nan


def powered(a: float, b: float) -> float:
    """A power with the infinities of floating point, and nan where it is not real."""
    try:
        return math.pow(a, b)
    except OverflowError:
        return math.inf if a > 0 or b % 2 == 0 else -math.inf
    except ValueError:
        return math.inf if a == 0 else math.nan


class Float64(float):
    """``numpy.float64``: a float like Python's, but of which ``torch.tensor`` makes float64, whatever the default is.

    Arithmetic with plain numbers gives another; with anything else the other side decides.
    """

    __slots__ = ()


def _kept(function: Callable[..., Any], swapped: bool) -> Callable[[Any, Any], Any]:
    def method(self: Float64, other: Any) -> Any:
        if not isinstance(other, (int, float)):
            return NotImplemented
        a, b = (float(other), float(self)) if swapped else (float(self), float(other))
        return Float64(function(a, b))

    return method


def _unary(function: Callable[[float], float]) -> Callable[[Any], Float64]:
    return lambda self: Float64(function(float(self)))


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": divided, "floordiv": _whole, "mod": _rest, "pow": powered,
}  # fmt: skip
for _name, _function in _ARITHMETIC.items():
    setattr(Float64, f"__{_name}__", _kept(_function, swapped=False))
    setattr(Float64, f"__r{_name}__", _kept(_function, swapped=True))
for _name in ("neg", "pos", "abs"):
    setattr(Float64, f"__{_name}__", _unary(getattr(operator, _name)))
