"""``torch.nn.init``: filling tensors; only the values change."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....ir.dim import same
from ....ir.unknown import Unknown
from ...describe import op, refuse
from ..tensor import TorchTensor
from .conversion import fill_, zero_

_LINEAR = ("linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "sigmoid")


@op("torch.nn.init.calculate_gain")
def calculate_gain(nonlinearity: Any, param: Any = None) -> Any:
    """By how much a nonlinearity shrinks its input, inverted.

    >>> calculate_gain("tanh")
    1.6666666666666667
    """
    if nonlinearity in _LINEAR:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "selu":
        return 3.0 / 4
    if nonlinearity != "leaky_relu":
        refuse("ValueError", f"Unsupported nonlinearity {nonlinearity}")
    if param is not None and (isinstance(param, bool) or not isinstance(param, (int, float))):
        refuse("ValueError", f"negative_slope {param} not a valid number")
    slope = 0.01 if param is None else param
    return math.sqrt(2.0 / (1 + slope**2))


@op("torch.nn.init._calculate_fan_in_and_fan_out")
def _calculate_fan_in_and_fan_out(tensor: Any) -> tuple[Any, Any]:
    """How many inputs and outputs a weight connects to each unit.

    >>> _calculate_fan_in_and_fan_out(T(8, 3, 5, 5))
    (75, 200)
    """
    _asked(tensor, "dim")
    if len(tensor.shape) < 2:
        refuse("ValueError", "Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    field: Any = 1
    for size in tensor.shape[2:]:
        field = field * size
    return tensor.shape[1] * field, tensor.shape[0] * field


@op("torch.nn.init._calculate_correct_fan")
def _calculate_correct_fan(tensor: Any, mode: str) -> Any:
    """The inputs or the outputs of a weight, by ``fan_in`` or ``fan_out``."""
    if mode.lower() not in ("fan_in", "fan_out"):
        refuse("ValueError", f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    return _calculate_fan_in_and_fan_out(tensor)[mode.lower() == "fan_out"]


def _asked(tensor: Any, attribute: str) -> None:
    """What is not a tensor has no such attribute, the first that torch's own source asks for."""
    if not isinstance(tensor, TorchTensor):
        refuse("AttributeError", f"'{type(tensor).__name__}' object has no attribute '{attribute}'")


def _filled(tensor: Any, attribute: str = "uniform_") -> Any:
    _asked(tensor, attribute)
    tensor.data = None
    return tensor


def _matrix(tensor: Any) -> None:
    _asked(tensor, "ndimension")
    if len(tensor.shape) != 2:
        refuse("ValueError", "Only tensors with 2 dimensions are supported")


def _kaiming(tensor: Any, a: Any, mode: Any, nonlinearity: Any) -> Any:
    _asked(tensor, "shape")
    if not any(type(size) is int and size == 0 for size in tensor.shape):
        _calculate_correct_fan(tensor, mode)
        calculate_gain(nonlinearity, a)
    return _filled(tensor)


def uniform_(tensor: Any, a: Any = 0.0, b: Any = 1.0, generator: Any = None) -> Any:
    """Numbers between two bounds."""
    return _filled(tensor)


def normal_(tensor: Any, mean: Any = 0.0, std: Any = 1.0, generator: Any = None) -> Any:
    """Numbers of a normal distribution."""
    return _filled(tensor, "normal_")


def eye_(tensor: Any) -> Any:
    """The identity matrix."""
    _matrix(tensor)
    return _filled(tensor)


def dirac_(tensor: Any, groups: Any = 1) -> Any:
    """The identity of a convolution."""
    _asked(tensor, "ndimension")
    if len(tensor.shape) not in (3, 4, 5):
        refuse("ValueError", "Only tensors with 3, 4, or 5 dimensions are supported")
    if same(tensor.shape[0] % groups, 0) is False:
        refuse("ValueError", "dim 0 must be divisible by groups")
    return _filled(tensor)


def xavier_uniform_(tensor: Any, gain: Any = 1.0, generator: Any = None) -> Any:
    """Numbers between bounds that keep the variance (Glorot)."""
    _calculate_fan_in_and_fan_out(tensor)
    return _filled(tensor)


def xavier_normal_(tensor: Any, gain: Any = 1.0, generator: Any = None) -> Any:
    """Numbers of a normal distribution that keeps the variance (Glorot)."""
    _calculate_fan_in_and_fan_out(tensor)
    return _filled(tensor)


def kaiming_uniform_(tensor: Any, a: Any = 0, mode: Any = "fan_in", nonlinearity: Any = "leaky_relu", generator: Any = None) -> Any:
    """Numbers between bounds that keep the variance behind a rectifier (He)."""
    return _kaiming(tensor, a, mode, nonlinearity)


def kaiming_normal_(tensor: Any, a: Any = 0, mode: Any = "fan_in", nonlinearity: Any = "leaky_relu", generator: Any = None) -> Any:
    """Numbers of a normal distribution that keeps the variance behind a rectifier (He)."""
    return _kaiming(tensor, a, mode, nonlinearity)


def orthogonal_(tensor: Any, gain: Any = 1, generator: Any = None) -> Any:
    """A matrix with orthogonal rows or columns."""
    _asked(tensor, "ndimension")
    if len(tensor.shape) < 2:
        refuse("ValueError", "Only tensors with 2 or more dimensions are supported")
    return _filled(tensor)


def sparse_(tensor: Any, sparsity: Any, std: Any = 0.01, generator: Any = None) -> Any:
    """A matrix that is zero mostly."""
    _matrix(tensor)
    return _filled(tensor)


def _register(*functions: Callable[..., Any]) -> None:
    """Describe each under its name, and under its old one without the underscore."""
    for function in functions:
        op(f"torch.nn.init.{function.__name__}", f"torch.nn.init.{function.__name__[:-1]}")(function)


_register(uniform_, normal_, eye_, dirac_, xavier_uniform_, xavier_normal_, kaiming_uniform_, kaiming_normal_, orthogonal_,
          sparse_)  # fmt: skip


@op("torch.nn.init.constant_", "torch.nn.init.constant", lenient=True)
def constant_(tensor: Any, val: Any) -> Any:
    """One number everywhere."""
    if type(tensor) is not Unknown:
        _asked(tensor, "fill_")
    return fill_(tensor, val)


@op("torch.nn.init.trunc_normal_")
def trunc_normal_(tensor: Any, mean: Any = 0.0, std: Any = 1.0, a: Any = -2.0, b: Any = 2.0, generator: Any = None) -> Any:
    """Numbers of a normal distribution, drawn again until they lie between two bounds."""
    return _filled(tensor, "is_meta")


@op("torch.nn.init.ones_")
def ones_(tensor: Any) -> Any:
    """One everywhere."""
    _asked(tensor, "fill_")
    return fill_(tensor, 1.0)


@op("torch.nn.init.zeros_")
def zeros_(tensor: Any) -> Any:
    """Zero everywhere."""
    _asked(tensor, "zero_")
    return zero_(tensor)
