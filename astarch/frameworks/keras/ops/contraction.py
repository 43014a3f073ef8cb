"""Products of tensors, and linear algebra."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import same
from ...describe import multiply, refuse, require
from ..operation import keras_op
from ..tensor import KerasTensor, is_open
from .elementwise import as_tensor, shape_of, stretched
from .promotion import as_float, kind_of, result_type
from .reduction import axis_of, reduced


def meet(a: Any, b: Any, what: str) -> None:
    """Two sizes that are contracted with each other must be equal."""
    if not is_open(a) and not is_open(b):
        require(same(a, b), what, name="matmul-mismatch")


@keras_op("keras.ops.matmul")
def matmul(x1: Any, x2: Any) -> Any:
    """The matrix product.

    >>> matmul(T(2, 3), T(3, 5))
    float32[2, 5]
    """
    a, b = list(shape_of(x1)), list(shape_of(x2))
    if not a or not b:
        refuse("ValueError", "`matmul` is not defined for scalars")
    dtype = "int32" if kind_of(x1) == kind_of(x2) == "int8" else result_type(kind_of(x1), kind_of(x2))
    left = [1, *a] if len(a) == 1 else a
    right = [*b, 1] if len(b) == 1 else b
    meet(
        left[-1],
        right[-2],
        f"Inner dimensions (`x1.shape[-1]` and `x2.shape[-2]`) must be equal, but received x1.shape={a} and x2.shape={b}",
    )
    batch = stretched(left[:-2], right[:-2])
    multiply(math.prod(batch) * left[-2] * left[-1] * right[-1])
    shape = [*batch, *([] if len(a) == 1 else [left[-2]]), *([] if len(b) == 1 else [right[-1]])]
    return KerasTensor(shape, dtype)


@keras_op("keras.ops.dot")
def dot(x1: Any, x2: Any) -> Any:
    """The dot product."""
    a, b = shape_of(x1), shape_of(x2)
    dtype = result_type(kind_of(x1), kind_of(x2))
    if not a or not b:
        return KerasTensor(a or b, dtype)
    if len(b) == 1:
        meet(a[-1], b[-1], f"Shape mismatch on the last axis of `x1` and `x2`: {list(a)} and {list(b)}")
        return KerasTensor(a[:-1], dtype)
    meet(a[-1], b[-2], f"Shape mismatch on the last axis of `x1` and the second last axis of `x2`: {list(a)} and {list(b)}")
    return KerasTensor((*a[:-1], *b[:-2], b[-1]), dtype)


@keras_op("keras.ops.inner")
def inner(x1: Any, x2: Any) -> Any:
    """The inner product over the last axes."""
    a, b = shape_of(x1), shape_of(x2)
    dtype = result_type(kind_of(x1), kind_of(x2))
    if not a or not b:
        return KerasTensor(a or b, dtype)
    return KerasTensor((*a[:-1], *b[:-1]), dtype)


@keras_op("keras.ops.vdot")
def vdot(x1: Any, x2: Any) -> Any:
    """The dot product of all elements."""
    return KerasTensor((), result_type(kind_of(x1), kind_of(x2)))


@keras_op("keras.ops.outer")
def outer(x1: Any, x2: Any) -> Any:
    """All products of two elements."""
    return KerasTensor((math.prod(shape_of(x1)), math.prod(shape_of(x2))), result_type(kind_of(x1), kind_of(x2)))


@keras_op("keras.ops.cross")
def cross(x1: Any, x2: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None) -> Any:
    """The vector product."""
    if axis is not None:
        axisa = axisb = axisc = axis
    a, b = list(shape_of(x1)), list(shape_of(x2))
    size_a, size_b = a.pop(axisa), b.pop(axisb)
    shape = list(stretched(a, b))
    if size_a == 3 or size_b == 3:
        shape.insert(axisc if axisc >= 0 else len(shape) + 1 + axisc, 3)
    return KerasTensor(shape, result_type(kind_of(x1), kind_of(x2)))


@keras_op("keras.ops.kron")
def kron(x1: Any, x2: Any) -> Any:
    """The Kronecker product."""
    a, b = list(shape_of(x1)), list(shape_of(x2))
    a, b = [1] * (len(b) - len(a)) + a, [1] * (len(a) - len(b)) + b
    return KerasTensor([x * y for x, y in zip(a, b, strict=False)], result_type(kind_of(x1), kind_of(x2)))


@keras_op("keras.ops.tensordot")
def tensordot(x1: Any, x2: Any, axes: Any = 2) -> Any:
    """Sums of products over several axes."""
    a, b = list(shape_of(x1)), list(shape_of(x2))
    dtype = result_type(kind_of(x1), kind_of(x2))
    if isinstance(axes, int):
        left, right = list(range(len(a) - axes, len(a))), list(range(axes))
    else:
        left, right = (
            [axis_of(x, len(s)) for x in (ax if isinstance(ax, (tuple, list)) else [ax])] for ax, s in zip(axes, (a, b), strict=False)
        )
    for i, j in zip(left, right, strict=False):
        meet(a[i], b[j], f"`tensordot` contracts axes of different sizes: {a} over {left} and {b} over {right}")
    shape = [s for i, s in enumerate(a) if i not in left] + [s for i, s in enumerate(b) if i not in right]
    multiply(math.prod(shape) * math.prod(a[i] for i in left))
    return KerasTensor(shape, dtype)


@keras_op("keras.ops.einsum")
def einsum(subscripts: Any, *operands: Any, **kwargs: Any) -> Any:
    """Sums of products by letters.

    >>> einsum("ij,jk->ik", T(2, 3), T(3, 5))
    float32[2, 5]
    """
    flowing = not any(isinstance(value, KerasTensor) and value.symbolic for value in operands)
    shape, count = einsum_shape(subscripts, [shape_of(value) for value in operands], exact=flowing)
    if len(operands) > 1:
        multiply(count)
    kinds = [kind_of(value) for value in operands]
    dtype = "int32" if len(kinds) == 1 and kinds[0] == "int8" else result_type(*kinds)
    return KerasTensor(shape, "int32" if set(kinds) == {"int8"} else dtype)


def einsum_shape(subscripts: str, shapes: list[Any], exact: bool = False) -> tuple[tuple[Any, ...], Any]:
    """The shape of an einsum, and how many products it takes.

    Args:
        subscripts: The equation.
        shapes: Those of the operands.
        exact: A letter stands for one size only, which does not stretch.
    """
    text = subscripts.replace(" ", "")
    left, arrow, right = text.partition("->")
    terms = left.split(",")
    if len(terms) != len(shapes):
        refuse("ValueError", f"einsum: {len(terms)} subscripts for {len(shapes)} operands: {subscripts}")
    found: dict[str, Any] = {}
    spread: tuple[Any, ...] = ()
    for term, shape in zip(terms, shapes, strict=False):
        before, dots, after = term.partition("...")
        if (not dots and len(term) != len(shape)) or len(before) + len(after) > len(shape):
            refuse("ValueError", f"einsum: subscripts '{term}' do not fit a tensor of {len(shape)} axes")
        middle = shape[len(before) : len(shape) - len(after)]
        if dots:
            spread = stretched(spread, middle)
        for letter, size in (
            *zip(before, shape, strict=False),
            *zip(after, shape[len(shape) - len(after) :] if after else (), strict=False),
        ):
            known = found.get(letter)
            if known is None or is_open(known) or (not exact and type(known) is int and known == 1):
                found[letter] = size
            elif exact or not (type(size) is int and size == 1):
                meet(known, size, f"einsum: '{letter}' is {known} and {size} in {subscripts}")
    if not arrow:
        letters = [c for c in left if c.isalpha()]
        right = ("..." if "..." in left else "") + "".join(sorted(c for c in set(letters) if letters.count(c) == 1))
    before, dots, after = right.partition("...")
    result = (*[found[c] for c in before], *(spread if dots else ()), *[found[c] for c in after])
    return result, math.prod(found.values()) * math.prod(spread)


@keras_op("keras.ops.corrcoef")
def corrcoef(x: Any) -> Any:
    """Correlation coefficients of the rows."""
    x = as_tensor(x)
    return KerasTensor((x.shape[0], x.shape[0]) if len(x.shape) > 1 else (), as_float(x.dtype))


@keras_op("keras.ops.correlate")
def correlate(x1: Any, x2: Any, mode: Any = "valid") -> Any:
    """The correlation of two sequences."""
    a, b = shape_of(x1)[0], shape_of(x2)[0]
    size = {"full": a + b - 1, "same": max(a, b), "valid": max(a, b) - min(a, b) + 1}[mode]
    return KerasTensor((size,), as_float(result_type(kind_of(x1), kind_of(x2))))


# --- linear algebra ---------------------------------------------------------------------------------------------------

_LINALG = "keras.src.ops.linalg"


def _square(x: KerasTensor) -> None:
    if len(x.shape) < 2:
        refuse("ValueError", f"Expected input to have rank >= 2. Received input with shape {list(x.shape)}.")
    meet(x.shape[-1], x.shape[-2], f"Expected a square matrix. Received input with shape {list(x.shape)}")


@keras_op("keras.ops.cholesky", "keras.ops.linalg.cholesky", module=_LINALG)
def cholesky(x: Any, upper: Any = False) -> Any:
    """The Cholesky factor."""
    x = as_tensor(x)
    _square(x)
    return KerasTensor(x.shape, as_float(x.dtype))


@keras_op("keras.ops.cholesky_inverse", "keras.ops.linalg.cholesky_inverse", module=_LINALG)
def cholesky_inverse(x: Any, upper: Any = False) -> Any:
    """The inverse from a Cholesky factor."""
    x = as_tensor(x)
    return KerasTensor(x.shape, as_float(x.dtype))


@keras_op("keras.ops.det", "keras.ops.linalg.det", module=_LINALG)
def det(x: Any) -> Any:
    """The determinant."""
    x = as_tensor(x)
    _square(x)
    return KerasTensor(x.shape[:-2], x.dtype)


@keras_op("keras.ops.inv", "keras.ops.linalg.inv", module=_LINALG)
def inv(x: Any) -> Any:
    """The inverse."""
    x = as_tensor(x)
    _square(x)
    return KerasTensor(x.shape, as_float(x.dtype))


@keras_op("keras.ops.pinv", "keras.ops.linalg.pinv", module=_LINALG)
def pinv(x: Any, rcond: Any = None) -> Any:
    """The pseudo-inverse."""
    x = as_tensor(x)
    return KerasTensor((*x.shape[:-2], x.shape[-1], x.shape[-2]), as_float(x.dtype))


@keras_op("keras.ops.matrix_rank", "keras.ops.linalg.matrix_rank", module=_LINALG)
def matrix_rank(x: Any, tol: Any = None) -> Any:
    """The rank."""
    return KerasTensor(shape_of(x)[:-2], "int32")


@keras_op("keras.ops.eig", "keras.ops.linalg.eig", module=_LINALG)
def eig(x: Any) -> Any:
    """Eigenvalues and eigenvectors."""
    x = as_tensor(x)
    _square(x)
    dtype = {"float64": "complex128"}.get(x.dtype, "complex64")
    return KerasTensor(x.shape[:-1], dtype), KerasTensor(x.shape, dtype)


@keras_op("keras.ops.eigh", "keras.ops.linalg.eigh", module=_LINALG)
def eigh(x: Any) -> Any:
    """Eigenvalues and eigenvectors of a symmetric matrix."""
    x = as_tensor(x)
    _square(x)
    return KerasTensor(x.shape[:-1], x.dtype), KerasTensor(x.shape, x.dtype)


@keras_op("keras.ops.lu_factor", "keras.ops.linalg.lu_factor", module=_LINALG)
def lu_factor(x: Any) -> Any:
    """The LU decomposition."""
    x = as_tensor(x)
    m, n = x.shape[-2:]
    return KerasTensor(x.shape, x.dtype), KerasTensor((*x.shape[:-2], min(m, n)), x.dtype)


@keras_op("keras.ops.norm", "keras.ops.linalg.norm", module=_LINALG)
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """A norm."""
    x = as_tensor(x)
    return KerasTensor(reduced(x.shape, axis, keepdims), as_float(x.dtype))


@keras_op("keras.ops.qr", "keras.ops.linalg.qr", module=_LINALG)
def qr(x: Any, mode: Any = "reduced") -> Any:
    """The QR decomposition."""
    x = as_tensor(x)
    *batch, m, n = x.shape
    k = min(m, n)
    if mode == "reduced":
        return KerasTensor((*batch, m, k), x.dtype), KerasTensor((*batch, k, n), x.dtype)
    return KerasTensor((*batch, m, m), x.dtype), KerasTensor((*batch, m, n), x.dtype)


@keras_op("keras.ops.solve", "keras.ops.linalg.solve", module=_LINALG)
def solve(a: Any, b: Any) -> Any:
    """The solution of linear equations."""
    return KerasTensor(shape_of(b), as_float(result_type(kind_of(a), kind_of(b))))


@keras_op("keras.ops.solve_triangular", "keras.ops.linalg.solve_triangular", module=_LINALG)
def solve_triangular(a: Any, b: Any, lower: Any = False) -> Any:
    """The solution of triangular equations."""
    return KerasTensor(shape_of(b), as_float(result_type(kind_of(a), kind_of(b))))


@keras_op("keras.ops.svd", "keras.ops.linalg.svd", class_name="SVD", module=_LINALG)
def svd(x: Any, full_matrices: Any = True, compute_uv: Any = True) -> Any:
    """The singular value decomposition."""
    x = as_tensor(x)
    *batch, m, n = x.shape
    k = min(m, n)
    values = KerasTensor((*batch, k), x.dtype)
    if not compute_uv:
        return values
    return (
        KerasTensor((*batch, m, m if full_matrices else k), x.dtype),
        values,
        KerasTensor((*batch, n if full_matrices else k, n), x.dtype),
    )


@keras_op("keras.ops.lstsq", "keras.ops.linalg.lstsq", module=_LINALG)
def lstsq(a: Any, b: Any, rcond: Any = None) -> Any:
    """The least-squares solution."""
    left, right = shape_of(a), shape_of(b)
    return KerasTensor((left[1], right[1]) if len(right) == 2 else (left[1],), as_tensor(a).dtype)


@keras_op("keras.ops.logdet", module="keras.src.ops.math")
def logdet(x: Any) -> Any:
    """The logarithm of the determinant."""
    x = as_tensor(x)
    return KerasTensor(x.shape[:-2], x.dtype)


@keras_op("keras.ops.slogdet")
def slogdet(x: Any) -> Any:
    """Sign and logarithm of the determinant."""
    x = as_tensor(x)
    return KerasTensor(() if x.symbolic else x.shape[:-2], x.dtype), KerasTensor(x.shape[:-2], x.dtype)
