"""Activations as layers."""

from __future__ import annotations

from typing import Any

from ..describing import KerasLayer, activation, call, keep, layer, ops, refuse
from ..model.checking import InputSpec


@layer("keras.layers.Activation", "keras.src.layers.activations.activation")
class Activation(KerasLayer):
    """Any activation function."""

    def __init__(self, activation: Any, **kwargs: Any) -> None:
        self.supports_masking = True
        keep(self, locals(), "activation")
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return call(self.activation, inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.ReLU", "keras.src.layers.activations.relu")
class ReLU(KerasLayer):
    """Rectifier."""

    def __init__(self, max_value: Any = None, negative_slope: Any = 0.0, threshold: Any = 0.0, **kwargs: Any) -> None:
        if max_value is not None and max_value < 0.0:
            refuse("ValueError", f"max_value of a ReLU layer cannot be a negative value. Received: max_value={max_value}")
        if negative_slope is None or negative_slope < 0.0:
            refuse("ValueError", f"negative_slope of a ReLU layer cannot be a negative value. Received: negative_slope={negative_slope}")
        if threshold is None or threshold < 0.0:
            refuse("ValueError", f"threshold of a ReLU layer cannot be a negative value. Received: threshold={threshold}")
        self.max_value, self.negative_slope, self.threshold = max_value, negative_slope, threshold
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.LeakyReLU", "keras.src.layers.activations.leaky_relu")
class LeakyReLU(KerasLayer):
    """Rectifier that leaks."""

    takes = ("alpha",)

    def __init__(self, negative_slope: Any = 0.3, **kwargs: Any) -> None:
        negative_slope = kwargs.get("alpha", negative_slope)
        if negative_slope is None or negative_slope < 0:
            refuse("ValueError", f"The negative_slope value of a Leaky ReLU layer cannot be None or negative value. Expected a float. "
                   f"Received: "
                   f"negative_slope={negative_slope}")  # fmt: skip
        self.negative_slope = negative_slope
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.ELU", "keras.src.layers.activations.elu")
class ELU(KerasLayer):
    """Exponential linear unit."""

    def __init__(self, alpha: Any = 1.0, **kwargs: Any) -> None:
        self.alpha = alpha
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.PReLU", "keras.src.layers.activations.prelu")
class PReLU(KerasLayer):
    """Rectifier with a learned leak."""

    def __init__(self, alpha_initializer: Any = "Zeros", alpha_regularizer: Any = None, alpha_constraint: Any = None,
                 shared_axes: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        keep(self, locals(), "alpha_initializer", "alpha_regularizer", "alpha_constraint")
        self.supports_masking = True
        self.shared_axes = None if shared_axes is None else list(shared_axes) if isinstance(shared_axes, (list, tuple)) else [shared_axes]

    def build(self, input_shape: Any) -> None:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha = self.add_weight(shape=tuple(shape), name="alpha", initializer=self.alpha_initializer,
                                     regularizer=self.alpha_regularizer,
                                     constraint=self.alpha_constraint)  # fmt: skip
        own = [axis for axis in range(1, len(input_shape)) if axis not in self.shared_axes] if self.shared_axes else []
        axes = {axis: input_shape[axis] for axis in own}  # without shared axes Keras holds none
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


@layer("keras.layers.Softmax", "keras.src.layers.activations.softmax")
class Softmax(KerasLayer):
    """Shares that add up to one."""

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        self.axis = axis
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any, mask: Any = None) -> Any:
        if mask is not None:
            inputs = ops("add", inputs, ops("multiply", ops("subtract", 1.0, ops("cast", mask, inputs.dtype)), -3e4))
        return inputs.like()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


__all__ = ["activation"]
