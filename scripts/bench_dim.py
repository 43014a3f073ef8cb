"""How long a deep CNN's sizes take in `Dim` and in sympy, side by side.

    python scripts/bench_dim.py [repeats]

Each workload is written once, over a small set of operations that both sides provide. A fresh process state is not
needed: sympy's cache is emptied before each run, and `Dim` has none for arithmetic.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from astarch.ir import dim


class Algebra(NamedTuple):
    """What a workload needs: symbols, floor division, and a canonical sum of products."""

    name: str
    symbol: Callable[[str], Any]
    floor_divide: Callable[[Any, int], Any]
    expand: Callable[[Any], Any]
    forget: Callable[[], None]


def dim_algebra() -> Algebra:
    """The sizes of this package; they are always expanded."""
    return Algebra("Dim", dim.Dim.symbol, lambda x, n: x // n, lambda x: x, lambda: None)


def sympy_algebra() -> Algebra:
    """Positive integer symbols of sympy."""
    import sympy
    from sympy.core.cache import clear_cache

    def symbol(name: str) -> Any:
        return sympy.Symbol(name, integer=True, positive=True)

    return Algebra("sympy", symbol, lambda x, n: sympy.floor(x / n), sympy.expand, clear_cache)


def convolution(algebra: Algebra, size: Any, kernel: int, stride: int, padding: int) -> Any:
    """The output size of a convolution or pooling."""
    return algebra.floor_divide(size + 2 * padding - kernel, stride) + 1


def shape_chain(algebra: Algebra) -> list[Any]:
    """Height and width through 50 convolutions and poolings, of which every tenth has stride 2."""
    height, width = algebra.symbol("h"), algebra.symbol("w")
    shapes = []
    for layer in range(50):
        kernel, stride, padding = (3, 2, 1) if layer % 10 == 0 else (3, 1, 1)
        height = convolution(algebra, height, kernel, stride, padding)
        width = convolution(algebra, width, kernel, stride, padding)
        shapes += [height, width]
    return shapes


def multiplications(algebra: Algebra) -> list[Any]:
    """The multiplications of each layer of that chain, and their total."""
    channels = algebra.symbol("c")
    shapes = shape_chain(algebra)
    total: Any = 0
    for layer, (height, width) in enumerate(zip(shapes[::2], shapes[1::2], strict=True)):
        weights = 9 * (channels * (1 + layer // 10)) ** 2
        total = algebra.expand(total + algebra.expand(weights * height * width))
    return [total]


def parameters(algebra: Algebra) -> list[Any]:
    """The parameters of 48 transformer blocks, in symbols."""
    width, vocabulary, ratio = map(algebra.symbol, ("n_embd", "vocab", "ratio"))
    total = vocabulary * width
    for _ in range(48):
        attention = 3 * width * width + 3 * width + width * width + width
        perceptron = width * ratio * width + ratio * width + ratio * width * width + width
        total = algebra.expand(total + attention + perceptron + 4 * width)
    return [total]


def pyramid(algebra: Algebra) -> list[Any]:
    """A U-Net's way down and up: sizes that are halved, doubled, and padded to the skipped ones."""
    size = algebra.symbol("h")
    skipped = []
    for _ in range(5):
        for _ in range(2):
            size = convolution(algebra, size, 3, 1, 1)
        skipped.append(size)
        size = algebra.floor_divide(size, 2)
    padded = []
    for skip in reversed(skipped):
        difference = algebra.expand(skip - 2 * size)
        padded.append(algebra.expand(2 * size + difference))
        size = padded[-1]
    return padded


WORKLOADS = [shape_chain, multiplications, parameters, pyramid]


def best_time(workload: Callable[[Algebra], Any], algebra: Algebra, repeats: int) -> float:
    """The least time of several runs, in seconds."""
    times = []
    for _ in range(repeats):
        algebra.forget()
        start = perf_counter()
        workload(algebra)
        times.append(perf_counter() - start)
    return min(times)


def main(repeats: int = 7) -> None:
    """Prints one line for each workload, and the ratio of all of them together."""
    ours, theirs = dim_algebra(), sympy_algebra()
    print(f"{'':16}{'Dim':>12}{'sympy':>12}{'ratio':>8}")
    sums = [0.0, 0.0]
    for workload in WORKLOADS:
        fast, slow = best_time(workload, ours, 5 * repeats), best_time(workload, theirs, repeats)
        sums = [sums[0] + fast, sums[1] + slow]
        print(f"{workload.__name__:16}{fast * 1e3:9.3f} ms{slow * 1e3:9.3f} ms{slow / fast:7.0f}x")
    print(f"{'all':16}{sums[0] * 1e3:9.3f} ms{sums[1] * 1e3:9.3f} ms{sums[1] / sums[0]:7.0f}x")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
