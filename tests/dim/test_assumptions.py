"""What is known of sizes makes them simpler."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from astarch.ir.dim import (
    Assumptions,
    Dim,
    Fact,
    Undecided,
    assuming,
    divides,
    evaluate,
    less,
    less_equal,
    lower,
    maximum,
    minimum,
    parse,
    same,
    upper,
)
from tests.dim.sizes import SYMBOLS, as_number, as_size, c, d, h, heads, n, t, trees, values, w

#: Facts, with what they say of plain integers.
FACTS: dict[str, Callable[[Mapping[str, int]], bool]] = {
    "a % d == 0": lambda m: m["a"] % m["d"] == 0,
    "a % 4 == 0": lambda m: m["a"] % 4 == 0,
    "f % 3 == 0": lambda m: m["f"] % 3 == 0,
    "(a + b) % 4 == 0": lambda m: (m["a"] + m["b"]) % 4 == 0,
    "a == b*d": lambda m: m["a"] == m["b"] * m["d"],
    "a + e == f": lambda m: m["a"] + m["e"] == m["f"],
    "c >= 2": lambda m: m["c"] >= 2,
    "a < b": lambda m: m["a"] < m["b"],
    "b != 0": lambda m: m["b"] != 0,
    "f != e": lambda m: m["f"] != m["e"],
    "a//d == 3": lambda m: m["a"] // m["d"] == 3,
    "a % d != 0": lambda m: m["a"] % m["d"] != 0,
    "a*e == b*g": lambda m: m["a"] * m["e"] == m["b"] * m["g"],
}


class TestAssumptions:
    def test_divisibility(self) -> None:
        assert str(t * d // heads * heads) != str(t * d)
        with assuming("d % heads == 0"):
            assert t * d // heads * heads == t * d
            assert str(t * d // heads) == "t*(d//heads)"
            assert d % heads == 0
            assert divides(heads, 3 * d) is True
            assert d // (2 * heads) == d // heads // 2
            assert t * (d // heads) * heads == t * d
        assert d % heads != 0
        with assuming(Assumptions().divisible(d, 8)):
            assert d // 8 * 8 == d
            assert d % 4 == 0
            assert same(d // 4 * 4, d) is True

    def test_made_before(self) -> None:
        made = d // heads * heads
        assert same(made, d) is None
        assert same(made, d + 1) is False
        with assuming("d % heads == 0"):
            assert same(made, d) is True

    def test_equality(self) -> None:
        width = Dim.symbol("head_dim")
        with assuming(Assumptions().equal(d, heads * width)):
            assert same(d, width * heads) is True
            assert d // heads == width
            assert same(d % heads, 0) is True
            assert less_equal(heads, d) is True
        with assuming("h == w"):
            assert same(h * w, w**2) is True
            assert same(h, w + 1) is False
        with assuming("h*w == c*n"):
            assert same(2 * h * w, 2 * c * n) is True

    def test_order(self) -> None:
        with assuming("h <= w"):
            assert less(h, w + 1) is True
            assert minimum(h, w) == h
            assert less(w, h) is False
        with assuming(Assumptions().at_least(h, 8).at_most(h, 12)):
            assert (lower(h), upper(h)) == (8, 12)
            assert maximum(h, 4) == h
            assert h // 16 == 0
        zero = Dim.symbol("z", minimum=0)
        assert same(zero, 0) is None
        with assuming(Fact(zero, "!=", 0)):
            assert same(zero, 0) is False
            assert (3 * zero) // zero == 3
        with assuming("h % 2 != 0"):
            assert same(h % 2, 1) is True

    def test_undecided_as_a_fact(self) -> None:
        with pytest.raises(Undecided) as caught:
            bool(h > w)
        with assuming(caught.value):
            assert h > w
            with assuming("w > 3"):
                assert h > 4
        with assuming(Fact(h, ">", w).negation):
            assert h <= w
        with pytest.raises(ValueError, match="no comparison"):
            Assumptions.of(Undecided("something"))
        with pytest.raises(ValueError, match="no comparison"):
            Assumptions.of("h")

    def test_text_does_not_depend_on_them(self) -> None:
        made = heads * (d // heads) - w
        with assuming("d % heads == 0"):
            inside = str(made)
        assert inside == str(heads * (d // heads) - w)
        assert parse(inside) == made

    def test_nothing_is_left_behind(self) -> None:
        zero = Dim.symbol("z", minimum=0)
        with assuming(Fact(zero, "!=", 0)):
            assert lower(zero) == 1
            assert lower(zero * 3 + 1) == 4
        assert lower(zero) == 0
        assert lower(zero * 3 + 1) == 1
        with pytest.raises(RuntimeError), assuming("h == 3"):
            raise RuntimeError
        assert same(h, 3) is None

    def test_values(self) -> None:
        facts = Assumptions.of("d % heads == 0", "h >= 2")
        assert facts == Assumptions.of("h >= 2", "d % heads == 0")
        assert hash(facts) == hash(Assumptions.of("h >= 2", "d % heads == 0"))
        assert str(facts) == "d%heads == 0, h >= 2"
        assert pickle.loads(pickle.dumps(facts)) == facts
        assert facts
        assert not Assumptions()
        assert facts.extended("h >= 2") == facts

    @given(st.lists(st.sampled_from(list(FACTS)), min_size=1, max_size=3), trees, trees, values, st.data())
    @settings(max_examples=400, deadline=None)
    def test_sound(self, facts: list[str], left: Any, right: Any, numbers: dict[str, int], data: Any) -> None:
        if "a == b*d" in facts:
            numbers["a"] = max(1, numbers["b"] * numbers["d"])
        elif "a % d == 0" in facts:
            numbers["a"] = numbers["d"] * data.draw(st.integers(1, 6))
        if "a + e == f" in facts:
            numbers["f"] = numbers["a"] + numbers["e"]
        assume(all(FACTS[fact](numbers) for fact in facts))
        before = as_size(left)
        with assuming(Assumptions.of(*facts, symbols=SYMBOLS)):
            one, two = as_size(left), as_size(right)
            answers = same(one, two), less(one, two), same(before, two), lower(one), upper(one)
        first, second = as_number(left, numbers), as_number(right, numbers)
        assert evaluate(one, numbers) == first
        assert answers[0] in (None, first == second)
        assert answers[1] in (None, first < second)
        assert answers[2] in (None, first == second)
        assert answers[3] is None or answers[3] <= first
        assert answers[4] is None or first <= answers[4]
