"""New tensors have torch's shapes, types and values; what a tensor says of itself is what torch says."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY
from astarch.ir.refusal import Refusal
from tests.oracle.exactly import check
from tests.oracle.test_pointwise import TYPES, tensor
from tests.oracle.torch_oracle import D, T, _ours, _real, agree, summary

KINDS: list[dict[str, Any]] = [{}, *({"dtype": D(name)} for name in ("float32", "float64", "float16", "int64", "uint8", "bool"))]
SIZES: list[tuple[Any, ...]] = [
    (2, 3), ((2, 3),), (), ([],), (2.0,), (-1,), (True,), ((2,), 3), (None,), ("a",), ((2, -1),), ((2, 1.5),), (0,),
    (T(dtype="int64", data=[2]),),
]  # fmt: skip
VALUES = [True, 2, 1.5, -1, 300, 1e10, float("inf"), None, T(data=[1.5]), T(1, data=[1.5])]
RANGES: list[tuple[Any, ...]] = [
    (5,), (0,), (-1,), (2, 7), (7, 2), (0, 5, 2), (0, 5, 0), (5, 0, -1), (5, 0, -2), (0, 1, 0.1), (0.0, 5.0), (1, 1), (True,), (2.5,),
    (0, 3.5), (0, float("inf")), (None,), ("a",), (T(dtype="int64", data=[3]),), (T(data=[3.0]),), (T(1, data=[3.0]),), (1, 2, 3, 4),
    (1j,), (300,), (-0.3, 1.2, 0.07), (0, -1, -0.1),
]  # fmt: skip
SPACES: list[tuple[Any, ...]] = [
    (0, 1, 5), (0, 1, -1), (0, 1, 2.0), (0, 0.3, 12), (1, 0, 3), (0, 1), (0, 1j, 3), (T(data=[0.0]), 1, 3), (T(1, data=[0.0]), 1, 3),
    (0, 1, T(dtype="int64", data=[4])), (-1, 1, 100), (0, 10, 7),
]  # fmt: skip
NESTED: list[Any] = [
    1, 1.5, True, 1j, [1, 2], [1, 2.0], [True, 2], [[1], [2]], [[1], [2, 3]], [], [[], []], [1, [2]], [[2], 1], "a", None, (1, 2),
    [T(data=[1.0])], [T(dtype="int64", data=[1]), 2.5], [T(2, data=[1.0, 2.0])], T(2, data=[1.0, 2.0]), 300, -1, 2**40, 2**63, 1e300,
    [1j, 2], range(3), [None], [[1, 2], [3, 4.5]],
]  # fmt: skip


@pytest.mark.parametrize("name", ["zeros", "ones", "empty", "rand", "randn"])
def test_factories(name: str) -> None:
    compare = agree_on_cpu if name in ("empty", "rand", "randn") else check
    for sizes in SIZES:
        compare(f"torch.{name}", *sizes)
        if name in ("zeros", "ones", "empty"):
            compare(f"torch.Tensor.new_{name}", tensor("int64", 2), *sizes)
    for kind in KINDS:
        compare(f"torch.{name}", size=(2, 3), **kind)
        for dtype in TYPES:
            compare(f"torch.{name}_like", tensor(dtype, 2, 3), **kind)


def agree_on_cpu(name: str, *args: Any, **kwargs: Any) -> None:
    """The same without values, which are random here."""
    agree(name, *args, device="cpu", **kwargs)


def test_full() -> None:
    for value, kind in itertools.product(VALUES, KINDS):
        check("torch.full", (2, 3), value, **kind)
        for dtype in ("float32", "int64", "uint8", "bool", "float16"):
            check("torch.full_like", tensor(dtype, 2), value, **kind)
            check("torch.Tensor.new_full", tensor(dtype, 2), (2,), value, **kind)
            check("torch.Tensor.fill_", tensor(dtype, 2), value)
        check("torch.scalar_tensor", value)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_ranges(kind: dict[str, Any]) -> None:
    for bounds in RANGES:
        check("torch.arange", *bounds, **kind)
    if kind == {"dtype": D("bool")}:
        return
    for bounds in SPACES:
        check("torch.linspace", *bounds, **kind)
        check("torch.logspace", *bounds, **kind)


@settings(max_examples=200, deadline=None)
@given(st.floats(-2, 2), st.floats(-2, 2), st.integers(0, 100), st.sampled_from(["float32", "float64"]))
def test_linspace_is_exact(start: float, end: float, steps: int, dtype: str) -> None:
    check("torch.linspace", start, end, steps, dtype=D(dtype))


@settings(max_examples=200, deadline=None)
@given(st.floats(-2, 2), st.floats(0, 20), st.floats(0.01, 0.5))
def test_arange_is_exact(start: float, length: float, step: float) -> None:
    check("torch.arange", start, start + length, step)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_values(kind: dict[str, Any]) -> None:
    for data in NESTED:
        for name in ("torch.tensor", "torch.as_tensor", "torch.asarray"):
            check(name, data, **kind)
        check("torch.Tensor.new_tensor", tensor("float64", 2), data, **kind)


def test_grids() -> None:
    for sizes in [(3,), (3, 2), (-1,), (0,), (2.0,), (2, -1)]:
        check("torch.eye", *sizes)
    for args, name in itertools.product(
        [(3, 4), (3, 4, 1), (3, 4, -2), (3, 4, 9), (3, 4, -9), (0, 3), (-1, 3)], ["torch.tril_indices", "torch.triu_indices"]
    ):
        check(name, *args)
        check(name, *args, dtype=D("int32"))
    lines = tensor("int64", 2), tensor("int64", 3)
    for indexing in ("ij", "xy", "a"):
        check("torch.meshgrid", *lines, indexing=indexing)
        check("torch.meshgrid", list(lines), indexing=indexing)
        check("torch.meshgrid", *lines, tensor("float32", 2), indexing=indexing)
        check("torch.meshgrid", indexing=indexing)
    for args in [(2,), (0,), (7,), (3, True), (-1,)]:
        check("torch.combinations", tensor("float32", 5), *args)


@pytest.mark.parametrize("dtype", TYPES)
def test_what_a_tensor_says(dtype: str) -> None:
    names = """shape dtype ndim T mT H mH real imag is_cuda is_cpu is_meta is_sparse is_quantized itemsize nbytes grad requires_grad
    is_leaf name output_nr"""
    for shape, name in itertools.product([(), (2,), (4, 5), (2, 3, 4)], names.split()):
        spec = tensor(dtype, *shape)
        try:
            wanted = summary(getattr(_real(spec, "cpu"), name))
        except RuntimeError:
            with pytest.raises(Refusal):
                REGISTRY[f"torch.Tensor.{name}"].read(_ours(spec))
            continue
        assert summary(REGISTRY[f"torch.Tensor.{name}"].read(_ours(spec))) == wanted, name


@pytest.mark.parametrize("dtype", TYPES)
def test_methods_without_arguments(dtype: str) -> None:
    names = """float half double long int short char byte bool bfloat16 cfloat cdouble cpu clone detach item tolist __len__ size dim numel
    stride is_contiguous contiguous element_size get_device __bool__ __int__ __float__ __index__ type to is_floating_point is_complex
    is_signed zero_"""
    for shape, name in itertools.product([(), (1,), (4, 5)], names.split()):
        if dtype == "complex64" and name in ("item", "tolist", "__bool__", "__int__", "__float__"):
            continue  # complex values are not kept
        check(f"torch.Tensor.{name}", tensor(dtype, *shape))


@pytest.mark.parametrize(("one", "other"), itertools.product(TYPES, TYPES))
def test_conversions(one: str, other: str) -> None:
    spec = tensor(one, 2, 3)
    check("torch.Tensor.to", spec, D(other))
    check("torch.Tensor.to", spec, "cpu", D(other))
    check("torch.Tensor.to", spec, tensor(other, 1))
    check("torch.Tensor.to", spec, dtype=D(other), copy=True)
    check("torch.Tensor.type", spec, D(other))
    check("torch.Tensor.type_as", spec, tensor(other, 1))
    check("torch.Tensor.copy_", spec, tensor(other, 3))
    check("torch.Tensor.copy_", spec, tensor(other, 4))


@pytest.mark.parametrize("dtype", TYPES)
def test_random_numbers(dtype: str) -> None:
    for shape in ((), (2,), (4, 5), (2, 3, 4)):
        spec = tensor(dtype, *shape)
        for args in ((1,), (9, True), (30,), (0,)):
            agree_on_cpu("torch.multinomial", spec, *args)
        for name in ("normal_", "uniform_", "random_", "bernoulli_", "exponential_", "log_normal_", "cauchy_"):
            agree_on_cpu(f"torch.Tensor.{name}", spec)
        for args in ((3,), (0, 3), (300,)):
            agree_on_cpu("torch.randint_like", spec, *args)
        agree_on_cpu("torch.bernoulli", spec, 0.5)
    for args in [(3, (2,)), (1, 3, (2,)), (0, (2,)), (3, 3, (2,)), (3.0, (2,)), (3, 2)]:
        agree_on_cpu("torch.randint", *args)
    for args in [(3,), (0,), (-1,), (2.0,), (T(dtype="int64", data=[3]),)]:
        agree_on_cpu("torch.randperm", *args, dtype=D(dtype))


def test_default_type_is_used() -> None:
    assert str(torch.get_default_dtype()) == repr(REGISTRY["torch.get_default_dtype"]())
