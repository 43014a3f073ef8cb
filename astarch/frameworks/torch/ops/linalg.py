"""Linear algebra: decompositions, inverses, solutions. Only shapes and element types are told, never values."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, minimum, same
from ...describe import refuse, require, results, unknown
from ...dtypes import category, complex_of, real_of
from ...shapes import broadcast, product, text
from .aliasing import into, into_each
from .signatures import op
from .turning import transpose

_SOLVED = ("float32", "float64", "complex64", "complex128")


def _matrix(name: str, tensor: Any, square: bool = False) -> Any:
    """Refuse what is no batch of (square) matrices of floating or complex numbers."""
    if len(tensor.shape) < 2:
        refuse("RuntimeError", f"{name}: The input tensor A must have at least 2 dimensions.")
    if tensor.dtype not in _SOLVED:
        refuse("RuntimeError", f"{name}: Expected a floating point or complex tensor as input. Got {tensor.dtype}")
    if square:
        rows, columns = tensor.shape[-2:]
        require(
            same(rows, columns),
            f"{name}: A must be batches of square matrices, but they are {rows} by {columns} matrices",
            name="not-square",
        )
    return tensor


def _smaller(rows: Any, columns: Any) -> Any:
    return min(rows, columns) if type(rows) is int and type(columns) is int else minimum(rows, columns)


def _square_family() -> None:
    """Ops from square matrices to matrices of the same shape."""
    for names, first in (
        (("torch.linalg.inv",), "A"),
        (("torch.inverse", "torch.Tensor.inverse"), "input"),
        (("torch.linalg.matrix_exp",), "A"),
        (("torch.matrix_exp", "torch.Tensor.matrix_exp"), "input"),
    ):
        _same_shape(names, first, "exp" not in names[0])


def _same_shape(names: tuple[str, ...], first: str, has_out: bool) -> None:
    name = names[0].removeprefix("torch.")
    if first == "A":

        @op(*names)
        def of_matrix(A: Any, *, out: Any = None) -> Any:
            return into(out, _matrix(name, A, True).like())
    else:

        @op(*names)
        def of_input(input: Any, *, out: Any = None) -> Any:
            return into(out, _matrix(name, input, True).like())


_square_family()


def _register_determinants() -> None:
    for names, first in (
        (("torch.linalg.det",), "A"),
        (("torch.det", "torch.Tensor.det"), "input"),
        (("torch.logdet", "torch.Tensor.logdet"), "input"),
    ):
        _determinant(names, first)


def _determinant(names: tuple[str, ...], first: str) -> None:
    name = names[0].removeprefix("torch.")
    if first == "A":

        @op(*names)
        def of_matrix(A: Any, *, out: Any = None) -> Any:
            return into(out, _matrix(name, A, True).like(A.shape[:-2]))
    else:

        @op(*names)
        def of_input(input: Any) -> Any:
            return _matrix(name, input, True).like(input.shape[:-2])


_register_determinants()

InverseEx = results("linalg_inv_ex", "inverse info")
Slogdet = results("linalg_slogdet", "sign logabsdet")
CholeskyEx = results("linalg_cholesky_ex", "L info")
SolveEx = results("linalg_solve_ex", "result info")
QR = results("linalg_qr", "Q R")
SVD = results("linalg_svd", "U S Vh")
OldSVD = results("svd", "U S V")
Eigh = results("linalg_eigh", "eigenvalues eigenvectors")
Eig = results("linalg_eig", "eigenvalues eigenvectors")
LeastSquares = results("linalg_lstsq", "solution residuals rank singular_values")
LU = results("linalg_lu", "P L U")
Factors = results("linalg_lu_factor", "LU pivots")


@op("torch.linalg.inv_ex")
def inv_ex(A: Any, *, check_errors: bool = False, out: Any = None) -> Any:
    """The inverse, and whether there is one."""
    _matrix("linalg.inv_ex", A, True)
    return into_each(out, InverseEx(A.like(), A.like(A.shape[:-2], "int32")))


@op("torch.linalg.pinv")
def pinv(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False, out: Any = None) -> Any:
    """The pseudo-inverse.

    >>> pinv(T(2, 3))
    float32[3, 2]
    """
    _matrix("linalg.pinv", A, hermitian is True)
    return into(out, A.like((*A.shape[:-2], A.shape[-1], A.shape[-2])))


@op("torch.pinverse", "torch.Tensor.pinverse")
def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """The pseudo-inverse (old name)."""
    return pinv(input)


@op("torch.linalg.slogdet")
def linalg_slogdet(A: Any, *, out: Any = None) -> Any:
    """Sign and logarithm of the determinant."""
    _matrix("linalg.slogdet", A, True)
    return into_each(out, Slogdet(A.like(A.shape[:-2]), A.like(A.shape[:-2], real_of(A.dtype))))


@op("torch.slogdet", "torch.Tensor.slogdet")
def slogdet(input: Any) -> Any:
    """Sign and logarithm of the determinant."""
    return linalg_slogdet(input)


@op("torch.linalg.cholesky")
def linalg_cholesky(A: Any, *, upper: bool = False, out: Any = None) -> Any:
    """The Cholesky factor.

    >>> linalg_cholesky(T(3, 3))
    float32[3, 3]
    """
    return into(out, _matrix("linalg.cholesky", A, True).like())


@op("torch.linalg.cholesky_ex")
def cholesky_ex(A: Any, *, upper: bool = False, check_errors: bool = False, out: Any = None) -> Any:
    """The Cholesky factor, and whether there is one."""
    _matrix("linalg.cholesky_ex", A, True)
    return into_each(out, CholeskyEx(A.like(), A.like(A.shape[:-2], "int32")))


@op("torch.cholesky", "torch.Tensor.cholesky")
def cholesky(input: Any, upper: bool = False, *, out: Any = None) -> Any:
    """The Cholesky factor (old name)."""
    return into(out, _matrix("cholesky", input, True).like())


@op("torch.cholesky_inverse", "torch.Tensor.cholesky_inverse")
def cholesky_inverse(input: Any, upper: bool = False, *, out: Any = None) -> Any:
    """The inverse of a matrix given by its Cholesky factor."""
    return into(out, _matrix("cholesky_inverse", input, True).like())


def _solution(name: str, A: Any, B: Any, left: bool = True) -> Any:
    """What solves ``A X = B``: B may be a vector, or a batch of vectors that fits the batch of A."""
    _matrix(name, A, True)
    if A.dtype != B.dtype:
        refuse(
            "RuntimeError",
            f"{name}: Expected A and B to have the same dtype, but found A of type {A.dtype} and B of type {B.dtype} instead",
        )
    if not B.shape:
        refuse("RuntimeError", f"{name}: B must have at least 1 dimension")
    rows = A.shape[-1]
    vector = len(B.shape) == 1 or (
        len(B.shape) == len(A.shape) - 1 and all(same(a, b) is not False for a, b in zip(B.shape, A.shape[:-1], strict=True))
    )
    if vector:
        if not left:
            refuse("ValueError", f"{name}: Vector broadcasting of the left hand side is not supported for left=False.")
        require(
            same(B.shape[-1], rows), f"{name}: Incompatible shapes of A and B for the equation AX = B ({rows}x{rows} and {B.shape[-1]}x1)"
        )
        return A.like((*broadcast(A.shape[:-2], B.shape[:-1]), rows))
    met = B.shape[-2] if left else B.shape[-1]
    require(
        same(met, rows),
        f"{name}: Incompatible shapes of A and B for the equation {'AX = B' if left else 'XA = B'} "
        f"({text(A.shape[-2:])} and {text(B.shape[-2:])})",
    )
    return A.like((*broadcast(A.shape[:-2], B.shape[:-2]), *B.shape[-2:]))


@op("torch.linalg.solve")
def solve(A: Any, B: Any, *, left: bool = True, out: Any = None) -> Any:
    """What solves ``A X = B``.

    >>> solve(T(3, 3), T(3, 2))
    float32[3, 2]
    """
    return into(out, _solution("linalg.solve", A, B, left))


@op("torch.linalg.solve_ex")
def solve_ex(A: Any, B: Any, *, left: bool = True, check_errors: bool = False, out: Any = None) -> Any:
    """What solves ``A X = B``, and whether it could be found."""
    found = _solution("linalg.solve_ex", A, B, left)
    return into_each(out, SolveEx(found, A.like(A.shape[:-2], "int32")))


@op("torch.linalg.solve_triangular")
def solve_triangular(A: Any, B: Any, *, upper: bool, left: bool = True, unitriangular: bool = False, out: Any = None) -> Any:
    """What solves ``A X = B`` for a triangular matrix."""
    _matrix("linalg.solve_triangular", B)
    if len(A.shape) < 2:
        refuse("RuntimeError", "linalg.solve_triangular: A must have at least 2 dimensions")
    return into(out, _matrices_solution("linalg.solve_triangular", A, B, left, mixed=True))


def _matrices_solution(name: str, A: Any, B: Any, left: bool = True, mixed: bool = False) -> Any:
    _matrix(name, A, True)
    if A.dtype != B.dtype and not mixed:
        refuse("RuntimeError", f"{name}: Expected A and B to have the same dtype, but found {A.dtype} and {B.dtype}")
    met = B.shape[-2] if left else B.shape[-1]
    require(same(met, A.shape[-1]), f"{name}: Incompatible shapes of A and B ({text(A.shape[-2:])} and {text(B.shape[-2:])})")
    return A.like((*broadcast(A.shape[:-2], B.shape[:-2]), *B.shape[-2:]))


@op("torch.cholesky_solve", "torch.Tensor.cholesky_solve")
def cholesky_solve(input: Any, input2: Any, upper: bool = False, *, out: Any = None) -> Any:
    """What solves ``A X = B`` for A given by its Cholesky factor."""
    _matrix("cholesky_solve", input)
    return into(out, _matrices_solution("cholesky_solve", input2, input))


def _qr(name: str, A: Any, mode: str) -> Any:
    _matrix(name, A)
    if mode not in ("reduced", "complete", "r"):
        refuse("RuntimeError", f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'")
    rows, columns = A.shape[-2:]
    inner = rows if mode == "complete" else _smaller(rows, columns)
    Q = A.like((0,)) if mode == "r" else A.like((*A.shape[:-2], rows, inner))
    return QR(Q, A.like((*A.shape[:-2], inner, columns)))


@op("torch.linalg.qr")
def linalg_qr(A: Any, mode: str = "reduced", *, out: Any = None) -> Any:
    """Orthogonal and triangular factor.

    >>> linalg_qr(T(4, 3))
    linalg_qr(Q=float32[4, 3], R=float32[3, 3])
    """
    return into_each(out, _qr("linalg.qr", A, mode))


@op("torch.qr", "torch.Tensor.qr")
def qr(input: Any, some: bool = True, *, out: Any = None) -> Any:
    """Orthogonal and triangular factor (old name)."""
    return into_each(out, _qr("qr", input, "reduced" if some else "complete"))


@op("torch.linalg.svd")
def linalg_svd(A: Any, full_matrices: bool = True, *, driver: Any = None, out: Any = None) -> Any:
    """Singular values and vectors.

    >>> linalg_svd(T(4, 3), full_matrices=False)
    linalg_svd(U=float32[4, 3], S=float32[3], Vh=float32[3, 3])
    """
    _matrix("linalg.svd", A)
    if driver is not None:
        refuse("RuntimeError", "linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend.")
    batch, (rows, columns) = A.shape[:-2], A.shape[-2:]
    least = _smaller(rows, columns)
    values = A.like((*batch, least), real_of(A.dtype))
    return into_each(
        out,
        SVD(
            A.like((*batch, rows, rows if full_matrices else least)), values, A.like((*batch, columns if full_matrices else least, columns))
        ),
    )


@op("torch.svd", "torch.Tensor.svd")
def svd(input: Any, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> Any:
    """Singular values and vectors (old name): the right vectors are not transposed."""
    found = linalg_svd(input, not (some and compute_uv))
    return into_each(out, OldSVD(found.U, found.S, transpose(found.Vh, -1, -2)))


@op("torch.linalg.svdvals")
def svdvals(A: Any, *, driver: Any = None, out: Any = None) -> Any:
    """Singular values.

    >>> svdvals(T(4, 3))
    float32[3]
    """
    return into(out, linalg_svd(A, driver=driver).S)


@op("torch.linalg.eigh")
def eigh(A: Any, UPLO: str = "L", *, out: Any = None) -> Any:
    """Eigenvalues and vectors of a symmetric matrix."""
    _matrix("linalg.eigh", A, True)
    return into_each(out, Eigh(A.like(A.shape[:-1], real_of(A.dtype)), A.like()))


@op("torch.linalg.eigvalsh")
def eigvalsh(A: Any, UPLO: str = "L", *, out: Any = None) -> Any:
    """Eigenvalues of a symmetric matrix."""
    return into(out, eigh(A, UPLO).eigenvalues)


@op("torch.linalg.eig")
def eig(A: Any, *, out: Any = None) -> Any:
    """Eigenvalues and vectors; always complex."""
    _matrix("linalg.eig", A, True)
    return into_each(out, Eig(A.like(A.shape[:-1], complex_of(A.dtype)), A.like(None, complex_of(A.dtype))))


@op("torch.linalg.eigvals")
def eigvals(A: Any, *, out: Any = None) -> Any:
    """Eigenvalues; always complex."""
    return into(out, eig(A).eigenvalues)


def _matrix_power(input: Any, n: int, out: Any) -> Any:
    if len(input.shape) < 2:
        refuse("RuntimeError", "linalg.matrix_power: The input tensor A must have at least 2 dimensions.")
    require(same(*input.shape[-2:]), f"linalg.matrix_power: A must be batches of square matrices, but they are {text(input.shape[-2:])}")
    if n < 0:
        _matrix("linalg.matrix_power", input)
    return into(out, input.like())


@op("torch.linalg.matrix_power")
def linalg_matrix_power(A: Any, n: int, *, out: Any = None) -> Any:
    """A square matrix to a power."""
    return _matrix_power(A, n, out)


@op("torch.matrix_power", "torch.Tensor.matrix_power")
def matrix_power(input: Any, n: int, *, out: Any = None) -> Any:
    """A square matrix to a power."""
    return _matrix_power(input, n, out)


@op("torch.linalg.cond")
def cond(A: Any, p: Any = None, *, out: Any = None) -> Any:
    """How far a matrix is from having no inverse."""
    _matrix("linalg.cond", A, p not in (None, 2, -2))
    return into(out, A.like(A.shape[:-2], real_of(A.dtype)))


@op("torch.linalg.matrix_rank")
def matrix_rank(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False, out: Any = None) -> Any:
    """How many rows of a matrix are independent."""
    _matrix("linalg.matrix_rank", A, hermitian is True)
    return into(out, A.like(A.shape[:-2], "int64"))


@op("torch.linalg.lstsq")
def lstsq(A: Any, B: Any, rcond: Any = None, *, driver: Any = None) -> Any:
    """What comes nearest to solving ``A X = B``."""
    _matrix("linalg.lstsq", A)
    if A.dtype != B.dtype:
        refuse("RuntimeError", f"torch.linalg.lstsq: Expected input and other to have the same dtype, but got {A.dtype} and {B.dtype}")
    rows, columns = A.shape[-2:]
    rank = len(A.shape)
    vector = len(B.shape) == rank - 1 and all(same(a, b) is not False for a, b in zip(B.shape, A.shape[:-1], strict=True))
    if (not vector and not 0 <= rank - len(B.shape) <= 1) or len(B.shape) < 1 or (not vector and len(B.shape) < 2):
        refuse(
            "RuntimeError", "torch.linalg.lstsq: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        )
    if not vector and len(B.shape) != rank:
        return unknown("lstsq of tensors of different rank")
    batch, right = (B.shape[:-1], ()) if vector else (B.shape[:-2], B.shape[-1:])
    require(same(B.shape[-1] if vector else B.shape[-2], rows), "torch.linalg.lstsq: input.size(-2) should match other.size(-2)")
    batch = broadcast(A.shape[:-2], batch)
    taller = less(columns, rows)
    gelsy = driver in (None, "gelsy")
    least = _smaller(rows, columns)
    residuals = A.like((*batch, *right) if taller and not gelsy else (0,), real_of(A.dtype))
    return LeastSquares(
        A.like((*batch, columns, *right)),
        residuals,
        A.like((0,) if driver == "gels" else A.shape[:-2], "int64"),
        A.like((*A.shape[:-2], least) if driver in ("gelsd", "gelss") else (0,), real_of(A.dtype)),
    )


@op("torch.linalg.lu_factor")
def lu_factor(A: Any, *, pivot: bool = True, out: Any = None) -> Any:
    """Triangular factors packed in one matrix, and the order of rows."""
    _matrix("linalg.lu_factor", A)
    return into_each(out, Factors(A.like(), A.like((*A.shape[:-2], _smaller(*A.shape[-2:])), "int32")))


@op("torch.linalg.lu")
def lu(A: Any, *, pivot: bool = True, out: Any = None) -> Any:
    """Permutation and triangular factors."""
    _matrix("linalg.lu", A)
    batch, (rows, columns) = A.shape[:-2], A.shape[-2:]
    least = _smaller(rows, columns)
    return into_each(out, LU(A.like((*batch, rows, rows)), A.like((*batch, rows, least)), A.like((*batch, least, columns))))


@op("torch.linalg.vander")
def vander(x: Any, *, N: Any = None) -> Any:
    """Powers of a vector, as rows.

    >>> vander(T(4), N=3)
    float32[4, 3]
    """
    if not x.shape and N is None:
        refuse("RuntimeError", "linalg.vander: x must have at least one axis")
    if N is not None and N <= 1:
        refuse("RuntimeError", "N must be greater than 1.")
    return x.like((*(x.shape or (1,)), x.shape[-1] if N is None else N), "int64" if category(x.dtype) < 2 else None)


@op("torch.linalg.tensorinv")
def tensorinv(A: Any, ind: int = 2, *, out: Any = None) -> Any:
    """The inverse of a tensor seen as a matrix.

    >>> tensorinv(T(2, 3, 6))
    float32[6, 2, 3]
    """
    if ind <= 0:
        refuse("RuntimeError", "Expected a strictly positive integer for 'ind'")
    front, back = A.shape[:ind], A.shape[ind:]
    require(same(product(front), product(back)), f"Expected self to satisfy the requirement prod({list(front)}) == prod({list(back)})")
    return into(out, A.like((*back, *front)))
