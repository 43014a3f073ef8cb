"""`torch.nn.modules.normalization`: layer, group, RMS and local response normalization."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer, refuse
from ..ops.normalization import group_norm, layer_norm, local_response_norm, rms_norm
from ..tensor import is_size, param
from .convolution import divides

_MODULE = "torch.nn.modules.normalization"


@layer("torch.nn.LocalResponseNorm", _MODULE)
class LocalResponseNorm(Layer):
    """Divide by the squares of neighbouring channels."""

    def __init__(self, size: Any, alpha: Any = 0.0001, beta: Any = 0.75, k: Any = 1.0) -> None:
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Any) -> Any:
        return local_response_norm(input, self.size, self.alpha, self.beta, self.k)


@layer("torch.nn.CrossMapLRN2d", _MODULE)
class CrossMapLRN2d(Layer):
    """`LocalResponseNorm` as it was in Lua."""

    def __init__(self, size: Any, alpha: Any = 0.0001, beta: Any = 0.75, k: Any = 1) -> None:
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.k = k

    def forward(self, input: Any) -> Any:
        if len(input.shape) != 4:
            refuse("ValueError", f"CrossMapLRN2d: Expected input to be 4D, got {len(input.shape)}D instead.")
        return input.like()


def _normalized(normalized_shape: Any) -> tuple[Any, ...]:
    if normalized_shape is None or isinstance(normalized_shape, float):
        refuse("TypeError", f"'{type(normalized_shape).__name__}' object is not iterable")
    return (normalized_shape,) if is_size(normalized_shape) else tuple(normalized_shape)


@layer("torch.nn.LayerNorm", _MODULE)
class LayerNorm(Layer):
    """Zero mean and unit variance over the last axes."""

    def __init__(self, normalized_shape: Any, eps: Any = 1e-05, elementwise_affine: bool = True, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        self.normalized_shape = _normalized(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        if elementwise_affine:
            self.weight = param(*self.normalized_shape, dtype=dtype, device=device)
        else:
            self.register_parameter("weight", None)
        if elementwise_affine and bias:
            self.bias = param(*self.normalized_shape, dtype=dtype, device=device)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def forward(self, input: Any) -> Any:
        return layer_norm(input, self.normalized_shape, self.weight, self.bias, self.eps)


@layer("torch.nn.GroupNorm", _MODULE)
class GroupNorm(Layer):
    """Zero mean and unit variance for every group of channels."""

    def __init__(self, num_groups: Any, num_channels: Any, eps: Any = 1e-05, affine: bool = True, device: Any = None, dtype: Any = None, *,
                 bias: bool = True) -> None:  # fmt: skip
        if type(num_groups) is int and num_groups == 0:
            refuse("ZeroDivisionError", "integer modulo by zero")
        divides(num_channels, num_groups, "num_channels must be divisible by num_groups")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        if affine:
            self.weight = param(num_channels, dtype=dtype, device=device)
        else:
            self.register_parameter("weight", None)
        if affine and bias:
            self.bias = param(num_channels, dtype=dtype, device=device)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def forward(self, input: Any) -> Any:
        return group_norm(input, self.num_groups, self.weight, self.bias, self.eps)


@layer("torch.nn.RMSNorm", _MODULE)
class RMSNorm(Layer):
    """Unit root mean square over the last axes."""

    def __init__(self, normalized_shape: Any, eps: Any = None, elementwise_affine: bool = True, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        self.normalized_shape = _normalized(normalized_shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        if elementwise_affine:
            self.weight = param(*self.normalized_shape, dtype=dtype, device=device)
        else:
            self.register_parameter("weight", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def forward(self, x: Any) -> Any:
        return rms_norm(x, self.normalized_shape, self.weight, self.eps)
