"""`torch.nn.modules.linear`: layers that multiply by a matrix."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer
from ..ops.contraction import bilinear, linear
from ..tensor import UninitializedParameter, param
from .lazy import Lazy

_MODULE = "torch.nn.modules.linear"


@layer("torch.nn.Identity", _MODULE)
class Identity(Layer):
    """Gives back what it gets; takes any arguments and ignores them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def forward(self, input: Any) -> Any:
        return input


@layer("torch.nn.Linear", _MODULE)
class Linear(Layer):
    """``y = x @ weight.T + bias`` over the last axis."""

    def __init__(self, in_features: Any, out_features: Any, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        self.in_features = in_features
        self.out_features = out_features
        self.weight = param(out_features, in_features, dtype=dtype)
        if bias:
            self.bias = param(out_features, dtype=dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def forward(self, input: Any) -> Any:
        return linear(input, self.weight, self.bias)


@layer("torch.nn.modules.linear.NonDynamicallyQuantizableLinear", _MODULE)
class NonDynamicallyQuantizableLinear(Linear):
    """The output projection of `MultiheadAttention`."""

    def __init__(self, in_features: Any, out_features: Any, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        Linear.__init__(self, in_features, out_features, bias=bias, device=device, dtype=dtype)


@layer("torch.nn.LazyLinear", _MODULE)
class LazyLinear(Lazy, Linear):
    """A `Linear` that takes ``in_features`` from the last axis of its first input, and becomes a `Linear` then."""

    becomes = Linear

    def __init__(self, out_features: Any, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        Linear.__init__(self, 0, 0, False, device, dtype)
        self.weight = UninitializedParameter((), self.weight.dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter((), self.weight.dtype)

    def initialize_parameters(self, input: Any) -> None:
        self.in_features = input.shape[-1]
        self.weight.materialize((self.out_features, self.in_features))
        if self.bias is not None:
            self.bias.materialize((self.out_features,))


@layer("torch.nn.Bilinear", _MODULE)
class Bilinear(Layer):
    """``y = x1 @ weight @ x2 + bias``."""

    def __init__(self, in1_features: Any, in2_features: Any, out_features: Any, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        self.in1_features, self.in2_features, self.out_features = in1_features, in2_features, out_features
        self.weight = param(out_features, in1_features, in2_features, dtype=dtype)
        if bias:
            self.bias = param(out_features, dtype=dtype)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def forward(self, input1: Any, input2: Any) -> Any:
        return bilinear(input1, input2, self.weight, self.bias)
