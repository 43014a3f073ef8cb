"""`keras.datasets`: nothing is downloaded; what their arrays look like is known."""

from __future__ import annotations

from typing import Any

from ....ir.unknown import Reason
from ...describe import REGISTRY, RUN, op

#: Shape of one sample, shape and type of one label, and how many there are to train on and to test with.
_ARRAYS: dict[str, tuple[tuple[int, ...], str, tuple[int, ...], str, tuple[int, int]]] = {
    "mnist": ((28, 28), "uint8", (), "uint8", (60000, 10000)),
    "fashion_mnist": ((28, 28), "uint8", (), "uint8", (60000, 10000)),
    "cifar10": ((32, 32, 3), "uint8", (1,), "uint8", (50000, 10000)),
    "cifar100": ((32, 32, 3), "uint8", (1,), "int64", (50000, 10000)),
}


def _array(shape: tuple[int, ...], dtype: str) -> Any:
    return REGISTRY["numpy.empty"](shape, dtype)


def _loader(name: str) -> Any:
    sample, kind, label, label_kind, counts = _ARRAYS[name]

    def load(*args: Any, **kwargs: Any) -> Any:
        return tuple((_array((count, *sample), kind), _array((count, *label), label_kind)) for count in counts)

    return load


for _name in _ARRAYS:
    op(f"keras.datasets.{_name}.load_data", lenient=True)(_loader(_name))


@op("keras.datasets.boston_housing.load_data", lenient=True)
def load_boston(path: Any = "boston_housing.npz", test_split: Any = 0.2, seed: Any = 113) -> Any:
    """Houses, 13 numbers each, and their prices."""
    if test_split != 0.2:
        return RUN.get().unknown(Reason.OUTSIDE, "a part of a data set")
    return tuple((_array((count, 13), "float64"), _array((count,), "float64")) for count in (404, 102))


def _texts(counts: tuple[int, int]) -> Any:
    def load(*args: Any, **kwargs: Any) -> Any:
        if kwargs.get("test_split", 0.2) != 0.2 or kwargs.get("maxlen") is not None:
            return RUN.get().unknown(Reason.OUTSIDE, "a part of a data set")
        return tuple((RUN.get().unknown(Reason.OUTSIDE, "texts of a data set"), _array((count,), "int64")) for count in counts)

    return load


op("keras.datasets.imdb.load_data", lenient=True)(_texts((25000, 25000)))
op("keras.datasets.reuters.load_data", lenient=True)(_texts((8982, 2246)))


def _outside(*args: Any, **kwargs: Any) -> Any:
    return RUN.get().unknown(Reason.OUTSIDE, "a data set")


for _name in ("california_housing.load_data", "imdb.get_word_index", "reuters.get_word_index", "reuters.get_label_names"):
    op(f"keras.datasets.{_name}", lenient=True)(_outside)
