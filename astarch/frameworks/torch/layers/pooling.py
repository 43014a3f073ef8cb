"""`torch.nn.modules.pooling`: pooling as modules."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer, refuse
from ..making import rule
from ..ops.tuples import ntuple

_MODULE = "torch.nn.modules.pooling"


@layer("torch.nn.modules.pooling._MaxPoolNd", _MODULE)
class _MaxPoolNd(Layer):
    """What all max poolings share."""

    _function = ""

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, dilation: Any = 1, return_indices: bool = False,
                 ceil_mode: bool = False) -> None:  # fmt: skip
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Any) -> Any:
        pool = rule(self._function)
        return pool(input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode, self.return_indices)


@layer("torch.nn.modules.pooling._MaxUnpoolNd", _MODULE)
class _MaxUnpoolNd(Layer):
    """What all inverses of max pooling share."""


def _unpool(axes: int) -> None:
    def construct(self: Any, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        self.kernel_size = ntuple(kernel_size, axes)
        self.stride = ntuple(stride if stride is not None else kernel_size, axes)
        self.padding = ntuple(padding, axes)

    def forward(self: Any, input: Any, indices: Any, output_size: Any = None) -> Any:
        return rule(f"torch.nn.functional.max_unpool{axes}d")(input, indices, self.kernel_size, self.stride, self.padding, output_size)

    members = {"__doc__": "The partial inverse of max pooling.", "__module__": __name__, "__init__": construct, "forward": forward}
    layer(f"torch.nn.MaxUnpool{axes}d", _MODULE)(type(f"MaxUnpool{axes}d", (_MaxUnpoolNd,), members))


@layer("torch.nn.modules.pooling._AvgPoolNd", _MODULE)
class _AvgPoolNd(Layer):
    """What all mean poolings share."""


@layer("torch.nn.AvgPool1d", _MODULE)
class AvgPool1d(_AvgPoolNd):
    """The mean of every window of a sequence."""

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                 count_include_pad: bool = True) -> None:  # fmt: skip
        self.kernel_size = ntuple(kernel_size, 1)
        self.stride = ntuple(stride if stride is not None else kernel_size, 1)
        self.padding = ntuple(padding, 1)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Any) -> Any:
        pool = rule("torch.nn.functional.avg_pool1d")
        return pool(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


def _mean(axes: int) -> None:
    def construct(self: Any, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False,
                  count_include_pad: bool = True,
                 divisor_override: Any = None) -> None:  # fmt: skip
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self: Any, input: Any) -> Any:
        pool = rule(f"torch.nn.functional.avg_pool{axes}d")
        return pool(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad, self.divisor_override)

    members = {"__doc__": "The mean of every window.", "__module__": __name__, "__init__": construct, "forward": forward}
    layer(f"torch.nn.AvgPool{axes}d", _MODULE)(type(f"AvgPool{axes}d", (_AvgPoolNd,), members))


def _fractional(axes: int) -> None:
    name = f"FractionalMaxPool{axes}d"

    def construct(self: Any, kernel_size: Any, output_size: Any = None, output_ratio: Any = None, return_indices: bool = False,
                 _random_samples: Any = None) -> None:  # fmt: skip
        kernel = ntuple(kernel_size, axes)
        if axes == 3 and any(type(size) is int and size <= 0 for size in kernel):
            refuse("ValueError", f"kernel_size must be greater than 0, but got {kernel_size}")
        self.kernel_size = kernel
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = ntuple(output_size, axes) if output_size is not None else None
        self.output_ratio = ntuple(output_ratio, axes) if output_ratio is not None else None
        if output_size is None and output_ratio is None:
            refuse("ValueError", f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            refuse("ValueError", "only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            refuse("ValueError", f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self: Any, input: Any) -> Any:
        pool = rule(f"torch.nn.functional.fractional_max_pool{axes}d")
        return pool(input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, _random_samples=self._random_samples)

    members = {"__doc__": "The largest of windows placed at random.", "__module__": __name__, "__init__": construct, "forward": forward}
    layer(f"torch.nn.{name}", _MODULE)(type(name, (Layer,), members))


@layer("torch.nn.modules.pooling._LPPoolNd", _MODULE)
class _LPPoolNd(Layer):
    """What all power means share."""

    _function = ""

    def __init__(self, norm_type: Any, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Any) -> Any:
        return rule(self._function)(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


@layer("torch.nn.modules.pooling._AdaptiveMaxPoolNd", _MODULE)
class _AdaptiveMaxPoolNd(Layer):
    """What all adaptive max poolings share."""

    _function = ""

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Any) -> Any:
        return rule(self._function)(input, self.output_size, self.return_indices)


@layer("torch.nn.modules.pooling._AdaptiveAvgPoolNd", _MODULE)
class _AdaptiveAvgPoolNd(Layer):
    """What all adaptive mean poolings share."""

    _function = ""

    def __init__(self, output_size: Any) -> None:
        self.output_size = output_size

    def forward(self, input: Any) -> Any:
        return rule(self._function)(input, self.output_size)


def _derived(name: str, parent: Any, function: str) -> None:
    """Describe a pooling by its parent and the function it applies."""
    members = {"__doc__": f"`{function}` as a module.", "__module__": __name__, "_function": f"torch.nn.functional.{function}"}
    layer(f"torch.nn.{name}", _MODULE)(type(name, (parent,), members))


for _axes in (1, 2, 3):
    _derived(f"MaxPool{_axes}d", _MaxPoolNd, f"max_pool{_axes}d")
    _derived(f"LPPool{_axes}d", _LPPoolNd, f"lp_pool{_axes}d")
    _derived(f"AdaptiveMaxPool{_axes}d", _AdaptiveMaxPoolNd, f"adaptive_max_pool{_axes}d")
    _derived(f"AdaptiveAvgPool{_axes}d", _AdaptiveAvgPoolNd, f"adaptive_avg_pool{_axes}d")
    _unpool(_axes)
for _axes in (2, 3):
    _mean(_axes)
    _fractional(_axes)
