"""Joining, repeating and turning give what torch gives, or both refuse."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.drawn import check, dims, shapes, tensors
from tests.oracle.torch_oracle import T

fast = settings(max_examples=120, deadline=None)
valued = tensors(valued=True)
method = "torch.Tensor."
counts = st.lists(st.integers(-1, 3), max_size=4)


@st.composite
def alike(draw: Any) -> list[T]:
    """Tensors of one shape but for one axis, and sometimes an odd one."""
    shape = list(draw(shapes))
    place = draw(st.integers(0, max(len(shape) - 1, 0)))
    found = []
    for _ in range(draw(st.integers(1, 3))):
        if shape:
            shape[place] = draw(st.integers(0, 3))
        found.append(draw(tensors(st.just(tuple(shape)), valued=True)))
    return [*found, draw(valued)] if draw(st.integers(0, 5)) == 0 else found


@fast
@given(alike(), dims)
def test_joining(several: list[T], dim: int) -> None:
    for name in ("cat", "stack", "concat", "concatenate"):
        check("torch." + name, several, dim)
    for name in ("hstack", "vstack", "dstack", "column_stack"):
        check("torch." + name, several)
    check("torch.stack", [several[0]] * 3, dim)
    check("torch.block_diag", *several)
    check("torch.cartesian_prod", *several)
    check("torch.cat", several, dim, out=T(0, dtype="float32"))


def test_nothing_to_join() -> None:
    for name in ("cat", "stack", "hstack", "vstack", "dstack", "column_stack"):
        check("torch." + name, [])
        check("torch." + name, T(2, 3))
        check("torch." + name, [T(2, 3), 1])


@fast
@given(valued, counts)
def test_repeating(tensor: T, repeats: list[int]) -> None:
    for name in ("repeat", "tile", "flip"):
        check(method + name, tensor, *repeats)
        check(method + name, tensor, repeats)
    for name in ("tile", "flip"):
        check("torch." + name, tensor, repeats)


@fast
@given(
    valued, st.one_of(st.integers(-1, 3), st.lists(st.integers(-1, 3), min_size=1, max_size=4)), st.one_of(st.none(), dims), st.booleans()
)
def test_repeat_interleave(tensor: T, repeats: Any, dim: Any, known: bool) -> None:
    if isinstance(repeats, list):
        repeats = T(len(repeats), dtype="int64", data=repeats)
        check("torch.repeat_interleave", repeats)
    check("torch.repeat_interleave", tensor, repeats, dim)
    check(method + "repeat_interleave", tensor, repeats, dim=dim)


@fast
@given(valued, st.lists(dims, max_size=3), st.lists(dims, max_size=3), dims)
def test_turning(tensor: T, first: list[int], second: list[int], turns: int) -> None:
    check("torch.roll", tensor, first, second)
    check("torch.roll", tensor, turns)
    check(method + "roll", tensor, turns, turns)
    check(method + "roll", tensor, shifts=first, dims=second)
    check("torch.rot90", tensor, turns, first)
    check("torch.rot90", tensor)
    for name in ("fliplr", "flipud"):
        check("torch." + name, tensor)
