"""One canonical form, whatever the way to a size was; answers that are never wrong."""

from __future__ import annotations

import math
import pickle
from typing import Any

import pytest

from astarch.ir.dim import (
    Dim,
    Real,
    Undecided,
    ceil_div,
    divides,
    evaluate,
    less,
    less_equal,
    lower,
    maximum,
    minimum,
    origin_of,
    same,
    upper,
)
from tests.dim.sizes import c, h, k, n, w


def chained(size: Any, layers: int, kernel: int, stride: int, padding: int) -> Any:
    for _ in range(layers):
        size = (size + 2 * padding - kernel) // stride + 1
    return size


class TestCanonicalForm:
    @pytest.mark.parametrize(("kernel", "stride", "padding"), [(3, 2, 1), (7, 2, 3), (5, 2, 2), (11, 2, 5), (1, 2, 0)])
    def test_strided_convolutions_collapse(self, kernel: int, stride: int, padding: int) -> None:
        for layers in range(1, 8):
            assert str(chained(h, layers, kernel, stride, padding)) == f"(h - 1)//{2**layers} + 1"

    def test_chains_collapse(self) -> None:
        assert chained(h, 50, 3, 1, 1) == h
        assert str(chained(h, 5, 2, 2, 0)) == "h//32"
        assert str(chained(chained(h, 1, 4, 4, 0), 3, 2, 2, 0)) == "h//32"
        assert str(chained(h, 3, 3, 1, 0)) == "h - 6"
        assert str(((h + 2 * 3 - 7) // 2 + 1 + 2 - 3) // 2 + 1) == "(h - 1)//4 + 1"

    def test_quotients(self) -> None:
        p = h * w - 2 * w + 3
        assert (c * n + k) // n == c + k // n
        assert (h // 3) // 5 == h // 15
        assert (h // w) // c == h // (c * w)
        assert (2 * h) // 4 == h // 2
        assert (2 * h + 1) // 4 == h // 2
        assert (4 * c) // c == 4
        assert c // (4 * c) == 0
        assert (c * k) // (c * n) == k // n
        assert (h**2 - w**2) // (h + w) == h - w
        assert (k * (h + w + 1)) // (h + w + 1) == k
        assert (k * p) // (h * w + 1) != k
        assert (h - 1) // h == 0
        assert h**2 // (h + 1) == h - 1
        assert (h + 31) // 32 == (h - 1) // 32 + 1 == -(-h // 32) == ceil_div(h, 32)
        assert (h + w - 1) // w == (h - 1) // w + 1 == -(-h // w) == ceil_div(h, w)
        assert -h // -4 == h // 4
        assert (-h) // 4 == -ceil_div(h, 4)

    def test_remainders(self) -> None:
        assert h % 1 == 0
        assert (c * n) % n == 0
        assert n * (h // n) + h % n == h
        assert 8 * (h // 8) + h % 8 == h
        assert h - h % 8 == 8 * (h // 8)
        assert (h % 8) // 8 == 0
        assert (h % 8) % 8 == h % 8 == (h + 64) % 8
        assert (h % n) // n == 0
        assert h + (-h) % 8 == 8 * ceil_div(h, 8)
        assert h + (n - h % n) % n == n * ceil_div(h, n)
        assert Dim.symbol("small", maximum=7) % 8 == Dim.symbol("small", maximum=7)

    def test_zero_divisors_are_respected(self) -> None:
        maybe = Dim.symbol("maybe", minimum=0)
        assert (4 * maybe) // maybe != 4
        assert str((4 * maybe) // maybe) == "4*maybe//maybe"
        assert (2 * maybe) // (2 * h) == maybe // h
        with pytest.raises(ZeroDivisionError):
            h // 0
        with pytest.raises(ZeroDivisionError):
            h // (w - w)
        with pytest.raises(ZeroDivisionError):
            evaluate(h // maybe, {"h": 1, "maybe": 0})

    def test_extremes(self) -> None:
        assert minimum(h, h + 1) == h
        assert minimum(h, 0) == 0
        assert maximum(h, 1) == h
        assert minimum(h, minimum(w, 3), 5) == minimum(3, w, h)
        assert maximum(h, w, h) == maximum(w, h)
        assert minimum(2 * h, 2 * w) == 2 * minimum(h, w)
        assert maximum(-h, -w) == -minimum(h, w)
        assert minimum(h + 3, h + w, h + 1) == h + 1
        assert abs(h) == h
        assert abs(-h) == h
        assert abs(h - w) == abs(w - h) == maximum(h - w, w - h)
        assert minimum(Dim.symbol("small", maximum=7), 7) == Dim.symbol("small", maximum=7)
        assert minimum(h, 7) // 8 == 0
        assert type(minimum(True, 3)) is int
        with pytest.raises(ValueError, match="no sizes"):
            minimum()
        with pytest.raises(Undecided):
            minimum(h, w / 2)

    def test_powers(self) -> None:
        assert 2 ** (n + 1) == 2 * 2**n
        assert lower(2**n) == 2
        assert h**2 * h**3 == h**5
        assert h << 2 == 4 * h
        assert h >> 2 == h // 4
        assert 1 << n == 2**n
        assert evaluate(64 * 2**n, {"n": 3}) == 512
        assert (h**2) ** 0.5 == h / 1
        assert isinstance((h - 5) ** n, Real)
        assert isinstance(h ** (n - 5), Real)

    def test_one_symbol_of_other_bounds_is_another(self) -> None:
        other = Dim.symbol("h", minimum=0)
        assert other != h
        assert same(other, h) is None
        assert h * other == other * h

    def test_origin_is_no_part_of_a_symbol(self) -> None:
        told = Dim.symbol("h", origin="model.py:3")
        assert told == h
        assert hash(told) == hash(h)
        assert told - h == 0
        assert origin_of(told) == "model.py:3"
        assert origin_of((told - 1) // 2 + 1) == "model.py:3"
        assert origin_of(h) == origin_of(3) == ""


class TestAnswers:
    def test_same(self) -> None:
        assert same(h, h) is True
        assert same(3, 3) is True
        assert same(h, 0) is False
        assert same(h, w) is None
        assert same(2 * h, 2 * w + 1) is False
        assert same(h % 8, 8) is False
        assert same(h * w, 0) is False
        assert same((2 * h) % 2, 0) is True

    def test_same_sees_through_quotients(self) -> None:
        assert same(h // 2 + (h + 1) // 2, h) is True
        assert same(h - h // 2, (h + 1) // 2) is True
        assert same(h + h // 4, 5 * h // 4) is True
        assert same(h // 3 + (h + 1) // 3 + (h + 2) // 3, h) is True
        assert same((h // 2) * 2, h + 1) is False
        assert same(h * (h + 1) % 2, 0) is True
        assert same((h // 2) * 2, h) is None

    def test_less(self) -> None:
        assert less(h % n, n) is True
        assert less(h, h + 1) is True
        assert less(h, h) is False
        assert less(h, w) is None
        assert less_equal(h // 3, h) is True
        assert less_equal(h, h * w) is True
        assert less_equal(minimum(h, w), w) is True
        assert less(maximum(h, w), w) is False
        assert less(h, 2.5) is None
        assert less(h, 0.5) is False
        assert less(h, math.inf) is True
        assert less(-math.inf, h) is True
        assert same(h, math.nan) is False
        assert less(h / 2, h) is True
        assert less_equal(h / w, h) is True

    def test_divides(self) -> None:
        assert divides(2, 4 * h) is True
        assert divides(4, 4 * h + 2) is False
        assert divides(3, h) is None
        assert divides(n, n * h) is True
        assert divides(0, h) is False
        assert divides(1, h) is True

    def test_bounds(self) -> None:
        assert (lower(h), upper(h)) == (1, None)
        assert (lower(h % 8), upper(h % 8)) == (0, 7)
        assert lower(h % n) == 0
        assert lower(h * w - h) == 0
        assert lower((h - 1) // 32 + 1) == 1
        assert upper(minimum(h, 512)) == 512
        assert (lower(7), upper(7)) == (7, 7)
        assert (lower(h / 2), upper(-h / 2)) == (0, 0)
        assert lower(h**0.5) is None

    def test_python_questions(self) -> None:
        assert h < h + 1
        assert h >= 1
        assert not h < 1
        assert bool(h)
        assert bool(h * w + 1)
        with pytest.raises(Undecided, match=r"^h < 3$") as caught:
            h < 3  # noqa: B015
        assert (caught.value.left, caught.value.op, caught.value.right) == (h, "<", 3)
        with pytest.raises(Undecided, match=r"^h - 1 != 0$"):
            bool(h - 1)
        for convert in (int, float):
            with pytest.raises(Undecided, match=rf"^{convert.__name__}\(h\)$"):
                convert(h)
        with pytest.raises(TypeError):
            range(h)  # type: ignore[arg-type]
        with pytest.raises(TypeError):
            h < "3"  # noqa: B015

    def test_undecided_travels(self) -> None:
        undecided = Undecided("h < 3", h, "<", 3)
        again = pickle.loads(pickle.dumps(undecided))
        assert (str(again), again.left, again.op, again.right) == ("h < 3", h, "<", 3)
        assert Undecided("the truth of x").left is None
