"""``numpy.random``: shapes are known, values are not."""

from __future__ import annotations

from typing import Any

from ...ir.unknown import Reason
from ..describe import kind, op, unknown
from ..shapes import broadcast
from .array import NumpyArray, array_of
from .dtypes import name_of


def _drawn(size: Any, dtype: str = "float64", *parameters: Any) -> Any:
    if size is None:
        shape = broadcast(*(array_of(one).shape for one in parameters)) if parameters else ()
        return NumpyArray(shape, dtype) if shape else unknown("a random number", Reason.OUTSIDE)
    return NumpyArray(tuple(size) if isinstance(size, (tuple, list)) else (size,), dtype)


@op("numpy.random.rand", "numpy.random.randn")
def rand(*args: Any) -> Any:
    """Random numbers, the sizes one by one.

    >>> rand(2, 3)
    float64[2, 3]
    """
    return _drawn(args or None)


@op("numpy.random.random", "numpy.random.random_sample", "numpy.random.ranf")
def random(size: Any = None) -> Any:
    """Random numbers between 0 and 1."""
    return _drawn(size)


def _distribution(names: str, first: Any = 0.0, second: Any = 1.0) -> None:
    @op(*(f"numpy.random.{name}" for name in names.split()))
    def draw(a: Any = first, b: Any = second, size: Any = None, *, loc: Any = None, scale: Any = None, low: Any = None,
             high: Any = None) -> Any:  # fmt: skip
        return _drawn(size, "float64", *(one for one in (a, b, loc, scale, low, high) if one is not None))

    draw.__doc__ = "Random numbers of a distribution."


_distribution("uniform normal beta gamma laplace logistic gumbel lognormal")


@op("numpy.random.randint", "numpy.random.random_integers")
def randint(low: Any, high: Any = None, size: Any = None, dtype: Any = None) -> Any:
    """Random whole numbers."""
    return _drawn(size, name_of(dtype) or "int64", low)


@op("numpy.random.standard_normal", "numpy.random.exponential")
def standard_normal(size: Any = None) -> Any:
    """Random numbers of the normal distribution."""
    return _drawn(size)


@op("numpy.random.permutation")
def permutation(x: Any) -> Any:
    """The numbers up to one, or the rows of an array, in random order."""
    array = array_of(x)
    return NumpyArray((x,), "int64") if not array.shape else NumpyArray(array.shape, array.dtype)


@op("numpy.random.choice")
def choice(a: Any, size: Any = None, replace: Any = True, p: Any = None) -> Any:
    """Random elements."""
    array = array_of(a)
    return _drawn(size, array.dtype)


@op("numpy.random.seed", "numpy.random.set_state", lenient=True)
def seed(*args: Any, **kwargs: Any) -> None:
    """Nothing that is followed depends on it."""


@op("numpy.random.get_state", lenient=True)
def get_state(*args: Any, **kwargs: Any) -> Any:
    """What nobody can tell."""
    return unknown("the state of a random generator", Reason.OUTSIDE)


@kind("numpy.random.RandomState", "numpy.random.Generator")
class Generator:
    """A source of random numbers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def random(self, size: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """Random numbers between 0 and 1."""
        return _drawn(size, name_of(dtype) or "float64")

    def rand(self, *args: Any) -> Any:
        """Random numbers, the sizes one by one."""
        return _drawn(args or None)

    randn = rand

    def integers(self, low: Any, high: Any = None, size: Any = None, dtype: Any = None, endpoint: Any = False) -> Any:
        """Random whole numbers."""
        return _drawn(size, name_of(dtype) or "int64", low)

    randint = integers

    def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
        """Random numbers between two bounds."""
        return _drawn(size, "float64", low, high)

    normal = uniform

    def standard_normal(self, size: Any = None, dtype: Any = None, out: Any = None) -> Any:
        """Random numbers of the normal distribution."""
        return _drawn(size, name_of(dtype) or "float64")

    def permutation(self, x: Any, axis: Any = 0) -> Any:
        """The numbers up to one, or the rows of an array, in random order."""
        return permutation(x)

    def choice(self, a: Any, size: Any = None, replace: Any = True, p: Any = None, axis: Any = 0, shuffle: Any = True) -> Any:
        """Random elements."""
        return choice(a, size)

    def shuffle(self, x: Any, axis: Any = 0) -> None:
        """The rows in random order."""
        if isinstance(x, NumpyArray):
            x.data = None


@op("numpy.random.default_rng", lenient=True)
def default_rng(seed: Any = None) -> Any:
    """A source of random numbers."""
    return Generator(seed)


@op("numpy.seterr", "numpy.set_printoptions", "numpy.save", "numpy.savez", lenient=True)
def say_nothing(*args: Any, **kwargs: Any) -> None:
    """Nothing that matters to shapes."""
