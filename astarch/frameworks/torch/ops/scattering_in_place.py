"""The writing half of `scattering`, in place: each checks what its copying twin checks, and gives back the tensor itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ir.unknown import Unknown
from ..tensor import is_tensor
from .aliasing import write
from .scattering import index_add, index_copy, index_fill, index_put, index_reduce, put, scatter_add, scatter_reduce
from .signatures import op


def changed(self: Any, twin: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """Check the arguments as the copying op does, then forget the values of the tensor and give it back."""
    if is_tensor(self):
        if not any(type(value) is Unknown for value in args):
            twin(self, *args, **options)
        write(self)
    return self


@op("torch.Tensor.scatter_add_", lenient=True)
def scatter_add_(self: Any, dim: int, index: Any, src: Any) -> Any:
    """`scatter_add`, in place."""
    return changed(self, scatter_add, dim, index, src)


@op("torch.Tensor.scatter_reduce_", lenient=True)
def scatter_reduce_(self: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True) -> Any:
    """`scatter_reduce`, in place."""
    return changed(self, scatter_reduce, dim, index, src, reduce)


@op("torch.Tensor.index_add_", lenient=True)
def index_add_(self: Any, dim: int, index: Any, source: Any, *, alpha: Any = 1) -> Any:
    """`index_add`, in place."""
    return changed(self, index_add, dim, index, source)


@op("torch.Tensor.index_copy_", lenient=True)
def index_copy_(self: Any, dim: int, index: Any, source: Any) -> Any:
    """`index_copy`, in place."""
    return changed(self, index_copy, dim, index, source)


@op("torch.Tensor.index_reduce_", lenient=True)
def index_reduce_(self: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True) -> Any:
    """`index_reduce`, in place."""
    return changed(self, index_reduce, dim, index, source, reduce)


@op("torch.Tensor.index_fill_", lenient=True)
def index_fill_(self: Any, dim: int, index: Any, value: Any) -> Any:
    """`index_fill`, in place."""
    return changed(self, index_fill, dim, index, value)


@op("torch.Tensor.index_put_", "torch.index_put_", lenient=True)
def index_put_(self: Any, indices: Any, values: Any, accumulate: bool = False) -> Any:
    """`index_put`, in place."""
    return changed(self, index_put, indices, values, accumulate)


@op("torch.Tensor.put_", lenient=True)
def put_(self: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """`put`, in place."""
    return changed(self, put, index, source, accumulate)
