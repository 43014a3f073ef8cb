"""Sizes against plain integers, and the laws of rings."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from astarch.ir.dim import (
    Dim,
    Ratio,
    Undecided,
    ceil,
    evaluate,
    factored,
    floor,
    holds,
    less,
    less_equal,
    lower,
    nearest,
    parse,
    same,
    substitute,
    symbols,
    truncate,
    upper,
)
from tests.dim.sizes import SYMBOLS, as_number, as_size, h, polynomials, trees, values, worked_out


class TestAgainstIntegers:
    @given(trees, values)
    @settings(max_examples=400, deadline=None)
    def test_value(self, tree: Any, numbers: dict[str, int]) -> None:
        size, number = as_size(tree), as_number(tree, numbers)
        assert evaluate(size, numbers) == number
        assert substitute(size, numbers) == number
        assert isinstance(substitute(size, numbers), int)

    @given(trees, values)
    @settings(max_examples=300, deadline=None)
    def test_bounds(self, tree: Any, numbers: dict[str, int]) -> None:
        size, number = as_size(tree), as_number(tree, numbers)
        low, high = lower(size), upper(size)
        assert low is None or low <= number
        assert high is None or number <= high

    @given(trees, values)
    @settings(max_examples=300, deadline=None)
    def test_text(self, tree: Any, numbers: dict[str, int]) -> None:
        size, number = as_size(tree), as_number(tree, numbers)
        assert parse(str(size), SYMBOLS) == size
        assert eval(str(size), {}, dict(numbers)) == number
        assert eval(factored(size), {}, dict(numbers)) == number

    @given(trees, trees, st.integers(-2, 2), values)
    @settings(max_examples=400, deadline=None)
    def test_answers(self, left: Any, right: Any, shift: int, numbers: dict[str, int]) -> None:
        for other in (right, ("+", left, shift), ("+", ("-", left, right), right)):
            one, two = as_size(left), as_size(other)
            first, second = as_number(left, numbers), as_number(other, numbers)
            assert same(one, two) in (None, first == second)
            assert less(one, two) in (None, first < second)
            assert less_equal(one, two) in (None, first <= second)
            for sign in ("==", "!=", "<", "<=", ">", ">="):
                assert holds(one, sign, two) in (None, eval(f"{first} {sign} {second}"))

    @given(trees, values, st.sets(st.sampled_from(list(SYMBOLS))))
    @settings(max_examples=200, deadline=None)
    def test_partial_substitution(self, tree: Any, numbers: dict[str, int], known: set[str]) -> None:
        size, number = as_size(tree), as_number(tree, numbers)
        try:
            part = substitute(size, {name: numbers[name] for name in known})
        except ZeroDivisionError:
            assume(False)
        assert not known & set(symbols(part))
        assert evaluate(part, numbers) == number

    @given(trees, st.sampled_from([2, 3, 4, 5, 6, -2, -3, 0.5, 0.25, 2.5, 1.5]), trees, values)
    @settings(max_examples=300, deadline=None)
    def test_rounding(self, tree: Any, factor: float, other: Any, numbers: dict[str, int]) -> None:
        size, number = as_size(tree), as_number(tree, numbers)
        ratio = size / factor + as_size(other)
        exact = Fraction(number) / Fraction(factor) + as_number(other, numbers)
        assume(isinstance(ratio, Ratio))
        for ours, python in ((floor, math.floor), (ceil, math.ceil), (truncate, int), (nearest, round)):
            assert evaluate(ours(ratio), numbers) == python(exact)

    @given(trees, trees, values)
    @settings(max_examples=200, deadline=None)
    def test_ratios_of_sizes(self, upper_tree: Any, lower_tree: Any, numbers: dict[str, int]) -> None:
        try:
            ratio = as_size(upper_tree) / as_size(lower_tree)
            exact = Fraction(as_number(upper_tree, numbers), as_number(lower_tree, numbers))
        except ZeroDivisionError:
            assume(False)
        for ours, python in ((floor, math.floor), (ceil, math.ceil), (truncate, int), (nearest, round)):
            try:
                rounded = ours(ratio)
            except Undecided:
                continue  # `round` wants to know the divisor's sign
            assert evaluate(rounded, numbers) == python(exact)
        assert less(ratio, 3) in (None, exact < 3)
        assert same(ratio, 2) in (None, exact == 2)


class TestRing:
    @given(trees, trees, trees)
    @settings(max_examples=200, deadline=None)
    def test_laws(self, first: Any, second: Any, third: Any) -> None:
        x, y, z = map(as_size, (first, second, third))
        assert x + y == y + x
        assert x * y == y * x
        assert (x + y) + z == x + (y + z)
        assert (x * y) * z == x * (y * z)
        assert x * (y + z) == x * y + x * z
        assert x + 0 == x * 1 == x
        assert x - x == x * 0 == 0
        assert 0 - (0 - x) == x
        assert x - y == -(y - x)
        assert hash(x + y) == hash(y + x)

    @given(polynomials, polynomials)
    @settings(max_examples=100, deadline=None)
    def test_expands_as_sympy_does(self, first: Any, second: Any) -> None:
        sympy = pytest.importorskip("sympy")
        theirs = {name: sympy.Symbol(name) for name in SYMBOLS}
        product = as_size(first) * as_size(second)
        expected = sympy.expand(worked_out(first, theirs, True) * worked_out(second, theirs, True))
        assert sympy.expand(sympy.sympify(str(product), theirs) - expected) == 0
        if isinstance(product, Dim):
            assert len(product.terms) == len(sympy.Add.make_args(expected))
        else:
            assert product == expected

    @given(polynomials, polynomials, values)
    @settings(max_examples=100, deadline=None)
    def test_division_with_remainder(self, first: Any, second: Any, numbers: dict[str, int]) -> None:
        x, y = as_size(first), as_size(second)
        try:
            whole, rest = divmod(x, y)
            expected = divmod(as_number(first, numbers), as_number(second, numbers))
        except ZeroDivisionError:
            assume(False)
        assert (evaluate(whole, numbers), evaluate(rest, numbers)) == expected
        assert y * whole + rest == x

    def test_constants_are_ints(self) -> None:
        for value in (h - h, h * 0, (h + 3) - h, h // h, h % 1, h**0, (4 * h) // h, 0 * h + True):
            assert type(value) is int

    def test_bools_count(self) -> None:
        assert h + True == h + 1
        assert h * True == h
        assert h * False == 0
