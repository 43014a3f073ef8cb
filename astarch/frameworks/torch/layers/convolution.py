"""`torch.nn.modules.conv`: convolutions, their transposes, and their lazy forms."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import Layer, layer, refuse, require
from ..making import rule
from ..ops import convolution as ops
from ..ops.tuples import ntuple
from ..tensor import UninitializedParameter, no_size, param
from .lazy import Lazy

_MODULE = "torch.nn.modules.conv"

#: Kernel size, stride, padding, dilation, whether transposed, output padding.
_Windows = tuple[Any, Any, Any, Any, bool, Any]


def divides(number: Any, by: Any, what: str) -> None:
    """Refuse what the constructor refuses; what cannot be decided becomes an assumption."""
    answer = same(number % by, 0)
    if answer is False:
        refuse("ValueError", f"{what}: {number} is not divisible by {by}")
    require(answer, f"{what}: {number} is divisible by {by}")


def _padding(padding: Any, stride: Any, kernel_size: Any, dilation: Any) -> list[Any]:
    """The padding at both sides of every axis, the last axis first, as `torch.nn.functional.pad` takes it."""
    if not isinstance(padding, str):
        return [size for size in reversed(padding) for _ in range(2)]
    if padding not in ("same", "valid"):
        refuse("ValueError", f"Invalid padding string {padding!r}, should be one of 'valid', 'same'")
    both: list[Any] = [0, 0] * len(kernel_size)
    if padding == "same":
        if any(step != 1 for step in stride):
            refuse("ValueError", "padding='same' is not supported for strided convolutions")
        for place, (gap, reach) in enumerate(zip(reversed(dilation), reversed(kernel_size), strict=False)):
            total = gap * (reach - 1)
            both[2 * place : 2 * place + 2] = [total // 2, total - total // 2]
    return both


@layer("torch.nn.modules.conv._ConvNd", _MODULE)
class _ConvNd(Layer):
    """What all convolutions share: their arguments, a weight and perhaps a bias."""

    _axes = 0

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
                 output_padding: Any, groups: Any, bias: bool, padding_mode: str, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        if type(groups) is int and groups <= 0:
            refuse("ValueError", "groups must be a positive integer")
        for channels in (in_channels, out_channels, groups):
            if (kind := no_size(channels)) and kind != "float":
                refuse("TypeError", f"unsupported operand type(s) for %: '{kind}' and 'int'")
        if groups != 1:
            divides(in_channels, groups, "in_channels must be divisible by groups")
            divides(out_channels, groups, "out_channels must be divisible by groups")
        both = _padding(padding, stride, kernel_size, dilation)
        if padding_mode not in ("zeros", "reflect", "replicate", "circular"):
            refuse("ValueError", f"padding_mode must be one of zeros, reflect, replicate, circular, but got padding_mode='{padding_mode}'")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.transposed = transposed
        self.output_padding = output_padding
        self.groups = groups
        self.padding_mode = padding_mode
        self._reversed_padding_repeated_twice = both if isinstance(padding, str) else tuple(both)
        outer, inner = (in_channels, out_channels // groups) if transposed else (out_channels, in_channels // groups)
        self.weight = param(outer, inner, *kernel_size, dtype=dtype, device=device)
        if bias:
            self.bias = param(out_channels, dtype=dtype, device=device)
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        pass

    def _conv_forward(self, input: Any, weight: Any, bias: Any) -> Any:
        convolve = (ops.conv1d, ops.conv2d, ops.conv3d)[self._axes - 1]
        if self.padding_mode == "zeros":
            return convolve(input, weight, bias, self.stride, self.padding, self.dilation, self.groups)
        padded = rule("torch.nn.functional.pad")(input, self._reversed_padding_repeated_twice, mode=self.padding_mode)
        return convolve(padded, weight, bias, self.stride, 0, self.dilation, self.groups)

    def forward(self, input: Any) -> Any:
        return self._conv_forward(input, self.weight, self.bias)


def _forward_arguments(axes: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any) -> _Windows:
    pads = padding if isinstance(padding, str) else ntuple(padding, axes)
    return ntuple(kernel_size, axes), ntuple(stride, axes), pads, ntuple(dilation, axes), False, (0,) * axes


@layer("torch.nn.Conv1d", _MODULE)
class Conv1d(_ConvNd):
    """Filters that slide over a sequence."""

    _axes = 1

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                 groups: Any = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        windows = _forward_arguments(1, kernel_size, stride, padding, dilation)
        _ConvNd.__init__(self, in_channels, out_channels, *windows, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.Conv2d", _MODULE)
class Conv2d(_ConvNd):
    """Filters that slide over an image."""

    _axes = 2

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                 groups: Any = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        windows = _forward_arguments(2, kernel_size, stride, padding, dilation)
        _ConvNd.__init__(self, in_channels, out_channels, *windows, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.Conv3d", _MODULE)
class Conv3d(_ConvNd):
    """Filters that slide over a volume."""

    _axes = 3

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                 groups: Any = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        windows = _forward_arguments(3, kernel_size, stride, padding, dilation)
        _ConvNd.__init__(self, in_channels, out_channels, *windows, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.modules.conv._ConvTransposeNd", _MODULE)
class _ConvTransposeNd(_ConvNd):
    """What all transposed convolutions share."""

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
                 output_padding: Any, groups: Any, bias: bool, padding_mode: str, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        if padding_mode != "zeros":
            refuse("ValueError", f'Only "zeros" padding mode is supported, not {padding_mode}')
        _ConvNd.__init__(self, in_channels, out_channels, kernel_size, stride, padding, dilation, transposed, output_padding, groups, bias,
                         padding_mode, device, dtype)  # fmt: skip

    def _output_padding(self, input: Any, output_size: Any, stride: Any, padding: Any, kernel_size: Any, num_spatial_dims: int,
                        dilation: Any = None) -> Any:  # fmt: skip
        if output_size is None:
            return ntuple(self.output_padding, 1)
        leading = 2 if len(input.shape) == num_spatial_dims + 2 else 1
        wanted = list(output_size)
        if len(wanted) == leading + num_spatial_dims:
            wanted = wanted[leading:]
        if len(wanted) != num_spatial_dims:
            refuse("ValueError", f"output_size must have {num_spatial_dims} or {leading + num_spatial_dims} elements (got {len(wanted)})")
        if len(input.shape) < leading + num_spatial_dims:
            refuse("IndexError", "Dimension out of range")
        extra = []
        for place, size in enumerate(wanted):
            gap = 1 if dilation is None else dilation[place]
            least = (input.shape[place + leading] - 1) * stride[place] - 2 * padding[place] + gap * (kernel_size[place] - 1) + 1
            if less(size, least) or less(least + stride[place] - 1, size):
                refuse("ValueError", f"requested an output size of {wanted}, but valid sizes range from {least}")
            extra.append(size - least)
        return extra

    def forward(self, input: Any, output_size: Any = None) -> Any:
        if not isinstance(self.padding, tuple):
            refuse("AssertionError", "self.padding must be a tuple")
        convolve = (ops.conv_transpose1d, ops.conv_transpose2d, ops.conv_transpose3d)[self._axes - 1]
        extra = self._output_padding(input, output_size, self.stride, self.padding, self.kernel_size, self._axes, self.dilation)
        return convolve(input, self.weight, self.bias, self.stride, self.padding, extra, self.groups, self.dilation)


def _backward_arguments(axes: int, kernel_size: Any, stride: Any, padding: Any, dilation: Any, output_padding: Any) -> _Windows:
    sizes, steps, pads, gaps = (ntuple(value, axes) for value in (kernel_size, stride, padding, dilation))
    return sizes, steps, pads, gaps, True, ntuple(output_padding, axes)


@layer("torch.nn.ConvTranspose1d", _MODULE)
class ConvTranspose1d(_ConvTransposeNd):
    """The transpose of `Conv1d`: it makes sequences longer."""

    _axes = 1

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
                 groups: Any = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        windows = _backward_arguments(1, kernel_size, stride, padding, dilation, output_padding)
        _ConvTransposeNd.__init__(self, in_channels, out_channels, *windows, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.ConvTranspose2d", _MODULE)
class ConvTranspose2d(_ConvTransposeNd):
    """The transpose of `Conv2d`: it makes images larger."""

    _axes = 2

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
                 groups: Any = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        windows = _backward_arguments(2, kernel_size, stride, padding, dilation, output_padding)
        _ConvTransposeNd.__init__(self, in_channels, out_channels, *windows, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.ConvTranspose3d", _MODULE)
class ConvTranspose3d(_ConvTransposeNd):
    """The transpose of `Conv3d`: it makes volumes larger."""

    _axes = 3

    def __init__(self, in_channels: Any, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
                 groups: Any = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        windows = _backward_arguments(3, kernel_size, stride, padding, dilation, output_padding)
        _ConvTransposeNd.__init__(self, in_channels, out_channels, *windows, groups, bias, padding_mode, device, dtype)


class _LazyConvXdMixin(Lazy):
    """A convolution that takes ``in_channels`` from its first input."""

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        if not self.has_uninitialized_params():
            return
        axes, shape = self._axes, input.shape
        if len(shape) not in (axes + 1, axes + 2):
            refuse("RuntimeError", f"Expected {axes + 1}D (unbatched) or {axes + 2}D (batched) input, but got input of size: {list(shape)}")
        self.in_channels = shape[len(shape) - axes - 1]
        divides(self.in_channels, self.groups, "in_channels must be divisible by groups")
        outer, inner = self.out_channels, self.in_channels // self.groups
        if self.transposed:
            outer, inner = self.in_channels, self.out_channels // self.groups
        self.weight.materialize((outer, inner, *self.kernel_size))
        if self.bias is not None:
            self.bias.materialize((self.out_channels,))
        self.reset_parameters()


def _start(self: Any, parent: Any, out_channels: Any, kernel_size: Any, stride: Any, padding: Any, dilation: Any, groups: Any, bias: Any,
           padding_mode: Any, device: Any, dtype: Any, **more: Any) -> None:  # fmt: skip
    parent.__init__(self, 0, 0, kernel_size, stride=stride, padding=padding, dilation=dilation, groups=groups, bias=False,
                    padding_mode=padding_mode, device=device, dtype=dtype, **more)  # fmt: skip
    self.weight = UninitializedParameter((), self.weight.dtype)
    self.out_channels = out_channels
    if bias:
        self.bias = UninitializedParameter((), self.weight.dtype)


@layer("torch.nn.LazyConv1d", _MODULE)
class LazyConv1d(_LazyConvXdMixin, Conv1d):
    """A `Conv1d` that takes ``in_channels`` from its first input, and becomes a `Conv1d` then."""

    becomes = Conv1d

    def __init__(self, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1,
                 bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None) -> None:  # fmt: skip
        _start(self, Conv1d, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.LazyConv2d", _MODULE)
class LazyConv2d(_LazyConvXdMixin, Conv2d):
    """A `Conv2d` that takes ``in_channels`` from its first input, and becomes a `Conv2d` then."""

    becomes = Conv2d

    def __init__(self, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1,
                 bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None) -> None:  # fmt: skip
        _start(self, Conv2d, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.LazyConv3d", _MODULE)
class LazyConv3d(_LazyConvXdMixin, Conv3d):
    """A `Conv3d` that takes ``in_channels`` from its first input, and becomes a `Conv3d` then."""

    becomes = Conv3d

    def __init__(self, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: Any = 1,
                 bias: bool = True, padding_mode: str = "zeros", device: Any = None, dtype: Any = None) -> None:  # fmt: skip
        _start(self, Conv3d, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype)


@layer("torch.nn.LazyConvTranspose1d", _MODULE)
class LazyConvTranspose1d(_LazyConvXdMixin, ConvTranspose1d):
    """A `ConvTranspose1d` that takes ``in_channels`` from its first input."""

    becomes = ConvTranspose1d

    def __init__(self, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: Any = 1,
                 bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        _start(self, ConvTranspose1d, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype,
               output_padding=output_padding)  # fmt: skip


@layer("torch.nn.LazyConvTranspose2d", _MODULE)
class LazyConvTranspose2d(_LazyConvXdMixin, ConvTranspose2d):
    """A `ConvTranspose2d` that takes ``in_channels`` from its first input."""

    becomes = ConvTranspose2d

    def __init__(self, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: Any = 1,
                 bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        _start(self, ConvTranspose2d, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype,
               output_padding=output_padding)  # fmt: skip


@layer("torch.nn.LazyConvTranspose3d", _MODULE)
class LazyConvTranspose3d(_LazyConvXdMixin, ConvTranspose3d):
    """A `ConvTranspose3d` that takes ``in_channels`` from its first input."""

    becomes = ConvTranspose3d

    def __init__(self, out_channels: Any, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: Any = 1,
                 bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        _start(self, ConvTranspose3d, out_channels, kernel_size, stride, padding, dilation, groups, bias, padding_mode, device, dtype,
               output_padding=output_padding)  # fmt: skip
