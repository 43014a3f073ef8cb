"""Convolutions: plain, depthwise, separable, transposed."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ..describing import KerasLayer, data_format_of, is_open, keep, layer, numbers, ops, padding_of, refuse, require, shaped
from ..model.checking import InputSpec
from ..windows import channels_of, conv_sizes, placed, spatial_of, transposed_sizes
from . import quantized
from .core import activated

_KEPT = ("activation", "use_bias", "bias_initializer", "bias_regularizer", "bias_constraint")


def _start(self: Any, rank: int, given: dict[str, Any], allow_causal: bool = False, either: bool = True) -> None:
    """What every convolution keeps and checks; with `either`, strides and holes exclude each other."""
    self.rank = rank
    self.kernel_size = numbers(given["kernel_size"], rank, "kernel_size")
    self.strides = numbers(given["strides"], rank, "strides")
    self.dilation_rate = numbers(given["dilation_rate"], rank, "dilation_rate")
    self.padding = padding_of(given["padding"], allow_causal)
    self.data_format = data_format_of(given["data_format"])
    keep(self, given, *_KEPT)
    self.input_spec = InputSpec(min_ndim=rank + 2)
    known = all(isinstance(x, int) for x in (*self.strides, *self.dilation_rate))
    if either and known and max(self.strides) > 1 and max(self.dilation_rate) > 1:
        refuse("ValueError", f"`strides > 1` not supported in conjunction with `dilation_rate > 1`. Received: strides={self.strides} and "
               f"dilation_rate={self.dilation_rate}")  # fmt: skip


def _sliding(self: Any) -> dict[str, Any]:
    """How the window of a convolution moves."""
    return {"strides": list(self.strides), "padding": self.padding, "dilation_rate": self.dilation_rate, "data_format": self.data_format}


def _positive(value: Any, name: str) -> None:
    if isinstance(value, (str, list, tuple, dict)):
        refuse("TypeError", f"'<=' not supported between instances of '{type(value).__name__}' and 'int'")
    if isinstance(value, int) and value <= 0:
        refuse("ValueError", f"Invalid value for argument `{name}`. Expected a strictly positive value. Received {name}={value}.")


def _channels(self: Any, input_shape: Any) -> Any:
    channels = channels_of(input_shape, self.data_format)
    if is_open(channels):
        refuse("ValueError", "The channel dimension of the inputs should be defined. Found None.")
    self.input_spec = InputSpec(min_ndim=self.rank + 2, axes={-1 if self.data_format == "channels_last" else 1: channels})
    return channels


def _bias(self: Any, size: Any) -> None:
    self.bias = None
    if self.use_bias:
        self.bias = self.add_weight(name="bias", shape=(size,), initializer=self.bias_initializer, regularizer=self.bias_regularizer,
                                    constraint=self.bias_constraint)  # fmt: skip


class BaseConv(KerasLayer):
    """A convolution of one to three axes."""

    described_in = "keras.src.layers.convolutional.base_conv"

    def build(self, input_shape: Any) -> None:
        channels = _channels(self, input_shape)
        if not require(same(channels % self.groups, 0), f"The number of input channels must be evenly divisible by the number of groups. "
                       f"Received "
                       f"groups={self.groups}, but the input has {channels} channels", name="groups-mismatch"):  # fmt: skip
            return
        BaseConv.compute_output_shape(self, input_shape)
        self._kernel = self.add_weight(
            name="kernel",
            shape=(*self.kernel_size, channels // self.groups, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
        )
        _bias(self, self.filters)
        self.built = True
        if self.lora_rank:
            self.enable_lora(self.lora_rank, self.lora_alpha)

    @property
    def kernel(self) -> Any:
        if not self.__dict__["built"]:
            refuse("AttributeError", "You must build the layer before accessing `kernel`.")
        return self.__dict__["_kernel"]

    def enable_lora(self, rank: Any, lora_alpha: Any = None, a_initializer: Any = "he_uniform", b_initializer: Any = "zeros") -> None:
        quantized.adapted(self, rank, lora_alpha, "_kernel", ("lora_kernel", "kernel"), (a_initializer, b_initializer))

    def call(self, inputs: Any) -> Any:
        return activated(self, self.convolution_op(inputs, self.kernel) if "_kernel" in self.__dict__ else shaped(self, inputs))

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        return ops("conv", inputs, kernel, **_sliding(self))

    def compute_output_shape(self, input_shape: Any) -> Any:
        if len(input_shape) != self.rank + 2:
            refuse("ValueError", f"Kernel shape must have the same length as input, but received kernel of {self.rank + 2} axes and input "
                   f"of shape "
                   f"{input_shape}.")  # fmt: skip
        spatial = conv_sizes(spatial_of(input_shape, self.data_format), self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return placed(input_shape, spatial, self.filters, self.data_format)


def _conv(rank: int, one: Any) -> type:
    """The class of one rank, with the signature Keras gives it."""

    def start(self: Any, filters: Any, kernel_size: Any, strides: Any = one, padding: Any = "valid", data_format: Any = None,
                 dilation_rate: Any = one, groups: Any = 1, activation: Any = None, use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any) -> None:  # fmt: skip
        _positive(filters, "filters")
        if isinstance(groups, int) and groups <= 0:
            refuse("ValueError", f"The number of groups must be a positive integer. Received: groups={groups}.")
        if isinstance(filters, int) and isinstance(groups, int) and filters % groups:
            refuse(
                "ValueError",
                f"The number of filters must be evenly divisible by the number of groups. Received: groups={groups}, filters={filters}.",
            )
        self.filters, self.groups = filters, groups
        self.lora_rank, self.lora_alpha, self.lora_enabled = kwargs.get("lora_rank"), kwargs.get("lora_alpha"), False
        _start(self, rank, locals(), rank == 1)
        keep(self, locals(), "kernel_initializer", "kernel_regularizer", "kernel_constraint")

    name = f"Conv{rank}D"
    made = type(name, (BaseConv,), {"__init__": start, "takes": ("lora_rank", "lora_alpha"), "__doc__": f"A convolution of {rank} axes."})
    return layer(f"keras.layers.{name}", f"keras.src.layers.convolutional.conv{rank}d")(made)


Conv1D, Conv2D, Conv3D = _conv(1, 1), _conv(2, (1, 1)), _conv(3, (1, 1, 1))


class BaseConvTranspose(KerasLayer):
    """A transposed convolution."""

    described_in = "keras.src.layers.convolutional.base_conv_transpose"

    def build(self, input_shape: Any) -> None:
        channels = _channels(self, input_shape)
        self.kernel = self.add_weight(name="kernel", shape=(*self.kernel_size, self.filters, channels), initializer=self.kernel_initializer,
                                      regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)  # fmt: skip
        _bias(self, self.filters)

    def call(self, inputs: Any) -> Any:
        outputs = ops("conv_transpose", inputs, self.kernel, strides=list(self.strides), padding=self.padding,
                      output_padding=self.output_padding, data_format=self.data_format, dilation_rate=self.dilation_rate)  # fmt: skip
        return activated(self, outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        spatial = transposed_sizes(spatial_of(input_shape, self.data_format), self.kernel_size, self.strides, self.padding,
                                   self.output_padding,
                                   self.dilation_rate)  # fmt: skip
        return placed(input_shape, spatial, self.filters, self.data_format)


def _start_transposed(self: Any, rank: int, given: dict[str, Any]) -> None:
    _positive(given["filters"], "filters")
    self.filters = given["filters"]
    _start(self, rank, given)
    extra = given["output_padding"]
    self.output_padding = None if extra is None else numbers(extra, rank, "output_padding", True)
    if self.output_padding is not None:
        for pad, stride in zip(self.output_padding, self.strides, strict=False):
            if isinstance(pad, int) and isinstance(stride, int) and pad >= stride:
                refuse("ValueError", f"`output_padding` must be strictly less than `strides` for all dimensions: {pad} and {stride}")
    keep(self, given, "kernel_initializer", "kernel_regularizer", "kernel_constraint")


def _transposed(rank: int, one: Any) -> type:
    def start(self: Any, filters: Any, kernel_size: Any, strides: Any = one, padding: Any = "valid", output_padding: Any = None,
                 data_format: Any = None, dilation_rate: Any = one, activation: Any = None, use_bias: Any = True,
                 kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
                 bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        _start_transposed(self, rank, locals())

    def start_volume(self: Any, filters: Any, kernel_size: Any, strides: Any = one, padding: Any = "valid", data_format: Any = None,
                  output_padding: Any = None, dilation_rate: Any = one, activation: Any = None, use_bias: Any = True,
                  kernel_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
                  bias_regularizer: Any = None, activity_regularizer: Any = None, kernel_constraint: Any = None,
                  bias_constraint: Any = None,
                  **kwargs: Any) -> None:  # fmt: skip
        _start_transposed(self, rank, locals())

    name = f"Conv{rank}DTranspose"
    made = type(
        name,
        (BaseConvTranspose,),
        {"__init__": start_volume if rank == 3 else start, "__doc__": f"A transposed convolution of {rank} axes."},
    )
    return layer(f"keras.layers.{name}", f"keras.src.layers.convolutional.conv{rank}d_transpose")(made)


Conv1DTranspose, Conv2DTranspose, Conv3DTranspose = _transposed(1, 1), _transposed(2, (1, 1)), _transposed(3, (1, 1, 1))


class BaseDepthwiseConv(KerasLayer):
    """A convolution of every channel on its own."""

    described_in = "keras.src.layers.convolutional.base_depthwise_conv"

    def build(self, input_shape: Any) -> None:
        channels = _channels(self, input_shape)
        self.kernel = self.add_weight(name="kernel", shape=(*self.kernel_size, channels, self.depth_multiplier),
                                      initializer=self.depthwise_initializer,
                                      regularizer=self.depthwise_regularizer, constraint=self.depthwise_constraint)  # fmt: skip
        _bias(self, self.depth_multiplier * channels)

    def call(self, inputs: Any) -> Any:
        return activated(self, ops("depthwise_conv", inputs, self.kernel, **_sliding(self)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        channels = channels_of(input_shape, self.data_format)
        spatial = conv_sizes(spatial_of(input_shape, self.data_format), self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return placed(input_shape, spatial, self.depth_multiplier * channels, self.data_format)


def _depthwise(rank: int, one: Any) -> type:
    def start(self: Any, kernel_size: Any, strides: Any = one, padding: Any = "valid", depth_multiplier: Any = 1,
                 data_format: Any = None, dilation_rate: Any = one, activation: Any = None, use_bias: Any = True,
                 depthwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros", depthwise_regularizer: Any = None,
                 bias_regularizer: Any = None, activity_regularizer: Any = None, depthwise_constraint: Any = None,
                 bias_constraint: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        _positive(depth_multiplier, "depth_multiplier")
        self.depth_multiplier = depth_multiplier
        _start(self, rank, locals(), either=False)
        keep(self, locals(), "depthwise_initializer", "depthwise_regularizer", "depthwise_constraint")

    name = f"DepthwiseConv{rank}D"
    made = type(name, (BaseDepthwiseConv,), {"__init__": start, "__doc__": f"A depthwise convolution of {rank} axes."})
    return layer(f"keras.layers.{name}", f"keras.src.layers.convolutional.depthwise_conv{rank}d")(made)


DepthwiseConv1D, DepthwiseConv2D = _depthwise(1, 1), _depthwise(2, (1, 1))


class BaseSeparableConv(KerasLayer):
    """A depthwise convolution, then one across channels."""

    described_in = "keras.src.layers.convolutional.base_separable_conv"

    def build(self, input_shape: Any) -> None:
        channels = _channels(self, input_shape)
        self.depthwise_kernel = self.add_weight(name="depthwise_kernel", shape=(*self.kernel_size, channels, self.depth_multiplier),
                                                initializer=self.depthwise_initializer)  # fmt: skip
        self.pointwise_kernel = self.add_weight(name="pointwise_kernel", shape=((1,) * self.rank + (self.depth_multiplier * channels,
                                                                                                    self.filters)),
                                                initializer=self.pointwise_initializer)  # fmt: skip
        _bias(self, self.filters)

    def call(self, inputs: Any) -> Any:
        return activated(self, ops("separable_conv", inputs, self.depthwise_kernel, self.pointwise_kernel, **_sliding(self)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        spatial = conv_sizes(spatial_of(input_shape, self.data_format), self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return placed(input_shape, spatial, self.filters, self.data_format)


def _separable(rank: int, one: Any) -> type:
    def start(self: Any, filters: Any, kernel_size: Any, strides: Any = one, padding: Any = "valid", data_format: Any = None,
                 dilation_rate: Any = one, depth_multiplier: Any = 1, activation: Any = None, use_bias: Any = True,
                 depthwise_initializer: Any = "glorot_uniform", pointwise_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros",
                 depthwise_regularizer: Any = None, pointwise_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None, depthwise_constraint: Any = None, pointwise_constraint: Any = None,
                 bias_constraint: Any = None, **kwargs: Any) -> None:  # fmt: skip
        _positive(filters, "filters")
        _positive(depth_multiplier, "depth_multiplier")
        self.filters, self.depth_multiplier = filters, depth_multiplier
        _start(self, rank, locals(), either=False)
        keep(self, locals(), "depthwise_initializer", "pointwise_initializer", "depthwise_regularizer", "pointwise_regularizer",
             "depthwise_constraint", "pointwise_constraint")  # fmt: skip

    name = f"SeparableConv{rank}D"
    made = type(name, (BaseSeparableConv,), {"__init__": start, "__doc__": f"A separable convolution of {rank} axes."})
    return layer(f"keras.layers.{name}", f"keras.src.layers.convolutional.separable_conv{rank}d")(made)


SeparableConv1D, SeparableConv2D = _separable(1, 1), _separable(2, (1, 1))
