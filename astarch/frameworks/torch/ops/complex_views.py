"""Complex numbers seen as pairs of real ones, and back."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import refuse, require
from ...dtypes import complex_of, is_complex, real_of
from .aliasing import view_of
from .signatures import op


@op("torch.view_as_real", "torch.view_as_real_copy")
def view_as_real(input: Any) -> Any:
    """A complex tensor as pairs of real numbers.

    >>> view_as_real(T(2, dtype="complex64"))
    float32[2, 2]
    """
    if not is_complex(input.dtype):
        refuse("RuntimeError", f"view_as_real is only supported for complex tensors, not {input.dtype}")
    return view_of(input, (*input.shape, 2), None, real_of(input.dtype))


@op("torch.view_as_complex", "torch.view_as_complex_copy")
def view_as_complex(input: Any) -> Any:
    """Pairs of real numbers in the last axis as a complex tensor.

    >>> view_as_complex(T(3, 2))
    complex64[3]
    """
    if input.dtype not in ("float16", "float32", "float64"):
        refuse("RuntimeError", f"view_as_complex is only supported for half, float and double tensors, but got {input.dtype}")
    if not input.shape:
        refuse("RuntimeError", "Input tensor must have one or more dimensions")
    require(same(input.shape[-1], 2), f"Tensor must have a last dimension of size 2, not {input.shape[-1]}")
    return view_of(input, input.shape[:-1], None, complex_of(input.dtype))
