"""Reductions and scans give what torch gives for every way of naming axes, and the same values where they are known."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY, Op
from tests.oracle.drawn import dims
from tests.oracle.exactly import check
from tests.oracle.test_pointwise import TYPES, tensor
from tests.oracle.torch_oracle import D, T

APART = "cdist dist histc histogram bincount renorm diff trapezoid trapz quantile norm"
NAMES = [
    name
    for name, item in REGISTRY.items()
    if isinstance(item, Op) and name.startswith("torch.") and item.function.__module__.rpartition(".")[2] in ("reduction", "scans")
    and not any(name.rpartition(".")[2].strip("_").removeprefix("nan") == word for word in APART.split())
]  # fmt: skip
AXES: list[tuple[Any, ...]] = [(), (0,), (-1,), (1,), (5,), (None,), ((0, 1),), ((0, -1),), ((0, 0),), ([],), ((1,),), (1.5,), ("a",)]
SHAPES: list[tuple[int, ...]] = [(2, 3), (3,), (2, 1, 3)]


@pytest.mark.parametrize("name", NAMES)
def test_axes(name: str) -> None:
    for dtype, shape, axes in itertools.product(TYPES, SHAPES, AXES):
        if dtype in ("float32", "int64") or axes in ((), (1,)):
            check(name, tensor(dtype, *shape), *axes)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("count_nonzero")])
def test_further_arguments(name: str) -> None:
    for dtype, shape, axes in itertools.product(["float32", "int64"], [*SHAPES, ()], AXES):
        spec = tensor(dtype, *shape)
        check(name, spec, *axes, True)
        check(name, spec, *axes, keepdim=True)
        check(name, spec, *axes, dtype=D("float64"))
        check(name, spec, *axes, False, True)
        if axes:
            check(name, spec, dim=axes[0])
            check(name, spec, axis=axes[0], keepdims=True)
            check(name, spec, dim=axes[0], correction=0)
            check(name, spec, dim=axes[0], unbiased=False)
        if shape != ():
            check(name, spec, *axes, tensor(dtype, *shape))


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["sum", "mean", "cumsum", "amax", "argmin", "any", "all", "count_nonzero", "max", "min", "prod", "cumprod"]),
       st.lists(st.integers(1, 4), max_size=4).map(tuple), dims, st.sampled_from(["float32", "int64", "bool"]))  # fmt: skip
def test_values(name: str, shape: tuple[int, ...], dim: int, dtype: str) -> None:
    check(f"torch.{name}", tensor(dtype, *shape), dim)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=40))
def test_running_sums_are_exact(values: list[float]) -> None:
    check("torch.cumsum", T(len(values), data=values), 0)
    check("torch.sum", T(len(values), data=values))


@pytest.mark.parametrize("p", [1, 2, "fro", "nuc", float("inf"), None, 0.5, "a"])
def test_norm(p: Any) -> None:
    arguments: list[dict[str, Any]] = [{}, {"dim": 0}, {"dim": (0, 1)}, {"dim": -1, "keepdim": True}, {"keepdim": True}]
    arguments.append({"dtype": D("float64")})
    for dtype, shape, further in itertools.product(["float32", "int64", "complex64"], [(2, 3), (), (3,), (2, 2, 3)], arguments):
        check("torch.norm", tensor(dtype, *shape), p, **further)
        check("torch.Tensor.norm", tensor(dtype, *shape), p, **further)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64", "bool", "complex64"])
def test_the_rest(dtype: str) -> None:
    for shape in ((2, 3), (3,), (4, 2, 3)):
        spec = tensor(dtype, *shape)
        for other in (tensor("float32", 2, 3), tensor(dtype, 3), tensor(dtype, 5, 3)):
            check("torch.cdist", spec, other)
            check("torch.dist", spec, other)
        for args in ((), (10,), (0,), (5, 0, 1), (5, 1, 0), (-1,)):
            check("torch.histc", spec, *args)
        for args in ((), (2,), (0,), (-1,), (1, 0), (1, 5), (5,)):
            check("torch.diff", spec, *args)
        for args in ((2, 0, 1.0), (1, 1, 1.0), (2, 5, 1.0)):
            check("torch.renorm", spec, *args)
        for point, args in itertools.product(
            (0.5, 1.5, T(data=[0.5]), T(2, data=[0.5, 0.2]), T(2, data=[0.5, 0.2], dtype="float64")), ((), (0,), (-1, True), (7,))
        ):
            check("torch.quantile", spec, point, *args)
            check("torch.nanquantile", spec, point, *args)
        check("torch.bincount", spec)
        check("torch.bincount", spec, None, 7)
        check("torch.bincount", spec, tensor("float32", *shape))
