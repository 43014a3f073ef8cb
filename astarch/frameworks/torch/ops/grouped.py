"""Products of many matrices at once, rows grouped by offsets: what mixtures of experts use."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import multiply, op, refuse, require
from ...shapes import text
from .contraction import _same_type


def _result_shape(left: Any, right: Any, offsets: Any) -> tuple[Any, ...]:
    """Rows, columns or the summed axis are split by the offsets; two stacks of matrices go one by one."""
    if len(left) == 2 and len(right) == 2:
        return (offsets.shape[0], left[0], right[1])
    return (left[0], left[1], right[-1]) if len(left) == len(right) == 3 else (left[-2], right[-1])


@op("torch.nn.functional.grouped_mm", "torch._grouped_mm")
def grouped_mm(mat_a: Any, mat_b: Any, *, offs: Any = None, bias: Any = None, out_dtype: Any = None) -> Any:
    """The product of each group of rows with the matrix of its group.

    >>> grouped_mm(T(32, 16), T(8, 16, 64), offs=T(8, dtype="int32"))
    float32[32, 64]
    """
    left, right = mat_a.shape, mat_b.shape
    if len(left) not in (2, 3) or len(right) not in (2, 3):
        refuse("RuntimeError", f"grouped_mm: both matrices have to be 2D or 3D, but they are {len(left)}D and {len(right)}D")
    if (offs is None) != (len(left) == len(right) == 3):
        refuse("RuntimeError", "Have to provide offsets if there is a 2d matrix, or no offset if both matrices are 3d")
    if offs is not None and offs.dtype != "int32":
        refuse("RuntimeError", "Offsets have to be int32")
    if bias is not None:
        refuse("RuntimeError", "Bias not supported yet")
    _same_type("grouped_mm", mat_a, mat_b)
    if len(left) == 3 or len(right) == 3:
        require(same(left[-1], right[-2]), f"grouped_mm of {text(left)} and {text(right)}: {left[-1]} against {right[-2]}",
                name="grouped_mm-mismatch")  # fmt: skip
    if len(left) == len(right) == 3:
        require(same(left[0], right[0]), f"grouped_mm of {text(left)} and {text(right)}: {left[0]} groups against {right[0]}",
                name="grouped_mm-mismatch")  # fmt: skip
    result = mat_a.like(_result_shape(left, right, offs), None if out_dtype is None else out_dtype.name)
    multiply(result.size * left[-1] // (offs.shape[0] if offs is not None and len(left) == len(right) == 2 else 1))
    return result
