"""Symbolic sizes: integers that depend on named sizes, in a canonical form.

    >>> height = Dim.symbol("h")
    >>> (((height + 6 - 7)//2 + 1) + 2 - 3)//2 + 1
    (h - 1)//4 + 1
    >>> same(4*height//height, 4), same(height, 3)
    (True, None)

`Dim` is a polynomial over symbols, floor quotients, minima and maxima, with the operators of `int`; an operation whose
result is constant returns an `int`. True division gives a `Ratio`, anything else a `Real`. Questions that depend on the
symbols are answered None by `same`, `less` and `less_equal`, and raise `Undecided` where Python wants a bool.
"""

from __future__ import annotations

from . import dim_bounds, dim_compare, dim_division, dim_extremes, dim_power, dim_real, dim_text
from .dim_assumptions import Assumptions, Fact, assuming
from .dim_compare import divides, holds, less, less_equal, lower, open_question, same, upper
from .dim_core import ACTIVE, OPERATIONS, Dim, Undecided
from .dim_division import ceil_div
from .dim_extremes import maximum, minimum
from .dim_parse import parse
from .dim_real import Ratio, Real, ceil, floor, nearest, truncate
from .dim_text import factored
from .dim_values import evaluate, origin_of, substitute, symbols

OPERATIONS.floor_divide = dim_division.floor_divide
OPERATIONS.remainder = dim_division.remainder
OPERATIONS.power = dim_power.power
OPERATIONS.absolute = dim_extremes.absolute
OPERATIONS.decided = dim_compare.decided
OPERATIONS.size_text = dim_text.size_text
OPERATIONS.real_sum = dim_real.plus
OPERATIONS.real_difference = dim_real.minus
OPERATIONS.real_product = dim_real.times
OPERATIONS.real_quotient = dim_real.divided_by
OPERATIONS.real_floor_quotient = dim_real.floor_quotient
OPERATIONS.real_remainder = dim_real.remainder
OPERATIONS.rough_bounds = dim_bounds.rough_bounds

# Whoever unpickles one of these imports this module, and so has the operators too.
for _public in (Assumptions, Dim, Fact, Ratio, Real, Undecided):
    _public.__module__ = __name__

__all__ = [
    "ACTIVE", "Assumptions", "Dim", "Fact", "Ratio", "Real", "Undecided", "assuming", "ceil", "ceil_div", "divides", "evaluate",
    "factored", "floor", "holds", "less", "less_equal", "lower", "maximum", "minimum", "nearest", "open_question", "origin_of", "parse",
    "same", "substitute", "symbols", "truncate", "upper",
]  # fmt: skip
