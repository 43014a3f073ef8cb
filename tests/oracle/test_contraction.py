"""Products give what torch gives, and as many multiplications as torch's own counter says."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.flop_counter import FlopCounterMode

from astarch.frameworks.describe import REGISTRY, RUN, Run
from tests.oracle.drawn import check, tensors
from tests.oracle.torch_oracle import T, _map, _ours, _real, _resolve, ask_ours, ask_torch

fast = settings(max_examples=150, deadline=None)
few = st.integers(1, 3)
names = st.sampled_from(["float32"] * 8 + ["float64", "int64", "complex64", "bool"])


@st.composite
def pairs(draw: Any, count: int = 2) -> list[T]:
    """Tensors whose axes are drawn from so few sizes that they often fit."""
    name = draw(names)
    shapes = st.lists(st.sampled_from([1, 2, 2, 3]), max_size=4).map(tuple)
    other = st.sampled_from([name] * 6 + ["float64"])
    return [draw(tensors(shapes, st.just(name) if number == 0 else other)) for number in range(count)]


@settings(max_examples=500, deadline=None)
@given(pairs(3))
def test_products(three: list[T]) -> None:
    a, b, c = three
    for name in ("matmul", "mm", "bmm", "mv", "dot", "vdot", "inner", "outer", "ger", "kron", "cross", "tensordot"):
        check("torch." + name, a, b)
    for name in ("addmm", "addmv", "addr", "addbmm", "baddbmm"):
        check("torch." + name, c, a, b)
        if name not in ("addr", "addbmm") and c.shape:  # on the meta device torch lets the target of addbmm_ grow
            check(f"torch.Tensor.{name}_", c, a, b)
    check("torch.linalg.cross", a, b)
    check("torch.linalg.vecdot", a, b)
    check("torch.nn.functional.linear", a, b)
    if len(b.shape) == 2 and len(c.shape) == 1:
        check("torch.nn.functional.linear", a, b, c)
    check("torch.nn.functional.bilinear", a, b, c)
    check("torch.chain_matmul", a, b)
    check("torch.linalg.multi_dot", [a, b, c])
    check("torch.linalg.multi_dot", [a, b])


@fast
@given(few, few, few, st.lists(few, max_size=2), names, names)
def test_products_that_fit(m: int, k: int, n: int, batch: list[int], one: str, other: str) -> None:
    a, b = T(*batch, m, k, dtype=one), T(*batch, k, n, dtype=other)
    for name in ("matmul", "mm", "bmm"):
        check("torch." + name, a, b)
    check("torch.addmm", T(n, dtype=one), T(m, k, dtype=one), T(k, n, dtype=other))
    check("torch.baddbmm", T(n, dtype=one), a, b)
    check("torch.addbmm", T(n, dtype=one), a, b)
    check("torch.mv", T(m, k, dtype=one), T(k, dtype=other))
    check("torch.addmv", T(m, dtype=one), T(m, k, dtype=one), T(k, dtype=other))
    check("torch.addr", T(m, n, dtype=one), T(m, dtype=one), T(n, dtype=other))
    check("torch.nn.functional.linear", a, T(n, k, dtype=other), T(n, dtype=one))
    check("torch.nn.functional.bilinear", T(*batch, m, dtype=one), T(*batch, k, dtype=one), T(n, m, k, dtype=other), T(n, dtype=one))
    check("torch.linalg.multi_dot", [T(m, k, dtype=one), T(k, n, dtype=other), T(n, m, dtype=one)])


@st.composite
def equations(draw: Any) -> tuple[Any, ...]:
    extent = {letter: draw(st.integers(1, 3)) for letter in "abcd"}
    terms, operands = [], []
    for _ in range(draw(st.integers(1, 3))):
        letters = draw(st.lists(st.sampled_from("abcd"), max_size=4))
        shape = [extent[letter] if draw(st.integers(0, 12)) else draw(st.integers(1, 3)) for letter in letters]
        if draw(st.integers(0, 3)) == 0:
            place = draw(st.integers(0, len(letters)))
            letters.insert(place, "...")
            shape[place:place] = draw(st.lists(st.sampled_from([1, 2]), max_size=2))
        terms.append("".join(letters))
        operands.append(T(*shape))
    equation = ",".join(terms)
    if draw(st.booleans()):
        equation += "->" + draw(st.sampled_from(["", "..."])) + "".join(draw(st.lists(st.sampled_from("abcd"), max_size=3, unique=True)))
    return (equation, *operands)


@settings(max_examples=600, deadline=None)
@given(equations())
def test_einsum(call: tuple[Any, ...]) -> None:
    check("torch.einsum", *call)


@pytest.mark.parametrize(
    "call",
    [
        (T(2, 3), [0, 1], T(3, 4), [1, 2], [0, 2]),
        (T(2, 3), [0, 1], T(3, 4), [1, 2]),
        (T(5, 2, 3), [..., 0, 1], T(3, 4), [1, 2], [..., 2, 0]),
        (T(2, 3), [0, 60]),
        ("ab,bc", T(2, 3)),
        ("ab->ac", T(2, 3)),
        ("a.b", T(2, 3)),
        ("a1", T(2, 3)),
        (" a b , b c -> a c ", T(2, 3), T(3, 4)),
        ("ab,bc->ac", [T(2, 3), T(3, 4)]),
        ("ab->aa", T(2, 3)),
        ("ii->i", T(3, 3)),
        ("ii->i", T(3, 4)),
        ("->", T()),
        ("ab", T(2, 3)),
        ("ba", T(2, 3)),
        ("a,b->ab", T(2), T(3, dtype="float64")),
        ("ab,bc->ac", T(2, 3), T(3, 4, dtype="float64")),
        ("...", T(2, 3)),
        ("...a->...", T(2, 3)),
    ],
)
def test_einsum_forms(call: tuple[Any, ...]) -> None:
    check("torch.einsum", *call)


@fast
@given(
    pairs(), st.one_of(st.integers(-1, 3), st.tuples(st.lists(st.integers(-3, 2), max_size=2), st.lists(st.integers(-3, 2), max_size=2)))
)
def test_tensordot(two: list[T], dims: Any) -> None:
    check("torch.tensordot", *two, dims)


def counted(name: str, *args: Any, **kwargs: Any) -> tuple[Any, float]:
    """Multiplications as we count them, and half the operations that torch counts."""
    run = Run(strict=False)
    token = RUN.set(run)
    try:
        REGISTRY[name](*_map(args, _ours), **kwargs)
    finally:
        RUN.reset(token)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        _resolve(name)(*_map(args, lambda s: _real(s, "cpu")), **kwargs)
    return run.nodes[-1].macs, counter.get_total_flops() / 2


@pytest.mark.parametrize(
    "call",
    [
        ("torch.mm", T(2, 3), T(3, 4)),
        ("torch.bmm", T(5, 2, 3), T(5, 3, 4)),
        ("torch.matmul", T(5, 2, 3), T(3, 4)),
        ("torch.matmul", T(5, 1, 2, 3), T(7, 3, 4)),
        ("torch.addmm", T(4), T(2, 3), T(3, 4)),
        ("torch.baddbmm", T(4), T(5, 2, 3), T(5, 3, 4)),
        ("torch.nn.functional.linear", T(5, 2, 3), T(4, 3), T(4)),
        ("torch.nn.functional.linear", T(2, 3), T(4, 3)),
        ("torch.einsum", "bhid,bhjd->bhij", T(2, 3, 4, 5), T(2, 3, 6, 5)),
        ("torch.einsum", "ij,jk,kl->il", T(2, 3), T(3, 4), T(4, 5)),
        ("torch.einsum", "abc,cd->abd", T(2, 3, 4), T(4, 5)),
        ("torch.einsum", "ab,cb->ac", T(2, 1), T(3, 4)),
        ("torch.einsum", "abx,cb->ac", T(2, 4, 7), T(3, 4)),
        ("torch.tensordot", T(3, 4, 5), T(4, 5, 2), 2),
        ("torch.chain_matmul", T(2, 3), T(3, 4), T(4, 5)),
        ("torch.linalg.multi_dot", [T(9, 3), T(3, 4), T(4, 5), T(5, 2)]),
    ],
)
def test_multiplications(call: tuple[Any, ...]) -> None:
    ours, theirs = counted(*call)
    assert ours == theirs


@fast
@given(equations())
def test_multiplications_of_einsum(call: tuple[Any, ...]) -> None:
    if "refused" in (ask_torch("torch.einsum", call, {}), ask_ours("torch.einsum", call, {})):
        return
    ours, theirs = counted("torch.einsum", *call)
    if len(call) == 3:  # three and more may be planned by opt_einsum
        assert ours == theirs
