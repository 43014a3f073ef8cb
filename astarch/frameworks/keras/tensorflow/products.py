"""`tf.linalg`: products, decompositions, diagonals."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import Dim, minimum, same
from ...describe import multiply, refuse, require
from ..model.policies import standardize_dtype
from ..ops.contraction import einsum_shape
from ..ops.creation import scalar
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..ops.reduction import axis_of, reduced
from ..tensor import KerasTensor, is_open, open_size
from . import kinds
from .kinds import ANY, FLOATS, INEXACT, NUMBERS, SIGNED, WIDE, taken, taken_together
from .operation import rule, tf_op
from .reduction import axes_of

_MULTIPLIED = FLOATS | SIGNED | kinds.COMPLEX | kinds.UNSIGNED
_TABLES = INEXACT | kinds.PLACES
_SOLVED = WIDE | kinds.COMPLEX
_DOUBLED = INEXACT | kinds.PLACES


def _at_least(value: Any, rank: int, allowed: frozenset[str]) -> KerasTensor:
    x = taken(value, allowed)
    if len(x.shape) < rank:
        refuse("ValueError", f"Input must have rank at least {rank}, got {list(x.shape)}")
    return x


def _square(value: Any, allowed: frozenset[str]) -> KerasTensor:
    x = _at_least(value, 2, allowed)
    if not is_open(x.shape[-1]) and not is_open(x.shape[-2]):
        require(same(x.shape[-1], x.shape[-2]), f"Input matrix must be square, got {list(x.shape)}")
    return x


def _turned(value: Any, turn: Any) -> Any:
    return rule("swapaxes")(value, -1, -2) if turn else value


@tf_op("linalg.matmul", "matmul")
def matmul(a: Any, b: Any, transpose_a: Any = False, transpose_b: Any = False, adjoint_a: Any = False, adjoint_b: Any = False,
           a_is_sparse: Any = False, b_is_sparse: Any = False, output_type: Any = None, grad_a: Any = False, grad_b: Any = False,
           name: Any = None) -> Any:  # fmt: skip
    """The matrix product."""
    kind = taken_together(_MULTIPLIED, a, b)
    if len(shape_of(a)) < 2 or len(shape_of(b)) < 2:
        refuse("ValueError", f"In[0] and In[1] must have rank at least 2: {list(shape_of(a))} and {list(shape_of(b))}")
    made = rule("matmul")(_turned(as_tensor(a, kind), transpose_a or adjoint_a), _turned(as_tensor(b, kind), transpose_b or adjoint_b))
    return made.like(dtype=standardize_dtype(output_type) if output_type is not None else kind)


@tf_op("linalg.matvec")
def matvec(a: Any, b: Any, transpose_a: Any = False, adjoint_a: Any = False, a_is_sparse: Any = False, b_is_sparse: Any = False,
           name: Any = None) -> Any:  # fmt: skip
    """The product of a matrix and a vector."""
    column = KerasTensor((*_at_least(b, 1, ANY).shape, 1), as_tensor(b).dtype)
    made = matmul(a, column, transpose_a, False, adjoint_a)
    return KerasTensor(made.shape[:-1], made.dtype)


@tf_op("linalg.einsum", "einsum")
def einsum(equation: Any, *inputs: Any, **kwargs: Any) -> Any:
    """Sums of products by letters."""
    kind = taken_together(_MULTIPLIED, *inputs)
    shape, count = einsum_shape(equation, [shape_of(value) for value in inputs], exact=True)
    if len(inputs) > 1:
        multiply(count)
    return KerasTensor(shape, kind)


@tf_op("linalg.tensordot", "tensordot")
def tensordot(a: Any, b: Any, axes: Any, name: Any = None) -> Any:
    """Sums of products over several axes."""
    kind = taken_together(_TABLES, a, b)
    axes = axes_of(axes)
    first, second = shape_of(a), shape_of(b)
    if isinstance(axes, int):
        if axes > min(len(first), len(second)):
            refuse("ValueError", f"`axes` must not be larger than the number of dimensions. Received: {axes}")
        left, right = list(range(len(first) - axes, len(first))), list(range(axes))
    else:
        left, right = (
            [axis_of(one, len(shape)) for one in (given if isinstance(given, (list, tuple)) else [given])]
            for given, shape in zip(axes, (first, second), strict=True)
        )
    if len(left) != len(right):
        refuse("ValueError", f"Different number of contraction axes {left} and {right}")
    ours, theirs = (math.prod(shape[place] for place in places) for shape, places in ((first, left), (second, right)))
    if not is_open(ours) and not is_open(theirs):  # as many elements are enough: TensorFlow reshapes to matrices
        require(
            same(ours, theirs),
            f"Matrix size-incompatible: {list(first)} over {left} and {list(second)} over {right}",
            name="matmul-mismatch",
        )
    rest = [size for place, size in enumerate(first) if place not in left] + [
        size for place, size in enumerate(second) if place not in right
    ]
    multiply(math.prod(rest) * ours)
    return KerasTensor(rest, kind)


@tf_op("linalg.norm", "norm")
def norm(tensor: Any, ord: Any = "euclidean", axis: Any = None, keepdims: Any = None, name: Any = None) -> Any:
    """A norm of vectors or, along two axes, of matrices."""
    x = taken(tensor, INEXACT)
    if isinstance(axis, (list, tuple)) and (len(axis) != 2 or axis[0] == axis[1]):
        refuse("ValueError", "'axis' must be None, an integer, or a tuple of 2 unique integers")
    return KerasTensor(reduced(x.shape, axis, bool(keepdims)), x.dtype if ord == "euclidean" else kinds.part(x.dtype))


@tf_op("linalg.normalize")
def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None, name: Any = None) -> Any:
    """Divided by its norm, and the norm."""
    return taken(tensor, INEXACT).like(), norm(tensor, ord, axis, True)


@tf_op("linalg.band_part")
def band_part(input: Any, num_lower: Any, num_upper: Any, name: Any = None) -> Any:
    """A band of a matrix."""
    x = _at_least(input, 2, ANY)
    for count, total in ((scalar(num_lower), x.shape[-2]), (scalar(num_upper), x.shape[-1])):
        if isinstance(count, int) and isinstance(total, int):
            require(count <= total, f"num_lower and num_upper must be negative or less or equal to the sizes: {count} for {total}")
    return x.like()


@tf_op("linalg.diag")
def diag(diagonal: Any, name: Any = "diag", k: Any = 0, num_rows: Any = -1, num_cols: Any = -1, padding_value: Any = 0,
         align: Any = "RIGHT_LEFT") -> Any:  # fmt: skip
    """A matrix with these elements on a diagonal."""
    x = _at_least(diagonal, 1, ANY)
    if not isinstance(k, (int, Dim)):
        return KerasTensor([open_size() for _ in x.shape], x.dtype)
    size = x.shape[-1] + abs(k)
    rows, columns = (size if scalar(count) == -1 else scalar(count) for count in (num_rows, num_cols))
    return KerasTensor((*x.shape[:-1], rows, columns), x.dtype)


@tf_op("linalg.tensor_diag")
def tensor_diag(diagonal: Any, name: Any = None) -> Any:
    """Zeros but for the diagonal, with every axis twice."""
    x = _at_least(diagonal, 1, _DOUBLED)
    return KerasTensor((*x.shape, *x.shape), x.dtype)


@tf_op("linalg.tensor_diag_part")
def tensor_diag_part(input: Any, name: Any = None) -> Any:
    """The diagonal where every axis stands twice."""
    x = _at_least(input, 2, _DOUBLED)
    half = len(x.shape) // 2
    agrees = len(x.shape) % 2 == 0 and all(is_open(a) or same(a, b) for a, b in zip(x.shape[:half], x.shape[half:], strict=True))
    require(agrees, f"The two halves of the shape {list(x.shape)} must be the same")
    return KerasTensor(x.shape[:half], x.dtype)


@tf_op("linalg.diag_part")
def diag_part(input: Any, name: Any = "diag_part", k: Any = 0, padding_value: Any = 0, align: Any = "RIGHT_LEFT") -> Any:
    """The diagonal of a matrix."""
    x = _at_least(input, 2, ANY)
    size = _least(x.shape[-2] + min(k, 0), x.shape[-1] - max(k, 0))
    if isinstance(size, int) and size <= 0:
        refuse("ValueError", f"a diagonal {k} lies outside of a matrix of {list(x.shape[-2:])}")
    return KerasTensor((*x.shape[:-2], size), x.dtype)


def _least(a: Any, b: Any) -> Any:
    return min(a, b) if isinstance(a, int) and isinstance(b, int) else minimum(a, b)


@tf_op("linalg.set_diag")
def set_diag(input: Any, diagonal: Any, name: Any = "set_diag", k: Any = 0, align: Any = "RIGHT_LEFT") -> Any:
    """A matrix with another diagonal."""
    x = _at_least(input, 2, ANY)
    taken_together(ANY, input, diagonal)
    given = shape_of(diagonal)
    wanted = (*x.shape[:-2], _least(x.shape[-2], x.shape[-1]))
    if k == 0:
        agrees = len(given) == len(wanted) and all(is_open(a) or is_open(b) or same(a, b) for a, b in zip(given, wanted, strict=True))
        require(agrees, f"a diagonal of shape {list(wanted)} is needed, not {list(given)}")
    return x.like()


def _trace(x: Any, name: Any = None) -> Any:
    x = _at_least(x, 2, NUMBERS)
    return KerasTensor(x.shape[:-2], x.dtype)


tf_op("linalg.trace")(_trace)


@tf_op("linalg.matrix_transpose")
def matrix_transpose(a: Any, name: Any = "matrix_transpose", conjugate: Any = False) -> Any:
    """The last two axes exchanged."""
    x = _at_least(a, 2, ANY)
    return KerasTensor((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)


@tf_op("linalg.adjoint")
def adjoint(matrix: Any, name: Any = None) -> Any:
    """Transposed and conjugated."""
    return matrix_transpose(taken(matrix, NUMBERS))


@tf_op("linalg.inv")
def inv(input: Any, adjoint: Any = False, name: Any = None) -> Any:
    """The inverse."""
    return _square(input, _SOLVED).like()


def _of_square(input: Any, name: Any = None) -> Any:
    return _square(input, _SOLVED).like()


tf_op("linalg.cholesky")(_of_square)
tf_op("linalg.expm")(_of_square)


@tf_op("linalg.det")
def det(input: Any, name: Any = None) -> Any:
    """The determinant."""
    x = _square(input, _SOLVED)
    return KerasTensor(x.shape[:-2], x.dtype)


@tf_op("linalg.logdet")
def logdet(matrix: Any, name: Any = None) -> Any:
    """The logarithm of the determinant."""
    return det(matrix)


@tf_op("linalg.slogdet")
def slogdet(input: Any, name: Any = None) -> Any:
    """Sign and logarithm of the determinant."""
    return det(input), det(input)


@tf_op("linalg.eigh")
def eigh(tensor: Any, name: Any = None) -> Any:
    """Eigenvalues and eigenvectors of symmetric matrices."""
    x = _square(tensor, _SOLVED)
    return KerasTensor(x.shape[:-1], x.dtype), x.like()


@tf_op("linalg.eigvalsh")
def eigvalsh(tensor: Any, name: Any = None) -> Any:
    """Eigenvalues of symmetric matrices."""
    return eigh(tensor)[0]


@tf_op("linalg.qr")
def qr(input: Any, full_matrices: Any = False, name: Any = None) -> Any:
    """An orthogonal and a triangular factor."""
    x = _at_least(input, 2, _SOLVED)
    rows, columns = x.shape[-2:]
    inner = rows if full_matrices else _least(rows, columns)
    return KerasTensor((*x.shape[:-2], rows, inner), x.dtype), KerasTensor((*x.shape[:-2], inner, columns), x.dtype)


@tf_op("linalg.svd")
def svd(tensor: Any, full_matrices: Any = False, compute_uv: Any = True, name: Any = None) -> Any:
    """Singular values, and the factors around them."""
    x = _at_least(tensor, 2, _SOLVED)
    rows, columns = x.shape[-2:]
    inner = _least(rows, columns)
    values = KerasTensor((*x.shape[:-2], inner), kinds.part(x.dtype))
    if not compute_uv:
        return values
    left, right = (rows, columns) if full_matrices else (inner, inner)
    return values, KerasTensor((*x.shape[:-2], rows, left), x.dtype), KerasTensor((*x.shape[:-2], columns, right), x.dtype)


@tf_op("linalg.pinv")
def pinv(a: Any, rcond: Any = None, validate_args: Any = False, name: Any = None) -> Any:
    """The pseudo-inverse."""
    return matrix_transpose(_at_least(a, 2, WIDE))


def _system(matrix: Any, rhs: Any, square: bool = True) -> tuple[KerasTensor, KerasTensor]:
    taken_together(_SOLVED, matrix, rhs)
    a, b = (_square if square else _at_least)(matrix, *(() if square else (2,)), _SOLVED), _at_least(rhs, 2, _SOLVED)  # type: ignore[arg-type]
    require(same(a.shape[-2], b.shape[-2]), f"Input matrix and rhs are incompatible: {list(a.shape)} and {list(b.shape)}")
    return a, b


def _same_batch(a: KerasTensor, b: KerasTensor) -> None:
    agrees = len(a.shape) == len(b.shape) and all(
        is_open(x) or is_open(y) or same(x, y) for x, y in zip(a.shape[:-2], b.shape[:-2], strict=True)
    )
    require(agrees, f"All dimensions but the last two must be the same: {list(a.shape)} and {list(b.shape)}")


@tf_op("linalg.solve")
def solve(matrix: Any, rhs: Any, adjoint: Any = False, name: Any = None) -> Any:
    """The solution of a system of equations."""
    a, b = _system(matrix, rhs)
    _same_batch(a, b)
    return b.like()


@tf_op("linalg.triangular_solve")
def triangular_solve(matrix: Any, rhs: Any, lower: Any = True, adjoint: Any = False, name: Any = None) -> Any:
    """The solution of a triangular system of equations."""
    a, b = _system(matrix, rhs)
    return KerasTensor((*stretched(a.shape[:-2], b.shape[:-2]), *b.shape[-2:]), b.dtype)


@tf_op("linalg.cholesky_solve")
def cholesky_solve(chol: Any, rhs: Any, name: Any = None) -> Any:
    """The solution of a system whose Cholesky factor is known."""
    return triangular_solve(chol, rhs)


@tf_op("linalg.lstsq")
def lstsq(matrix: Any, rhs: Any, l2_regularizer: Any = 0.0, fast: Any = True, name: Any = None) -> Any:
    """The least-squares solution of systems of equations."""
    a, b = _system(matrix, rhs, False)
    _same_batch(a, b)
    return KerasTensor((*a.shape[:-2], a.shape[-1], b.shape[-1]), b.dtype)


@tf_op("linalg.cross")
def cross(a: Any, b: Any, name: Any = None) -> Any:
    """The cross product."""
    kind = taken_together(kinds.REAL, a, b)
    first, second = shape_of(a), shape_of(b)
    agrees = len(first) == len(second) and all(is_open(x) or is_open(y) or same(x, y) for x, y in zip(first, second, strict=True))
    require(agrees, f"Both inputs must be of same shape: {list(first)} and {list(second)}")
    if not first or not (is_open(first[-1]) or same(first[-1], 3)):
        refuse("ValueError", "Cross-products are only defined for 3-element vectors.")
    return KerasTensor(first, kind)
