"""Linear algebra gives what torch gives, or both refuse."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracle.drawn import dims, tensors
from tests.oracle.torch_oracle import T, agree

fast = settings(max_examples=100, deadline=None)
few = st.integers(1, 3)
types = st.sampled_from(["float32"] * 4 + ["float64", "complex64"])
shapes = st.lists(st.integers(1, 3), max_size=4).map(tuple)
norms = st.sampled_from([None, "fro", "nuc", 2, 1, -1, -2, float("inf"), 3, 0])


@st.composite
def squares(draw: Any, dtype: Any = types) -> T:
    side = draw(few)
    return T(*draw(st.lists(few, max_size=2)), side, side, dtype=draw(dtype))


@fast
@given(st.one_of(squares(), tensors(shapes, types)))
def test_one_matrix(matrix: T) -> None:
    for name in (
        "linalg.inv",
        "linalg.inv_ex",
        "linalg.pinv",
        "linalg.det",
        "linalg.slogdet",
        "linalg.cholesky",
        "linalg.cholesky_ex",
        "linalg.eigh",
        "linalg.eigvalsh",
        "linalg.qr",
        "linalg.svd",
        "linalg.svdvals",
        "linalg.lu",
        "linalg.lu_factor",
        "linalg.cond",
        "linalg.matrix_rank",
        "det",
        "slogdet",
        "logdet",
        "inverse",
        "pinverse",
        "cholesky",
        "svd",
        "qr",
        "linalg.matrix_exp",
        "matrix_exp",
        "cholesky_inverse",
        "linalg.eig",
        "linalg.eigvals",
    ):
        agree(f"torch.{name}", matrix)
    agree("torch.linalg.svd", matrix, full_matrices=False)
    agree("torch.svd", matrix, some=False)
    for mode in ("complete", "r", "other"):
        agree("torch.linalg.qr", matrix, mode)
    for power in (2, 0, -1):
        agree("torch.linalg.matrix_power", matrix, power)
        agree("torch.matrix_power", matrix, power)


@fast
@given(squares(st.just("float32")), tensors(shapes, types), st.lists(few, max_size=1))
def test_solutions(matrix: T, other: T, columns: list[int]) -> None:
    for right in (other, T(*matrix.shape[:-1], *columns), T(matrix.shape[-1]), T(matrix.shape[-1], 2)):
        agree("torch.linalg.solve", matrix, right)
        agree("torch.linalg.solve_triangular", matrix, right, upper=True, device="cpu")
        agree("torch.cholesky_solve", right, matrix)
        if right.dtype == "float32" and len(right.shape) in (0, 1, len(matrix.shape)):
            zeros = (T(*tensor.shape, data=[0.0] * math.prod(tensor.shape)) for tensor in (matrix, right))
            agree("torch.linalg.lstsq", *zeros, device="cpu")


@settings(max_examples=300, deadline=None)
@given(tensors(shapes, types), norms, st.one_of(st.none(), dims, st.tuples(dims, dims)), st.booleans())
def test_norms(tensor: T, order: Any, dim: Any, keepdim: bool) -> None:
    agree("torch.linalg.norm", tensor, order, dim, keepdim, device="cpu")
    if order is not None:
        agree("torch.linalg.vector_norm", tensor, order, dim, keepdim, device="cpu")
        if dim is not None:
            agree("torch.linalg.matrix_norm", tensor, order, dim, keepdim)


@pytest.mark.parametrize("call", [(T(2, 3, 6),), (T(2, 3, 5),), (T(6, 2, 3), 1), (T(4), 0)])
def test_tensorinv(call: Any) -> None:
    agree("torch.linalg.tensorinv", *call)


@pytest.mark.parametrize("call", [(T(4),), (T(2, 4),), (T(),), (T(3, dtype="int64"),)])
def test_vander(call: Any) -> None:
    agree("torch.linalg.vander", *call)
    agree("torch.linalg.vander", *call, N=3)


@pytest.mark.parametrize(
    "name", ["inv", "det", "cholesky", "eigh", "eigvalsh", "eig", "qr", "svd", "lu", "lu_factor", "norm", "matrix_rank"]
)
def test_whole_numbers(name: str) -> None:
    agree(f"torch.linalg.{name}", T(2, 2, dtype="int64", data=[1, 0, 0, 1]), device="cpu")
