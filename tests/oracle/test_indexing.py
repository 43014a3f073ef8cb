"""Indexing, gathering and scattering give what torch gives: shapes, element types and values, or both refuse."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from astarch.frameworks.describe import REGISTRY
from astarch.ir.refusal import Refusal
from tests.oracle import drawn
from tests.oracle.drawn import check, dims, sizes, tensors
from tests.oracle.torch_oracle import T, _map, _ours, _real

fast = settings(max_examples=200, deadline=None)
valued = tensors(valued=True)
method = "torch.Tensor."
number = st.integers(-4, 4)
bound = st.one_of(st.none(), number)
slices = st.builds(slice, bound, bound, st.sampled_from([None, None, 1, 2, 3, -1]))


@st.composite
def positions(draw: Any, low: int = -3, high: int = 3, dtype: str = "int64", rank: int = 3) -> T:
    shape = draw(st.lists(st.integers(0, 3), max_size=rank).map(tuple))
    count = 1
    for size in shape:
        count *= size
    return T(*shape, dtype=dtype, data=draw(st.lists(st.integers(low, high), min_size=count, max_size=count)))


@st.composite
def masks(draw: Any, shape: tuple[int, ...], names: tuple[str, ...] = ("bool", "bool", "uint8")) -> T:
    found = shape[: draw(st.integers(0, len(shape)))]
    count = 1
    for size in found:
        count *= size
    return T(*found, dtype=draw(st.sampled_from(names)), data=draw(st.lists(st.booleans(), min_size=count, max_size=count)))


def _plain(item: T) -> Any:
    """Some of the positions as nested lists."""
    return torch.tensor(item.data, dtype=torch.int64).reshape(item.shape).tolist() if len(item.shape) else item


@st.composite
def indices(draw: Any, shape: tuple[int, ...], *names: str) -> Any:
    options = [
        number,
        slices,
        slices,
        st.none(),
        st.just(Ellipsis),
        st.booleans(),
        positions(rank=2, low=-1, high=1),
        masks(shape, *([names] if names else [])),
        masks(shape[1:], *([names] if names else [])),
        positions(rank=2, low=0, high=0).map(_plain),
        st.lists(st.booleans(), max_size=3),
        st.just(range(2)),
        st.just(1.5),
    ]
    items = draw(st.lists(st.sampled_from(range(len(options))), max_size=4))
    found = tuple(draw(options[place]) for place in items)
    return found[0] if len(found) == 1 and draw(st.booleans()) else found


@settings(max_examples=1000, deadline=None)
@given(tensors(valued=True, shape=st.lists(st.integers(0, 3), max_size=4).map(tuple)), st.data())
def test_getitem(tensor: T, data: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(method + "__getitem__", tensor, data.draw(indices(tensor.shape)))


def assigned(tensor: T, index: Any, value: Any) -> None:
    """Both write, and then hold the same where the description knows, or both refuse."""
    theirs, ours = _real(tensor, "cpu"), _ours(tensor)
    refused = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            theirs[_map(index, lambda s: _real(s, "cpu"))] = _map(value, lambda s: _real(s, "cpu"))
        except (RuntimeError, IndexError, TypeError, ValueError):
            refused = True
    try:
        REGISTRY[method + "__setitem__"](ours, _map(index, _ours), _map(value, _ours))
    except Refusal as refusal:
        assert refused, f"{tensor}[{index}] = {value}: {refusal}"
        return
    assert not refused, f"{tensor}[{index}] = {value} should refuse"
    drawn.same_values("__setitem__", (tensor, index, value), ours, theirs)


@settings(max_examples=1000, deadline=None)
@given(tensors(valued=True, shape=st.lists(st.integers(0, 3), max_size=3).map(tuple)), st.data())
def test_setitem(tensor: T, data: Any) -> None:
    index = data.draw(indices(tensor.shape, "bool"))
    same_type = tensors(shape=st.lists(st.integers(1, 3), max_size=4).map(tuple), valued=True, dtype=st.just(tensor.dtype))
    value = data.draw(st.one_of(st.sampled_from([1, 2.5, True, 1j, None, "a"]), same_type, valued))
    assigned(tensor, index, value)


def test_unknown_masks_give_fresh_sizes() -> None:
    from astarch.ir.dim import Dim

    mask = _ours(T(4, dtype="bool"))
    found = REGISTRY[method + "__getitem__"](_ours(T(4, 3)), mask)
    again = REGISTRY[method + "__getitem__"](_ours(T(4, 2)), mask)
    assert isinstance(found.shape[0], Dim)
    assert found.shape[1] == 3
    assert found.shape[0] is again.shape[0]


def test_views_forget_what_is_overwritten() -> None:
    whole = _ours(T(2, 2, dtype="int64", data=[1, 2, 3, 4]))
    row = REGISTRY[method + "__getitem__"](whole, 0)
    assert row.data == [1, 2]
    REGISTRY[method + "__setitem__"](whole, (0, 0), 9)
    assert row.data is None
    assert whole.data == [9, 2, 3, 4]
    row = REGISTRY[method + "__getitem__"](whole, 0)
    REGISTRY[method + "__setitem__"](row, 0, 7)
    assert whole.data is None
    assert row.data is None


@st.composite
def along(draw: Any) -> tuple[T, int, T, T]:
    """A tensor, an axis, positions and a source that mostly fit."""
    rank = draw(st.integers(0, 3))
    shape = tuple(draw(st.integers(1, 3)) for _ in range(rank))
    dim = draw(st.integers(-rank, max(rank - 1, 0)))
    places = tuple(draw(st.integers(0, max(size, 1))) for size in shape)
    count = 1
    for size in places:
        count *= size
    index = T(
        *places,
        dtype=draw(st.sampled_from(["int64", "int64", "int32", "float32"])),
        data=draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)),
    )
    name = draw(st.sampled_from(["float32", "int64"]))
    source = draw(
        tensors(st.just(tuple(size + draw(st.integers(0, 1)) for size in places)), st.sampled_from([name, name, "float64"]), valued=True)
    )
    return draw(tensors(st.just(shape), st.just(name), valued=True)), dim, index, source


@fast
@given(along(), st.sampled_from(["sum", "prod", "mean", "amax", "amin", "add"]))
def test_gather_and_scatter(case: Any, reduction: str) -> None:
    tensor, dim, index, source = case
    check("torch.gather", tensor, dim, index)
    check("torch.take_along_dim", tensor, index, dim)
    check("torch.take_along_dim", tensor, index)
    for start, end in (("torch.", ""), (method, ""), (method, "_")):
        check(f"{start}scatter{end}", tensor, dim, index, source)
        check(f"{start}scatter{end}", tensor, dim, index, 2)
        check(f"{start}scatter_add{end}", tensor, dim, index, source)
        if reduction != "mean" or tensor.dtype != "int64":
            check(f"{start}scatter_reduce{end}", tensor, dim, index, source, reduction)
    check(method + "scatter_", tensor, dim, index, value=1.5)
    check(method + "scatter", tensor, dim, index, source, reduce="add")
    check(method + "scatter", tensor, dim, index, source, reduce="mul")


@st.composite
def slices_along(draw: Any) -> tuple[T, int, T, T]:
    rank = draw(st.integers(0, 3))
    shape = tuple(draw(st.integers(0, 3)) for _ in range(rank))
    dim = draw(st.integers(-rank, max(rank - 1, 0)))
    count = draw(st.integers(0, 3))
    index = T(
        *draw(st.sampled_from([(count,), (count,), (), (count, 1)])),
        dtype=draw(st.sampled_from(["int64", "int64", "int32", "bool"])),
        data=None,
    )
    total = 1
    for size in index.shape:
        total *= size
    index = T(
        *index.shape,
        dtype=index.dtype,
        data=draw(st.lists(st.integers(-1 if draw(st.integers(0, 5)) == 0 else 0, 1), min_size=total, max_size=total)),
    )
    wanted = list(shape)
    if rank:
        wanted[dim] = count if index.shape else 1
        if draw(st.integers(0, 5)) == 0:
            wanted[0] += 1
    name = draw(st.sampled_from(["float32", "int64"]))
    source = draw(tensors(st.just(tuple(wanted)), st.sampled_from([name, name, name, "float64"]), valued=True))
    return draw(tensors(st.just(shape), st.just(name), valued=True)), dim, index, source


@fast
@given(slices_along(), st.sampled_from(["prod", "amax", "amin", "sum"]))
def test_index_family(case: Any, reduction: str) -> None:
    tensor, dim, index, source = case
    check("torch.index_select", tensor, dim, index)
    for end in ("", "_"):
        check(f"{method}index_add{end}", tensor, dim, index, source)
        check(f"{method}index_copy{end}", tensor, dim, index, source)
        check(f"{method}index_fill{end}", tensor, dim, index, 2)
        check(f"{method}index_fill{end}", tensor, dim, index, source)
        check(f"{method}index_reduce{end}", tensor, dim, index, source, reduction)


@fast
@given(valued, positions(), st.sampled_from(["int64", "int32"]), valued)
def test_flat_positions(tensor: T, index: T, name: str, source: T) -> None:
    index = T(*index.shape, dtype=name, data=index.data)
    check("torch.take", tensor, index)
    check(method + "put_", tensor, index, source)
    check(method + "put", tensor, index, T(*index.shape, dtype=tensor.dtype))


@fast
@given(tensors(), positions(low=0, high=0), positions(low=0, high=0), valued)
def test_index_put(tensor: T, first: T, second: T, values: T) -> None:
    for given_values in (values, T(dtype=tensor.dtype), T(1, 1, dtype=tensor.dtype)):
        check("torch.index_put", tensor, (first,), given_values)
        check(method + "index_put_", tensor, (first, second), given_values)
        if second.shape:  # a mask without axes trips an internal assertion of torch
            check(method + "index_put", tensor, [first, T(*second.shape, dtype="bool", data=second.data)], given_values)


@fast
@given(valued, st.data(), valued)
def test_masks(tensor: T, data: Any, source: T) -> None:
    mask = data.draw(masks(tensor.shape[::-1]))
    mask = T(*mask.shape[::-1], dtype=mask.dtype, data=mask.data)
    check("torch.masked_select", tensor, mask)
    check("torch.masked_scatter", tensor, mask, source)
    check(method + "masked_scatter", tensor, mask, T(*tensor.shape, dtype=tensor.dtype))
    check(method + "masked_scatter_", tensor, mask, T(*tensor.shape, dtype=tensor.dtype))
    check("torch.nonzero", tensor)
    check("torch.nonzero", tensor, as_tuple=True)
    check("torch.argwhere", tensor)
    check("torch.nonzero_static", tensor, size=len(mask.shape))


@fast
@given(tensors(), st.integers(-3, 3), bound, bound, st.integers(-1, 2), st.lists(sizes, max_size=3))
def test_replaced_parts(tensor: T, dim: int, start: Any, end: Any, step: int, shape: list[int]) -> None:
    given_index = 0 if start is None else start
    rank = len(tensor.shape)
    source = T(*shape)
    if -rank <= dim < rank:
        place = dim % rank
        check("torch.select_scatter", tensor, T(*tensor.shape[:place], *tensor.shape[place + 1 :]), dim, given_index)
        if step > 0:
            size = len(range(*slice(start, end, step).indices(tensor.shape[dim])))
            source = T(*tensor.shape[:place], size, *tensor.shape[place + 1 :], dtype=tensor.dtype)
    check("torch.select_scatter", tensor, source, dim, given_index)
    check("torch.slice_scatter", tensor, source, dim, start, end, step)
    check("torch.diagonal_scatter", tensor, T(*shape), given_index)


@fast
@given(positions(low=0, high=5), st.lists(st.integers(1, 4), min_size=1, max_size=3), dims)
def test_unravel_index(index: T, shape: list[int], extent: int) -> None:
    if all(value < torch.Size(shape).numel() for value in index.data or ()):
        check("torch.unravel_index", index, tuple(shape))
