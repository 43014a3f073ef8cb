"""Normalization: batch, instance, layer, RMS, group, local response."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import op, refuse, require
from ...shapes import axes, product, text
from ..tensor import is_tensor, kind_name
from .demands import floating, mixable

_COMPLEX = frozenset({"complex64", "complex128"})
_HALF = frozenset({"float16", "bfloat16"})


def _per_channel(name: str, channels: Any, **parameters: Any) -> None:
    for what, parameter in parameters.items():
        if parameter is not None:
            size = parameter.shape[0] if len(parameter.shape) == 1 else product(parameter.shape)
            if size is not channels and size != channels:
                require(same(size, channels), f"{name}: {what} has {size} elements and the input {channels} channels",
                        name="channel-mismatch")  # fmt: skip


def _batch(input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any, training: Any, eps: Any) -> Any:
    shape = input.shape
    if training:
        if len(shape) < 2:
            refuse("IndexError", "batch_norm: input needs at least 2 dimensions")
        if (type(eps) in (int, float)) and eps <= 0:
            refuse("ValueError", f"batch_norm eps must be positive during training, but got {eps}")
        if same(product((shape[0], *shape[2:])), 1):
            refuse("ValueError", f"Expected more than 1 value per channel when training, got input size {list(shape)}")
    elif running_mean is None or running_var is None:
        refuse("RuntimeError", "running_mean and running_var must be defined in evaluation mode")
    if type(eps) in (int, float) and eps < 0:
        refuse("ValueError", f"batch_norm eps must be non-negative, but got {eps}")
    if len(shape) < 2:
        refuse("RuntimeError", "batch_norm: input needs at least 2 dimensions")
    _per_channel("batch_norm", shape[1], running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    floating("batch_norm", input)
    mixable("batch_norm", input, weight, bias, running_mean, running_var)
    return input.like()


@op("torch.nn.functional.batch_norm")
def batch_norm(input: Any, running_mean: Any, running_var: Any, weight: Any = None, bias: Any = None, training: bool = False,
               momentum: Any = 0.1, eps: Any = 1e-05) -> Any:  # fmt: skip
    """Zero mean and unit variance for every channel, over the batch or by running statistics.

    >>> batch_norm(T(8, 16, 4, 4), T(16), T(16))
    float32[8, 16, 4, 4]
    """
    return _batch(input, running_mean, running_var, weight, bias, training, eps)


@op("torch.batch_norm")
def batch_norm_flat(input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, training: bool, momentum: Any, eps: Any,
                    cudnn_enabled: bool) -> Any:  # fmt: skip
    """`torch.nn.functional.batch_norm` with the arguments in another order."""
    return _batch(input, running_mean, running_var, weight, bias, training, eps)


def _instance(input: Any, running_mean: Any, running_var: Any, weight: Any, bias: Any, use_input_stats: Any) -> Any:
    shape = input.shape
    if use_input_stats:
        if same(product(shape[2:]), 1):
            refuse("ValueError", f"Expected more than 1 spatial element when training, got input size {list(shape)}")
    elif running_mean is None or running_var is None:
        refuse("RuntimeError", "Expected running_mean and running_var to be defined when use_input_stats is false")
    if len(shape) < 2:
        refuse("IndexError", "instance_norm: input needs at least 2 dimensions")
    _per_channel("instance_norm", shape[1], running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    floating("instance_norm", input)
    mixable("instance_norm", input, weight, bias, running_mean, running_var)
    return input.like()


@op("torch.nn.functional.instance_norm")
def instance_norm(input: Any, running_mean: Any = None, running_var: Any = None, weight: Any = None, bias: Any = None,
                  use_input_stats: bool = True, momentum: Any = 0.1, eps: Any = 1e-05) -> Any:  # fmt: skip
    """Zero mean and unit variance for every channel of every example.

    >>> instance_norm(T(2, 3, 8, 8))
    float32[2, 3, 8, 8]
    """
    return _instance(input, running_mean, running_var, weight, bias, use_input_stats)


@op("torch.instance_norm")
def instance_norm_flat(input: Any, weight: Any, bias: Any, running_mean: Any, running_var: Any, use_input_stats: bool, momentum: Any,
                       eps: Any, cudnn_enabled: bool) -> Any:  # fmt: skip
    """`torch.nn.functional.instance_norm` with the arguments in another order."""
    return _instance(input, running_mean, running_var, weight, bias, use_input_stats)


def _trailing(name: str, input: Any, normalized_shape: Any, **parameters: Any) -> None:
    """The last axes of the input have the normalized shape, and so have the parameters."""
    if not isinstance(normalized_shape, (tuple, list)):
        refuse("TypeError", f"{name}(): argument 'normalized_shape' must be tuple of ints, not {kind_name(normalized_shape)}")
    wanted, count = tuple(normalized_shape), len(normalized_shape)
    if not count:
        refuse("RuntimeError", "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element")
    for what, parameter in parameters.items():
        if parameter is not None and tuple(parameter.shape) != wanted:
            equal = _equal(parameter.shape, wanted)
            require(equal, f"{name}: {what} has shape {text(parameter.shape)} and normalized_shape is {text(wanted)}")
    have = tuple(input.shape[-count:])
    if have != wanted or len(input.shape) < count:
        answer = _equal(have, wanted)
        require(answer, f"{name} normalizes over {text(wanted)} and gets {text(input.shape)}", name="normalized-shape-mismatch")


def _equal(a: Any, b: Any) -> bool | None:
    if len(a) != len(b):
        return False
    answers = [same(x, y) for x, y in zip(a, b, strict=True)]
    return False if False in answers else (None if None in answers else True)


def _layer(input: Any, normalized_shape: Any, weight: Any, bias: Any) -> Any:
    _trailing("layer_norm", input, normalized_shape, weight=weight, bias=bias)
    floating("layer_norm", input)
    if weight is not None and bias is not None and weight.dtype != bias.dtype:
        require(False, f"layer_norm: weight is {weight.dtype} and bias {bias.dtype}", name="dtype-mismatch")
    mixable("layer_norm", input, weight, bias)
    return input.like()


@op("torch.nn.functional.layer_norm")
def layer_norm(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-05) -> Any:
    """Zero mean and unit variance over the last axes.

    >>> layer_norm(T(2, 7, 512), (512,))
    float32[2, 7, 512]
    """
    return _layer(input, normalized_shape, weight, bias)


@op("torch.layer_norm")
def layer_norm_flat(input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-05,
                    cudnn_enable: bool = True) -> Any:  # fmt: skip
    """`torch.nn.functional.layer_norm`, with a switch of the backend."""
    return _layer(input, normalized_shape, weight, bias)


@op("torch.nn.functional.rms_norm", "torch.rms_norm")
def rms_norm(input: Any, normalized_shape: Any, weight: Any = None, eps: Any = None) -> Any:
    """Unit root mean square over the last axes.

    >>> rms_norm(T(2, 7, 512), (512,))
    float32[2, 7, 512]
    """
    _trailing("rms_norm", input, normalized_shape, weight=weight)
    floating("rms_norm", input, also=_COMPLEX)
    return input.like()


def _group(input: Any, num_groups: Any, weight: Any, bias: Any) -> Any:
    channels = input.shape[1]
    if less(num_groups, 1):
        refuse("RuntimeError", f"Expected num groups to be greater than 0, got {num_groups}")
    require(same(channels % num_groups, 0), f"group_norm: {channels} channels do not divide into {num_groups} groups",
            name="channel-mismatch")  # fmt: skip
    for what, parameter in (("weight", weight), ("bias", bias)):
        if parameter is not None:
            if len(parameter.shape) != 1:
                refuse("RuntimeError", f"Expected {what} to be a vector of size equal to the number of channels in input")
            _per_channel("group_norm", channels, **{what: parameter})
    floating("group_norm", input)
    mixable("group_norm", input, weight, bias)
    return input.like()


@op("torch.nn.functional.group_norm")
def group_norm(input: Any, num_groups: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-05) -> Any:
    """Zero mean and unit variance for every group of channels of every example.

    >>> group_norm(T(2, 8, 4, 4), 4)
    float32[2, 8, 4, 4]
    """
    shape = input.shape
    if len(shape) < 2:
        refuse("RuntimeError", f"Expected at least 2 dimensions for input tensor but received {len(shape)}")
    if type(num_groups) is int and num_groups == 0:
        refuse("ZeroDivisionError", "integer division or modulo by zero")
    if same(product((shape[0] * shape[1] // num_groups, *shape[2:])), 1):
        refuse("ValueError", f"Expected more than 1 value per channel when training, got input size {list(shape)}")
    return _group(input, num_groups, weight, bias)


@op("torch.group_norm")
def group_norm_flat(input: Any, num_groups: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-05, cudnn_enabled: bool = True) -> Any:
    """`torch.nn.functional.group_norm`, with a switch of the backend."""
    if len(input.shape) < 2:
        refuse("RuntimeError", f"Expected at least 2 dimensions for input tensor but received {len(input.shape)}")
    return _group(input, num_groups, weight, bias)


@op("torch.nn.functional.local_response_norm")
def local_response_norm(input: Any, size: Any, alpha: Any = 0.0001, beta: Any = 0.75, k: Any = 1.0) -> Any:
    """Divide by the squares of neighbouring channels.

    >>> local_response_norm(T(1, 64, 27, 27), 5)
    float32[1, 64, 27, 27]
    """
    if len(input.shape) < 3:
        refuse("ValueError", f"Expected 3D or higher dimensionality input (got {len(input.shape)} dimensions)")
    if any(type(length) is int and length == 0 for length in input.shape):
        return input
    if less(size, 1):
        refuse("RuntimeError", f"kernel size should be greater than zero, but got {size}")
    if input.dtype in _HALF and len(input.shape) != 3:
        return input.like()
    floating("local_response_norm", input, also=frozenset({"int64"}))
    return input.like(dtype="float32" if input.dtype == "int64" else None)


@op("torch.nn.functional.normalize")
def normalize(input: Any, p: Any = 2.0, dim: Any = 1, eps: Any = 1e-12, out: Any = None) -> Any:
    """Divide by the norm along an axis.

    >>> normalize(T(4, 8))
    float32[4, 8]
    """
    axes(dim, len(input.shape))
    floating("normalize", input, also=_COMPLEX)
    if is_tensor(out):
        out.shape, out.data = input.shape, None
        return out
    return input.like()


__all__ = ["batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "normalize", "rms_norm"]
