"""Rarer linear algebra, differences and integrals, against torch itself."""

# ruff: noqa: E501 - one program, one line
from __future__ import annotations

from typing import Any

import pytest

from tests.oracle.torch_oracle import D, T, agree

CASES: list[tuple[Any, ...]] = [
    ("torch.lu", T(2, 3, 4)), ("torch.lu", T(4, 3)), ("torch.lu_unpack", T(2, 3, 4), T(2, 3, dtype="int32")),
    ("torch.lu_unpack", T(4, 3), T(3, dtype="int32")), ("torch.lu_solve", T(2, 3, 5), T(2, 3, 3), T(2, 3, dtype="int32")),
    ("torch.linalg.lu_solve", T(3, 3), T(3, dtype="int32"), T(3, 5)), ("torch.linalg.lu_factor_ex", T(2, 3, 4)),
    ("torch.linalg.ldl_factor", T(2, 3, 3)), ("torch.linalg.ldl_factor_ex", T(3, 3)), ("torch.linalg.ldl_factor", T(2, 3, 3, dtype="int64")),
    ("torch.linalg.ldl_solve", T(2, 3, 3), T(2, 3, dtype="int32"), T(2, 3, 5)), ("torch.geqrf", T(2, 3, 5)), ("torch.geqrf", T(5, 3)),
    ("torch.linalg.householder_product", T(2, 5, 3), T(2, 3)), ("torch.orgqr", T(5, 3), T(3)), ("torch.ormqr", T(5, 3), T(3), T(5, 4)),
    ("torch.triangular_solve", T(2, 3, 5), T(3, 3)), ("torch.linalg.tensorsolve", T(6, 4, 2, 3, 4), T(6, 4)),
    ("torch.vander", T(3)), ("torch.vander", T(3, dtype="int64"), 5), ("torch.vander", T(2, 3)), ("torch.norm_except_dim", T(3, 4, 5), 2, 0),
    ("torch.norm_except_dim", T(3, 4, 5), 2, 2), ("torch.norm_except_dim", T(3, 4, 5), 2, -1), ("torch._weight_norm", T(3, 4), T(3, 1)),
    ("torch.gradient", T(3, 4)), ("torch.cumulative_trapezoid", T(3, 4)), ("torch.cumulative_trapezoid", T(3, 4), T(3)),
    ("torch.linalg.ldl_factor", T(3)), ("torch.geqrf", T(3)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}{case[1:]}")
def test_agrees(case: tuple[Any, ...]) -> None:
    name, *args = case
    if name == "torch.cumulative_trapezoid" and len(args) == 2:
        agree(name, args[0], T(4))
    else:
        agree(name, *args)


@pytest.mark.parametrize("case", [("torch.svd_lowrank", T(8, 9)), ("torch.svd_lowrank", T(2, 8, 9), 3), ("torch.pca_lowrank", T(8, 9)),
                                  ("torch.histogramdd", T(5, 2), 3), ("torch.histogramdd", T(5, 2), [3, 4]), ("torch.masked.mean", T(3, 4)),
                                  ("torch.masked.mean", T(3, 4), 1), ("torch.masked.sum", T(3, 4, dtype="int64"), 0), ("torch.masked.var", T(3, 4), 1),
                                  ("torch.masked.softmax", T(3, 4), 1), ("torch.gradient", T(3, 4))], ids=str)  # fmt: skip
def test_agrees_on_cpu(case: tuple[Any, ...]) -> None:
    name, *args = case
    agree(name, *args, device="cpu")


def test_keywords() -> None:
    agree("torch.gradient", T(3, 4), dim=1)
    agree("torch.masked.mean", T(3, 4), 1, keepdim=True, mask=T(3, 4, dtype="bool"), device="cpu")
    agree("torch.masked.mean", T(3, 4, dtype="float16"), 1, dtype=D("float32"), device="cpu")
    agree("torch.cumulative_trapezoid", T(3, 4), dim=0)
    agree("torch.vander", T(3), N=2, increasing=True)
