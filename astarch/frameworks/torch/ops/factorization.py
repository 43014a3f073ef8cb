"""Rarer linear algebra: triangular factors, reflections, low rank; and differences and integrals along an axis."""

from __future__ import annotations

from typing import Any

from ....ir.dim import minimum, same
from ...describe import refuse, require, results, unknown
from ...dtypes import category, real_of
from ...shapes import axis, broadcast, product, text
from ..tensor import TorchTensor, default_dtype, dtype_name
from .aliasing import into, into_each
from .signatures import op

_GEQRF = results("geqrf", "a tau")
_TRIANGULAR = results("triangular_solve", "solution cloned_coefficient")
_UNPACKED = results("lu_unpack", "P L U")
_LDL = results("linalg_ldl_factor", "LD pivots")
_LDL_EX = results("linalg_ldl_factor_ex", "LD pivots info")
_LU_EX = results("linalg_lu_factor_ex", "LU pivots info")
_DENSITY = results("histogramdd", "hist bin_edges")


def _matrix(name: str, tensor: Any) -> Any:
    if len(tensor.shape) < 2:
        refuse("RuntimeError", f"{name}: The input tensor A must have at least 2 dimensions.")
    if category(tensor.dtype) < 2 or tensor.dtype in ("float16", "bfloat16"):
        refuse("RuntimeError", f"{name}: Expected a floating point or complex tensor as input. Got {tensor.dtype}")
    return tensor


def _square(name: str, tensor: Any) -> Any:
    rows, columns = _matrix(name, tensor).shape[-2:]
    require(same(rows, columns), f"{name}: A must be batches of square matrices, but they are {rows} by {columns}", name="not-square")
    return tensor


def _smaller(shape: Any) -> Any:
    return minimum(shape[-2], shape[-1])


@op("torch.lu", "torch.Tensor.lu")
def lu(A: Any, pivot: Any = True, get_infos: Any = False, out: Any = None) -> Any:
    """Both triangular factors in one matrix, and the rows exchanged.

    >>> lu(T(2, 3, 4))[1]
    int32[2, 3]
    """
    _matrix("lu", A)
    found = (A.like(), A.like((*A.shape[:-2], _smaller(A.shape)), "int32"))
    return (*found, A.like(A.shape[:-2], "int32")) if get_infos else found


@op("torch.linalg.lu_factor_ex")
def lu_factor_ex(A: Any, *, pivot: Any = True, check_errors: Any = False, out: Any = None) -> Any:
    """Both triangular factors in one matrix, the rows exchanged, and whether it went well."""
    return into_each(out, _LU_EX(*lu(A, pivot, True)))


@op("torch.lu_unpack")
def lu_unpack(LU_data: Any, LU_pivots: Any, unpack_data: Any = True, unpack_pivots: Any = True, *, out: Any = None) -> Any:
    """A permutation and two triangular matrices."""
    rows, columns = LU_data.shape[-2:]
    batch, inner = tuple(LU_data.shape[:-2]), _smaller(LU_data.shape)
    none = LU_data.like((0,))
    permutation = LU_data.like((*batch, rows, rows)) if unpack_pivots else none
    lower, upper = ((*batch, rows, inner), (*batch, inner, columns)) if unpack_data else ((0,), (0,))
    return into_each(out, _UNPACKED(permutation, LU_data.like(lower), LU_data.like(upper)))


@op("torch.lu_solve", "torch.Tensor.lu_solve")
def lu_solve(input: Any, LU_data: Any, LU_pivots: Any, *, out: Any = None) -> Any:
    """The solution of equations whose matrix is factored."""
    return into(out, linalg_lu_solve(LU_data, LU_pivots, input))


@op("torch.linalg.lu_solve")
def linalg_lu_solve(LU: Any, pivots: Any, B: Any, *, left: Any = True, adjoint: Any = False, out: Any = None) -> Any:
    """The solution of equations whose matrix is factored."""
    _square("linalg.lu_solve", LU)
    _matrix("linalg.lu_solve", B)
    batch = broadcast(LU.shape[:-2], B.shape[:-2])
    require(same(LU.shape[-1], B.shape[-2 if left else -1]), f"linalg.lu_solve: incompatible shapes {text(LU.shape)} and {text(B.shape)}")
    return into(out, B.like((*batch, *B.shape[-2:])))


@op("torch.linalg.ldl_factor")
def ldl_factor(A: Any, *, hermitian: Any = False, out: Any = None) -> Any:
    """The factors of a symmetric matrix."""
    _square("linalg.ldl_factor", A)
    return into_each(out, _LDL(A.like(), A.like(A.shape[:-1], "int32")))


@op("torch.linalg.ldl_factor_ex")
def ldl_factor_ex(A: Any, *, hermitian: Any = False, check_errors: Any = False, out: Any = None) -> Any:
    """The factors of a symmetric matrix, and whether it went well."""
    _square("linalg.ldl_factor_ex", A)
    return into_each(out, _LDL_EX(A.like(), A.like(A.shape[:-1], "int32"), A.like(A.shape[:-2], "int32")))


@op("torch.linalg.ldl_solve")
def ldl_solve(LD: Any, pivots: Any, B: Any, *, hermitian: Any = False, out: Any = None) -> Any:
    """The solution of equations whose matrix is factored."""
    _square("linalg.ldl_solve", LD)
    return into(out, B.like((*broadcast(LD.shape[:-2], B.shape[:-2]), *B.shape[-2:])))


@op("torch.geqrf")
def geqrf(input: Any, *, out: Any = None) -> Any:
    """The reflections of a QR decomposition."""
    _matrix("geqrf", input)
    return into_each(out, _GEQRF(input.like(), input.like((*input.shape[:-2], _smaller(input.shape)))))


@op("torch.Tensor.geqrf")
def geqrf_method(input: Any) -> Any:
    """The reflections of a QR decomposition."""
    return geqrf(input)


@op("torch.linalg.householder_product")
def householder_product(A: Any, tau: Any, *, out: Any = None) -> Any:
    """The first columns of a product of reflections."""
    return into(out, _matrix("linalg.householder_product", A).like())


@op("torch.orgqr", "torch.Tensor.orgqr")
def orgqr(input: Any, input2: Any) -> Any:
    """The first columns of a product of reflections."""
    return _matrix("orgqr", input).like()


@op("torch.ormqr", "torch.Tensor.ormqr")
def ormqr(input: Any, input2: Any, input3: Any, left: Any = True, transpose: Any = False) -> Any:
    """A matrix times a product of reflections."""
    return input3.like((*input.shape[:-2], *input3.shape[-2:]))


@op("torch.triangular_solve", "torch.Tensor.triangular_solve")
def triangular_solve(input: Any, A: Any, upper: Any = True, transpose: Any = False, unitriangular: Any = False) -> Any:
    """The solution of equations with a triangular matrix, and that matrix."""
    _matrix("triangular_solve", input)
    _square("triangular_solve", A)
    batch = broadcast(input.shape[:-2], A.shape[:-2])
    return _TRIANGULAR(input.like((*batch, *input.shape[-2:])), A.like((*batch, *A.shape[-2:])))


@op("torch.linalg.tensorsolve")
def tensorsolve(A: Any, B: Any, dims: Any = None, *, out: Any = None) -> Any:
    """The tensor that a tensor of higher rank takes to another.

    >>> tensorsolve(T(6, 4, 2, 3, 4), T(6, 4))
    float32[2, 3, 4]
    """
    shape = list(A.shape)
    if dims is not None:
        moved = [axis(one, len(shape)) for one in (dims if isinstance(dims, (tuple, list)) else (dims,))]
        shape = [size for place, size in enumerate(shape) if place not in moved] + [A.shape[place] for place in moved]
    rest = tuple(shape[len(B.shape) :])
    require(same(product(rest), product(shape[: len(B.shape)])), f"Expected self to satisfy the requirement prod(self.shape[ind:]) == "
                                                                 f"prod(self.shape[:ind]), but got {text(A.shape)}")  # fmt: skip
    return into(out, B.like(rest))


@op("torch.svd_lowrank")
def svd_lowrank(A: Any, q: Any = 6, niter: Any = 2, M: Any = None) -> Any:
    """The largest singular values and their vectors, approximately."""
    batch, (rows, columns) = tuple(A.shape[:-2]), A.shape[-2:]
    q = 6 if q is None else q
    return A.like((*batch, rows, q)), A.like((*batch, q), real_of(A.dtype)), A.like((*batch, columns, q))


@op("torch.pca_lowrank")
def pca_lowrank(A: Any, q: Any = None, center: Any = True, niter: Any = 2) -> Any:
    """The principal components, approximately."""
    return svd_lowrank(A, minimum(6, _smaller(A.shape)) if q is None else q)


@op("torch.lobpcg", lenient=True)
def lobpcg(*args: Any, **kwargs: Any) -> Any:
    """Some eigenvalues and vectors: not followed."""
    return unknown("torch.lobpcg")


@op("torch.vander")
def vander(x: Any, N: Any = None, increasing: Any = False) -> Any:
    """The powers of every element.

    >>> vander(T(3))
    float32[3, 3]
    """
    if len(x.shape) != 1:
        refuse("RuntimeError", "x must be a one-dimensional tensor.")
    return x.like((x.shape[0], x.shape[0] if N is None else N), "int64" if category(x.dtype) < 2 else None)


@op("torch.norm_except_dim")
def norm_except_dim(v: Any, pow: Any = 2, dim: Any = 0) -> Any:
    """The length of everything but one axis."""
    if dim == -1:
        return v.like(())
    if dim not in (0, len(v.shape) - 1):
        dim = axis(dim, len(v.shape))
    return v.like(tuple(size if place == dim else 1 for place, size in enumerate(v.shape)))


@op("torch._weight_norm")
def weight_norm(v: Any, g: Any, dim: Any = 0) -> Any:
    """A direction with a length."""
    return TorchTensor(v.shape, v.dtype, None, v.device)


@op("torch.gradient")
def gradient(input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: Any = 1) -> Any:
    """The differences along axes, one tensor for each.

    >>> gradient(T(3, 4))
    [float32[3, 4], float32[3, 4]]
    """
    places = range(len(input.shape)) if dim is None else dim if isinstance(dim, (tuple, list)) else (dim,)
    dtype = input.dtype if category(input.dtype) >= 2 else default_dtype()
    return [input.like(dtype=dtype) for _ in places]


@op("torch.cumulative_trapezoid")
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = None, dim: Any = -1) -> Any:
    """The running integral along an axis.

    >>> cumulative_trapezoid(T(3, 4))
    float32[3, 3]
    """
    place = axis(dim, len(y.shape))
    dtype = y.dtype if category(y.dtype) >= 2 else default_dtype()
    return y.like(tuple(size - 1 if at == place else size for at, size in enumerate(y.shape)), dtype)


@op("torch.histogramdd")
def histogramdd(input: Any, bins: Any, *, range: Any = None, weight: Any = None, density: Any = False, out: Any = None) -> Any:
    """How many points lie in each cell of a grid, and the edges of the cells."""
    count = input.shape[-1]
    if isinstance(bins, (tuple, list)) and bins and isinstance(bins[0], TorchTensor):
        sizes = [edges.shape[0] - 1 for edges in bins]
    else:
        sizes = list(bins) if isinstance(bins, (tuple, list)) else [bins] * count
    return _DENSITY(input.like(tuple(sizes)), tuple(input.like((size + 1,)) for size in sizes))


@op("torch.frombuffer", lenient=True)
def frombuffer(buffer: Any, *, dtype: Any, count: Any = -1, offset: Any = 0, requires_grad: Any = False) -> Any:
    """A tensor over the memory of something else."""
    kind = dtype_name(dtype)
    if type(count) is int and count >= 0 and kind is not None:
        return TorchTensor((count,), kind)
    return unknown("torch.frombuffer")


def _masked(name: str) -> None:
    @op(f"torch.masked.{name}")
    def reduce(input: Any, dim: Any = None, unbiased: Any = None, *, correction: Any = None, keepdim: Any = False, dtype: Any = None,
               mask: Any = None) -> Any:  # fmt: skip
        rank = len(input.shape)
        gone = set(range(rank)) if dim is None else {axis(one, rank) for one in (dim if isinstance(dim, (tuple, list)) else (dim,))}
        shape = [1 if place in gone else size for place, size in enumerate(input.shape) if keepdim or place not in gone]
        kind = dtype_name(dtype) or input.dtype
        if name in ("mean", "var", "std") and category(kind) < 2:
            kind = "float32"
        return input.like(tuple(shape), "int64" if name in ("sum", "prod") and category(kind) < 2 else kind)

    reduce.__doc__ = f"The {name} of the elements that a mask lets through."


for _name in ("mean", "var", "std", "sum", "prod", "amax", "amin"):
    _masked(_name)


@op("torch.masked.softmax", "torch.masked.log_softmax", "torch.masked.softmin", "torch.masked.normalize")
def masked_softmax(input: Any, dim: Any, *args: Any, dtype: Any = None, mask: Any = None, **kwargs: Any) -> Any:
    """The softmax over the elements that a mask lets through."""
    return input.like(dtype=dtype_name(dtype) or input.dtype)


@op("torch.nn.utils.get_total_norm", lenient=True)
def get_total_norm(tensors: Any, norm_type: Any = 2.0, error_if_nonfinite: Any = False, foreach: Any = None) -> Any:
    """The length of all tensors together."""
    return TorchTensor(())


@op("torch.nn.utils.clip_grads_with_norm_", lenient=True)
def clip_grads_with_norm_(parameters: Any, max_norm: Any, total_norm: Any, foreach: Any = None) -> None:
    """Scale gradients down to a norm."""


@op("torch.nn.utils.rnn.invert_permutation")
def invert_permutation(permutation: Any) -> Any:
    """The permutation that undoes another."""
    return None if permutation is None else permutation.like()
