"""Sizes as objects of Python, and the limits beyond which they stay opaque."""

from __future__ import annotations

import copy
import math
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from astarch.ir.dim import (
    Dim,
    evaluate,
    lower,
    maximum,
    minimum,
    same,
    substitute,
    symbols,
)
from tests.dim.sizes import c, h, k, n, w

ROOT = Path(__file__).parent.parent.parent


class TestObjects:
    def test_pickle_and_copy(self) -> None:
        size = minimum((h - 1) // 32 + 1, 2**n) * (w % c)
        again = pickle.loads(pickle.dumps(size))
        assert again == size
        assert hash(again) == hash(size)
        assert str(again) == str(size)
        assert copy.copy(size) is copy.deepcopy(size) is size

    def test_unpickled_elsewhere(self) -> None:
        made = pickle.dumps((h - 1) // 2 + w)
        code = f"import pickle; size = pickle.loads({made!r}); print(size * 6 // 3)"
        shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert shown.stdout.strip() == "2*w + 2*((h - 1)//2)"

    def test_dictionary_keys(self) -> None:
        table = {h + w: 1, h // 2: 2, 3: 3}
        assert table[w + h] == 1
        assert table[(2 * h) // 4] == 2
        assert h != 3
        assert h != "h"
        assert h in (1, w, h)

    def test_sorted_the_same_way(self) -> None:
        sizes = [h * w, h, h // 2, w, 2 * h, h + 1]
        once = sorted(sizes, key=lambda size: size.sort_key)
        sizes.reverse()
        assert sorted(sizes, key=lambda size: size.sort_key) == once

    def test_evaluate_names_what_is_missing(self) -> None:
        with pytest.raises(KeyError, match="w"):
            evaluate(h + w, {"h": 1})
        assert evaluate(5, {}) == 5

    def test_substitute(self) -> None:
        assert substitute((h - 1) // 32 + 1, {"h": 224}) == 7
        assert substitute(h * w, {"h": w, "w": h}) == h * w
        assert substitute(h // n, {"h": n * k}) == k
        assert substitute(h, {"w": 3}) is h
        assert substitute(7, {"w": 3}) == 7

    def test_bounds_must_make_sense(self) -> None:
        with pytest.raises(ValueError, match="at least 3"):
            Dim.symbol("x", minimum=3, maximum=2)


class TestLimits:
    @pytest.mark.parametrize(
        "step",
        [
            lambda x: x * (x + 1),
            lambda x: (x * x + 1) // 3,
            lambda x: (x * (x + w)) // 3,
            lambda x: x // w + c,
            lambda x: minimum(x + 1, w * x),
            lambda x: (7 * x + w) % c,
            lambda x: 2**x,
            lambda x: 3 * ((x - 1) // 2 + 1),
            lambda x: x**64,
            lambda x: x * 1_000_003,
        ],
    )
    def test_loops_stay_small(self, step: Callable[[Any], Any]) -> None:
        size: Any = h
        for _ in range(60):
            size = step(size)
        assert len(str(size)) < 100_000
        assert same(size, size) is True
        assert step(h) == step(h)

    def test_wide_sums_and_products(self) -> None:
        many = [Dim.symbol(f"s{index}") for index in range(3000)]
        total = sum(many)
        assert len(symbols(total)) <= 2000
        assert lower(total) == 3000
        product = math.prod(many[:100])
        assert lower(product) == 1
        assert len(maximum(*many[:1500]).terms) == 1

    def test_opaque_results_are_the_same_again(self) -> None:
        first, second = ((h + w + c + n + 1) ** 30 for _ in range(2))
        assert first == second
        assert symbols(first)[0].startswith("opaque_")
        assert h**1000 == h**1000 != h**1001
        assert lower(h**1000) == 1
