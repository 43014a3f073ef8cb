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

from .dim_assumptions import Assumptions, Fact, assuming
from .dim_bounds import lower, upper
from .dim_compare import divides, holds, less, less_equal, same
from .dim_core import Dim, Undecided
from .dim_division import ceil_div
from .dim_extremes import maximum, minimum
from .dim_parse import parse
from .dim_real import Ratio, Real, ceil, floor, nearest, truncate
from .dim_text import factored
from .dim_values import evaluate, origin_of, substitute, symbols

__all__ = [
    "Assumptions", "Dim", "Fact", "Ratio", "Real", "Undecided", "assuming", "ceil", "ceil_div", "divides", "evaluate",
    "factored", "floor", "holds", "less", "less_equal", "lower", "maximum", "minimum", "nearest", "origin_of", "parse",
    "same", "substitute", "symbols", "truncate", "upper",
]  # fmt: skip
