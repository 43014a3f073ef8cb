"""Lengths of vectors and sizes of matrices."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import refuse
from ...dtypes import category, promote, real_of
from ...shapes import axes, without
from ..tensor import dtype_name
from .aliasing import into
from .signatures import op

_INFINITE = (float("inf"), float("-inf"))


def _kind(name: str, x: Any, dtype: Any) -> str:
    """The element type of a norm: real, at least as wide as the input."""
    wanted = dtype_name(dtype)
    if category(wanted or x.dtype) < 2 or (wanted is None and category(x.dtype) < 2):
        refuse("RuntimeError", f"{name}: Expected a floating point or complex tensor as input. Got {wanted or x.dtype}")
    if wanted is None:
        return real_of(x.dtype)
    if (category(x.dtype) == 3) != (category(wanted) == 3):
        refuse(
            "RuntimeError", f"{name}: dtype should be {'complex' if category(x.dtype) == 3 else 'real'} for such inputs, but got {wanted}"
        )
    if promote(x.dtype, wanted) != wanted:
        refuse(
            "RuntimeError",
            f"{name}: the dtype of the input ({x.dtype}) should be convertible without narrowing to the specified dtype ({wanted})",
        )
    return real_of(wanted)


def _reduced(x: Any, gone: tuple[int, ...], keepdim: bool, dtype: str) -> Any:
    return x.like(without(x.shape, gone, keepdim), dtype)


def _vector(name: str, x: Any, ord: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    found = _kind(name, x, dtype)
    gone = axes(dim if dim is None or isinstance(dim, int) or len(dim) else None, len(x.shape))
    if isinstance(ord, (int, float)) and (ord < 0 or ord in _INFINITE):
        for place in gone:
            if x.shape and same(x.shape[place], 0) is True:
                refuse("RuntimeError", f"{name} cannot compute the {ord} norm on the dimension {place} because this dimension is empty")
    return _reduced(x, gone if x.shape else (), keepdim, found)


@op("torch.linalg.vector_norm")
def vector_norm(x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Any:
    """The length of vectors.

    >>> vector_norm(T(2, 3, 4), dim=(0, 2))
    float32[3]
    """
    if isinstance(ord, str):
        refuse("TypeError", "linalg_vector_norm(): argument 'ord' must be Number, not str")
    return into(out, _vector("linalg.vector_norm", x, ord, dim, keepdim, dtype), exact=True)


def _matrix(A: Any, ord: Any, dim: Any, keepdim: bool, dtype: Any) -> Any:
    name = "linalg.matrix_norm"
    if isinstance(dim, int):
        refuse("TypeError", "linalg_matrix_norm(): argument 'dim' must be tuple of ints, not int")
    if len(A.shape) < 2:
        refuse("RuntimeError", f"{name}: The input tensor A must have at least 2 dimensions.")
    if len(dim) != 2:
        refuse("RuntimeError", f"{name}: dim must be a 2-tuple. Got {list(dim)}")
    if isinstance(ord, str):
        if ord not in ("fro", "nuc"):
            refuse("RuntimeError", f"{name}: Order {ord} not supported.")
    elif abs(ord) not in (1, 2, float("inf")):
        refuse("RuntimeError", f"{name}: Order {ord} not supported.")
    found = _kind(name, A, dtype)
    gone = axes(tuple(dim), len(A.shape))
    if (ord == "nuc" or ord in (2, -2)) and real_of(dtype_name(dtype) or A.dtype) in ("float16", "bfloat16"):
        refuse("RuntimeError", f"{name}: not implemented for {A.dtype}")
    if ord != "fro" and ord != "nuc" and any(same(A.shape[place], 0) is True for place in gone):
        _empty(A, ord, gone)
    return _reduced(A, gone, keepdim, found)


def _empty(A: Any, ord: Any, gone: tuple[int, ...]) -> None:
    rows, columns = (same(A.shape[place], 0) is True for place in gone)
    if abs(ord) == 2 or (abs(ord) == 1 and (columns or (rows and ord < 0))) or (ord in _INFINITE and (rows or (columns and ord < 0))):
        refuse("IndexError", "linalg.matrix_norm: an empty matrix has no such norm")


@op("torch.linalg.matrix_norm")
def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Any:
    """The size of matrices.

    >>> matrix_norm(T(2, 3, 4))
    float32[2]
    """
    return into(out, _matrix(A, ord, dim, keepdim, dtype), exact=True)


@op("torch.linalg.norm")
def linalg_norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Any = None) -> Any:
    """The length of vectors or the size of matrices, as ``ord`` and ``dim`` say.

    >>> linalg_norm(T(2, 3, 4), dim=1)
    float32[2, 4]
    """
    rank = len(A.shape)
    places = None if dim is None else (dim,) if isinstance(dim, int) else tuple(dim)
    if places is not None and len(places) not in (1, 2):
        refuse("RuntimeError", f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(places)}")
    if places is None and ord is not None and rank not in (1, 2):
        refuse("RuntimeError", f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {rank}D.")
    if ord is not None and (len(places) if places is not None else rank) == 2:
        return into(out, _matrix(A, ord, places or (0, 1), keepdim, dtype), exact=True)
    if isinstance(ord, str):
        refuse("RuntimeError", f"linalg.norm: Order {ord} is only for matrices")
    return into(out, _vector("linalg.norm", A, 2 if ord is None else ord, places, keepdim, dtype), exact=True)
