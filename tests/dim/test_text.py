"""Sizes as text, and real numbers that depend on them."""

from __future__ import annotations

import copy
import math
import operator
import pickle

import pytest

from astarch.ir.dim import (
    Dim,
    Ratio,
    Real,
    Undecided,
    ceil,
    ceil_div,
    evaluate,
    factored,
    floor,
    nearest,
    parse,
    same,
    substitute,
    symbols,
    truncate,
)
from tests.dim.sizes import c, d, h, w


class TestText:
    @pytest.mark.parametrize(
        "text",
        [
            "8*dim**2 + 5*dim",
            "(h - 1)//32 + 1",
            "config.n_embd//config.n_head",
            "12*config.n_embd**2*config.n_layer + 13*config.n_embd*config.n_layer",
            "(h - k + 2*p)//s + 1",
            "(d - d*k + h + 2*p - 1)//s + 1",
            "8*dim//3",
            "256*((dim - 1)//96) + 256",
            "t*(d//heads)",
            "h*w//(2*c)",
            "h%8",
            "-h%8",
            "5 - h%3",
            "w*(h%3)",
            "(h//16)*(w//16) + 1",
            "(512 - h)//2",
            "(w - h)//2",
            "10 - h//2",
            "h - h//2",
            "1 - h",
            "-h",
            "-(h//2)",
            "-2*h*w",
            "min(h, w, 512)",
            "max(h - w, 0)",
            "abs(h - w)",
            "64*2**n",
            "2**(h + w)",
            "1//z.size",
            "config.depths[0] + 1",
            "h%(w + h//2)",
        ],
    )
    def test_is_what_people_write(self, text: str) -> None:
        assert str(parse(text)) == repr(parse(text)) == text

    @pytest.mark.parametrize(
        ("written", "shown"),
        [
            ("-(-h//8)", "(h - 1)//8 + 1"),
            ("ceil(h/8)", "(h - 1)//8 + 1"),
            ("floor(h/2)", "h//2"),
            ("int(h*w/h)", "w"),
            ("round(h/3)", "(h + 1)//3"),
            ("(ws - h % ws) % ws", "-h%ws"),
            ("2 ** 3 ** 2 * h", "512*h"),
            ("-2**2*h", "-4*h"),
            ("- h ** 2", "-h**2"),
            ("+h", "h"),
            ("h - - w", "h + w"),
            ("0x10*h", "16*h"),
            ("7//2*h", "3*h"),
        ],
    )
    def test_reads_as_python(self, written: str, shown: str) -> None:
        assert str(parse(written)) == shown

    @pytest.mark.parametrize(
        "text",
        ["", "h +", "h h", "(h", "h)", "h..x", "h/2", "sin(h)", "abs(h, w)", "h ? w", "min()", "1//0", "h**0.5", "*h"],
    )
    def test_refuses(self, text: str) -> None:
        with pytest.raises(ValueError):
            parse(text)

    def test_reading_is_bounded(self) -> None:
        for text in ("(" * 5000 + "h" + ")" * 5000, "h+" * 200_000 + "h", "9" * 5000, "9**9**9**9", "-" * 5000 + "h"):
            with pytest.raises(ValueError):
                parse(text)

    def test_known_symbols_are_taken(self) -> None:
        size = Dim.symbol("n0", minimum=0, origin="nonzero")
        assert parse("n0 + 1", {"n0": size}) == size + 1
        assert parse("n0 + 1") != size + 1

    def test_factored(self) -> None:
        embd, layers = Dim.symbol("n_embd"), Dim.symbol("n_layer")
        total = layers * (12 * embd**2 + 13 * embd)
        assert factored(total) == "n_layer*(12*n_embd**2 + 13*n_embd)"
        assert factored(total + 2 * embd) == "n_layer*(12*n_embd**2 + 13*n_embd) + 2*n_embd"
        out = ((h - 1) // 2 + 1) * ((w - 1) // 2 + 1) * 64
        assert factored(out) == "64*((h - 1)//2 + 1)*((w - 1)//2 + 1)"
        assert factored(8 * h**2 + 5 * h) == "8*h**2 + 5*h"
        assert factored(7) == "7"
        assert factored(-2 * h - 2 * w) in ("-2*(h + w)", "2*(-h - w)")

    def test_symbols(self) -> None:
        assert symbols(8 * w**2 + h // c) == ("w", "h", "c")
        assert symbols(h / w) == ("h", "w")
        assert symbols(5) == symbols("h") == ()


class TestRealNumbers:
    def test_floats_that_are_small_fractions_are_exact(self) -> None:
        assert truncate(h * 4.0) == 4 * h
        assert truncate(h * 2.5) == 5 * h // 2
        assert truncate(h * 0.25) == h // 4
        assert truncate(h * (2 / 3)) == 2 * h // 3
        assert truncate(8 * h / 3) == 8 * h // 3
        assert math.floor(h / 2) == math.trunc(h / 2) == h // 2
        assert math.ceil(h / 2) == ceil_div(h, 2)
        assert round(h / 3) == (h + 1) // 3
        assert round(h) == math.floor(h) == math.ceil(h) == math.trunc(h) == h
        assert [evaluate(nearest(h / 2), {"h": value}) for value in range(1, 8)] == [0, 1, 2, 2, 2, 3, 4]
        assert [evaluate(truncate((h - 5) / 2), {"h": value}) for value in range(1, 8)] == [-2, -1, -1, 0, 0, 0, 1]
        assert (floor(2.5), ceil(2.5), truncate(-2.5), nearest(2.5), nearest(3)) == (2, 3, -2, 2, 3)

    def test_ratios(self) -> None:
        assert isinstance(h / 2, Ratio)
        assert (h / 2) * 2 == h / 1
        assert h * w / h == w / 1
        assert h / h == 1.0
        assert isinstance(h / h, float)
        assert (h / 2 + h / 2) - h == 0.0
        assert h / 2 - 1 == (h - 2) / 2
        assert 1 - h / 2 == (2 - h) / 2
        assert 3 / (h / 2) == 6 / h
        assert h**-1 == 1 / h
        assert (h / w) ** 2 == h**2 / w**2
        assert -(h / 2) == -h / 2
        assert abs(-h / 2) == h / 2
        assert (h + 1) // 2.0 == ((h + 1) // 2) / 1
        assert h % 2.5 == h - 2.5 * (2 * h // 5)
        assert str(3 * h / (2 * w)) == "3*h/(2*w)"
        assert hash(h / 2) == hash(2 * h / 4)
        assert substitute(h / w, {"h": 3, "w": 2}) == 1.5
        assert evaluate(h / w, {"h": 3, "w": 2}) == 1.5
        assert pickle.loads(pickle.dumps(h / w)) == copy.deepcopy(h / w) == h / w
        with pytest.raises(ZeroDivisionError):
            h / 0

    def test_everything_else_is_opaque(self) -> None:
        root = h**0.5
        assert str(root) == "h**0.5"
        assert str(d**-0.5) == "d**-0.5"
        for value in (root + 1, 1 - root, root * h, h / root, root / 2.0, -root, abs(root), root**2, 2**root):
            assert isinstance(value, Real)
        for value in (h * 1e-9, h + math.pi, h * math.inf):
            assert isinstance(value, Real)
        for value in (root // 2, root % 2, h // root, h % root):
            assert isinstance(value, Real)
        for rounding in (floor, ceil, truncate, nearest, int, float):
            with pytest.raises(Undecided):
                rounding(root)
        with pytest.raises(Undecided):
            root < 3  # noqa: B015
        assert same(root, h**0.5) is True
        assert same(root, w**0.5) is None
        assert pickle.loads(pickle.dumps(root)) == root
        assert len(str(sum((h**0.5 for _ in range(1000)), 0.0))) < 500

    def test_other_types_are_not_known(self) -> None:
        for function in (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod):
            for value in (h, h / 2, h**0.5):
                with pytest.raises(TypeError):
                    function(value, "x")
                with pytest.raises(TypeError):
                    function([], value)
