"""``torch.nn.utils.parametrizations``: the modules that compute a weight from something else."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer, refuse
from ...shapes import product
from ..tensor import TorchTensor, tensor

_MODULE = "torch.nn.utils.parametrizations"


@layer("torch.nn.utils.parametrizations._WeightNorm", _MODULE)
class _WeightNorm(Layer):
    """A weight from its length along an axis and its direction."""

    def __init__(self, dim: Any = 0) -> None:
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Any, weight_v: Any) -> Any:
        return TorchTensor(weight_v.shape, weight_v.dtype, None, weight_v.device)

    def right_inverse(self, weight: Any) -> Any:
        if self.dim == -1:
            return weight.like(()), weight
        rank = len(weight.shape)
        if not 0 <= self.dim < rank:
            refuse("RuntimeError", "Dimension out of range")
        return weight.like(tuple(size if place == self.dim else 1 for place, size in enumerate(weight.shape))), weight


@layer("torch.nn.utils.parametrizations._SpectralNorm", _MODULE)
class _SpectralNorm(Layer):
    """A weight divided by its largest singular value, to which two vectors lead."""

    def __init__(self, weight: Any, n_power_iterations: Any = 1, dim: Any = 0, eps: Any = 1e-12) -> None:
        rank = len(weight.shape)
        if not -rank <= dim < rank:
            refuse("IndexError", f"Dimension out of range (expected to be in range of [-{rank}, {rank - 1}] but got {dim})")
        if n_power_iterations <= 0:
            refuse("ValueError", f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}")
        self.dim = dim % rank
        self.eps = eps
        if rank > 1:
            self.n_power_iterations = n_power_iterations
            rest = product(size for place, size in enumerate(weight.shape) if place != self.dim)
            self.register_buffer("_u", tensor((weight.shape[self.dim],), weight.dtype))
            self.register_buffer("_v", tensor((rest,), weight.dtype))

    def forward(self, weight: Any) -> Any:
        return TorchTensor(weight.shape, weight.dtype, None, weight.device)

    def right_inverse(self, value: Any) -> Any:
        return value


@layer("torch.nn.utils.parametrizations._Orthogonal", _MODULE)
class _Orthogonal(Layer):
    """A matrix with orthonormal columns (or rows)."""

    def __init__(self, weight: Any, orthogonal_map: Any, *, use_trivialization: Any = True) -> None:
        rows, columns = weight.shape[-2:]
        self.orthogonal_map = orthogonal_map or ("matrix_exp" if rows == columns or weight.dtype.startswith("complex") else "householder")
        self.shape = weight.shape
        self.trivial = use_trivialization
        if use_trivialization:
            self.register_buffer("base", None)

    def forward(self, X: Any) -> Any:
        return TorchTensor(X.shape, X.dtype, None, X.device)

    def right_inverse(self, Q: Any) -> Any:
        if self.trivial:
            rows, columns = Q.shape[-2:]
            size = max(rows, columns)
            self.base = Q.like((*Q.shape[:-2], size, size))
        elif self.orthogonal_map != "householder":
            refuse("NotImplementedError", "It is not possible to assign to the matrix exponential or the Cayley parametrizations "
                                          "when use_trivialization=False.")  # fmt: skip
        return Q
