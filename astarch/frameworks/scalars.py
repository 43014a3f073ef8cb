"""A number that brings its own element type, as numpy's scalars do."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any


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
        try:
            found = function(a, b)
        except ZeroDivisionError:
            found = a * float("inf") if function is operator.truediv else float("nan")  # numpy warns and goes on
        return Float64(found) if type(found) is float else found

    return method


def _unary(function: Callable[[float], float]) -> Callable[[Any], Float64]:
    return lambda self: Float64(function(float(self)))


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Float64, f"__{_name}__", _kept(getattr(operator, _name), swapped=False))
    setattr(Float64, f"__r{_name}__", _kept(getattr(operator, _name), swapped=True))
for _name in ("neg", "pos", "abs"):
    setattr(Float64, f"__{_name}__", _unary(getattr(operator, _name)))
