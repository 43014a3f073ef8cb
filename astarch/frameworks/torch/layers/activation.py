"""`torch.nn.modules.activation`: nonlinearities as modules."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer, refuse
from ..making import rule
from ..ops import activation as ops
from ..tensor import param

_MODULE = "torch.nn.modules.activation"


@layer("torch.nn.Threshold", _MODULE)
class Threshold(Layer):
    """``x`` above the threshold, the value below."""

    def __init__(self, threshold: Any, value: Any, inplace: bool = False) -> None:
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return ops.threshold(input, self.threshold, self.value, self.inplace)


@layer("torch.nn.ReLU", _MODULE)
class ReLU(Layer):
    """``max(x, 0)``."""

    def __init__(self, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return ops.relu(input, self.inplace)


@layer("torch.nn.RReLU", _MODULE)
class RReLU(Layer):
    """`LeakyReLU` with a random slope in training."""

    def __init__(self, lower: Any = 1.0 / 8, upper: Any = 1.0 / 3, inplace: bool = False) -> None:
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return ops.rrelu(input, self.lower, self.upper, self.training, self.inplace)


@layer("torch.nn.Hardtanh", _MODULE)
class Hardtanh(Layer):
    """``x`` kept between two bounds."""

    def __init__(self, min_val: Any = -1.0, max_val: Any = 1.0, inplace: bool = False, min_value: Any = None,
                 max_value: Any = None) -> None:  # fmt: skip
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            refuse("AssertionError", f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")

    def forward(self, input: Any) -> Any:
        return ops.hardtanh(input, self.min_val, self.max_val, self.inplace)


@layer("torch.nn.ReLU6", _MODULE)
class ReLU6(Hardtanh):
    """``min(max(x, 0), 6)``."""

    def __init__(self, inplace: bool = False) -> None:
        Hardtanh.__init__(self, 0.0, 6.0, inplace)


def _plain(name: str, function: str) -> None:
    """Describe a module without arguments that applies a function."""

    def forward(self: Any, input: Any) -> Any:
        return rule(function)(input)

    members = {"__doc__": f"`{function}` as a module.", "__module__": __name__, "forward": forward}
    layer(f"torch.nn.{name}", _MODULE)(type(name, (Layer,), members))


for _name, _function in {"Sigmoid": "sigmoid", "Tanh": "tanh", "LogSigmoid": "logsigmoid", "Softsign": "softsign",
                         "Tanhshrink": "tanhshrink"}.items():  # fmt: skip
    _plain(_name, f"torch.nn.functional.{_function}")


def _switched(name: str, function: str) -> None:
    """Describe a module whose only argument is ``inplace``."""

    def construct(self: Any, inplace: bool = False) -> None:
        self.inplace = inplace

    def forward(self: Any, input: Any) -> Any:
        return rule(function)(input, self.inplace)

    members = {"__doc__": f"`{function}` as a module.", "__module__": __name__, "__init__": construct, "forward": forward}
    layer(f"torch.nn.{name}", _MODULE)(type(name, (Layer,), members))


for _name, _function in {"Hardsigmoid": "hardsigmoid", "SiLU": "silu", "Mish": "mish", "Hardswish": "hardswish", "SELU": "selu"}.items():
    _switched(_name, f"torch.nn.functional.{_function}")


@layer("torch.nn.ELU", _MODULE)
class ELU(Layer):
    """``x`` above zero, ``alpha * (exp(x) - 1)`` below."""

    def __init__(self, alpha: Any = 1.0, inplace: bool = False) -> None:
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return ops.elu(input, self.alpha, self.inplace)


@layer("torch.nn.CELU", _MODULE)
class CELU(Layer):
    """`ELU`, continuously differentiable for every alpha."""

    def __init__(self, alpha: Any = 1.0, inplace: bool = False) -> None:
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return ops.celu(input, self.alpha, self.inplace)


@layer("torch.nn.GLU", _MODULE)
class GLU(Layer):
    """One half along an axis, gated by the sigmoid of the other."""

    def __init__(self, dim: Any = -1) -> None:
        self.dim = dim

    def forward(self, input: Any) -> Any:
        return ops.glu(input, self.dim)


@layer("torch.nn.GELU", _MODULE)
class GELU(Layer):
    """``x`` times the normal distribution function of ``x``."""

    def __init__(self, approximate: str = "none") -> None:
        self.approximate = approximate

    def forward(self, input: Any) -> Any:
        return ops.gelu(input, approximate=self.approximate)


@layer("torch.nn.Hardshrink", _MODULE)
class Hardshrink(Layer):
    """Zero between ``-lambd`` and ``lambd``, ``x`` elsewhere."""

    def __init__(self, lambd: Any = 0.5) -> None:
        self.lambd = lambd

    def forward(self, input: Any) -> Any:
        return ops.hardshrink(input, self.lambd)


@layer("torch.nn.LeakyReLU", _MODULE)
class LeakyReLU(Layer):
    """``x`` above zero, ``negative_slope * x`` below."""

    def __init__(self, negative_slope: Any = 0.01, inplace: bool = False) -> None:
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Any) -> Any:
        return ops.leaky_relu(input, self.negative_slope, self.inplace)


@layer("torch.nn.Softplus", _MODULE)
class Softplus(Layer):
    """``log(1 + exp(beta * x)) / beta``."""

    def __init__(self, beta: Any = 1.0, threshold: Any = 20.0) -> None:
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Any) -> Any:
        return ops.softplus(input, self.beta, self.threshold)


@layer("torch.nn.Softshrink", _MODULE)
class Softshrink(Layer):
    """``x`` moved towards zero by ``lambd``."""

    def __init__(self, lambd: Any = 0.5) -> None:
        self.lambd = lambd

    def forward(self, input: Any) -> Any:
        return ops.softshrink(input, self.lambd)


@layer("torch.nn.PReLU", _MODULE)
class PReLU(Layer):
    """``x`` above zero, a learned slope below."""

    def __init__(self, num_parameters: Any = 1, init: Any = 0.25, device: Any = None, dtype: Any = None) -> None:
        self.num_parameters = num_parameters
        self.init = init
        self.weight = param(num_parameters, dtype=dtype, device=device)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def forward(self, input: Any) -> Any:
        return ops.prelu(input, self.weight)


def _along(name: str, function: str) -> None:
    """Describe a softmax, whose only argument is the axis."""

    def construct(self: Any, dim: Any = None) -> None:
        self.dim = dim

    def forward(self: Any, input: Any) -> Any:
        return rule(function)(input, self.dim)

    members = {"__doc__": f"`{function}` as a module.", "__module__": __name__, "__init__": construct, "forward": forward}
    layer(f"torch.nn.{name}", _MODULE)(type(name, (Layer,), members))


for _name, _function in {"Softmin": "softmin", "Softmax": "softmax", "LogSoftmax": "log_softmax"}.items():
    _along(_name, f"torch.nn.functional.{_function}")


@layer("torch.nn.Softmax2d", _MODULE)
class Softmax2d(Layer):
    """Softmax over the channels of an image."""

    def forward(self, input: Any) -> Any:
        if len(input.shape) not in (3, 4):
            refuse("ValueError", f"Softmax2d: expected input to be 3D or 4D, got {len(input.shape)}D instead")
        return ops.softmax(input, -3)
