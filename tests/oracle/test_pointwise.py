"""Elementwise ops give what torch gives, for every pair of element types: type, shape and, where they are known, values."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY, Op
from tests.oracle.drawn import shapes
from tests.oracle.exactly import check
from tests.oracle.torch_oracle import D, T, agree

TYPES = ["float32", "float64", "float16", "bfloat16", "int64", "int32", "uint8", "bool", "complex64"]
FILES = {"pointwise", "arithmetic", "comparison", "operators"}
NUMBERS = [True, 2, 1.5, 1j, -1, "a"]
APART = ("polygamma", "lgamma", "multigammaln", "equal", "close", "where", "size", "nonzero", "isin")


def described(*, arity: int) -> list[str]:
    """The names of the ops of this number of operands."""
    names = []
    for name, item in (pair for pair in REGISTRY.items() if pair[0].startswith("torch.")):
        if isinstance(item, Op) and item.function.__module__.rpartition(".")[2] in FILES and not any(word in name for word in APART):
            parameters = inspect.signature(item.function).parameters.values()
            if sum(p.kind is p.POSITIONAL_OR_KEYWORD and p.default is p.empty for p in parameters) == arity:
                names.append(name)
    return names


def tensor(dtype: str, *shape: int, first: int = 1) -> T:
    """Small values that every type holds exactly: whole, truth, or multiples of three quarters."""
    count = 1
    for size in shape:
        count *= size
    convert: Any = {"bool": lambda n: n % 3 == 0, "complex64": complex}.get(dtype, int if "int" in dtype else lambda n: n * 0.75)
    return T(*shape, dtype=dtype, data=[convert((first + index) % 40) for index in range(count)])


def implemented(*operands: Any) -> bool:
    """Whether torch's CPU kernels have the type at all: few know complex numbers of half width."""
    kinds = {operand.dtype if isinstance(operand, T) else type(operand).__name__ for operand in operands}
    return not ("float16" in kinds and kinds & {"complex", "complex64"})


@pytest.mark.parametrize("name", described(arity=1))
def test_one_operand(name: str) -> None:
    for dtype, shape in itertools.product(TYPES, ((), (2, 3), (0,))):
        check(name, tensor(dtype, *shape))


@pytest.mark.parametrize("name", [name for name in described(arity=2) if "__" not in name])
def test_two_operands(name: str) -> None:
    for first, second in itertools.product(TYPES, TYPES):
        for shapes_given in (((2, 3), (3,)), ((), (2,)), ((2,), ())):
            operands = tensor(first, *shapes_given[0]), tensor(second, *shapes_given[1], first=3)
            if implemented(*operands):
                agree(name, *operands, device="cpu")
    for dtype, number in itertools.product(TYPES, NUMBERS):
        if implemented(tensor(dtype), number):
            check(name, tensor(dtype, 2, 3), number)
            if ".Tensor." not in name:
                check(name, number, tensor(dtype, 2))
    check(name, tensor("float32", 2, 3), tensor("float32", 2, 2))


@pytest.mark.parametrize("name", [name for name in described(arity=2) if "__" in name])
def test_operators(name: str) -> None:
    for first, second in itertools.product(TYPES, TYPES):
        operands = tensor(first, 2, 3), tensor(second, 3, first=3)
        if implemented(*operands):
            check(name, *operands)
    for dtype, number in itertools.product(TYPES, NUMBERS[:-1]):
        if implemented(tensor(dtype), number):
            check(name, tensor(dtype, 2, 3), number)


@settings(max_examples=150, deadline=None)
@given(shapes, shapes, st.sampled_from(TYPES), st.sampled_from(TYPES), st.booleans())
def test_shapes_broadcast(first: tuple[int, ...], second: tuple[int, ...], one: str, other: str, inplace: bool) -> None:
    operands = tensor(one, *first), tensor(other, *second)
    if implemented(*operands):
        check("torch.Tensor.add_" if inplace else "torch.mul", *operands)
        check("torch.where", tensor("bool", *first), *operands)
        check("torch.masked_fill", operands[0], tensor("bool", *second), 2)


@pytest.mark.parametrize("dtype", TYPES)
def test_choosing(dtype: str) -> None:
    bounds = [None, 0, 1.5, True, 1j, T(data=[1.0]), tensor("float32", 3), tensor("int64", 3)]
    for low, high in itertools.product(bounds, bounds):
        if implemented(tensor(dtype), low, high):
            check("torch.clamp", tensor(dtype, 2, 3), low, high)
            check("torch.Tensor.clamp_", tensor(dtype, 2, 3), min=low, max=high)
    for other in TYPES:
        one, two = tensor(dtype, 2, 1), tensor(other, 3)
        if implemented(one, two):
            for name in ("torch.lerp", "torch.addcmul", "torch.addcdiv"):
                check(name, one, two, tensor(other, 3))
            check("torch.lerp", one, two, 0.5)
            check("torch.isclose", one, two)
            check("torch.Tensor.where", one, tensor("bool", 3), two)
    for value in (0, 1.5, -1, 1e10, float("-inf"), True, 1j, None, T(data=[1.5])):
        if implemented(tensor(dtype), value):
            for name in ("torch.masked_fill", "torch.Tensor.masked_fill_"):
                check(name, tensor(dtype, 2, 3), tensor("bool", 3), value)


@pytest.mark.parametrize(("first", "second"), itertools.product(TYPES, TYPES))
def test_promotion(first: str, second: str) -> None:
    agree("torch.promote_types", D(first), D(second))
    agree("torch.can_cast", D(first), D(second))
    for shape in ((), (2,)):
        agree("torch.result_type", tensor(first, *shape), tensor(second))
    agree("torch.result_type", tensor(first, 2), 1.5)


@pytest.mark.parametrize("name", ["bfloat16", "float16", "float32", "float64", "float8_e4m3fn", "float8_e5m2", "complex64"])
def test_limits_of_floats(name: str) -> None:
    ours, theirs = REGISTRY["torch.finfo"](REGISTRY[f"torch.{name}"]), torch.finfo(getattr(torch, name))
    for field in ("bits", "eps", "max", "min", "tiny", "smallest_normal", "dtype"):
        assert getattr(ours, field) == getattr(theirs, field), field
    assert repr(ours) == repr(theirs)


@pytest.mark.parametrize("name", ["uint8", "int8", "int16", "int32", "int64", "uint16", "uint32", "uint64"])
def test_limits_of_integers(name: str) -> None:
    ours, theirs = REGISTRY["torch.iinfo"](REGISTRY[f"torch.{name}"]), torch.iinfo(getattr(torch, name))
    assert [ours.bits, ours.min, ours.max, ours.dtype] == [theirs.bits, theirs.min, theirs.max, theirs.dtype]


def test_every_type_constant() -> None:
    names = [name for name in dir(torch) if isinstance(getattr(torch, name), torch.dtype)]
    assert {name: repr(REGISTRY[f"torch.{name}"]) for name in names} == {name: repr(getattr(torch, name)) for name in names}
    for name in TYPES:
        ours, theirs = REGISTRY[f"torch.{name}"], getattr(torch, name)
        assert (ours.itemsize, ours.is_signed, ours.is_complex) == (theirs.itemsize, theirs.is_signed, theirs.is_complex)


@pytest.mark.parametrize("written", ["cpu", "cuda:1", "meta", "cpu:0", "foo", "cuda:", "cuda:01", "cuda:-1"])
def test_devices(written: str) -> None:
    from astarch.ir.refusal import Refusal

    try:
        theirs = torch.device(written)
    except RuntimeError:
        with pytest.raises(Refusal):
            REGISTRY["torch.device"](written)
        return
    ours = REGISTRY["torch.device"](written)
    assert (str(ours), repr(ours), ours.type, ours.index) == (str(theirs), repr(theirs), theirs.type, theirs.index)


def _takes_sizes_one_by_one(item: Op) -> bool:
    return any(p.kind is p.VAR_POSITIONAL for p in inspect.signature(item.function).parameters.values())


SIGNED = FILES | {"choosing", "ranges", "creation", "randomness", "reduction", "scans"}


@pytest.mark.parametrize("name", [
    name for name, item in REGISTRY.items() if isinstance(item, Op) and name.startswith("torch.") and name.count(".") == 1
    and item.function.__module__.rpartition(".")[2] in SIGNED and not _takes_sizes_one_by_one(item)
])  # fmt: skip
def test_signature_is_one_of_torchs(name: str) -> None:
    """The names and the order of the arguments are those of an overload of the operator itself."""
    overloads = [one for one in torch._C._jit_get_schemas_for_operator(f"aten::{name[6:]}") if "out" not in one.overload_name]
    parameters = inspect.signature(REGISTRY[name].function).parameters.values()
    positional = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
    every = {p.name for p in parameters}
    for overload in overloads:
        wanted = ["input" if one.name == "self" else one.name for one in overload.arguments if not one.kwarg_only]
        if positional[: len(wanted)] == wanted and {one.name for one in overload.arguments if one.kwarg_only} <= every:
            return
    assert not overloads, f"{positional} is none of {[str(one) for one in overloads]}"
