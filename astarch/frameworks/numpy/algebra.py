"""Products of matrices and ``numpy.linalg``: shapes by torch's rules, small integer products by value."""

from __future__ import annotations

from typing import Any

from ..describe import REGISTRY, op
from ..dtypes import category
from ..shapes import broadcast
from ..torch.tensor import TorchTensor
from .array import NumpyArray, array_of, as_torch, given, promoted
from .reduction import folded


def _shape_of(name: str, *arrays: Any, **kwargs: Any) -> Any:
    """The shape that torch's rule gives, on floats where it takes no others."""
    tensors = [TorchTensor(one.shape, "float64") if isinstance(one, NumpyArray) else one for one in arrays]
    found = REGISTRY[name].function(*tensors, **kwargs)
    return found.shape if isinstance(found, TorchTensor) else [one.shape for one in found]


def _product(name: str, a: Any, b: Any) -> Any:
    first, second = array_of(a), array_of(b)
    dtype = promoted([first.dtype, second.dtype])
    shape = _shape_of(name, first, second)
    data = None
    if first.data is not None and second.data is not None and len(first.shape) == len(second.shape) == 1 and category(dtype) == 1:
        data = [sum(x * y for x, y in zip(first.data, second.data, strict=True))]
    return given(shape, dtype, data)


@op("numpy.matmul", "numpy.ndarray.__matmul__", "numpy.linalg.matmul")
def matmul(x1: Any, x2: Any, /) -> Any:
    """The product of matrices.

    >>> matmul(np.zeros((2, 3)), np.zeros((3, 4)))
    float64[2, 4]
    """
    return _product("torch.matmul", x1, x2)


@op("numpy.ndarray.__rmatmul__")
def rmatmul(x1: Any, x2: Any, /) -> Any:
    """The product of matrices, the array on the right."""
    if isinstance(x2, TorchTensor):
        return as_torch(array_of(matmul(array_of(x2), x1)))
    return matmul(x2, x1)


@op("numpy.dot", "numpy.ndarray.dot")
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """The product of matrices; of higher ranks the last axis against the second to last."""
    first, second = array_of(a), array_of(b)
    if not first.shape or not second.shape:
        return REGISTRY["numpy.multiply"].function(first, second)
    if len(second.shape) <= 2:
        return _product("torch.matmul", first, second)
    return given((*first.shape[:-1], *second.shape[:-2], second.shape[-1]), promoted([first.dtype, second.dtype]))


@op("numpy.outer")
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """Every product of two elements."""
    first, second = (REGISTRY["numpy.ravel"].function(one) for one in (a, b))
    return REGISTRY["numpy.multiply"].function(REGISTRY["numpy.expand_dims"].function(first, 1), second)


@op("numpy.kron")
def kron(a: Any, b: Any) -> Any:
    """The Kronecker product."""
    first, second = array_of(a), array_of(b)
    return given(_shape_of("torch.kron", first, second), promoted([first.dtype, second.dtype]))


@op("numpy.cross", "numpy.linalg.cross")
def cross(a: Any, b: Any, axisa: Any = -1, axisb: Any = -1, axisc: Any = -1, axis: Any = None) -> Any:
    """The cross product of vectors."""
    first, second = array_of(a), array_of(b)
    return given(broadcast(first.shape, second.shape), promoted([first.dtype, second.dtype]))


@op("numpy.trace", "numpy.ndarray.trace")
def trace(a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None, out: Any = None) -> Any:
    """The sum of the diagonal."""
    return given(array_of(a).shape[2:], array_of(a).dtype)


def _float(array: NumpyArray) -> str:
    return array.dtype if category(array.dtype) >= 2 else "float64"


@op("numpy.linalg.norm")
def norm(x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Any:
    """The length of vectors."""
    return folded(x, axis, keepdims, _float(array_of(x)), None)


def _like(name: str, by: str) -> None:
    @op(f"numpy.linalg.{name}")
    def function(a: Any, *args: Any, **kwargs: Any) -> Any:
        array = array_of(a)
        shapes = _shape_of(by, array, *(array_of(one) if isinstance(one, NumpyArray) else one for one in args), **kwargs)
        if isinstance(shapes, list):
            return tuple(given(shape, _float(array)) for shape in shapes)
        return given(shapes, _float(array))

    function.__doc__ = f"``{name}`` of matrices."


for _name, _by in {"inv": "inv", "det": "det", "pinv": "pinv", "cholesky": "cholesky", "qr": "qr", "eigh": "eigh", "eigvalsh": "eigvalsh",
                   "solve": "solve", "svdvals": "svdvals", "matrix_power": "matrix_power"}.items():  # fmt: skip
    _like(_name, f"torch.linalg.{_by}")


@op("numpy.linalg.svd")
def svd(a: Any, full_matrices: Any = True, compute_uv: Any = True, hermitian: Any = False) -> Any:
    """The singular value decomposition."""
    array = array_of(a)
    shapes = _shape_of("torch.linalg.svd", array, full_matrices=full_matrices)
    return tuple(given(shape, _float(array)) for shape in shapes) if compute_uv else given(shapes[1], _float(array))


@op("numpy.linalg.matrix_rank")
def matrix_rank(A: Any, *args: Any, **kwargs: Any) -> Any:
    """The rank of matrices."""
    return given(array_of(A).shape[:-2], "int64")
