"""Activations, as ``torch.nn.functional`` has them."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import REGISTRY, refuse, require
from ...dtypes import category
from ...shapes import axis
from ..tensor import TorchTensor, default_dtype, dtype_name, kind_name
from .demands import FLOATING, floating
from .signatures import op

_INTEGERS = frozenset({"uint8", "int8", "int16", "int32", "int64"})
_COMPLEX = frozenset({"complex64", "complex128"})
_NONE: frozenset[str] = frozenset()


def _applied(name: str, input: Any, inplace: Any, also: frozenset[str] = _NONE) -> Any:
    """The result of a function that changes neither shape nor element type."""
    if not isinstance(input, TorchTensor):
        refuse("TypeError", f"{name}(): argument 'input' must be Tensor, not {kind_name(input)}")
    if input.dtype not in FLOATING:
        floating(name, input, also=also)
    if inplace:
        input.data = None
        return input
    return TorchTensor(input.shape, input.dtype, None, input.device)


@op("torch.nn.functional.relu")
def relu(input: Any, inplace: bool = False) -> Any:
    """``max(x, 0)``.

    >>> relu(T(2, 3))
    float32[2, 3]
    """
    return _applied("relu", input, inplace, _INTEGERS)


def _switched(name: str, also: frozenset[str] = _NONE) -> None:
    """Describe ``f(input, inplace=False)``."""

    @op(f"torch.nn.functional.{name}")
    def activation(input: Any, inplace: bool = False) -> Any:
        return _applied(name, input, inplace, also)

    activation.__doc__ = f"``{name}``, element by element."


_switched("relu6", _INTEGERS)
_switched("selu")
_switched("hardsigmoid")
_switched("hardswish")
_switched("mish")
_switched("silu", _COMPLEX)


def _in_place(name: str, *names: str, also: frozenset[str] = _NONE) -> None:
    """Describe ``f(input)`` and ``f_(input)`` where torch has them without a switch."""

    @op(*names)
    def activation(input: Any) -> Any:
        return _applied(name, input, name.endswith("_"), also)

    activation.__doc__ = f"``{name}``, element by element."


_in_place("relu", "torch.relu", "torch.Tensor.relu", also=_INTEGERS)
_in_place("relu_", "torch.nn.functional.relu_", "torch.relu_", "torch.Tensor.relu_", also=_INTEGERS)
_in_place("selu", "torch.selu")
_in_place("selu_", "torch.nn.functional.selu_", "torch.selu_")
_in_place("logsigmoid", "torch.nn.functional.logsigmoid")


@op("torch.nn.functional.elu")
def elu(input: Any, alpha: Any = 1.0, inplace: bool = False) -> Any:
    """``x`` above zero, ``alpha * (exp(x) - 1)`` below."""
    return _applied("elu", input, inplace)


@op("torch.nn.functional.elu_")
def elu_(input: Any, alpha: Any = 1.0) -> Any:
    """`elu` in place."""
    return _applied("elu_", input, True)


def _smooth(input: Any, alpha: Any, inplace: Any) -> Any:
    if type(alpha) in (int, float) and alpha == 0:
        refuse("RuntimeError", "ZeroDivisionError: alpha cannot be 0 for CELU")
    return _applied("celu", input, inplace)


@op("torch.nn.functional.celu")
def celu(input: Any, alpha: Any = 1.0, inplace: bool = False) -> Any:
    """`elu`, continuously differentiable for every alpha."""
    return _smooth(input, alpha, inplace)


@op("torch.celu")
def celu_plain(input: Any, alpha: Any = 1.0) -> Any:
    """`torch.nn.functional.celu` without the switch."""
    return _smooth(input, alpha, False)


@op("torch.nn.functional.celu_", "torch.celu_")
def celu_(input: Any, alpha: Any = 1.0) -> Any:
    """`celu` in place."""
    return _smooth(input, alpha, True)


@op("torch.nn.functional.leaky_relu")
def leaky_relu(input: Any, negative_slope: Any = 0.01, inplace: bool = False) -> Any:
    """``x`` above zero, ``negative_slope * x`` below."""
    return _applied("leaky_relu", input, inplace)


@op("torch.nn.functional.leaky_relu_")
def leaky_relu_(input: Any, negative_slope: Any = 0.01) -> Any:
    """`leaky_relu` in place."""
    return _applied("leaky_relu_", input, True)


def _random(input: Any, lower: Any, upper: Any, inplace: Any) -> Any:
    if type(lower) in (int, float) and type(upper) in (int, float) and lower > upper:
        refuse("RuntimeError", "Lower bound should be less than or equal to the upper bound")
    return _applied("rrelu", input, inplace)


@op("torch.nn.functional.rrelu")
def rrelu(input: Any, lower: Any = 1.0 / 8, upper: Any = 1.0 / 3, training: bool = False, inplace: bool = False) -> Any:
    """`leaky_relu` with a random slope."""
    return _random(input, lower, upper, inplace)


@op("torch.rrelu")
def rrelu_plain(input: Any, lower: Any = 1.0 / 8, upper: Any = 1.0 / 3, training: bool = False, generator: Any = None) -> Any:
    """`torch.nn.functional.rrelu` without the switch."""
    return _random(input, lower, upper, False)


@op("torch.nn.functional.rrelu_", "torch.rrelu_")
def rrelu_(input: Any, lower: Any = 1.0 / 8, upper: Any = 1.0 / 3, training: bool = False, generator: Any = None) -> Any:
    """`rrelu` in place."""
    return _random(input, lower, upper, True)


@op("torch.nn.functional.threshold")
def threshold(input: Any, threshold: Any, value: Any, inplace: bool = False) -> Any:
    """``x`` above the threshold, the value below."""
    return _applied("threshold", input, inplace, _INTEGERS)


@op("torch.threshold")
def threshold_plain(input: Any, threshold: Any, value: Any) -> Any:
    """`torch.nn.functional.threshold` without the switch."""
    return _applied("threshold", input, False, _INTEGERS)


@op("torch.nn.functional.threshold_", "torch.threshold_")
def threshold_(input: Any, threshold: Any, value: Any) -> Any:
    """`threshold` in place."""
    return _applied("threshold_", input, True, _INTEGERS)


def _clamped(input: Any, min_val: Any, max_val: Any, inplace: Any) -> Any:
    if input.dtype == "uint8" and (min_val < 0 or max_val < 0):
        require(False, "cannot do hardtanh on an unsigned type with negative limits", name="dtype-mismatch")
    return _applied("hardtanh", input, inplace, _INTEGERS)


@op("torch.nn.functional.hardtanh")
def hardtanh(input: Any, min_val: Any = -1.0, max_val: Any = 1.0, inplace: bool = False) -> Any:
    """``x`` kept between two bounds."""
    if type(min_val) in (int, float) and type(max_val) in (int, float) and min_val > max_val:
        refuse("ValueError", "min_val cannot be greater than max_val")
    return _clamped(input, min_val, max_val, inplace)


@op("torch.nn.functional.hardtanh_")
def hardtanh_(input: Any, min_val: Any = -1.0, max_val: Any = 1.0) -> Any:
    """`hardtanh` in place."""
    return _clamped(input, min_val, max_val, True)


@op("torch.nn.functional.gelu")
def gelu(input: Any, *, approximate: str = "none") -> Any:
    """``x`` times the normal distribution function of ``x``.

    >>> gelu(T(2, 3))
    float32[2, 3]
    """
    if approximate not in ("none", "tanh"):
        refuse("RuntimeError", "approximate argument must be either none or tanh.")
    return _applied("gelu", input, False)


@op("torch.nn.functional.hardshrink", "torch.hardshrink", "torch.Tensor.hardshrink")
def hardshrink(input: Any, lambd: Any = 0.5) -> Any:
    """Zero between ``-lambd`` and ``lambd``, ``x`` elsewhere."""
    return _applied("hardshrink", input, False)


@op("torch.nn.functional.softshrink")
def softshrink(input: Any, lambd: Any = 0.5) -> Any:
    """``x`` moved towards zero by ``lambd``."""
    if type(lambd) in (int, float) and lambd < 0:
        refuse("RuntimeError", f"lambda must be greater or equal to 0, but found to be {lambd}")
    return _applied("softshrink", input, False)


@op("torch.nn.functional.softplus")
def softplus(input: Any, beta: Any = 1, threshold: Any = 20) -> Any:
    """``log(1 + exp(beta * x)) / beta``."""
    return _applied("softplus", input, False)


def _real(name: str, input: Any) -> Any:
    """Numbers of other kinds become floating first."""
    if input.dtype == "bool" and name in ("tanhshrink", "softsign"):
        require(False, f"{name} is not implemented for bool", name="dtype-mismatch")
    return input.like(dtype=default_dtype() if category(input.dtype) < 2 else None)


def _promoting(name: str) -> None:
    @op(f"torch.nn.functional.{name}")
    def activation(input: Any) -> Any:
        return _real(name, input)

    activation.__doc__ = f"``{name}``, element by element."


for _name in ("sigmoid", "tanh", "tanhshrink", "softsign"):
    _promoting(_name)


@op("torch.nn.functional.glu")
def glu(input: Any, dim: Any = -1) -> Any:
    """One half along an axis, gated by the sigmoid of the other.

    >>> glu(T(2, 6))
    float32[2, 3]
    """
    rank = len(input.shape)
    if not rank:
        refuse("RuntimeError", "glu does not support scalars because halving size must be even")
    place = axis(dim, rank)
    size = input.shape[place]
    require(same(size % 2, 0), f"glu halves dimension {place}, which has size {size}", name="odd-size")
    floating("glu", input)
    return input.like((*input.shape[:place], size // 2, *input.shape[place + 1 :]))


@op("torch.nn.functional.prelu", "torch.prelu", "torch.Tensor.prelu")
def prelu(input: Any, weight: Any) -> Any:
    """``x`` above zero, ``weight * x`` below, one weight for all or one for every channel.

    >>> prelu(T(2, 8, 4), T(8))
    float32[2, 8, 4]
    """
    if not isinstance(weight, TorchTensor):
        refuse("TypeError", "prelu(): argument 'weight' must be Tensor")
    if len(weight.shape) > 1:
        refuse("RuntimeError", f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {len(weight.shape)}")
    if weight.shape and weight.shape[0] != 1:
        channels = input.shape[1] if len(input.shape) > 1 else 1
        require(same(weight.shape[0], channels), f"prelu has {weight.shape[0]} parameters and gets {channels} channels",
                name="channel-mismatch")  # fmt: skip
    if weight.dtype != input.dtype:
        require(False, f"prelu: Type promoting not supported. Got {input.dtype} and {weight.dtype}", name="dtype-mismatch")
    return _applied("prelu", input, False)


def _default_axis(rank: int) -> int:
    """The axis that the softmax functions take when none is given."""
    return 0 if rank in (0, 1, 3) else 1


def _softmax(name: str) -> None:
    @op(f"torch.nn.functional.{name}")
    def activation(input: Any, dim: Any = None, _stacklevel: int = 3, dtype: Any = None) -> Any:
        rank = len(input.shape)
        axis(_default_axis(rank) if dim is None else dim, rank)
        if name == "softmin" and input.dtype == "bool":
            require(False, "Negation, the `-` operator, on a bool tensor is not supported", name="dtype-mismatch")
        if dtype is None and input.dtype in FLOATING:
            return TorchTensor(input.shape, input.dtype, None, input.device)
        result = input.like(dtype=dtype_name(dtype))
        floating(name, result)
        return result

    activation.__doc__ = f"``{name}`` along an axis; without one, torch chooses 0 or 1 by the rank."


for _name in ("softmax", "log_softmax", "softmin"):
    _softmax(_name)


@op("torch.nn.functional.gumbel_softmax")
def gumbel_softmax(logits: Any, tau: Any = 1, hard: bool = False, eps: Any = 1e-10, dim: Any = -1) -> Any:
    """A sample from the Gumbel-Softmax distribution."""
    axis(dim, len(logits.shape))
    floating("gumbel_softmax", logits)
    return logits.like()


softmax = REGISTRY["torch.nn.functional.softmax"].function
log_softmax = REGISTRY["torch.nn.functional.log_softmax"].function
