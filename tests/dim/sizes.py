"""Random sizes for property tests: as trees, as sizes, and as plain integers."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from astarch.ir.dim import (
    Dim,
    ceil_div,
    maximum,
    minimum,
)

#: Symbols of all kinds of bounds, each with the range that tests take its values from.
BOUNDS = {"a": (1, None), "b": (0, None), "c": (-3, None), "d": (1, 6), "e": (-2, 3), "f": (None, None), "g": (None, 2)}
RANGES = {"a": (1, 40), "b": (0, 40), "c": (-3, 30), "d": (1, 6), "e": (-2, 3), "f": (-30, 30), "g": (-30, 2)}
SYMBOLS = {name: Dim.symbol(name, minimum=low, maximum=high) for name, (low, high) in BOUNDS.items()}

BINARY: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "+": (operator.add, operator.add),
    "-": (operator.sub, operator.sub),
    "*": (operator.mul, operator.mul),
    "//": (operator.floordiv, operator.floordiv),
    "%": (operator.mod, operator.mod),
    "min": (minimum, min),
    "max": (maximum, max),
    "ceil": (ceil_div, lambda x, y: -(-x // y)),
}
UNARY: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "-": (operator.neg, operator.neg),
    "abs": (abs, abs),
    "square": (lambda x: x**2, lambda x: x**2),
}

leaves = st.one_of(st.sampled_from(list(SYMBOLS)), st.integers(-4, 9))


def grown(children: st.SearchStrategy) -> st.SearchStrategy:
    numbered = st.tuples(st.sampled_from(["*", "//", "%"]), children, st.sampled_from([-4, -3, -1, 2, 3, 4, 6, 8]))
    unary = st.tuples(st.sampled_from(list(UNARY)), children)
    return st.one_of(numbered, unary, st.tuples(st.sampled_from(list(BINARY)), children, children))


trees = st.recursive(leaves, grown, max_leaves=6)
ring_signs = st.sampled_from(["+", "-", "*"])
polynomials = st.recursive(leaves, lambda inner: st.tuples(ring_signs, inner, inner), max_leaves=8)
values = st.fixed_dictionaries({name: st.integers(*limits) for name, limits in RANGES.items()})


def worked_out(tree: Any, environment: Mapping[str, Any], plain: bool) -> Any:
    """A tree's value: as a size, or in plain integers."""
    if isinstance(tree, int):
        return tree
    if isinstance(tree, str):
        return environment[tree]
    sign, *operands = tree
    functions = UNARY[sign] if len(operands) == 1 else BINARY[sign]
    return functions[plain](*[worked_out(operand, environment, plain) for operand in operands])


def as_size(tree: Any) -> Any:
    """A tree as a size. A divisor that is found to be always zero makes no example."""
    try:
        return worked_out(tree, SYMBOLS, False)
    except ZeroDivisionError:
        assume(False)


def as_number(tree: Any, numbers: Mapping[str, int]) -> int:
    """A tree in plain integers. A zero divisor makes no example."""
    try:
        return worked_out(tree, numbers, True)
    except ZeroDivisionError:
        assume(False)


h, w, c, n, k = map(Dim.symbol, ("h", "w", "c", "n", "k"))
t, d, heads = map(Dim.symbol, ("t", "d", "heads"))
