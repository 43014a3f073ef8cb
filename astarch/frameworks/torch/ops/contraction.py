"""Ops that multiply and add up: linear, matmul and their family."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from ....ir.dim import same
from ...describe import RUN, multiply, refuse, require
from ...dtypes import promote
from ...shapes import broadcast, product, text
from ..tensor import is_tensor
from .aliasing import into, write
from .promotion import result_dtype
from .signatures import op
from .views import stretched


def _same_type(name: str, first: Any, *others: Any) -> None:
    """Factors have one element type, unless autocast gives them one; truth values do not multiply."""
    dtype = first.dtype
    for other in others:
        if other is not None and other.dtype != dtype and not RUN.get().state.get("torch autocast"):
            require(False, f"{name} expects tensors of one element type, but got {dtype} and {other.dtype}", name="dtype-mismatch")
    if dtype == "bool":
        require(False, f"{name} is not implemented for bool", name="dtype-mismatch")


def _meets(name: str, left: Any, right: Any, a: Sequence[Any], b: Sequence[Any]) -> None:
    """The axis that is summed over is as long on both sides."""
    if left is not right:
        require(same(left, right), f"{name} of {text(a)} and {text(b)}: {left} against {right}", name=f"{name}-mismatch")


def _ranks(name: str, *wanted: tuple[Any, int]) -> None:
    for tensor, rank in wanted:
        if len(tensor.shape) != rank:
            refuse("RuntimeError", f"{name}: expected {rank}D tensors, but got {len(tensor.shape)}D of shape {list(tensor.shape)}")


@op("torch.nn.functional.linear")
def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """``input @ weight.T + bias`` over the last axis of the input.

    >>> linear(T(2, 5), T(3, 5))
    float32[2, 3]
    """
    shape, wide = input.shape, weight.shape
    if not shape or not wide:
        refuse("RuntimeError", f"both arguments to linear need to be at least 1D, but they are {len(shape)}D and {len(wide)}D")
    if len(wide) > 2:
        refuse("RuntimeError", f"t() expects a tensor with <= 2 dimensions, but self is {len(wide)}D")
    if bias is not None and len(wide) == 1 and (len(shape) == 2 or bias.shape):
        refuse("RuntimeError", "linear(): with a bias the weight must be a matrix")
    inside = wide[-1]
    if shape[-1] is not inside:
        require(same(shape[-1], inside), f"linear takes {inside} features and gets {shape[-1]}", name="linear-mismatch")
    _same_type("linear", input, weight, bias)
    result = input.like((*shape[:-1], *wide[:-1]))
    if bias is not None and bias.shape != wide[:-1]:
        stretched(bias, result.shape, "the bias of linear")
    multiply(product(result.shape) * inside)
    return result


@op("torch.nn.functional.bilinear", "torch.bilinear")
def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """``input1 @ weight @ input2 + bias`` over the last axes.

    >>> bilinear(T(2, 5), T(2, 4), T(3, 5, 4))
    float32[2, 3]
    """
    _ranks("bilinear", (weight, 3))
    if len(input1.shape) != len(input2.shape):
        refuse("RuntimeError", f"bilinear(): input dimensions do not match: got {len(input1.shape)} and {len(input2.shape)}")
    if not input1.shape:
        refuse("IndexError", "bilinear(): inputs need at least one axis")
    outside, first, second = weight.shape
    for place, (a, b) in enumerate(zip(input1.shape[:-1], input2.shape[:-1], strict=True)):
        require(same(a, b), f"bilinear(): input batch dimensions do not match at dim {place}: got {a} and {b}")
    require(same(input1.shape[-1], first), f"bilinear takes {first} features first and gets {input1.shape[-1]}")
    require(same(input2.shape[-1], second), f"bilinear takes {second} features second and gets {input2.shape[-1]}")
    _same_type("bilinear", input1, input2, weight, bias)
    if bias is not None:
        _ranks("the bias of bilinear", (bias, 1))
        require(
            same(bias.shape[0], outside), f"bilinear(): bias size does not match weight size: got {bias.shape[0]} but expected {outside}"
        )
    result = input1.like((*input1.shape[:-1], outside))
    multiply(product(result.shape) * first * second)
    return result


def multiplied(input: Any, other: Any) -> Any:
    """The matrix product, broadcast over leading axes."""
    left, right = input.shape, other.shape
    if not left or not right:
        refuse("RuntimeError", f"both arguments to matmul need to be at least 1D, but they are {len(left)}D and {len(right)}D")
    inside = right[-2] if len(right) > 1 else right[0]
    _meets("matmul", left[-1], inside, left, right)
    if input.dtype != other.dtype or input.dtype == "bool":
        _same_type("matmul", input, other)
    columns = right[-1:] if len(right) > 1 else ()
    batch = broadcast(left[:-2], right[:-2]) if len(right) > 2 else left[:-2]
    result = input.like((*batch, *left[-2:-1], *columns))
    multiply(product(result.shape) * inside)
    return result


@op("torch.matmul", "torch.Tensor.matmul")
def matmul(input: Any, other: Any, *, out: Any = None) -> Any:
    """The matrix product, broadcast over leading axes; vectors stand for a row or a column.

    >>> matmul(T(8, 2, 5), T(5, 3))
    float32[8, 2, 3]
    """
    return into(out, multiplied(input, other), exact=True)


@op("torch.linalg.matmul")
def linalg_matmul(input: Any, other: Any, *, out: Any = None) -> Any:
    """`matmul` under its linalg name."""
    return matmul(input, other, out=out)


@op("torch.Tensor.__matmul__", "torch.Tensor.__imatmul__")
def matmul_operator(self: Any, other: Any) -> Any:
    """``self @ other``."""
    return multiplied(self, other) if is_tensor(other) else NotImplemented


@op("torch.Tensor.__rmatmul__")
def matmul_reflected(self: Any, other: Any) -> Any:
    """``other @ self``."""
    return multiplied(other, self) if is_tensor(other) else NotImplemented


def product_of(name: str, input: Any, other: Any, out: Any = None) -> Any:
    """The product of two tensors whose ranks are settled."""
    _meets(name, input.shape[-1], other.shape[-2] if len(other.shape) > 1 else other.shape[0], input.shape, other.shape)
    if len(input.shape) == 3:
        _meets(name, input.shape[0], other.shape[0], input.shape, other.shape)
    _same_type(name, input, other)
    result = input.like((*input.shape[:-1], *(other.shape[-1:] if len(other.shape) > 1 else ())))
    multiply(product(result.shape) * input.shape[-1])
    return into(out, result, exact=True)


@op("torch.mm", "torch.Tensor.mm")
def mm(input: Any, mat2: Any, *, out: Any = None) -> Any:
    """The product of two matrices.

    >>> mm(T(2, 5), T(5, 3))
    float32[2, 3]
    """
    _ranks("mm", (input, 2), (mat2, 2))
    return product_of("mm", input, mat2, out)


@op("torch.bmm", "torch.Tensor.bmm")
def bmm(input: Any, mat2: Any, *, out: Any = None) -> Any:
    """The products of two batches of matrices.

    >>> bmm(T(8, 2, 5), T(8, 5, 3))
    float32[8, 2, 3]
    """
    _ranks("bmm", (input, 3), (mat2, 3))
    return product_of("bmm", input, mat2, out)


@op("torch.mv", "torch.Tensor.mv")
def mv(input: Any, vec: Any, *, out: Any = None) -> Any:
    """A matrix times a vector.

    >>> mv(T(2, 5), T(5))
    float32[2]
    """
    _ranks("mv", (input, 2), (vec, 1))
    return product_of("mv", input, vec, out)


@op("torch.dot", "torch.Tensor.dot")
def dot(input: Any, tensor: Any, *, out: Any = None) -> Any:
    """The sum of the products of two vectors.

    >>> dot(T(5), T(5))
    float32[]
    """
    _ranks("dot", (input, 1), (tensor, 1))
    return product_of("dot", input, tensor, out)


@op("torch.vdot", "torch.Tensor.vdot")
def vdot(input: Any, other: Any, *, out: Any = None) -> Any:
    """`dot` with the first vector conjugated.

    >>> vdot(T(5), T(5))
    float32[]
    """
    return dot(input, other, out=out)


@op("torch.inner", "torch.Tensor.inner")
def inner(input: Any, other: Any, *, out: Any = None) -> Any:
    """Sums of products over the last axis of both.

    >>> inner(T(2, 5), T(3, 4, 5))
    float32[2, 3, 4]
    """
    left, right = input.shape, other.shape
    if not left or not right:
        return into(out, input.like((*left, *right), result_dtype(input, other)))
    _meets("inner", left[-1], right[-1], left, right)
    _same_type("inner", input, other)
    result = input.like((*left[:-1], *right[:-1]))
    multiply(product(result.shape) * left[-1])
    return into(out, result)


def _outer(input: Any, other: Any, out: Any) -> Any:
    _ranks("outer", (input, 1), (other, 1))
    return into(out, input.like((input.shape[0], other.shape[0]), result_dtype(input, other)))


@op("torch.outer", "torch.Tensor.outer")
def outer(input: Any, vec2: Any, *, out: Any = None) -> Any:
    """All products of elements of two vectors.

    >>> outer(T(2), T(3))
    float32[2, 3]
    """
    return _outer(input, vec2, out)


@op("torch.ger", "torch.Tensor.ger")
def ger(input: Any, vec2: Any, *, out: Any = None) -> Any:
    """`outer` under its old name."""
    return _outer(input, vec2, out)


@op("torch.linalg.outer")
def linalg_outer(x: Any, y: Any) -> Any:
    """`outer` under its linalg name."""
    return _outer(x, y, None)


def _onto(name: str, input: Any, product_: Any, out: Any) -> Any:
    """Add a tensor that stretches to the shape of a product."""
    _same_type(name, product_, input)
    stretched(input, product_.shape, name)
    return into(out, product_, exact=True)


@op("torch.addmm", "torch.Tensor.addmm")
def addmm(input: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Any:
    """``input + mat1 @ mat2``.

    >>> addmm(T(3), T(2, 5), T(5, 3))
    float32[2, 3]
    """
    return _onto("addmm", input, mm(mat1, mat2), out)


@op("torch.addmv", "torch.Tensor.addmv")
def addmv(input: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Any:
    """``input + mat @ vec``.

    >>> addmv(T(2), T(2, 5), T(5))
    float32[2]
    """
    if len(input.shape) > 1:
        refuse("RuntimeError", f"vector + matrix @ vector expected, got {len(input.shape)}, {len(mat.shape)}, {len(vec.shape)}")
    return _onto("addmv", input, mv(mat, vec), out)


@op("torch.addr", "torch.Tensor.addr")
def addr(input: Any, vec1: Any, vec2: Any, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Any:
    """``input`` plus the outer product of two vectors.

    >>> addr(T(2, 3), T(2), T(3))
    float32[2, 3]
    """
    result = _outer(vec1, vec2, None)
    stretched(input, result.shape, "addr")
    return into(out, result.like(None, promote(input.dtype, promote(vec1.dtype, vec2.dtype))))


@op("torch.addbmm", "torch.Tensor.addbmm")
def addbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Any:
    """``input`` plus the sum of the products of two batches of matrices.

    >>> addbmm(T(2, 3), T(8, 2, 5), T(8, 5, 3))
    float32[2, 3]
    """
    summed = bmm(batch1, batch2)
    return _onto("addbmm", input, summed.like(summed.shape[1:]), out)


@op("torch.baddbmm", "torch.Tensor.baddbmm")
def baddbmm(input: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1, out: Any = None) -> Any:
    """``input`` plus the products of two batches of matrices.

    >>> baddbmm(T(8, 2, 3), T(8, 2, 5), T(8, 5, 3))
    float32[8, 2, 3]
    """
    return _onto("baddbmm", input, bmm(batch1, batch2), out)


def _in_place(self: Any, result: Any, name: str) -> Any:
    if len(result.shape) != len(self.shape) or any(same(a, b) is False for a, b in zip(result.shape, self.shape, strict=True)):
        refuse("RuntimeError", f"{name}: the result of shape {list(result.shape)} does not fit into {list(self.shape)}")
    return write(self)


@op("torch.Tensor.addmm_")
def addmm_(self: Any, mat1: Any, mat2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`addmm`, in place."""
    return _in_place(self, addmm(self, mat1, mat2), "addmm_")


@op("torch.Tensor.addmv_", "torch.addmv_")
def addmv_(self: Any, mat: Any, vec: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`addmv`, in place."""
    return _in_place(self, addmv(self, mat, vec), "addmv_")


@op("torch.Tensor.baddbmm_")
def baddbmm_(self: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`baddbmm`, in place."""
    return _in_place(self, baddbmm(self, batch1, batch2), "baddbmm_")


@op("torch.Tensor.addbmm_")
def addbmm_(self: Any, batch1: Any, batch2: Any, *, beta: Any = 1, alpha: Any = 1) -> Any:
    """`addbmm`, in place."""
    return _in_place(self, addbmm(self, batch1, batch2), "addbmm_")


def _chain(tensors: Sequence[Any]) -> Any:
    """The product of matrices in the order that multiplies least."""
    count = len(tensors)
    sizes = [tensors[0].shape[0], *(tensor.shape[1] for tensor in tensors)]
    result = tensors[0].like((sizes[0], sizes[-1]))
    for left, right in pairwise(tensors):
        _meets("multi_dot", left.shape[1], right.shape[0], left.shape, right.shape)
    if count == 1:
        return result
    _same_type("multi_dot", *tensors)
    if not all(type(size) is int for size in sizes):  # without numbers the order is not known; from left to right then
        multiply(sum(sizes[0] * a * b for a, b in pairwise(sizes[1:])))
        return result
    best = {(place, place): 0 for place in range(count)}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            best[first, last] = min(
                best[first, cut] + best[cut + 1, last] + sizes[first] * sizes[cut + 1] * sizes[last + 1] for cut in range(first, last)
            )
    multiply(best[0, count - 1])
    return result


@op("torch.chain_matmul", "torch.functional.chain_matmul")
def chain_matmul(*matrices: Any, out: Any = None) -> Any:
    """The product of several matrices.

    >>> chain_matmul(T(2, 3), T(3, 4), T(4, 5))
    float32[2, 5]
    """
    if not matrices:
        refuse("RuntimeError", "chain_matmul: Expected one or more matrices")
    if not all(map(is_tensor, matrices)):
        refuse("TypeError", "chain_matmul expects tensors")
    _ranks("chain_matmul", *((matrix, 2) for matrix in matrices))
    return into(out, _chain(matrices), exact=True)


@op("torch.linalg.multi_dot")
def multi_dot(tensors: Any, *, out: Any = None) -> Any:
    """The product of several matrices; the first may be a row and the last a column.

    >>> multi_dot([T(3), T(3, 4), T(4, 5)])
    float32[5]
    """
    tensors = list(tensors)
    if len(tensors) < 2:
        refuse("RuntimeError", f"multi_dot(): expected at least 2 tensors but got {len(tensors)}")
    first, last = len(tensors[0].shape), len(tensors[-1].shape)
    if first not in (1, 2) or last not in (1, 2):
        refuse("RuntimeError", "multi_dot(): the first and the last tensor must be 1D or 2D")
    _ranks("multi_dot", *((tensor, 2) for tensor in tensors[1:-1]))
    if first == 1:
        tensors[0] = tensors[0].like((1, *tensors[0].shape))
    if last == 1:
        tensors[-1] = tensors[-1].like((*tensors[-1].shape, 1))
    result = _chain(tensors)
    return into(out, result.like(result.shape[2 - first : last]), exact=True)
